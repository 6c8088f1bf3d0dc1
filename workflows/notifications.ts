import { setCurrentDetails } from '@temporalio/workflow';
import { mail } from './activities.ts';
import type { Notify, NotifyOfOne } from './notifications.contract.ts';

/** Everybody concerned hears of what has happened, each on their own, however often the mail server has to be asked. Given up after three days. */
export async function notify(input: Notify | NotifyOfOne): Promise<void> {
  setCurrentDetails('Waiting for the mail server, for three days at most.');
  const letters = 'letters' in input ? input.letters : input.to.map((to) => ({ eventId: input.eventId, to }));
  const sent = await Promise.allSettled(letters.map((letter) => mail.sendMail(letter)));
  for (const letter of sent) if (letter.status === 'rejected') throw letter.reason;
  setCurrentDetails('Over: the mail is sent.');
}
