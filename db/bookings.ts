import { statusesBefore } from '#domain/bookings.ts';
import type { BookingStatus, Rejection } from '#domain/bookings.ts';
import type { AlterationId, BookingId, PaymentId, PropertyId, UserId } from '#domain/ids.ts';
import { EXPECTED_STATUSES } from '#domain/permissions.ts';
import type { Guests, StayPrice } from '#domain/pricing.ts';
import type { Currency } from '#domain/money.ts';
import type { CancelledBy } from '#domain/cancellation.ts';
import type { CancellationPolicy } from '#domain/cancellation/policies.ts';
import type { BookingMode } from '#domain/properties.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';
import { together } from './transaction.ts';
import { ZONE_DATA } from './zone-data.ts';

export class BookingRow extends Row {
  static override tableName = 'bookings';
  static override jsonAttributes = ['price', 'rejection'];
  declare id: BookingId;
  declare status: BookingStatus;
  declare propertyId: PropertyId;
  declare guestId: UserId;
  declare hostId: UserId;
  declare checkIn: string;
  declare checkOut: string;
  /** Where an alteration has put the check-in off: the one that the policy's deadlines are counted from. */
  declare policyCheckIn: string | null;
  /** Kept empty around it, as the rules were when its nights were taken. */
  declare preparationNightsBefore: number | null;
  declare preparationNightsAfter: number | null;
  /** The proposal to change it that is open. */
  declare alterationId: AlterationId | null;
  declare adults: number;
  declare children: number;
  declare infants: number;
  declare pets: number;
  declare price: StayPrice;
  declare totalMinor: number;
  /** What is charged with the booking where the rest is paid in instalments; null where that is the whole price. */
  declare upfrontMinor: number | null;
  declare currency: Currency;
  declare bookingMode: BookingMode;
  /** As the host had chosen it; which one holds is told by `policyFor`. */
  declare cancellationPolicy: CancellationPolicy;
  declare timeZone: string;
  declare checkInTime: string;
  declare checkOutTime: string;
  declare checkInAt: string;
  declare checkOutAt: string;
  /** By which both were reckoned out of dates and times. */
  declare zoneData: string;
  declare paymentMethodId: string | null;
  declare paymentId: PaymentId;
  /** At the bank: whose saved cards they are, and which of them instalments are charged to. */
  declare customerId: string | null;
  declare cardId: string | null;
  declare holdExpiresAt: string | null;
  /** Until when the host may answer; null until the host has been asked. */
  declare respondBy: string | null;
  declare rejection: Rejection | null;
  declare confirmedAt: string | null;
  declare cancelledBy: CancelledBy | null;
  declare cancelledAt: string | null;
  declare cancellationReason: string | null;
  declare refundMinor: number | null;
  /** Of what had been paid when it was cancelled: what the guest was not owed. */
  declare keptMinor: number | null;
  /** What the host owes for having cancelled; null unless they did. */
  declare hostFeeMinor: number | null;
  declare checkedInAt: string | null;
  declare checkedOutAt: string | null;
  declare noShow: boolean;
  declare arrivalTime: string | null;
  declare guestNames: string[];
  declare noteToHost: string | null;
  /** Until when its sides may review the stay; null unless they may. */
  declare reviewBy: string | null;
  /** Outside live mode: its time may be moved on. */
  declare sandbox: boolean;
  /** How far its own time is ahead of the wall clock. */
  declare clockOffsetMs: number;
  declare requestedAt: string;
  declare createdAt: string;
  declare updatedAt: string;
}

/** What a booking is made of when it is requested; the rest comes with its life. */
export type NewBooking = Pick<
  BookingRow,
  | 'id'
  | 'propertyId'
  | 'guestId'
  | 'hostId'
  | 'checkIn'
  | 'checkOut'
  | 'adults'
  | 'children'
  | 'infants'
  | 'pets'
  | 'price'
  | 'totalMinor'
  | 'upfrontMinor'
  | 'currency'
  | 'bookingMode'
  | 'cancellationPolicy'
  | 'timeZone'
  | 'checkInTime'
  | 'checkOutTime'
  | 'checkInAt'
  | 'checkOutAt'
  | 'paymentMethodId'
  | 'paymentId'
  | 'noteToHost'
  | 'sandbox'
  | 'requestedAt'
>;

export function guestsOf(booking: BookingRow): Guests {
  const { adults, children, infants, pets } = booking;
  return { adults, children, infants, pets };
}

/** What is charged with the booking itself, in minor units. */
export function upfrontMinorOf({ upfrontMinor, totalMinor }: BookingRow): number {
  return upfrontMinor ?? totalMinor;
}

/** Records the request, as this process has reckoned it, and tells of it, in the caller's transaction. Nothing is held yet. */
export async function insertBooking(trx: Transaction, booking: NewBooking): Promise<BookingRow> {
  const [row] = await together([
    BookingRow.query(trx)
      .insert({ ...booking, zoneData: ZONE_DATA } as Partial<BookingRow>)
      .returning('*'),
    recordEvent(trx, {
      kind: 'booking.requested',
      subjectId: booking.id,
      actorId: booking.guestId,
      occurredAt: booking.requestedAt,
      data: { before: null, after: 'requested' },
    }),
  ]);
  return row;
}

export async function findBooking(db: Db | Transaction, id: BookingId): Promise<BookingRow | undefined> {
  return BookingRow.query(db).findById(id);
}

/** The booking that a payment is for, also before the payment is there, and where there is none. */
export async function findBookingOfPayment(
  db: Db | Transaction,
  paymentId: PaymentId,
): Promise<BookingRow | undefined> {
  return BookingRow.query(db)
    .where({ paymentId })
    .orWhereRaw('id in (select booking_id from instalments where payment_id = ?)', [paymentId])
    .first();
}

/** The row under a lock that other writers of this booking wait for. Its absence is a defect of the caller. */
export async function lockBooking(trx: Transaction, id: BookingId): Promise<BookingRow> {
  return BookingRow.query(trx).findById(id).forNoKeyUpdate().throwIfNotFound();
}

export interface Move {
  to: BookingStatus;
  at: string;
  /** A user's id, or `system` for timers and the bank. */
  actorId: string;
  /** Columns that change with the status. */
  set?: Partial<BookingRow>;
  /** More for the event's readers. */
  data?: Readonly<Record<string, unknown>>;
}

/**
 * Moves a locked booking along an edge of the state graph and tells of it. The update is guarded by the status the
 * edge starts from, so a booking that moved meanwhile is a defect here, never a silent overwrite.
 */
export async function moveBooking(trx: Transaction, booking: BookingRow, move: Move): Promise<void> {
  const [moved] = await together([
    BookingRow.query(trx)
      .findById(booking.id)
      .whereIn('status', statusesBefore(move.to))
      .patch({ ...move.set, status: move.to }),
    recordEvent(trx, {
      kind: `booking.${move.to}`,
      subjectId: booking.id,
      actorId: move.actorId,
      occurredAt: move.at,
      data: { before: booking.status, after: move.to, ...move.data },
    }),
  ]);
  if (moved !== 1) throw new Error(`${booking.id} cannot go from ${booking.status} to ${move.to}.`);
}

/** Requests whose workflow may never have started: recorded before `before`, still `requested`. Oldest first. */
export async function findLeftRequested(db: Db, before: string, limit: number): Promise<BookingRow[]> {
  return BookingRow.query(db)
    .where('status', 'requested')
    .where('requestedAt', '<', before)
    .orderBy('requestedAt')
    .limit(limit);
}

/** What its guest may add to a booking, or change of it, without anybody's leave. */
export interface Particulars {
  arrivalTime?: string | null | undefined;
  noteToHost?: string | null | undefined;
  guestNames?: string[] | undefined;
}

/** Changes what a guest tells the host, and tells of it; whose words they are, not what they say. */
export async function changeParticulars(
  trx: Transaction,
  booking: BookingRow,
  { actorId, at, ...change }: Particulars & { actorId: string; at: string },
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  await BookingRow.query(trx)
    .findById(booking.id)
    .patch(change as Partial<BookingRow>);
  await recordEvent(trx, {
    kind: 'booking.particulars_changed',
    subjectId: booking.id,
    actorId,
    occurredAt: at,
    data: { fields: Object.keys(change) },
  });
}

export interface BookingsPage {
  as: 'guest' | 'host';
  userId: UserId;
  status?: BookingStatus | undefined;
  /** Bookings older than this one. */
  after?: BookingId | undefined;
  limit: number;
}

/** A user's bookings, newest first. A host sees those that wait for an answer, and paid ones, never a hold (RULES "Holds"). */
export async function listBookings(db: Db, page: BookingsPage): Promise<BookingRow[]> {
  const query = BookingRow.query(db).orderBy('id', 'desc').limit(page.limit);
  if (page.as === 'guest') void query.where('guestId', page.userId);
  else {
    void query.where('hostId', page.userId).whereRaw('coalesce(confirmed_at, respond_by) is not null');
  }
  if (page.status !== undefined) void query.where('status', page.status);
  if (page.after !== undefined) void query.where('id', '<', page.after);
  return query;
}

/** The properties at which each of these guests is expected, or is staying. */
export async function findExpectedAt(
  db: Db,
  guestIds: readonly UserId[],
): Promise<Map<UserId, Set<PropertyId>>> {
  const rows = await BookingRow.query(db)
    .whereIn('guestId', guestIds)
    .whereIn('status', EXPECTED_STATUSES)
    .select('guestId', 'propertyId');
  const expected = new Map(guestIds.map((id) => [id, new Set<PropertyId>()]));
  for (const { guestId, propertyId } of rows) expected.get(guestId)?.add(propertyId);
  return expected;
}
