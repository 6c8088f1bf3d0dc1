import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { listInstalments } from '#db/instalments.ts';
import { lockPayment } from '#db/payments.ts';
import { requestRefund, sharesLeft } from '#db/refunds.ts';
import type { PaymentId, RefundId } from '#domain/ids.ts';
import { sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import { coinMinor } from '#domain/money.ts';
import { addShares, divideOver, partOf } from '#domain/refunds.ts';

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
  const { paymentIds, shares: owedShares } = await owedOf(trx, booking, owed);
  const lefts: Shares[] = [];
  for (const id of paymentIds) lefts.push(await sharesLeft(trx, await lockPayment(trx, id)));
  const parts = divideOver(lefts, owedShares, coinMinor(booking.currency));
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

/** The payments that it comes out of, the newest first, and out of whose share. */
async function owedOf(
  trx: Transaction,
  booking: BookingRow,
  { refundMinor, like }: Owed,
): Promise<{ paymentIds: PaymentId[]; shares: Shares }> {
  const paid = (await listInstalments(trx, booking.id)).filter(({ status }) => status === 'paid');
  if (paid.length === 0) return { paymentIds: [booking.paymentId], shares: like };
  const shares = partOf(addShares(paid.map((instalment) => instalment.shares)), refundMinor, like);
  return { paymentIds: paid.map(({ paymentId }) => paymentId).reverse(), shares };
}
