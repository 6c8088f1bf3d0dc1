import type { BookingId, PaymentId, RefundId } from '#domain/ids.ts';
import { oppositeOf, refundEntries, sharesIn, sharesOf, sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import type { Currency } from '#domain/money.ts';
import type { RefundReason, RefundStatus } from '#domain/payments.ts';
import { lessShares, withinShares } from '#domain/refunds.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { hostShareAt } from './host-money.ts';
import { findInstalmentOf } from './instalments.ts';
import { readLedgerStep, sharesPosted, writeLedger } from './ledger.ts';
import { Row } from './model.ts';
import { PaymentRow } from './payments.ts';

export class RefundRow extends Row {
  static override tableName = 'refunds';
  static override jsonAttributes = ['shares'];
  declare id: RefundId;
  declare paymentId: PaymentId;
  declare bookingId: BookingId;
  declare status: RefundStatus;
  declare reason: RefundReason;
  declare amountMinor: number;
  declare currency: Currency;
  declare shares: Shares;
  declare bankRefundId: string | null;
  declare failure: string | null;
  /** Why, in the words of whoever gave it. */
  declare note: string | null;
  /** Failed, and void by now: it counts against the payment no more. */
  declare released: boolean;
  declare requestedAt: string;
  declare settledAt: string | null;
  declare createdAt: string;
  declare updatedAt: string;
}

export interface NewRefund {
  id: RefundId;
  booking: BookingRow;
  paymentId: PaymentId;
  reason: RefundReason;
  amountMinor: number;
  shares: Shares;
  at: string;
  actorId: string;
  note?: string | undefined;
  /** Where the bank has made it already. */
  bankRefundId?: string;
}

/** Promises money back. The amount counts against the payment at once, so promises can never exceed what came in. */
export async function requestRefund(trx: Transaction, refund: NewRefund): Promise<void> {
  const { id, booking, paymentId, reason, amountMinor, shares, at } = refund;
  await PaymentRow.query(trx).findById(paymentId).increment('refundedMinor', amountMinor);
  await RefundRow.query(trx).insert({
    id,
    paymentId,
    bookingId: booking.id,
    reason,
    amountMinor,
    currency: booking.currency,
    shares,
    note: refund.note ?? null,
    bankRefundId: refund.bankRefundId ?? null,
    requestedAt: at,
  });
  await recordEvent(trx, {
    kind: 'refund.requested',
    subjectId: id,
    actorId: refund.actorId,
    occurredAt: at,
    data: { bookingId: booking.id, paymentId, amount: amountMinor, reason },
  });
}

export async function findRefund(db: Db | Transaction, id: RefundId): Promise<RefundRow | undefined> {
  return RefundRow.query(db).findById(id);
}

/** The row under a lock that other writers of this refund wait for. Its absence is a defect of the caller. */
export async function lockRefund(trx: Transaction, id: RefundId): Promise<RefundRow> {
  return RefundRow.query(trx).findById(id).forNoKeyUpdate().throwIfNotFound();
}

/** What of it has not been promised back, by whose it is. The caller has locked the payment. */
export function sharesLeft(trx: Transaction, payment: PaymentRow): Promise<Shares> {
  return sharesLess(trx, payment, { released: false });
}

/** What of it has not gone back: promises that are not kept yet left aside. */
export function sharesKept(trx: Transaction, payment: PaymentRow): Promise<Shares> {
  return sharesLess(trx, payment, { status: 'settled' });
}

/**
 * Of a long stay each month is by itself, and whose money it was the ledger says. Else what is left of a payment is of those
 * who have what is left of the booking, in proportion.
 */
async function sharesLess(trx: Transaction, payment: PaymentRow, which: Partial<RefundRow>): Promise<Shares> {
  const refunds = await RefundRow.query(trx)
    .where({ ...which, paymentId: payment.id })
    .select('amountMinor', 'shares');
  if ((await findInstalmentOf(trx, payment.id)) !== undefined) {
    const posted = sharesIn(await readLedgerStep(trx, `post:${payment.id}`));
    return lessShares(
      posted,
      refunds.map(({ shares }) => shares),
    );
  }
  const leftMinor = refunds.reduce((left, { amountMinor }) => left - amountMinor, payment.amountMinor);
  const left = await sharesOfBooking(trx, payment.bookingId, which);
  return sharesOf(Math.min(leftMinor, sumOf(left)), left);
}

/** What is left of all that was paid for a booking, by whose it is; never less than nothing: the others have so much less. */
export async function sharesOfBooking(
  trx: Transaction,
  bookingId: BookingId,
  which: Partial<RefundRow> = { released: false },
): Promise<Shares> {
  const refunds = await RefundRow.query(trx)
    .where({ ...which, bookingId })
    .select('shares');
  const left = lessShares(
    await sharesPosted(trx, bookingId),
    refunds.map(({ shares }) => shares),
  );
  return sharesOf(Math.max(0, sumOf(left)), withinShares(left, left));
}

/** A payment's refunds, the oldest first: there are never many. */
export async function listRefunds(db: Db, paymentId: PaymentId): Promise<RefundRow[]> {
  return RefundRow.query(db).where({ paymentId }).orderBy('id');
}

/** The refund of a payment that came too late, of which there is one at most. */
export async function findLateRefund(
  db: Db | Transaction,
  paymentId: PaymentId,
): Promise<RefundId | undefined> {
  return (await RefundRow.query(db).findOne({ paymentId, reason: 'late_payment' }).select('id'))?.id;
}

/** What a cancellation has promised back, the newest payment first. */
export async function findCancellationRefunds(trx: Transaction, bookingId: BookingId): Promise<RefundId[]> {
  const rows = await RefundRow.query(trx)
    .where({ bookingId, reason: 'cancellation' })
    .orderBy('id')
    .select('id');
  return rows.map(({ id }) => id);
}

/** Notes that the bank has taken a refund on, under this id of its own. */
export async function noteRefund(trx: Db | Transaction, id: RefundId, bankRefundId: string): Promise<void> {
  await RefundRow.query(trx).findById(id).where('status', 'pending').patch({ bankRefundId });
}

/** Refunds recorded before `before` that the bank has not been heard of: their workflow may never have started. */
export async function findLeftRefunds(db: Db, before: string, limit: number): Promise<RefundRow[]> {
  return RefundRow.query(db)
    .where('status', 'pending')
    .whereNull('bankRefundId')
    .where('createdAt', '<', before)
    .orderBy('createdAt')
    .limit(limit);
}

/** The bank gave the money back: settles the refund and posts its entries, once. */
export async function settleRefund(
  trx: Transaction,
  settled: { refund: RefundRow; booking: BookingRow; bankRefundId: string; at: string },
): Promise<void> {
  const { refund, booking, bankRefundId, at } = settled;
  const changed = await RefundRow.query(trx)
    .findById(refund.id)
    .where('status', 'pending')
    .patch({ status: 'settled', bankRefundId, settledAt: at });
  if (changed === 0) return;
  await writeLedger(trx, {
    step: `refund:${refund.id}`,
    booking,
    paymentId: refund.paymentId,
    bankId: bankRefundId,
    at,
    entries: refundEntries(refund.shares, await hostOwesOf(trx, refund)),
  });
  await recordEvent(trx, {
    kind: 'refund.settled',
    subjectId: refund.id,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId: booking.id, before: 'pending', after: 'settled', amount: refund.amountMinor },
  });
}

/** How much of the host's share in a refund they have had paid out already (M13). Under the booking's lock. */
export async function hostOwesOf(
  trx: Transaction,
  { bookingId, paymentId, shares }: RefundRow,
): Promise<number> {
  const left = await hostShareAt(trx, { bookingId, paymentId });
  return Math.max(0, shares.hostMinor - Math.max(0, left));
}

/**
 * The bank will not give the money back this way: an operator has to. The promise stands in the record. Money that was
 * given and has come back is in the ledger as here again.
 */
export async function failRefund(
  trx: Transaction,
  failed: { refund: RefundRow; booking: BookingRow; failure: string; at: string },
): Promise<void> {
  const { refund, booking, failure, at } = failed;
  if (refund.status === 'failed') return;
  await RefundRow.query(trx).findById(refund.id).patch({ status: 'failed', failure });
  if (refund.status === 'settled') {
    await writeLedger(trx, {
      step: `return:${refund.id}`,
      booking,
      paymentId: refund.paymentId,
      bankId: refund.bankRefundId ?? refund.id,
      at,
      entries: oppositeOf(await readLedgerStep(trx, `refund:${refund.id}`)),
    });
  }
  await recordEvent(trx, {
    kind: 'refund.failed',
    subjectId: refund.id,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId: refund.bookingId, before: refund.status, after: 'failed', failure },
  });
}
