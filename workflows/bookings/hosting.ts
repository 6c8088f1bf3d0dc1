import { setCurrentDetails } from '@temporalio/workflow';
import { earlierOf, HOST_REMINDER_HOURS } from '#domain/bookings.ts';
import type { Rejection } from '#domain/bookings.ts';
import type { Intent } from '#domain/payments.ts';
import { bank, step } from '../activities.ts';
import { readBriefly } from './collecting.ts';
import type { Left } from './collecting.ts';
import { accept, AT_ONCE, giveUp, withdraw } from './ending.ts';
import { now, tellStatus } from './life.ts';
import type { Life, Money } from './life.ts';
import { notAny, refuse } from './mailbox.ts';
import type { HostMessage, PayMessage } from './mailbox.ts';
import { retime } from './timetable.ts';

/** What is reserved while the host thinks, and the payer who waits to hear of it. Neither where the stay is free. */
interface Reserved {
  intent?: Intent;
  payer?: PayMessage;
}

const HOUR_MS = 3_600_000;

/** The host accepts, refuses or stays silent; meanwhile the guest may withdraw, and the bank let go of the money. */
export async function awaitHost(life: Life, { intent, payer }: Reserved = {}): Promise<Money> {
  const { request, mailbox, timetable } = life;
  const { respondBy } = await step.askHost({ ...now(request), ...(intent && { atBank: intent }) });
  mailbox.hears({ status: 'awaiting_host', kinds: ['host', 'cancel'] });
  mailbox.reserved({ status: 'awaiting_host' });
  payer?.answer.resolve({ status: 'awaiting_host' });
  const price = intent === undefined ? 'there is nothing to pay' : 'the price is reserved';
  const left: Left = intent === undefined ? { is: 'nothing' } : { is: 'intent', intent };
  let remindAt = Date.now() + HOST_REMINDER_HOURS * HOUR_MS;
  for (;;) {
    if (timetable.isStale()) await retime(life);
    const until = earlierOf(respondBy, life.request.checkInAt);
    tellStatus('awaiting_host', `Waiting until ${until} for the host to answer; ${price}.`);
    const silentFrom = Date.parse(until) + 1; // At the instant itself the host is still in time.
    const isReminder = remindAt < silentFrom;
    const message = await mailbox.take(
      Math.min(remindAt, silentFrom),
      isReminder ? 'Remind the host' : 'The host’s answer',
      timetable.isStale,
    );
    if (message === undefined) {
      if (timetable.isStale()) continue;
      if (!isReminder) return giveUp(life, { ending: { to: 'expired' }, until: AT_ONCE, left });
      await step.remindHost(now(request));
      remindAt = Infinity; // Once is enough.
    } else if (message.kind === 'host') {
      return answered(life, message, left);
    } else if (message.kind === 'cancel') {
      return withdraw(life, message, { until: AT_ONCE, left });
    } else if (message.kind === 'bank') {
      const heard = await readBriefly(request);
      if (heard?.status === 'voided') return letGo(life, heard);
    } else {
      refuse(message, 'awaiting_host');
    }
  }
}

const LET_GO: Rejection = {
  code: 'card_declined',
  message: 'The bank has let go of the money that was reserved. Nothing was charged.',
  details: { declineCode: 'reservation_lapsed' },
};

async function answered(life: Life, { ask, answer }: HostMessage, left: Left): Promise<Money> {
  const { request, mailbox } = life;
  const { accepts, actorId } = ask;
  mailbox.hears({ status: 'awaiting_host', kinds: ['cancel'] }); // One answer is enough, however long the bank takes.
  if (!accepts) {
    const freed = () => answer.resolve({ status: 'declined' });
    return giveUp(life, { ending: { to: 'declined', actorId }, until: AT_ONCE, left, freed });
  }
  if (left.is === 'intent') {
    setCurrentDetails('The host has accepted; waiting for the bank to hand over what is reserved.');
    const taken = await bank.capturePayment({ intentId: left.intent.id });
    if (taken.status !== 'posted') return letGo(life, taken, () => answer.reject(notAny('rejected')));
    const money = await accept(life, { intent: taken, actorId });
    if (money.is === 'ended') {
      answer.reject(notAny(money.as));
      return money;
    }
  } else {
    await step.confirmFree({ ...now(request), actorId });
  }
  answer.resolve({ status: 'confirmed' });
  return { is: 'in' };
}

/** The money is not to be had any more, neither now nor later. */
function letGo(life: Life, intent: Intent, freed?: () => void): Promise<Money> {
  const ending = { to: 'rejected', rejection: LET_GO } as const;
  return giveUp(life, { ending, until: AT_ONCE, left: { is: 'intent', intent }, ...(freed && { freed }) });
}
