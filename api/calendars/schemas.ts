import { z } from 'zod';
import {
  CONFLICT_RESOLUTIONS,
  FEED_FAULT_NAMES,
  MAX_CALENDAR_NAME_CHARACTERS,
  MAX_CALENDAR_URL_CHARACTERS,
} from '#domain/calendars.ts';
import { CalendarDate, IdOf, Instant, OpenQuery, PageQuery } from '../schemas.ts';

export const NewImportedCalendar = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(MAX_CALENDAR_NAME_CHARACTERS)
      .meta({ description: 'What its host calls it.', example: 'Other platform' }),
    url: z
      .string()
      .trim()
      .min(1)
      .max(MAX_CALENDAR_URL_CHARACTERS)
      .meta({
        format: 'uri',
        description: 'Where the other platform tells what is taken there, as iCalendar. Https.',
        example: 'https://calendars.example.com/1f3a/listing.ics',
      }),
  })
  .meta({ id: 'NewImportedCalendar' });

export const ImportedCalendar = z
  .strictObject({
    id: IdOf('calendar'),
    propertyId: IdOf('property'),
    name: z.string(),
    url: z.string().optional().meta({ description: 'For the host alone: it opens the calendar.' }),
    nights: z.int().meta({ description: 'How many nights lie on the property for it.' }),
    conflicts: z
      .int()
      .meta({ description: 'How many bookings have nights that it says are taken, undecided.' }),
    readAt: Instant.optional().meta({ description: 'When it was last read well; absent until it has been.' }),
    attemptedAt: Instant.optional().meta({ description: 'When it was last asked for.' }),
    dueAt: Instant.meta({ description: 'When it is asked for next.' }),
    fault: z
      .enum(FEED_FAULT_NAMES)
      .optional()
      .meta({ description: 'Why it could not be read the last time. What it had said stays.' }),
    faultDetail: z.string().optional().meta({ description: 'The same as a sentence.' }),
    brokenSince: Instant.optional(),
    emptySince: Instant.optional().meta({
      description:
        'It has had nights and has none any more: that is believed after some hours, and not at once.',
    }),
    createdAt: Instant,
  })
  .meta({
    id: 'ImportedCalendar',
    description: 'A calendar of another platform whose nights a property takes.',
  });

export const ConflictsQuery = z.strictObject({ ...PageQuery.shape, ...OpenQuery.shape });

export const CalendarConflict = z
  .strictObject({
    id: IdOf('calendarConflict'),
    calendarId: IdOf('calendar'),
    propertyId: IdOf('property'),
    bookingId: IdOf('booking'),
    from: CalendarDate.meta({ description: 'The first night that both have.' }),
    to: CalendarDate.meta({ description: 'The morning after the last one.' }),
    openedAt: Instant,
    resolvedAs: z.enum(CONFLICT_RESOLUTIONS).optional(),
    resolvedAt: Instant.optional(),
  })
  .meta({
    id: 'CalendarConflict',
    description:
      'Nights of a booking that an imported calendar says are taken. Nothing is cancelled by itself.',
  });

export const CalendarAddress = z
  .strictObject({
    url: z
      .string()
      .meta({
        format: 'uri',
        description: 'For the other platform. It is told once: only what tells it from others is kept.',
      }),
    renewedAt: Instant,
  })
  .meta({
    id: 'CalendarAddress',
    description: 'Where the taken nights of a property are read, without signing in.',
  });

export const ExportQuery = z.strictObject({
  key: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Of the address; without the right one there is nothing here.' }),
});
