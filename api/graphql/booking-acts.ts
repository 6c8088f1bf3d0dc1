import {
  acceptBooking,
  changeBooking,
  checkIn,
  checkOut,
  recordNoShow,
  refuseBooking,
} from '../bookings/act-routes.ts';
import { createBooking } from '../bookings/routes.ts';
import { Booking } from './bookings.ts';
import { builder } from './builder.ts';
import { KEY, KEY_IF_ANY, act } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { GuestsInput } from './pricing.ts';

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
    sandbox: t.boolean({ description: 'Its time can be moved on. Refused where money is real.' }),
  }),
});

builder.mutationField('createBooking', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description:
      'Books a stay. With a payment method it is booked and paid in this one call; without one its nights are held ' +
      'for fifteen minutes, to be paid with `payment.clientSecret`. `requested`: recorded, and still being worked on.',
    args: {
      input: t.arg({ type: NewBooking, required: true, description: 'What to book.' }),
      idempotencyKey: t.arg.string(KEY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, asked, context) => act(createBooking, asked, context),
  }),
);

/** Acts that take nothing but the booking. */
const PLAIN_ACTS = {
  acceptBooking: {
    endpoint: acceptBooking,
    description: 'Accepts a request. By its host, until `respondBy`: what was reserved is charged.',
  },
  refuseBooking: {
    endpoint: refuseBooking,
    description:
      'Refuses a request. By its host, until `respondBy`: the nights are free, nothing is charged.',
  },
  checkIn: { endpoint: checkIn, description: 'Records the arrival. By guest or host, from `checkInAt` on.' },
  checkOut: {
    endpoint: checkOut,
    description: 'Records the departure. By guest or host. Frees the nights that are left; moves no money.',
  },
  recordNoShow: {
    endpoint: recordNoShow,
    description: 'Records that nobody came. By the host, from twelve hours after `checkInAt`.',
  },
} as const;

for (const [name, { endpoint, description }] of Object.entries(PLAIN_ACTS)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: Booking,
      nullable: true,
      description,
      args: {
        id: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
        idempotencyKey: t.arg.string(KEY_IF_ANY),
      },
      extensions: { cost: ACT_COST },
      resolve: (_root, { id, ...asked }, context) => act(endpoint, { params: { id }, ...asked }, context),
    }),
  );
}

const BookingChange = builder.inputType('BookingChange', {
  description: 'What a guest tells the host. Dates and guests are refused: they go by alteration.',
  fields: (t) => ({
    arrivalTime: t.string({ description: 'When they mean to come, `HH:MM`; null takes it back.' }),
    noteToHost: t.string({ description: 'A word to the host; null takes it back.' }),
    guestNames: t.stringList({ description: 'Who comes.' }),
    checkIn: t.field({ type: 'CalendarDate', description: 'Refused.' }),
    checkOut: t.field({ type: 'CalendarDate', description: 'Refused.' }),
    guests: t.field({ type: GuestsInput, description: 'Refused.' }),
  }),
});

builder.mutationField('changeBooking', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description: 'Tells the host more. By the guest, until the stay is over.',
    args: {
      id: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
      input: t.arg({ type: BookingChange, required: true, description: 'What changes.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, input }, context) => act(changeBooking, { params: { id }, input }, context),
  }),
);
