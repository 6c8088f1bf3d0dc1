import { setCurrentDetails } from '@temporalio/workflow';
import { mail } from './activities.ts';
import type { Notify } from './notifications.contract.ts';

/** One person hears of one event, however often the mail server has to be asked. Given up after three days. */
export async function notify(notification: Notify): Promise<void> {
  setCurrentDetails('Waiting for the mail server, for three days at most.');
  await mail.sendMail(notification);
  setCurrentDetails('Over: the mail is sent.');
}
