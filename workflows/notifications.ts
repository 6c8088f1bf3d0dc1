import { mail } from './activities.ts';
import type { Notify } from './notifications.contract.ts';

/** One person hears of one event, however often the mail server has to be asked. Given up after three days. */
export async function notify(notification: Notify): Promise<void> {
  await mail.sendMail(notification);
}
