import type { BookingId, PaymentId, RefundId } from '#domain/ids.ts';
import { oppositeOf, refundEntries } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import type { Currency } from '#domain/money.ts';
import type { RefundReason, RefundStatus } from '#domain/payments.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { hostShareLeft } from './host-money.ts';
import { readLedgerStep, writeLedger } from './ledger.ts';
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

/** The first refund that was promised of a payment. */
export async function findRefundOf(
  db: Db | Transaction,
  paymentId: PaymentId,
): Promise<RefundId | undefined> {
  const row = await RefundRow.query(db).where({ paymentId }).orderBy('requestedAt').select('id').first();
  return row?.id;
}

/** Notes that the bank has taken a refund on, under this id of its own. */
export async function noteRefund(trx: Db | Transaction, id: RefundId, bankRefundId: string): Promise<void> {
  await RefundRow.query(trx).findById(id).where('status', 'pending').patch({ bankRefundId });
}

/** Refunds promised before `before` that the bank has not been heard of: their workflow may never have started. */
export async function findLeftRefunds(db: Db, before: string, limit: number): Promise<RefundRow[]> {
  return RefundRow.query(db)
    .where('status', 'pending')
    .whereNull('bankRefundId')
    .where('requestedAt', '<', before)
    .orderBy('requestedAt')
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
export async function hostOwesOf(trx: Transaction, { bookingId, shares }: RefundRow): Promise<number> {
  const left = Math.max(0, await hostShareLeft(trx, bookingId, { less: 'nothing' }));
  return Math.max(0, shares.hostMinor - left);
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
