import type { z } from 'zod';
import { readPropertyCalendar } from '../availability/routes.ts';
import type { CalendarNight as NightWire, Calendar as CalendarWire } from '../availability/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { call } from './calls.ts';
import { PROPERTY_ID } from './properties.ts';

/** A calendar is a year of nights, made by one statement: it counts as a page of its own. */
const CALENDAR_COST = 100;

const NightReason = enumOf('NightReason', 'Why a night cannot be had.', {
  booked: 'Somebody stays.',
  held: 'Somebody is about to pay for it.',
  blocked: 'Its host keeps it.',
  imported: 'Another calendar has it taken.',
  linked: 'A property it is a part of, or that is a part of it, has it taken.',
  preparation: 'Kept empty around a stay.',
  past: 'Over.',
  advance_notice: 'Too soon for the notice that the host asks.',
  booking_window: 'Further ahead than the host takes bookings.',
});

const CalendarNight = builder
  .objectRef<z.output<typeof NightWire>>('CalendarNight')
  .implement({
    description: 'One night of a property.',
    fields: (t) => ({
      date: t.expose('date', { type: 'CalendarDate', description: 'The day on whose evening it begins.' }),
      available: t.exposeBoolean('available', {
        description: 'Free, and neither too near nor too far ahead to be booked now.',
      }),
      price: t.expose('price', {
        type: 'MinorUnits',
        description: 'The night alone, for one guest, before fees and discounts.',
      }),
      minimumNights: t.exposeInt('minimumNights', {
        description: 'How long a stay that begins on this night must be.',
      }),
      arrivalAllowed: t.exposeBoolean('arrivalAllowed', {
        description: 'Whether a stay may begin on this day of the week.',
      }),
      departureAllowed: t.exposeBoolean('departureAllowed', {
        description: 'Whether a stay may end on this day of the week.',
      }),
      reason: t.expose('reason', {
        type: NightReason,
        nullable: true,
        description: 'Why it is not available; for the host alone, null for everyone else.',
      }),
    }),
  });

const Calendar = builder
  .objectRef<z.output<typeof CalendarWire>>('Calendar')
  .implement({
    description: 'A property night by night.',
    fields: (t) => ({
      propertyId: t.exposeID('propertyId', { description: 'Whose.' }),
      currency: t.exposeString('currency', { description: 'ISO 4217, of all its prices.' }),
      nights: t.expose('nights', { type: [CalendarNight], description: 'In their order.' }),
    }),
  });

builder.queryField('calendar', (t) =>
  t.field({
    type: Calendar,
    nullable: true,
    description: 'The nights of a property that you may see, at most a year of them.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      from: t.arg({ type: 'CalendarDate', required: true, description: 'The first night.' }),
      to: t.arg({ type: 'CalendarDate', required: true, description: 'The morning after the last night.' }),
    },
    extensions: { cost: CALENDAR_COST },
    resolve: (_root, { propertyId: id, ...query }, context) =>
      call(readPropertyCalendar, { params: { id }, query }, context),
  }),
);
