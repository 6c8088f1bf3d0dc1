import assert from 'node:assert/strict';
import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { writeDraft } from '#db/review-drafts.ts';
import type { ReviewChanges } from '#db/review-drafts.ts';
import { PropertyRow } from '#db/properties.ts';
import { openReviewWindow } from '#db/review-windows.ts';
import { ReviewRow } from '#db/reviews.ts';
import { inTransaction } from '#db/transaction.ts';
import type { DraftId, PropertyId, ReviewId, UserId } from '#domain/ids.ts';
import { addDays, addHours, instantOf, todayIn } from '#domain/nights.ts';
import { AUTHOR_OF, windowFrom } from '#domain/reviews.ts';
import type { ReviewSide } from '#domain/reviews.ts';
import { aProperty, aUser } from './stays-fixture.ts';

/** Check-out of every stay here, and what is said a day later unless a test says otherwise. */
export const CHECK_OUT = '2027-02-04T11:00:00.000Z';
export const SAID = '2027-02-05T11:00:00.000Z';
export const CLOSES = '2027-02-18T11:00:00.000Z';

export interface StayFacts {
  propertyId?: PropertyId;
  guestId?: UserId;
  checkOutAt?: string;
}

/** A stay of three nights that was lived to its end, and nothing after. Only the facts that matter are named. */
export async function aLivedStay(db: Db, facts: StayFacts = {}): Promise<BookingRow> {
  const propertyId = facts.propertyId ?? (await aProperty(db)).id;
  const { hostId, timeZone, checkInTime, checkOutTime } = await PropertyRow.query(db)
    .findById(propertyId)
    .throwIfNotFound();
  const { guestId = await aUser(db), checkOutAt = CHECK_OUT } = facts;
  const checkOut = todayIn(timeZone, checkOutAt);
  const checkIn = addDays(checkOut, -3);
  const requestedAt = addHours(checkOutAt, -600);
  const id = newId('booking');
  await db('bookings').insert({
    id,
    status: 'completed',
    property_id: propertyId,
    guest_id: guestId,
    host_id: hostId,
    check_in: checkIn,
    check_out: checkOut,
    adults: 1,
    children: 0,
    infants: 0,
    pets: 0,
    price: '{"lines":[]}',
    total_minor: 0,
    currency: 'GBP',
    booking_mode: 'instant',
    cancellation_policy: 'flexible',
    time_zone: timeZone,
    check_in_time: checkInTime,
    check_out_time: checkOutTime,
    check_in_at: instantOf(checkIn, checkInTime, timeZone),
    check_out_at: checkOutAt,
    confirmed_at: requestedAt,
    payment_id: newId('payment'),
    requested_at: requestedAt,
  });
  return rowOf(db, id);
}

/** The same, with its window open and nobody at it. */
export async function aStayToReview(db: Db, facts: StayFacts = {}): Promise<BookingRow> {
  const booking = await aLivedStay(db, facts);
  await inTransaction(db, (trx) => openReviewWindow(trx, booking, windowFrom(booking.checkOutAt)));
  return rowOf(db, booking.id);
}

async function rowOf(db: Db, id: BookingRow['id']): Promise<BookingRow> {
  const row = await findBooking(db, id);
  assert.ok(row);
  return row;
}

/** Who of a stay a side is. */
export function authorOf({ guestId, hostId }: BookingRow, side: ReviewSide): UserId {
  return side === 'guest' ? guestId : hostId;
}

/** What a side has written down and nobody has taken yet: five stars, unless said otherwise. */
export async function aDraft(
  db: Db,
  booking: BookingRow,
  { side, ...content }: { side: ReviewSide } & ReviewChanges,
): Promise<ReviewId> {
  const id = newId('review');
  const whole = { rating: 5, categories: {}, comment: 'As shown.', privateNote: null, ...content };
  const draft = {
    id,
    reviewId: id,
    bookingId: booking.id,
    authorId: authorOf(booking, side),
    content: whole,
  };
  await inTransaction(db, (trx) => writeDraft(trx, draft, side));
  return id;
}

/** A change that its author has written down. */
export async function aChange(
  db: Db,
  reviewId: ReviewId,
  { booking, content }: { booking: BookingRow; content: ReviewChanges },
): Promise<DraftId> {
  const { subject, authorId } = await ReviewRow.query(db).findById(reviewId).throwIfNotFound();
  assert(authorId !== null);
  const id = newId('draft');
  const draft = { id, reviewId, bookingId: booking.id, authorId, content };
  await inTransaction(db, (trx) => writeDraft(trx, draft, AUTHOR_OF[subject]));
  return id;
}

/** Stars and number of reviews of a property or a user, as everyone is told. */
export async function ratingOf(db: Db, id: PropertyId | UserId): Promise<[number | null, number]> {
  const table = id.startsWith('prp_') ? 'properties' : 'users';
  const rows: { rating_average: number | null; review_count: number }[] = await db(table).where({ id });
  return [rows[0]?.rating_average ?? null, rows[0]?.review_count ?? Number.NaN];
}
