import type { z } from 'zod';
import { notFound } from '#domain/errors.ts';
import { isId } from '#domain/ids.ts';
import { maySeeBooking } from '#domain/permissions.ts';
import { presentBooking } from '../bookings/presenter.ts';
import { listMyBookings } from '../bookings/routes.ts';
import type { Booking as BookingSchema } from '../bookings/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { call } from './calls.ts';
import { signedIn } from './context.ts';
import type { Context } from './context.ts';
import { PAGE, pageType } from './pages.ts';
import { BookingPayment, Payment } from './payments.ts';
import { Instalment } from './instalments.ts';
import { Guests, Money, PriceLine, INCLUDED_TAXES } from './pricing.ts';
import { CancellationPolicy, Property, propertyFor } from './properties.ts';
import { PublicUser, publicUser } from './users.ts';

type Wire = z.output<typeof BookingSchema>;

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

export const CancelledBy = enumOf('CancelledBy', 'Whose act a cancellation was.', {
  guest: 'The guest’s.',
  host: 'The host’s.',
  operator: 'An operator’s.',
  platform: 'Nobody’s: an instalment was not paid in time.',
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
      fee: t.expose('fee', {
        type: Money,
        nullable: true,
        description:
          'What a host who cancelled owes for it. Null for the guest, and where another cancelled.',
      }),
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
      includedTaxes: t.expose('includedTaxes', INCLUDED_TAXES),
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
      instalments: t.expose('instalments', {
        type: [Instalment],
        nullable: true,
        description: 'Of a long stay, what is paid when; null where the price is paid at once.',
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
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When it was requested.' }),
      updatedAt: t.expose('updatedAt', { type: 'Instant', description: 'When anything of it last changed.' }),
    }),
  });

/** What the sides have said of it, and may say yet. */
builder.objectFields(Booking, (t) => ({
  respondBy: t.expose('respondBy', {
    type: 'Instant',
    nullable: true,
    description: 'Until then, that instant included, the host may answer; null where none was asked.',
  }),
  checkedInAt: t.expose('checkedInAt', {
    type: 'Instant',
    nullable: true,
    description: 'When the arrival was put on record, if it was.',
  }),
  checkedOutAt: t.expose('checkedOutAt', {
    type: 'Instant',
    nullable: true,
    description: 'When the departure was put on record, if it was.',
  }),
  noShow: t.exposeBoolean('noShow', {
    nullable: true,
    description: 'Whether the host has put on record that nobody came; null unless so.',
  }),
  reviewBy: t.expose('reviewBy', {
    type: 'Instant',
    nullable: true,
    description: 'Before then you may review the stay; null unless you may.',
  }),
  arrivalTime: t.exposeString('arrivalTime', {
    nullable: true,
    description: 'When the guest means to come, `HH:MM`, if they said so.',
  }),
  noteToHost: t.exposeString('noteToHost', { nullable: true, description: 'From the guest, if any.' }),
  guestNames: t.exposeStringList('guestNames', {
    nullable: true,
    description: 'Who comes, if the guest has told.',
  }),
  sandbox: t.exposeBoolean('sandbox', {
    nullable: true,
    description: 'Whether its time can be moved on; null unless so.',
  }),
}));

/** A booking as whoever asks sees it; undefined where it is none of their business. */
export async function bookingFor(context: Context, id: string): Promise<Wire | undefined> {
  const actor = signedIn(context);
  const { bookings, payments, instalments, alterations } = context.loaders;
  const booking = isId('booking', id) ? await bookings.load(id) : undefined;
  if (booking === undefined || !maySeeBooking(booking, actor)) return undefined;
  const payment = await payments.load(booking.paymentId);
  const paidInParts = booking.upfrontMinor === null ? undefined : await instalments.load(booking.id);
  const { alterationId } = booking;
  const alteration = alterationId === null ? undefined : await alterations.load(alterationId);
  return presentBooking({ booking, payment, instalments: paidInParts, alteration }, actor);
}

builder.queryField('booking', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description:
      'A booking of your own, or one at your property once you were asked or it is paid. Refused with `not_found` for everyone else.',
    args: { id: t.arg.id({ required: true, description: 'As `bkg_…`.' }) },
    async resolve(_root, { id }, context) {
      const booking = await bookingFor(context, id);
      if (booking === undefined) throw notFound('booking');
      return booking;
    },
  }),
);

builder.objectField(Payment, 'booking', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description: 'What for, as it is now.',
    resolve: ({ bookingId }, _args, context) => bookingFor(context, bookingId),
  }),
);

export const BookingRole = enumOf('BookingRole', 'Whose part somebody has in a booking.', {
  guest: 'Whoever stays.',
  host: 'Whoever has them to stay.',
});

builder.queryField('bookings', (t) =>
  t.field({
    type: pageType('BookingPage', 'bookings', Booking),
    nullable: true,
    description: 'Your bookings, the newest first; as host those that were paid, or wait for your answer.',
    args: {
      as: t.arg({ type: BookingRole, defaultValue: 'guest', description: 'Whose part in them you have.' }),
      status: t.arg({ type: BookingStatus, description: 'Only those that have come so far.' }),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, query, context) => call(listMyBookings, { query }, context),
  }),
);
