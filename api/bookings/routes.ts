import { z } from 'zod';
import { listBookings } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { findInstalmentsOf } from '#db/instalments.ts';
import { findPaymentsOf } from '#db/payments.ts';
import type { BookingId } from '#domain/ids.ts';
import type { Actor } from '#domain/permissions.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { accepted, created, ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { alterationEndpoints } from './alteration-routes.ts';
import { openAlterations } from './alteration-presenter.ts';
import { bookingFor, presented } from './access.ts';
import { bookingActEndpoints } from './act-routes.ts';
import { cancellationEndpoints } from './cancellation-routes.ts';
import { instalmentEndpoints } from './instalment-routes.ts';
import type { Reserved } from './commands.ts';
import { presentBooking } from './presenter.ts';
import { Booking, BookingsQuery, NewBooking } from './schemas.ts';

const OfBooking = z.strictObject({ id: IdOf('booking') });

export const createBooking = endpoint({
  method: 'post',
  path: '/bookings',
  auth: 'user',
  idempotent: true,
  summary: 'Book a stay',
  description:
    'With a payment method the stay is booked and paid in this one call; where the host has to be asked the price is ' +
    'only reserved, and the booking is `awaiting_host`. Without one its nights are held for fifteen minutes, to be paid ' +
    'with `payment.clientSecret`. A challenge of the issuer (`payment.status: requires_action`) is passed at ' +
    '`payment.nextActionUrl`, for which the hold is put off to thirty minutes. Of more than 30 nights the first 30 are ' +
    'charged now, and the others when they begin (`instalments`). 202: recorded, and still being worked on.',
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
    const instalments = await findInstalmentsOf(db, rows);
    const open = await openAlterations(db, rows);
    const present = (booking: BookingRow) => {
      const { id, paymentId } = booking;
      const beside = { instalments: instalments.get(id), alteration: open.get(id) };
      return presentBooking({ booking, payment: payments.get(paymentId), ...beside }, actor);
    };
    return ok(page(rows, limit, { present, positionOf: ({ id }) => id }));
  },
});

export const bookingEndpoints = [
  createBooking,
  listMyBookings,
  readBooking,
  ...cancellationEndpoints,
  ...bookingActEndpoints,
  ...instalmentEndpoints,
  ...alterationEndpoints,
];
