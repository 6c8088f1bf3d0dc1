import type { BookingId, PaymentId, UserId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import { LIVE_PAYMENT_STATUSES } from '#domain/payments.ts';
import type {
  AtBank,
  Card,
  Intent,
  PaymentFailure,
  PaymentPurpose,
  PaymentStatus,
} from '#domain/payments.ts';
import { upfrontMinorOf } from './bookings.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';

export class PaymentRow extends Row {
  static override tableName = 'payments';
  static override jsonAttributes = ['failure', 'card'];
  declare id: PaymentId;
  declare bookingId: BookingId;
  declare purpose: PaymentPurpose;
  declare status: PaymentStatus;
  declare amountMinor: number;
  declare refundedMinor: number;
  declare currency: Currency;
  declare intentId: string | null;
  declare chargeId: string | null;
  /** By which it was paid; null until it is, and where that was before cards were kept. */
  declare card: Card | null;
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

/** Opens the attempt to collect that goes with a hold; `difference` for one that comes on top, by an alteration. */
export async function openPayment(
  trx: Transaction,
  booking: BookingRow,
  difference?: { paymentId: PaymentId; amountMinor: number },
): Promise<void> {
  await PaymentRow.query(trx).insert({
    id: difference?.paymentId ?? booking.paymentId,
    bookingId: booking.id,
    purpose: difference === undefined ? 'booking' : 'alteration',
    status: 'pending',
    amountMinor: difference?.amountMinor ?? upfrontMinorOf(booking),
    currency: booking.currency,
  });
}

/** Opens the payment of an instalment, once. */
export async function openInstalmentPayment(
  trx: Transaction,
  { id: bookingId, currency }: BookingRow,
  { paymentId: id, amountMinor }: { paymentId: PaymentId; amountMinor: number },
): Promise<PaymentRow> {
  const purpose = 'instalment';
  const known = await findPayment(trx, id);
  return (
    known ??
    PaymentRow.query(trx).insertAndFetch({ id, bookingId, purpose, status: 'pending', amountMinor, currency })
  );
}

/** Whether one of a booking's payments can still bring money. */
export async function hasLivePayment(trx: Transaction, bookingId: BookingId): Promise<boolean> {
  const live = PaymentRow.query(trx)
    .where({ bookingId })
    .whereIn('status', [...LIVE_PAYMENT_STATUSES]);
  return (await live.first()) !== undefined;
}

/** The smallest that has come in for a booking and bears a transfer of that size: what others bear is left for them. */
export async function findChargeOf(
  db: Db,
  bookingId: BookingId,
  amountMinor: number,
): Promise<string | undefined> {
  const payment = await PaymentRow.query(db)
    .where({ bookingId, status: 'posted' })
    .where('amountMinor', '>=', amountMinor)
    .whereNotNull('chargeId')
    .orderBy(['amountMinor', 'id'])
    .first();
  return payment?.chargeId ?? undefined;
}

export async function findPayment(db: Db | Transaction, id: PaymentId): Promise<PaymentRow | undefined> {
  return PaymentRow.query(db).findById(id);
}

/** The row under a lock that other writers of this payment wait for. Its absence is a defect of the caller. */
export async function lockPayment(trx: Transaction, id: PaymentId): Promise<PaymentRow> {
  return PaymentRow.query(trx).findById(id).forNoKeyUpdate().throwIfNotFound();
}

/** Whether the payer of a booking has gone to their bank about a payment, and that is not over. */
export async function isDisputed(db: Db | Transaction, bookingId: BookingId): Promise<boolean> {
  const row = await PaymentRow.query(db).where({ bookingId, disputed: true }).select('id').first();
  return row !== undefined;
}

/** The payment whose money the bank has under this id. */
export async function findPaymentByIntent(
  db: Db | Transaction,
  intentId: string,
): Promise<PaymentRow | undefined> {
  return PaymentRow.query(db).findOne({ intentId });
}

/** Whether the bank may have been asked for an intent before then that we do not know of yet. */
export async function someIntentIsUnknown(db: Db | Transaction, before: Date | string): Promise<boolean> {
  const asked = await PaymentRow.query(db)
    .whereIn('status', [...LIVE_PAYMENT_STATUSES])
    .whereNull('intentId')
    .where('createdAt', '<=', before)
    .first();
  return asked !== undefined;
}

/** The payments of many bookings, by id. */
export async function findPaymentsOf(
  db: Db | Transaction,
  ids: PaymentId[],
): Promise<Map<PaymentId, PaymentRow>> {
  const rows = await PaymentRow.query(db).findByIds(ids);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Notes what the bank has of an attempt, and tells of it where its status changes. A posted payment stays posted, whatever
 * is heard of it later; and that it is posted is said by `markPosted` (db/postings.ts) alone, and then by the ledger.
 */
export async function noteBank(
  trx: Transaction,
  { booking, atBank, at, paymentId = booking.paymentId }: BankNote,
): Promise<void> {
  const payment = await findPayment(trx, paymentId);
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

interface BankNote {
  booking: BookingRow;
  /** Which of its payments; the one that it was made with, unless told. */
  paymentId?: PaymentId;
  atBank: AtBank;
  at: string;
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
