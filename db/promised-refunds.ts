import type { PaymentId, RefundId } from '#domain/ids.ts';
import { sharesOf, sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import { lessShares } from '#domain/refunds.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { newId } from './ids.ts';
import { PaymentRow } from './payments.ts';
import type { Posting } from './postings.ts';
import { RefundRow, requestRefund } from './refunds.ts';

/**
 * Promises back, whole, what came in and nobody owes. The posting says whose money it is; the payment is the one that it
 * was posted as.
 */
export async function promiseLateBack(
  trx: Transaction,
  { booking, intent: { amountMinor }, shares, at }: Posting,
  paymentId: PaymentId,
): Promise<RefundId> {
  const id = newId('refund');
  const why = { reason: 'late_payment', actorId: 'system' } as const;
  await requestRefund(trx, { id, booking, paymentId, amountMinor, shares, at, ...why });
  return id;
}

interface Owed {
  booking: BookingRow;
  reason: 'cancellation' | 'alteration';
  /** No more than is left of the booking: `sharesOfBooking`. */
  shares: Shares;
  at: string;
  actorId: string;
}

/**
 * Promises back what a booking's guest is owed, out of its payments, the last first: one refund of each that is drawn on, so
 * that none gives back more than it brought. Nothing is owed, nothing is promised. The caller has locked the payments.
 */
export async function promiseBack(trx: Transaction, owed: Owed): Promise<RefundId[]> {
  const { booking, reason, at, actorId } = owed;
  const ids: RefundId[] = [];
  let { shares: left } = owed;
  for (const { id: paymentId, amountMinor, refundedMinor } of await lockPayments(trx, booking)) {
    const drawnMinor = Math.min(sumOf(left), amountMinor - refundedMinor);
    if (drawnMinor === 0) continue;
    const shares = sharesOf(drawnMinor, left);
    const id = newId('refund');
    await requestRefund(trx, {
      id,
      booking,
      paymentId,
      reason,
      amountMinor: drawnMinor,
      shares,
      at,
      actorId,
    });
    left = lessShares(left, [shares]);
    ids.push(id);
  }
  if (sumOf(left) > 0) throw new Error(`${booking.id} owes more than was paid for it.`);
  return ids;
}

/** What has been paid for a booking, the last first, under locks that other writers of these payments wait for. */
export async function lockPayments(trx: Transaction, { id }: BookingRow): Promise<PaymentRow[]> {
  return PaymentRow.query(trx)
    .where({ bookingId: id, status: 'posted' })
    .orderBy('id', 'desc')
    .forNoKeyUpdate();
}

/** What was promised together with a refund: what one act gives back may come out of several payments. */
export async function findPromisedWith(
  db: Db,
  { id, bookingId, reason, requestedAt }: RefundRow,
): Promise<RefundId[]> {
  const rows = await RefundRow.query(db)
    .where({ bookingId, reason, requestedAt, status: 'pending' })
    .whereNull('bankRefundId')
    .select('id');
  return [id, ...rows.map((row) => row.id).filter((other) => other !== id)];
}

/** One of the refunds that an act has promised at that moment, if it has. */
export async function findRefundPromisedAt(
  trx: Transaction,
  { bookingId, reason, at }: { bookingId: BookingRow['id']; reason: Owed['reason']; at: string },
): Promise<RefundId | undefined> {
  return (await RefundRow.query(trx).findOne({ bookingId, reason, requestedAt: at }).select('id'))?.id;
}
