import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { listInstalments } from '#db/instalments.ts';
import { lockPayment } from '#db/payments.ts';
import { lockPayments, promiseBack as promiseOutOfAll } from '#db/promised-refunds.ts';
import { requestRefund, sharesLeft, sharesOfBooking } from '#db/refunds.ts';
import type { RefundId } from '#domain/ids.ts';
import { sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import { coinMinor } from '#domain/money.ts';
import { addShares, coinsWithin, divideOver, partOf } from '#domain/refunds.ts';

/** What a cancellation owes the guest, in minor units, and in what proportion out of whose share. */
interface Owed {
  refundMinor: number;
  like: Shares;
}

/** What has been paid for a booking that is certain, in minor units. */
export async function paidMinorOf(trx: Transaction, booking: BookingRow): Promise<number> {
  const instalments = await listInstalments(trx, booking.id);
  if (instalments.length === 0) return booking.totalMinor;
  return instalments.reduce(
    (sum, { status, amountMinor }) => (status === 'paid' ? sum + amountMinor : sum),
    0,
  );
}

/**
 * Promises back what a cancellation owes, out of the booking's payments, the newest first. What was given of free will
 * before counts: nobody gets more back than was paid. Under the booking's lock.
 */
export async function promiseBack(
  trx: Transaction,
  booking: BookingRow,
  { owed, at, actorId }: { owed: Owed; at: string; actorId: string },
): Promise<{ refundMinor: number; refundIds: RefundId[] }> {
  if (owed.refundMinor === 0) return { refundMinor: 0, refundIds: [] };
  const paid = (await listInstalments(trx, booking.id)).filter(({ status }) => status === 'paid');
  const coin = coinMinor(booking.currency);
  if (paid.length === 0) {
    await lockPayments(trx, booking);
    const shares = coinsWithin(owed.like, await sharesOfBooking(trx, booking.id), coin);
    const promise = { booking, reason: 'cancellation', shares, at, actorId } as const;
    return { refundMinor: sumOf(shares), refundIds: await promiseOutOfAll(trx, promise) };
  }
  const paymentIds = paid.map(({ paymentId }) => paymentId).reverse();
  const all = addShares(paid.map((instalment) => instalment.shares));
  const owedShares = partOf(all, owed.refundMinor, owed.like);
  const lefts: Shares[] = [];
  for (const id of paymentIds) lefts.push(await sharesLeft(trx, await lockPayment(trx, id)));
  const parts = divideOver(lefts, owedShares, coin);
  const refundIds: RefundId[] = [];
  for (const [i, paymentId] of paymentIds.entries()) {
    const shares = parts[i];
    if (shares === undefined || sumOf(shares) === 0) continue;
    const id = newId('refund');
    const amountMinor = sumOf(shares);
    await requestRefund(trx, {
      id,
      booking,
      paymentId,
      reason: 'cancellation',
      amountMinor,
      shares,
      at,
      actorId,
    });
    refundIds.push(id);
  }
  return { refundMinor: sumOf(addShares(parts)), refundIds };
}
