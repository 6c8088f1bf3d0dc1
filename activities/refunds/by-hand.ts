import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { lockPayment } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import {
  addToRefund,
  findPromise,
  findRefundAtBank,
  findReturned,
  fulfilPromise,
  releaseFailedPromises,
} from '#db/refunds-by-hand.ts';
import { requestRefund, sharesLeft } from '#db/refunds.ts';
import type { RefundRow } from '#db/refunds.ts';
import type { RefundId } from '#domain/ids.ts';
import { sharesOf, sumOf } from '#domain/ledger.ts';
import { coinMinor } from '#domain/money.ts';
import { giftShares, withinShares } from '#domain/refunds.ts';
import type { MadeByHand } from '#workflows/refunds.contract.ts';
import { paidMinorOf } from '../bookings/giving-back.ts';
import { found } from '../found.ts';

/**
 * Takes a refund that somebody made at the bank into our records: as what a promise of ours came to that the bank had
 * refused, or could not carry out, or as one more. Promises that it leaves no room for are let go, and what the guest is
 * owed is promised anew.
 */
export async function takeIn(
  trx: Transaction,
  { paymentId, bankRefundId, amountMinor, at }: MadeByHand & { amountMinor: number; at: string },
): Promise<TakenIn> {
  const payment = await lockPayment(trx, paymentId);
  const known = await findRefundAtBank(trx, bankRefundId);
  if (known !== undefined) return { id: known.id, rest: [] };
  const promise = await findPromise(trx, paymentId, amountMinor);
  if (promise?.status === 'failed') {
    await fulfilPromise(trx, promise, { bankRefundId, at });
    return { id: promise.id, rest: [] };
  }
  const booking = await found(findBooking(trx, payment.bookingId), payment.bookingId);
  const returned = await findReturned(trx, paymentId, amountMinor);
  if (returned !== undefined) return takePlaceOf(trx, { booking, returned, bankRefundId, at });
  if (promise !== undefined) throw new Error(`Whether the bank makes ${promise.id} is not known yet.`);
  let left = await sharesLeft(trx, payment);
  let released: RefundRow[] = [];
  if (sumOf(left) < amountMinor) {
    released = await releaseFailedPromises(trx, { paymentId, at });
    left = await sharesLeft(trx, payment);
  }
  if (sumOf(left) < amountMinor)
    throw new Error(`Of ${paymentId} too much is promised to take ${bankRefundId} in yet.`);
  const shares = giftShares(left, { by: 'operator', amountMinor, currency: payment.currency });
  const id = newId('refund');
  const why = { reason: 'dashboard', actorId: 'system', bankRefundId } as const;
  await requestRefund(trx, { id, booking, paymentId, amountMinor, shares, at, ...why });
  const rest: RefundId[] = [];
  for (const owed of released.filter(isOwed))
    rest.push(...(await promiseRest(trx, { booking, payment, owed, at })));
  if (released.some((promise) => !isOwed(promise)))
    rest.push(...(await promiseWithheld(trx, { booking, payment, at })));
  return { id, rest };
}

/**
 * What had been given, and has come back, has been given once more by hand: of the same people's money, and for the same
 * reason. By a refund of its own, since the ledger tells of the first, and of its return.
 */
async function takePlaceOf(
  trx: Transaction,
  {
    booking,
    returned,
    ...made
  }: { booking: BookingRow; returned: RefundRow; bankRefundId: string; at: string },
): Promise<TakenIn> {
  const { paymentId, reason, amountMinor, shares, note } = returned;
  await releaseFailedPromises(trx, { paymentId, at: made.at, id: returned.id });
  const id = newId('refund');
  const why = { reason, actorId: 'system', ...(note !== null && { note }) } as const;
  await requestRefund(trx, { id, booking, paymentId, amountMinor, shares, ...made, ...why });
  return { id, rest: [] };
}

interface TakenIn {
  id: RefundId;
  /** What the guest is still owed, promised anew: to be started. What is not started here is found by a schedule. */
  rest: RefundId[];
}

/** Not given of free will: whatever was made by hand, the guest is to have it in the end. */
function isOwed({ reason }: RefundRow): boolean {
  return reason === 'cancellation' || reason === 'late_payment' || reason === 'alteration';
}

/** What is left of a promise that was let go, if anything is. */
async function promiseRest(
  trx: Transaction,
  { booking, payment, owed, at }: { booking: BookingRow; payment: PaymentRow; owed: RefundRow; at: string },
): Promise<RefundId[]> {
  const shares = withinShares(owed.shares, await sharesLeft(trx, payment));
  const amountMinor = sumOf(shares);
  if (amountMinor === 0) return [];
  const { paymentId, reason } = owed;
  const id = newId('refund');
  await requestRefund(trx, { id, booking, paymentId, reason, amountMinor, shares, at, actorId: 'system' });
  return [id];
}

/**
 * A cancellation gives less where something was given of free will before. When such a gift is let go, so that it never
 * reached the guest, the cancellation owes them that much more, as far as it is there.
 */
async function promiseWithheld(
  trx: Transaction,
  { booking, payment, at }: { booking: BookingRow; payment: PaymentRow; at: string },
): Promise<RefundId[]> {
  const { id: bookingId, keptMinor, refundMinor } = booking;
  if (keptMinor === null || refundMinor === null) return [];
  const left = await sharesLeft(trx, payment);
  const withheldMinor = (await paidMinorOf(trx, booking)) - keptMinor - refundMinor;
  const coin = coinMinor(payment.currency);
  const amountMinor = withheldMinor < sumOf(left) ? withheldMinor - (withheldMinor % coin) : sumOf(left);
  if (amountMinor <= 0) return [];
  const id = newId('refund');
  const shares = sharesOf(amountMinor, left);
  const why = { reason: 'cancellation', actorId: 'system' } as const;
  await requestRefund(trx, { id, booking, paymentId: payment.id, amountMinor, shares, at, ...why });
  await addToRefund(trx, { bookingId, amountMinor });
  return [id];
}
