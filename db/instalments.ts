import { beginsAt, instalmentsOf } from '#domain/instalments.ts';
import type { InstalmentStatus } from '#domain/instalments.ts';
import type { BookingId, PaymentId } from '#domain/ids.ts';
import type { Shares } from '#domain/ledger.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { newId } from './ids.ts';
import { Row } from './model.ts';
import { findPaymentsOf } from './payments.ts';
import type { PaymentRow } from './payments.ts';

/** A part of a long stay, and of its price. The first is paid with the booking. */
export class InstalmentRow extends Row {
  static override tableName = 'instalments';
  static override idColumn = ['booking_id', 'n'];
  static override jsonAttributes = ['shares'];
  declare bookingId: BookingId;
  declare n: number;
  declare status: InstalmentStatus;
  declare checkIn: string;
  declare checkOut: string;
  declare beginsAt: string;
  declare amountMinor: number;
  declare shares: Shares;
  declare paymentId: PaymentId;
  /** Until when its guest may pay what the card did not; null until that is known. */
  declare payBy: string | null;
  declare createdAt: string;
  declare updatedAt: string;
}

/** Writes down what is to be paid when, in the transaction that takes the nights. */
export async function scheduleInstalments(trx: Transaction, booking: BookingRow): Promise<void> {
  const parts = instalmentsOf(booking.price, booking);
  await InstalmentRow.query(trx).insert(
    parts.map(({ checkIn, checkOut, amountMinor, shares }, at) => ({
      bookingId: booking.id,
      n: at + 1,
      checkIn,
      checkOut,
      beginsAt: beginsAt({ checkIn, checkOut }, booking),
      amountMinor,
      shares,
      paymentId: at === 0 ? booking.paymentId : newId('payment'),
    })),
  );
}

/** All of a booking, in order; none where its price is paid at once. */
export async function listInstalments(db: Db | Transaction, bookingId: BookingId): Promise<InstalmentRow[]> {
  return InstalmentRow.query(db).where({ bookingId }).orderBy('n');
}

/** An instalment, and its payment once its nights have begun. */
export interface InstalmentWithPayment {
  instalment: InstalmentRow;
  payment: PaymentRow | undefined;
}

/** Those of many bookings, each booking's in order. */
export async function findInstalmentsOf(
  db: Db | Transaction,
  bookings: readonly BookingRow[],
): Promise<Map<BookingId, InstalmentWithPayment[]>> {
  const ids = bookings.filter(({ upfrontMinor }) => upfrontMinor !== null).map(({ id }) => id);
  return ids.length === 0 ? new Map() : readInstalmentsOf(db, ids);
}

/** The same by their ids, for whoever knows that there are some. */
export async function readInstalmentsOf(
  db: Db | Transaction,
  ids: readonly BookingId[],
): Promise<Map<BookingId, InstalmentWithPayment[]>> {
  const rows = await InstalmentRow.query(db).whereIn('bookingId', ids).orderBy(['bookingId', 'n']);
  const payments = await findPaymentsOf(
    db,
    rows.map(({ paymentId }) => paymentId),
  );
  const paid = rows.map((instalment) => ({ instalment, payment: payments.get(instalment.paymentId) }));
  return Map.groupBy(paid, ({ instalment }) => instalment.bookingId);
}

export async function findInstalment(
  db: Db | Transaction,
  at: { bookingId: BookingId; n: number },
): Promise<InstalmentRow | undefined> {
  return InstalmentRow.query(db).findOne(at);
}

/** The instalment that a payment is for; undefined for one of another kind. */
export async function findInstalmentOf(
  db: Db | Transaction,
  paymentId: PaymentId,
): Promise<InstalmentRow | undefined> {
  return InstalmentRow.query(db).findOne({ paymentId });
}

/** The one that the guest has to pay now, if there is one. */
export async function findDueInstalment(db: Db, bookingId: BookingId): Promise<InstalmentRow | undefined> {
  return InstalmentRow.query(db).findOne({ bookingId, status: 'due' });
}

/** Under the lock of its booking. */
export async function changeInstalment(
  trx: Transaction,
  { bookingId, n }: InstalmentRow,
  change: Partial<Pick<InstalmentRow, 'status' | 'payBy' | 'beginsAt'>>,
): Promise<void> {
  await InstalmentRow.query(trx).where({ bookingId, n }).patch(change);
}

/**
 * What will have been paid for a booking by then, in minor units, if each instalment that is still to come is paid when
 * its nights begin.
 */
export async function paidMinorAt(db: Db, booking: BookingRow, at: string): Promise<number> {
  const instalments = await listInstalments(db, booking.id);
  if (instalments.length === 0) return booking.totalMinor;
  const paid = instalments.filter(
    ({ n, status, beginsAt: from }) =>
      status === 'paid' || (status === 'scheduled' && (n === 1 || Date.parse(from) <= Date.parse(at))),
  );
  return paid.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
