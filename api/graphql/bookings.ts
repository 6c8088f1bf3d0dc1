import { z } from 'zod';
import { onceOf } from '#db/idempotency.ts';
import { notFound } from '#domain/errors.ts';
import { isId } from '#domain/ids.ts';
import type { BookingId } from '#domain/ids.ts';
import { maySeeBooking } from '#domain/permissions.ts';
import type { Reserved } from '../bookings/commands.ts';
import { presentBooking } from '../bookings/presenter.ts';
import { NewBooking as NewBookingSchema } from '../bookings/schemas.ts';
import type { Booking as BookingSchema } from '../bookings/schemas.ts';
import { withinLimits } from '../middleware/rate-limit.ts';
import { runOnce } from '../once.ts';
import { builder, enumOf } from './builder.ts';
import { signedIn } from './context.ts';
import type { Context } from './context.ts';
import { checkedInput } from './input.ts';
import { BookingPayment } from './payments.ts';
import { Guests, GuestsInput, Money, PriceLine } from './pricing.ts';
import { CancellationPolicy, Property, propertyFor } from './properties.ts';
import { PublicUser, publicUser } from './users.ts';

type Wire = z.output<typeof BookingSchema>;

/** Many workflows in one query would be no query any more. */
const BOOKING_COST = 1_000;

const BookingStatus = enumOf('BookingStatus', 'How far a booking has come.', {
  requested: 'Recorded, and being worked on: look again soon.',
  held: 'The nights are held until `holdExpiresAt`, to be paid.',
  awaiting_host: 'The payment is reserved, and the host has to answer.',
  confirmed: 'Booked and paid.',
  in_stay: 'Between check-in and check-out.',
  completed: 'Over.',
  rejected: 'Not to be had: `rejection` says why.',
  declined: 'The host said no.',
  expired: 'Not paid, or not answered, in time.',
  cancelled: 'Called off: `cancellation` says by whom.',
});

const Rejection = builder
  .objectRef<NonNullable<Wire['rejection']>>('Rejection')
  .implement({
    description: 'Why there is no booking.',
    fields: (t) => ({ code: t.exposeString('code', { description: 'A code as errors have it.' }) }),
  });

const CancelledBy = enumOf('CancelledBy', 'Whose act a cancellation was.', {
  guest: 'The guest’s.',
  host: 'The host’s.',
  operator: 'An operator’s.',
});

const Cancellation = builder
  .objectRef<NonNullable<Wire['cancellation']>>('Cancellation')
  .implement({
    description: 'How a booking was called off.',
    fields: (t) => ({
      by: t.expose('by', { type: CancelledBy, description: 'Whose act it was.' }),
      at: t.expose('at', { type: 'Instant', description: 'The moment that the policy was held against.' }),
      refund: t.expose('refund', { type: Money, description: 'What goes back to the guest.' }),
      reason: t.exposeString('reason', { nullable: true, description: 'In their words, if they gave one.' }),
    }),
  });

export const Booking = builder
  .objectRef<Wire>('Booking')
  .implement({
    description: 'A guest’s stay at a property, from request to completion.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `bkg_…`.' }),
      status: t.expose('status', { type: BookingStatus, description: 'How far it has come.' }),
      propertyId: t.exposeID('propertyId', { description: 'Where.' }),
      property: t.field({
        type: Property,
        nullable: true,
        description: 'Where, as it is now; null once it is no longer there for you to see.',
        resolve: ({ propertyId }, _args, context) => propertyFor(context, propertyId),
      }),
      guestId: t.exposeID('guestId', { description: 'Who comes.' }),
      guest: t.field({
        type: PublicUser,
        description: 'Who comes.',
        resolve: ({ guestId }, _args, context) => publicUser(guestId, context),
      }),
      hostId: t.exposeID('hostId', { description: 'Whose property it is.' }),
      host: t.field({
        type: PublicUser,
        description: 'Whose property it is.',
        resolve: ({ hostId }, _args, context) => publicUser(hostId, context),
      }),
      checkIn: t.expose('checkIn', { type: 'CalendarDate', description: 'The day of the first night.' }),
      checkOut: t.expose('checkOut', {
        type: 'CalendarDate',
        description: 'The morning after the last night.',
      }),
      nights: t.exposeInt('nights', { description: 'How many.' }),
      guests: t.expose('guests', { type: Guests, description: 'Who comes along.' }),
      lines: t.expose('lines', { type: [PriceLine], description: 'What the price is made of.' }),
      total: t.expose('total', {
        type: Money,
        description: 'The whole price. It was fixed with the request.',
      }),
      cancellationPolicy: t.expose('cancellationPolicy', {
        type: CancellationPolicy,
        description: 'The one it was made under.',
      }),
      holdExpiresAt: t.expose('holdExpiresAt', {
        type: 'Instant',
        nullable: true,
        description:
          'Until then, that instant excluded, the nights wait to be paid; null where none were held.',
      }),
      payment: t.expose('payment', {
        type: BookingPayment,
        nullable: true,
        description: 'Null until nights were held for it.',
      }),
      rejection: t.expose('rejection', {
        type: Rejection,
        nullable: true,
        description: 'Null unless rejected.',
      }),
      cancellation: t.expose('cancellation', {
        type: Cancellation,
        nullable: true,
        description: 'Null unless cancelled.',
      }),
      checkInAt: t.expose('checkInAt', { type: 'Instant', description: 'The scheduled instant.' }),
      checkOutAt: t.expose('checkOutAt', { type: 'Instant', description: 'The scheduled instant.' }),
      reviewBy: t.expose('reviewBy', {
        type: 'Instant',
        nullable: true,
        description: 'Before then you may review the stay; null unless you may.',
      }),
      noteToHost: t.exposeString('noteToHost', { nullable: true, description: 'From the guest, if any.' }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When it was requested.' }),
      updatedAt: t.expose('updatedAt', { type: 'Instant', description: 'When anything of it last changed.' }),
    }),
  });

builder.queryField('booking', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description:
      'A booking of your own, or one at your property once it is paid. Refused with `not_found` for everyone else.',
    args: { id: t.arg.id({ required: true, description: 'As `bkg_…`.' }) },
    async resolve(_root, { id }, context) {
      const actor = signedIn(context);
      const { bookings, payments } = context.loaders;
      const booking = isId('booking', id) ? await bookings.load(id) : undefined;
      if (booking === undefined || !maySeeBooking(booking, actor)) throw notFound('booking');
      return presentBooking({ booking, payment: await payments.load(booking.paymentId) }, actor);
    },
  }),
);

const NewBooking = builder.inputType('NewBooking', {
  description: 'What a guest asks to book.',
  fields: (t) => ({
    propertyId: t.id({ required: true, description: 'Where.' }),
    checkIn: t.field({ type: 'CalendarDate', required: true, description: 'The day of the first night.' }),
    checkOut: t.field({
      type: 'CalendarDate',
      required: true,
      description: 'The morning after the last night.',
    }),
    guests: t.field({ type: GuestsInput, required: true, description: 'Who comes along.' }),
    quoteId: t.string({ description: 'Honoured until it expires; without one, today’s price.' }),
    paymentMethodId: t.string({
      description:
        'Of the bank, `pm_…`. Pays at once; a decline ends the booking. Without one the nights are held for the payer.',
    }),
    noteToHost: t.string({ description: 'A word to the host.' }),
  }),
});

const IdempotencyKey = z.string().regex(/^[ -~]{1,255}$/, 'Must be 1 to 255 printable ASCII characters.');

/** Names the act, as method and path do in REST: the same key there is another call, and refused. */
const ROUTE = 'mutation createBooking';

async function reserveOnce(
  request: z.output<typeof NewBookingSchema>,
  key: string,
  context: Context,
): Promise<Reserved> {
  const { deps, koa } = context;
  const { id: guestId } = signedIn(context);
  const once = onceOf({ userId: guestId, key, route: ROUTE, body: request });
  const replyOf = (reserved: Reserved) => ({ status: reserved.isSettled ? 201 : 202, reserved });
  const { reserved } = await runOnce(deps.db, once, {
    handle: async () => replyOf(await deps.bookings.reserve({ ...request, guestId }, once)),
    replay: async ({ resourceId }) => replyOf(await deps.bookings.recall(resourceId as BookingId)),
    onReplay: () => koa.set('Idempotent-Replayed', 'true'),
  });
  return reserved;
}

builder.mutationField('createBooking', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description:
      'Books a stay. With a payment method it is booked and paid in this one call; without one its nights are held ' +
      'for fifteen minutes, to be paid with `payment.clientSecret`. `requested`: recorded, and still being worked on.',
    args: {
      input: t.arg({ type: NewBooking, required: true, description: 'What to book.' }),
      idempotencyKey: t.arg.string({
        required: true,
        description:
          'A fresh value for each act, 1 to 255 printable ASCII characters. Sent again with the same input, it gives ' +
          'the same booking.',
      }),
    },
    extensions: { cost: BOOKING_COST },
    async resolve(_root, { input, idempotencyKey }, context) {
      const actor = signedIn(context);
      await withinLimits('write', context.koa, context.deps.rateLimits);
      const key = checkedInput(IdempotencyKey, idempotencyKey, 'idempotencyKey');
      const request = checkedInput(NewBookingSchema, input, 'input');
      return presentBooking(await reserveOnce(request, key, context), actor);
    },
  }),
);
