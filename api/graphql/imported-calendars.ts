import type { z } from 'zod';
import { FEED_FAULTS } from '#domain/calendars.ts';
import { renewCalendarAddress, withdrawCalendarAddress } from '../calendars/export-routes.ts';
import {
  importCalendar,
  listImportedCalendars,
  readImportedCalendar,
  removeImportedCalendar,
  syncImportedCalendar,
} from '../calendars/routes.ts';
import type {
  CalendarAddress as AddressWire,
  ImportedCalendar as ImportedCalendarWire,
} from '../calendars/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY_IF_ANY, act, call, done } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';
import { PROPERTY_ID } from './properties.ts';

const CALENDAR_ID = { required: true, description: 'Of the imported calendar, as `cal_…`.' } as const;

const FeedFault = enumOf('FeedFault', 'Why a calendar could not be read, or not all of it.', FEED_FAULTS);

const ImportedCalendar = builder
  .objectRef<z.output<typeof ImportedCalendarWire>>('ImportedCalendar')
  .implement({
    description: 'A calendar of another platform whose nights a property takes.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `cal_…`.' }),
      propertyId: t.exposeID('propertyId', { description: 'Whose nights it takes.' }),
      name: t.exposeString('name', { description: 'What its host calls it.' }),
      url: t.exposeString('url', {
        nullable: true,
        description: 'For the host alone: it opens the calendar.',
      }),
      nights: t.exposeInt('nights', { description: 'How many nights lie on the property for it.' }),
      conflicts: t.exposeInt('conflicts', {
        description: 'How many bookings have nights that it says are taken, undecided.',
      }),
      readAt: t.expose('readAt', {
        type: 'Instant',
        nullable: true,
        description: 'When it was last read well; null until it has been.',
      }),
      attemptedAt: t.expose('attemptedAt', {
        type: 'Instant',
        nullable: true,
        description: 'When it was last asked for.',
      }),
      dueAt: t.expose('dueAt', { type: 'Instant', description: 'When it is asked for next.' }),
      fault: t.expose('fault', {
        type: FeedFault,
        nullable: true,
        description: 'Why it could not be read the last time. What it had said stays.',
      }),
      faultDetail: t.exposeString('faultDetail', { nullable: true, description: 'The same as a sentence.' }),
      brokenSince: t.expose('brokenSince', {
        type: 'Instant',
        nullable: true,
        description: 'Since when it has not been read well; null where it is.',
      }),
      emptySince: t.expose('emptySince', {
        type: 'Instant',
        nullable: true,
        description:
          'It has had nights and has none any more: that is believed after some hours, and not at once.',
      }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When it was added.' }),
    }),
  });

builder.queryField('importedCalendar', (t) =>
  t.field({
    type: ImportedCalendar,
    nullable: true,
    description: 'How a calendar of your property is imported.',
    args: { propertyId: t.arg.id(PROPERTY_ID), calendarId: t.arg.id(CALENDAR_ID) },
    resolve: (_root, { propertyId: id, calendarId }, context) =>
      call(readImportedCalendar, { params: { id, calendarId } }, context),
  }),
);

builder.queryField('importedCalendars', (t) =>
  t.field({
    type: pageType('ImportedCalendarPage', 'calendars', ImportedCalendar),
    nullable: true,
    description: 'The calendars that your property imports, the oldest first.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, { propertyId: id, ...query }, context) =>
      call(listImportedCalendars, { params: { id }, query }, context),
  }),
);

const NewImportedCalendar = builder.inputType('NewImportedCalendar', {
  description: 'A calendar to be imported.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What its host calls it.' }),
    url: t.string({
      required: true,
      description: 'Where the other platform tells what is taken there, as iCalendar. Https.',
    }),
  }),
});

builder.mutationField('importCalendar', (t) =>
  t.field({
    type: ImportedCalendar,
    nullable: true,
    description:
      'Takes over, from now on, the nights that another platform says are taken. No booking ever gives way to it, and a ' +
      'calendar that cannot be read, or is empty all of a sudden, frees nothing.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      input: t.arg({ type: NewImportedCalendar, required: true, description: 'Which calendar.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, ...asked }, context) =>
      act(importCalendar, { params: { id }, ...asked }, context),
  }),
);

builder.mutationField('removeImportedCalendar', (t) =>
  t.boolean({
    nullable: true,
    description:
      'Imports a calendar no more: the nights that it said are taken are free, but for those that something else has. ' +
      'True once that is done.',
    args: { propertyId: t.arg.id(PROPERTY_ID), calendarId: t.arg.id(CALENDAR_ID) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, calendarId }, context) =>
      done(act(removeImportedCalendar, { params: { id, calendarId } }, context)),
  }),
);

builder.mutationField('syncImportedCalendar', (t) =>
  t.field({
    type: ImportedCalendar,
    nullable: true,
    description: 'Has a calendar read now, or soon: `readAt` and `attemptedAt` tell when it has been done.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      calendarId: t.arg.id(CALENDAR_ID),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, calendarId, idempotencyKey }, context) =>
      act(syncImportedCalendar, { params: { id, calendarId }, idempotencyKey }, context),
  }),
);

const CalendarAddress = builder
  .objectRef<z.output<typeof AddressWire>>('CalendarAddress')
  .implement({
    description: 'Where the taken nights of a property are read, without signing in.',
    fields: (t) => ({
      url: t.exposeString('url', { description: 'For the other platform. It is told this once.' }),
      renewedAt: t.expose('renewedAt', { type: 'Instant', description: 'When it was made.' }),
    }),
  });

builder.mutationField('renewCalendarAddress', (t) =>
  t.field({
    type: CalendarAddress,
    nullable: true,
    description:
      'Gives the taken nights of your property a new address. The one before is nobody’s from now on.',
    args: { propertyId: t.arg.id(PROPERTY_ID) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id }, context) => act(renewCalendarAddress, { params: { id } }, context),
  }),
);

builder.mutationField('withdrawCalendarAddress', (t) =>
  t.boolean({
    nullable: true,
    description: 'Lets nobody read the taken nights of your property any more. True once that is done.',
    args: { propertyId: t.arg.id(PROPERTY_ID) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id }, context) =>
      done(act(withdrawCalendarAddress, { params: { id } }, context)),
  }),
);
