import type { z } from 'zod';
import { keepConflictingBooking, listCalendarConflicts } from '../calendars/conflict-routes.ts';
import type { CalendarConflict as ConflictWire } from '../calendars/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY_IF_ANY, act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';
import { PROPERTY_ID } from './properties.ts';

const ConflictResolution = enumOf('ConflictResolution', 'How a conflict has ended.', {
  kept: 'The host keeps the booking, and sees to the other platform.',
  gone: 'One of both has given the nights back.',
});

const CalendarConflict = builder
  .objectRef<z.output<typeof ConflictWire>>('CalendarConflict')
  .implement({
    description:
      'Nights of a booking that an imported calendar says are taken. Nothing is cancelled by itself.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `cnf_…`.' }),
      calendarId: t.exposeID('calendarId', { description: 'Which calendar says so.' }),
      propertyId: t.exposeID('propertyId', { description: 'Of which property.' }),
      bookingId: t.exposeID('bookingId', { description: 'Whose nights they are here.' }),
      from: t.expose('from', { type: 'CalendarDate', description: 'The first night that both have.' }),
      to: t.expose('to', { type: 'CalendarDate', description: 'The morning after the last one.' }),
      openedAt: t.expose('openedAt', { type: 'Instant', description: 'When it was found.' }),
      resolvedAs: t.expose('resolvedAs', {
        type: ConflictResolution,
        nullable: true,
        description: 'How it ended; null until then.',
      }),
      resolvedAt: t.expose('resolvedAt', {
        type: 'Instant',
        nullable: true,
        description: 'When it was over; null until then.',
      }),
    }),
  });

builder.queryField('calendarConflicts', (t) =>
  t.field({
    type: pageType('CalendarConflictPage', 'conflicts', CalendarConflict),
    nullable: true,
    description: 'What calendars and bookings of your property both have, the newest first.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      open: t.arg.boolean({ description: 'Only those that are open, or only those that are not.' }),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, { propertyId: id, open, ...query }, context) =>
      call(listCalendarConflicts, { params: { id }, query: { ...query, open: open?.toString() } }, context),
  }),
);

builder.mutationField('keepConflictingBooking', (t) =>
  t.field({
    type: CalendarConflict,
    nullable: true,
    description:
      'Keeps a booking that a calendar is in conflict with: you see to the other platform. To keep its guest instead, ' +
      'cancel the booking.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      conflictId: t.arg.id({ required: true, description: 'As `cnf_…`.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, conflictId, idempotencyKey }, context) =>
      act(keepConflictingBooking, { params: { id, conflictId }, idempotencyKey }, context),
  }),
);
