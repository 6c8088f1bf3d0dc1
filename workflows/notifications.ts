import { setCurrentDetails } from '@temporalio/workflow';
import { mail } from './activities.ts';
import type { Notify } from './notifications.contract.ts';

/** Everybody concerned hears of one event, each on their own, however often the mail server has to be asked. Given up after three days. */
export async function notify({ eventId, to }: Notify): Promise<void> {
  setCurrentDetails('Waiting for the mail server, for three days at most.');
  const letters = await Promise.allSettled(to.map((one) => mail.sendMail({ eventId, to: one })));
  for (const letter of letters) if (letter.status === 'rejected') throw letter.reason;
  setCurrentDetails('Over: the mail is sent.');
}
