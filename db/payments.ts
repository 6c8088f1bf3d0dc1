import type { BookingId, PaymentId, RefundId, UserId } from '#domain/ids.ts';
import { postEntries, refundEntries } from '#domain/ledger.ts';
import type { Entry, Shares } from '#domain/ledger.ts';
import type { Currency } from '#domain/money.ts';
import type {
  AtBank,
  Intent,
  PaymentFailure,
  PaymentStatus,
  RefundReason,
  RefundStatus,
} from '#domain/payments.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { newId } from './ids.ts';
import { Row } from './model.ts';

export class PaymentRow extends Row {
  static override tableName = 'payments';
  static override jsonAttributes = ['failure'];
  declare id: PaymentId;
  declare bookingId: BookingId;
  declare status: PaymentStatus;
  declare amountMinor: number;
  declare refundedMinor: number;
  declare currency: Currency;
  declare intentId: string | null;
  declare chargeId: string | null;
  declare clientSecret: string | null;
  declare nextActionUrl: string | null;
  /** While `reserved`: when the bank lets go of the money. */
  declare captureBefore: string | null;
  declare failure: PaymentFailure | null;
  declare disputed: boolean;
  declare postedAt: string | null;
  declare createdAt: string;
  declare updatedAt: string;
}

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

/** Opens the attempt to collect that goes with a hold. */
export async function openPayment(trx: Transaction, booking: BookingRow): Promise<void> {
  await PaymentRow.query(trx).insert({
    id: booking.paymentId,
    bookingId: booking.id,
    status: 'pending',
    amountMinor: booking.totalMinor,
    currency: booking.currency,
  });
}

export async function findPayment(db: Db | Transaction, id: PaymentId): Promise<PaymentRow | undefined> {
  return PaymentRow.query(db).findById(id);
}

/** The payment whose money the bank has under this id. */
export async function findPaymentByIntent(
  db: Db | Transaction,
  intentId: string,
): Promise<PaymentRow | undefined> {
  return PaymentRow.query(db).findOne({ intentId });
}

/** The payments of many bookings, by id. */
export async function findPaymentsOf(db: Db, ids: PaymentId[]): Promise<Map<PaymentId, PaymentRow>> {
  const rows = await PaymentRow.query(db).findByIds(ids);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Notes what the bank has of an attempt, and tells of it where its status changes. A posted payment stays posted, whatever
 * is heard of it later; and that it is posted is said by `postPayment` alone, together with the ledger.
 */
export async function noteBank(
  trx: Transaction,
  { booking, atBank, at }: { booking: BookingRow; atBank: AtBank; at: string },
): Promise<void> {
  const payment = await findPayment(trx, booking.paymentId);
  if (payment === undefined || payment.status === 'posted') return;
  const noted = atBank === 'nothing' ? { status: 'failed' as const } : columnsOf(atBank);
  if (noted.status === 'posted') return;
  await PaymentRow.query(trx).findById(payment.id).patch(noted);
  if (noted.status === payment.status) return;
  await recordEvent(trx, {
    kind: `payment.${noted.status}`,
    subjectId: payment.id,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId: booking.id, before: payment.status, after: noted.status },
  });
}

function columnsOf(intent: Intent): Partial<PaymentRow> & Pick<PaymentRow, 'status'> {
  return {
    status: intent.status,
    intentId: intent.id,
    chargeId: intent.chargeId ?? null,
    clientSecret: intent.clientSecret ?? null,
    nextActionUrl: intent.nextActionUrl ?? null,
    captureBefore: intent.captureBefore ?? null,
    failure: intent.failure ?? null,
  };
}

/** Money that has come in, and whose it is. */
export interface Posting {
  booking: BookingRow;
  intent: Intent;
  shares: Shares;
  at: string;
}

/**
 * Money is in: the payment is posted and the ledger explains it, in the caller's transaction. Returns false when this
 * was done before.
 */
export async function postPayment(trx: Transaction, posting: Posting): Promise<boolean> {
  const { paymentId } = posting.booking;
  const posted = await PaymentRow.query(trx)
    .findById(paymentId)
    .whereNot('status', 'posted')
    .patch(postedColumns(posting));
  if (posted === 0) return false;
  await explain(trx, paymentId, posting);
  return true;
}

/** Money came in once more for a booking that was paid: a payment of its own, which is posted at once. */
export async function postAnother(trx: Transaction, posting: Posting): Promise<PaymentId> {
  const { id: bookingId, currency } = posting.booking;
  const paymentId = newId('payment');
  await PaymentRow.query(trx).insert({ id: paymentId, bookingId, currency, ...postedColumns(posting) });
  await explain(trx, paymentId, posting);
  return paymentId;
}

function postedColumns({ intent, at }: Posting): Partial<PaymentRow> {
  return {
    status: 'posted',
    amountMinor: intent.amountMinor,
    intentId: intent.id,
    chargeId: intent.chargeId ?? null,
    clientSecret: null,
    nextActionUrl: null,
    captureBefore: null,
    failure: null,
    postedAt: at,
  };
}

async function explain(
  trx: Transaction,
  paymentId: PaymentId,
  { booking, intent, shares, at }: Posting,
): Promise<void> {
  await writeLedger(trx, {
    step: `post:${paymentId}`,
    booking,
    paymentId,
    bankId: intent.chargeId ?? intent.id,
    at,
    entries: postEntries(shares),
  });
  await recordEvent(trx, {
    kind: 'payment.posted',
    subjectId: paymentId,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId: booking.id, amount: intent.amountMinor, currency: booking.currency },
  });
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
    entries: refundEntries(refund.shares),
  });
  await recordEvent(trx, {
    kind: 'refund.settled',
    subjectId: refund.id,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId: booking.id, before: 'pending', after: 'settled', amount: refund.amountMinor },
  });
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
      entries: postEntries(refund.shares),
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

interface LedgerStep {
  step: string;
  booking: BookingRow;
  paymentId: PaymentId;
  bankId: string;
  at: string;
  entries: Entry[];
}

async function writeLedger(
  trx: Transaction,
  { step, booking, paymentId, bankId, at, entries }: LedgerStep,
): Promise<void> {
  await trx('ledger_transactions').insert({
    step,
    booking_id: booking.id,
    payment_id: paymentId,
    bank_id: bankId,
    occurred_at: at,
  });
  await trx('ledger_entries').insert(
    entries.map((entry) => ({
      step,
      account: entry.account,
      amount_minor: entry.amountMinor,
      currency: booking.currency,
    })),
  );
}

export interface PaymentsPage {
  guestId: UserId;
  bookingId?: BookingId | undefined;
  after?: PaymentId | undefined;
  limit: number;
}

/** A guest's payments, newest first. */
export async function listPayments(db: Db, page: PaymentsPage): Promise<PaymentRow[]> {
  const query = PaymentRow.query(db)
    .select('payments.*')
    .join('bookings', 'bookings.id', 'payments.bookingId')
    .where('bookings.guestId', page.guestId)
    .orderBy('payments.id', 'desc')
    .limit(page.limit);
  if (page.bookingId !== undefined) void query.where('payments.bookingId', page.bookingId);
  if (page.after !== undefined) void query.where('payments.id', '<', page.after);
  return query;
}
