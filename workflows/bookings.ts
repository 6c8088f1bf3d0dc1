import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Cancellation, EndHold } from '#activities/bookings.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import type { AtBank, Intent } from '#domain/payments.ts';
import { bank, openReviews, step } from './activities.ts';
import type { BookingOutcome, BookStay } from './bookings.contract.ts';
import { SEARCH } from './bookings.contract.ts';
import { Mailbox, notAny } from './mailbox.ts';
import type { Message } from './mailbox.ts';
import { collect, collectionOf, readBriefly, tryAgain } from './paying.ts';
import type { Left } from './paying.ts';

/**
 * A stay is booked when its nights are held and its price is paid. Either both stand or neither does; and whatever
 * the guest, the host, the bank and the clock do meanwhile, the booking comes to an end that the ledger explains.
 *
 * Temporal's own cancel is ignored on purpose: a booking is cancelled by its guest, under its policy.
 */
export async function bookStay(request: BookStay): Promise<BookingOutcome> {
  return CancellationScope.nonCancellable(async () => {
    const mailbox = new Mailbox();
    const status = await live(request, mailbox);
    tellStatus(status);
    await condition(allHandlersFinished);
    return { status };
  });
}

type End = BookingOutcome['status'];

async function live(request: BookStay, mailbox: Mailbox): Promise<End> {
  const hold = await step.holdNights(now(request));
  if (!hold.held) {
    mailbox.reserved({ status: 'rejected', rejection: hold.rejection });
    mailbox.close('rejected');
    return 'rejected';
  }
  const money = await settle(request, mailbox, hold.holdExpiresAt);
  if (money.is === 'ended') return money.as;
  tellStatus('confirmed');
  mailbox.reserved({ status: 'confirmed' });
  return awaitStay(request, mailbox);
}

type Money = { is: 'in' } | { is: 'ended'; as: End };

/** What costs nothing needs no payment: once its nights are held, it is certain. */
async function settle(request: BookStay, mailbox: Mailbox, holdExpiresAt: string): Promise<Money> {
  if (request.amountMinor > 0) return awaitMoney(request, mailbox, holdExpiresAt);
  await step.confirmFree(now(request));
  return { is: 'in' };
}

/** From held to confirmed, or to the end of the hold. */
async function awaitMoney(request: BookStay, mailbox: Mailbox, holdExpiresAt: string): Promise<Money> {
  const holdEnds = Date.parse(holdExpiresAt);
  const first = await collect(request);
  if (first.is === 'paid') return accept(request, mailbox, { intent: first.intent });
  if (first.is === 'refused') {
    const { rejection, left } = first;
    return giveUp(request, mailbox, { ending: { to: 'rejected', rejection }, holdEnds, left });
  }
  await step.noteBank({ bookingId: request.bookingId, atBank: first.intent });
  mailbox.reserved({ status: 'held' });
  tellStatus('held');
  setCurrentDetails(`Waiting for the guest to pay until ${holdExpiresAt}.`);
  for (;;) {
    const message = await mailbox.take(holdEnds, 'Hold');
    if (message?.kind === 'cancel') return withdraw(request, mailbox, { message, holdEnds });
    const intent = await heardOf(request, message);
    if (intent?.status === 'posted') {
      const money = await accept(request, mailbox, { intent });
      if (message?.kind === 'pay') message.answer.resolve({ status: 'confirmed' });
      return money;
    }
    if (message === undefined) return giveUp(request, mailbox, { ending: { to: 'expired' }, holdEnds });
  }
}

/** What the bank says of the payment once the payer has tried, the bank has spoken or the time is up. */
async function heardOf(request: BookStay, message: Exclude<Message, CancelMessage> | undefined) {
  if (message?.kind === 'pay') return tryAgain(request, message);
  const intent = await readBriefly(request);
  // The payer's page may have been declined or challenged: the booking tells of it.
  if (message !== undefined && intent !== undefined && intent.status !== 'posted') {
    await step.noteBank({ bookingId: request.bookingId, atBank: intent });
  }
  return intent;
}

type CancelMessage = Extract<Message, { kind: 'cancel' }>;

interface GivingUp {
  ending: Omit<EndHold, 'bookingId' | 'at' | 'atBank'>;
  /** Milliseconds since the epoch: past it the nights wait for the bank no longer. */
  holdEnds: number;
  /** What there is at the bank; unless told, it is asked. */
  left?: Left;
  /** Called once the nights are free. */
  freed?: () => void;
}

/**
 * Ends the hold. While it lasts the intent is closed first, since money that is in after all is welcome; but a bank that
 * does not answer keeps no night longer than the hold: then the nights are freed and the bank is awaited without them.
 */
async function giveUp(
  request: BookStay,
  mailbox: Mailbox,
  { ending, holdEnds, left = { is: 'unknown' }, freed }: GivingUp,
): Promise<Money> {
  const closing = close(request, left);
  const closed = await beforeOr(closing, holdEnds);
  if (closed.in && isPaid(closed.value)) return accept(request, mailbox, { intent: closed.value });
  await step.endHold({ ...now(request), ...ending, ...(closed.in && { atBank: closed.value }) });
  if (ending.rejection !== undefined) mailbox.reserved({ status: 'rejected', rejection: ending.rejection });
  freed?.();
  mailbox.close(ending.to);
  tellStatus(ending.to);
  if (closed.in && isFinal(closed.value)) return { is: 'ended', as: ending.to };
  return awaitBank(request, mailbox, { as: ending.to, last: await closing });
}

/** Sees to it that no more money can come, and says what there is at the bank by then. */
async function close(request: BookStay, left: Left): Promise<AtBank> {
  if (left.is === 'nothing') return 'nothing';
  const known = left.is === 'intent' ? { intentId: left.intent.id } : {};
  return bank.closePayment({ ...collectionOf(request), ...known });
}

/** The nights are free; the workflow stays until the bank calls the intent final. Late money still gets its due. */
async function awaitBank(
  request: BookStay,
  mailbox: Mailbox,
  { as, last }: { as: End; last: AtBank },
): Promise<Money> {
  let atBank = last;
  while (!isFinal(atBank)) {
    setCurrentDetails('The hold has ended; waiting for the bank to finish the payment.');
    await mailbox.take(Date.now() + BANK_FINAL_EVERY_MS, 'Ask the bank again');
    atBank = await bank.closePayment(collectionOf(request));
  }
  if (isPaid(atBank)) return accept(request, mailbox, { intent: atBank, endedAs: as });
  await step.noteBank({ bookingId: request.bookingId, atBank });
  return { is: 'ended', as };
}

function isPaid(atBank: AtBank): atBank is Intent {
  return atBank !== 'nothing' && atBank.status === 'posted';
}

function isFinal(atBank: AtBank): boolean {
  return atBank === 'nothing' || atBank.status === 'posted' || atBank.status === 'voided';
}

const BANK_FINAL_EVERY_MS = 6 * 60 * 60 * 1000;

interface MoneyIn {
  intent: Intent;
  /** What the booking had become when the money came. */
  endedAs?: End;
}

/** Money is in: the stay is certain, or, where its nights are gone, the money goes back by itself. */
async function accept(request: BookStay, mailbox: Mailbox, { intent, endedAs }: MoneyIn): Promise<Money> {
  const accepted = await step.acceptPayment({ ...now(request), intent });
  if (accepted.confirmed) {
    mailbox.reopen();
    return { is: 'in' };
  }
  if (accepted.refundId !== undefined) await bank.startRefund({ refundId: accepted.refundId });
  return { is: 'ended', as: endedAs ?? 'expired' };
}

/** The guest withdraws before paying: nothing to refund, unless the money was faster. */
async function withdraw(
  request: BookStay,
  mailbox: Mailbox,
  { message, holdEnds }: { message: CancelMessage; holdEnds: number },
): Promise<Money> {
  const cancellation = cancellationOf(message);
  const freed = () => message.answer.resolve({ refundMinor: 0 });
  const money = await giveUp(request, mailbox, {
    ending: { to: 'cancelled', cancellation },
    holdEnds,
    freed,
  });
  return money.is === 'ended' ? money : { is: 'ended', as: await cancel(request, mailbox, message) };
}

/** From confirmed to completed, unless the guest cancels. Nobody has to record anything: timers move the stay on. */
async function awaitStay(request: BookStay, mailbox: Mailbox): Promise<End> {
  const phases = [
    {
      until: request.checkInAt,
      as: 'confirmed',
      summary: 'Check-in',
      then: () => step.beginStay(now(request)),
    },
    {
      until: request.checkOutAt,
      as: 'in_stay',
      summary: 'Check-out',
      then: () => step.completeStay(now(request)),
    },
  ] as const;
  for (const { until, as, summary, then } of phases) {
    setCurrentDetails(
      `Paid and ${as === 'in_stay' ? 'under way' : 'confirmed'}; ${summary.toLowerCase()} at ${until}.`,
    );
    let message = await mailbox.take(Date.parse(until), summary);
    while (message !== undefined) {
      if (message.kind === 'cancel') return cancel(request, mailbox, message);
      if (message.kind === 'pay') message.answer.reject(notAny(as));
      message = await mailbox.take(Date.parse(until), summary);
    }
    await then();
  }
  mailbox.close('completed');
  await openReviews({ bookingId: request.bookingId });
  return 'completed';
}

/** The guest gives up a paid stay: the nights are free at once, the refund goes its own durable way. */
async function cancel(request: BookStay, mailbox: Mailbox, message: CancelMessage): Promise<End> {
  const { refundMinor, refundId } = await step.cancelStay({ ...now(request), ...cancellationOf(message) });
  message.answer.resolve({ refundMinor });
  mailbox.close('cancelled');
  if (refundId !== undefined) await bank.startRefund({ refundId });
  await openReviews({ bookingId: request.bookingId }); // If it was late enough that there is something to tell of.
  return 'cancelled';
}

function cancellationOf({ cancel: { by, actorId, reason } }: CancelMessage): Cancellation {
  return { by, actorId, ...(reason !== undefined && { reason }) };
}

/** The booking and its workflow's now, which is what every rule that depends on time is judged by. */
function now({ bookingId }: BookStay): { bookingId: BookStay['bookingId']; at: string } {
  return { bookingId, at: new Date(Date.now()).toISOString() };
}

function tellStatus(status: BookingStatus): void {
  upsertSearchAttributes([{ key: SEARCH.status, value: status }]);
}

type InTime<T> = { in: true; value: T } | { in: false };

/** What `work` gives if it gives it before `until` (milliseconds since the epoch). */
async function beforeOr<T>(work: Promise<T>, until: number): Promise<InTime<T>> {
  const patience = until - Date.now();
  if (patience <= 0) return { in: false };
  const inTime = work.then((value): InTime<T> => ({ in: true, value }));
  return Promise.race([inTime, sleep(patience).then((): InTime<T> => ({ in: false }))]);
}
