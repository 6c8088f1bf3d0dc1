import { setCurrentDetails } from '@temporalio/workflow';
import type { Cancellation } from '#activities/bookings/cancelling.ts';
import type { EndHold } from '#activities/bookings/holding.ts';
import type { AtBank, Intent } from '#domain/payments.ts';
import { bank, openReviews, step } from '../activities.ts';
import { instant } from '../clock.ts';
import { collectionOf } from './collecting.ts';
import type { Left } from './collecting.ts';
import { endInstalments } from './instalments.ts';
import { beforeOr, now, tellStatus } from './life.ts';
import type { End, InTime, Life, Money } from './life.ts';
import type { CancelMessage } from './mailbox.ts';
import { payWhatIsKept } from './rewarding.ts';

/** For an `until`: the nights are not kept for the bank's sake. */
export const AT_ONCE = 0;

interface GivingUp {
  ending: Omit<EndHold, 'bookingId' | 'at' | 'atBank'>;
  /** Milliseconds since the epoch: past it the nights wait for the bank no longer. */
  until: number;
  /** What there is at the bank; unless told, it is asked. */
  left?: Left;
  /** Called once the nights are free. */
  freed?: () => void;
}

/**
 * Ends a hold, or a request. While a hold lasts the intent is closed first, since money that is in after all is welcome;
 * but a bank that does not answer keeps no night longer than the hold: then the nights are freed and the bank is awaited
 * without them.
 */
export async function giveUp(life: Life, giving: GivingUp): Promise<Money> {
  const { request, mailbox } = life;
  const { ending, until, left = { is: 'unknown' }, freed } = giving;
  const closing = close(life, left);
  const closed =
    left.is === 'nothing' ? NOTHING_TO_CLOSE : await beforeOr(closing, until, 'The end of the hold');
  if (closed.in && isPaid(closed.value) && request.bookingMode === 'instant') {
    return accept(life, { intent: closed.value });
  }
  await step.endHold({ ...now(request), ...ending, ...(closed.in && { atBank: closed.value }) });
  if (ending.rejection !== undefined) mailbox.reserved({ status: 'rejected', rejection: ending.rejection });
  freed?.();
  mailbox.close(ending.to);
  if (closed.in && isOver(life, closed.value)) return { is: 'ended', as: ending.to };
  tellStatus(
    ending.to,
    'The nights are free again; waiting for the bank to close the payment, however long it takes.',
  );
  return awaitBank(life, { as: ending.to, last: await closing });
}

const NOTHING_TO_CLOSE: InTime<AtBank> = { in: true, value: 'nothing' };

/** Sees to it that no more money can come, and says what there is at the bank by then. */
async function close({ request }: Life, left: Left): Promise<AtBank> {
  if (left.is === 'nothing') return 'nothing';
  const known = left.is === 'intent' ? { intentId: left.intent.id } : {};
  return bank.closePayment({ ...collectionOf(request), ...known });
}

/** The nights are free; the workflow stays until the bank calls the intent final. Late money still gets its due. */
async function awaitBank(life: Life, { as, last }: { as: End; last: AtBank }): Promise<Money> {
  const { request, mailbox } = life;
  let atBank = last;
  while (!isPaid(atBank)) {
    if (isOver(life, atBank)) {
      await step.noteBank({ ...now(request), atBank });
      if (isOver(life, atBank)) return { is: 'ended', as };
    }
    const askAgainMs = Date.now() + BANK_FINAL_EVERY_MS;
    setCurrentDetails(
      `The nights are free again; waiting for the bank to finish the payment. Asked again at ${instant(askAgainMs)}.`,
    );
    await mailbox.take(askAgainMs, 'Ask the bank again');
    atBank = await bank.closePayment(collectionOf(request));
  }
  return accept(life, { intent: atBank, endedAs: as });
}

const BANK_FINAL_EVERY_MS = 6 * 60 * 60 * 1000;

function isPaid(atBank: AtBank): atBank is Intent {
  return atBank !== 'nothing' && atBank.status === 'posted';
}

/** There was no money, and there can be none. A bank that had nothing may have been slow: then it has spoken since. */
function isOver({ mailbox }: Life, atBank: AtBank): boolean {
  return atBank === 'nothing' ? !mailbox.hasNews : atBank.status === 'voided';
}

interface MoneyIn {
  intent: Intent;
  /** The host who accepted. */
  actorId?: string;
  /** What the booking had become when the money came. */
  endedAs?: End;
}

/** Money is in: the stay is certain, or, where that cannot be any more, the money goes back by itself. */
export async function accept({ request, mailbox }: Life, money: MoneyIn): Promise<Money> {
  const { intent, actorId, endedAs } = money;
  const accepted = await step.acceptPayment({ ...now(request), intent, ...(actorId && { actorId }) });
  if (accepted.confirmed) {
    mailbox.reopen();
    return { is: 'in' };
  }
  if (accepted.refundId !== undefined) await bank.startRefund({ refundId: accepted.refundId });
  const as = endedAs ?? (accepted.isShort === true ? 'rejected' : 'expired');
  mailbox.close(as);
  return { is: 'ended', as };
}

/** The guest, or an operator, calls off before the stay is certain: nothing to refund, unless the money was faster. */
export async function withdraw(
  life: Life,
  message: CancelMessage,
  { until, left }: Pick<GivingUp, 'until' | 'left'>,
): Promise<Money> {
  const ending = { to: 'cancelled', cancellation: cancellationOf(message) } as const;
  const freed = () => {
    life.mailbox.reserved({ status: 'cancelled' });
    message.answer.resolve({ refundMinor: 0 });
  };
  const money = await giveUp(life, { ending, until, freed, ...(left && { left }) });
  return money.is === 'ended' ? money : { is: 'ended', as: await cancel(life, message) };
}

/** A paid stay is called off: its nights are the guest's no longer, and the refund goes its own durable way. */
export async function cancel(life: Life, message: CancelMessage): Promise<End> {
  const { request, mailbox } = life;
  const { bookingId } = request;
  const cancelled = await step.cancelStay({ bookingId, at: message.at, ...cancellationOf(message) });
  const { refundMinor, refundId, otherRefundIds = [], isReviewable } = cancelled;
  message.answer.resolve({ refundMinor });
  mailbox.close('cancelled');
  tellStatus('cancelled', 'Cancelled; the refund is being started.');
  if (refundId !== undefined) await bank.startRefund({ refundId });
  for (const other of otherRefundIds) await bank.startRefund({ refundId: other });
  if (isReviewable) await openReviews({ bookingId });
  await endInstalments(life);
  await payWhatIsKept(life);
  return 'cancelled';
}

function cancellationOf({ ask: { by, actorId, reason, override } }: CancelMessage): Cancellation {
  return { by, actorId, ...(reason !== undefined && { reason }), ...(override && { override }) };
}
