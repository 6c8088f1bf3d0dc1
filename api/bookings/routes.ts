import { z } from 'zod';
import { findBooking, listBookings } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { attemptOf, claim } from '#db/idempotency.ts';
import { findPayment, findPaymentsOf } from '#db/payments.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import { maySeeBooking } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { accepted, created, ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { notAny } from './commands.ts';
import type { Reserved } from './commands.ts';
import { presentBooking } from './presenter.ts';
import { Booking, BookingsQuery, NewBooking, NewCancellation } from './schemas.ts';

const OfBooking = z.strictObject({ id: IdOf('booking') });

export const createBooking = endpoint({
  method: 'post',
  path: '/bookings',
  auth: 'user',
  idempotent: true,
  summary: 'Book a stay',
  description:
    'With a payment method the stay is booked and paid in this one call. Without one its nights are held for ' +
    'fifteen minutes, to be paid with `payment.clientSecret`. 202: recorded, and still being worked on.',
  input: NewBooking,
  output: { 201: Booking, 202: Booking },
  problems: [
    'dates_unavailable',
    'quote_expired',
    'stay_refused',
    'card_declined',
    'hold_limit',
    'amount_too_small',
    'not_found',
    'unavailable',
  ],
  async handle({ input, actor, once, bookings }) {
    return replyOf(await bookings.reserve({ ...input, guestId: actor.id }, once), actor);
  },
  async replay({ resourceId, actor, bookings }) {
    return replyOf(await bookings.recall(resourceId as BookingId), actor);
  },
});

function replyOf(reserved: Reserved, actor: Actor) {
  const body = presentBooking(reserved, actor);
  const location = `/bookings/${body.id}`;
  return reserved.isSettled ? created(body, { location }) : accepted(body, { location });
}

export const readBooking = endpoint({
  method: 'get',
  path: '/bookings/{id}',
  auth: 'user',
  summary: 'Read a booking',
  params: OfBooking,
  output: { 200: Booking },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    return ok(await presented(db, await bookingFor(db, params.id, actor), actor));
  },
});

export const listMyBookings = endpoint({
  method: 'get',
  path: '/bookings',
  auth: 'user',
  summary: 'List your bookings, the newest first',
  query: BookingsQuery,
  output: { 200: pageOf(Booking) },
  async handle({ query, actor, db }) {
    const { as, status, limit } = query;
    const after = decodeCursor(IdOf('booking'), query.cursor);
    const rows = await listBookings(db, { as, userId: actor.id, status, after, limit: limit + 1 });
    const payments = await findPaymentsOf(
      db,
      rows.map(({ paymentId }) => paymentId),
    );
    const present = (booking: BookingRow) =>
      presentBooking({ booking, payment: payments.get(booking.paymentId) }, actor);
    return ok(page(rows, limit, { present, positionOf: ({ id }) => id }));
  },
});

export const cancelBooking = endpoint({
  method: 'post',
  path: '/bookings/{id}/cancellation',
  auth: 'user',
  idempotent: true,
  summary: 'Cancel a booking',
  description:
    'By its guest, under its policy, judged at this moment. What the policy gives back goes to the card.',
  params: OfBooking,
  input: NewCancellation,
  output: { 200: Booking },
  problems: ['not_found', 'forbidden', 'booking_state', 'unavailable'],
  async handle({ params, input, actor, once, db, bookings }) {
    const booking = await bookingFor(db, params.id, actor);
    if (booking.guestId !== actor.id)
      throw new DomainError('forbidden', 'Only its guest can cancel this booking.');
    await inTransaction(db, (trx) => claim(trx, once, booking.id));
    const cancelled = await bookings.cancel(booking, {
      ...input,
      actorId: actor.id,
      attempt: attemptOf(once),
    });
    return ok(presentBooking(cancelled, actor));
  },
  async replay({ resourceId, firstStatus, actor, db }) {
    const booking = await bookingFor(db, resourceId as BookingId, actor);
    if (firstStatus >= 400 || booking.status !== 'cancelled') throw notAny(booking.status);
    return ok(await presented(db, booking, actor));
  },
});

/** The booking if it is any business of the actor's. */
async function bookingFor(db: Db, id: BookingId, actor: Actor): Promise<BookingRow> {
  const booking = await findBooking(db, id);
  if (booking === undefined || !maySeeBooking(booking, actor)) throw notFound('booking');
  return booking;
}

async function presented(db: Db, booking: BookingRow, actor: Actor) {
  return presentBooking({ booking, payment: await findPayment(db, booking.paymentId) }, actor);
}

export const bookingEndpoints = [createBooking, listMyBookings, readBooking, cancelBooking];
