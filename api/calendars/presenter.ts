import type { z } from 'zod';
import type { CalendarConflict as ConflictFacts } from '#db/calendar-conflicts.ts';
import type { CalendarCounts, CalendarRow } from '#db/calendars.ts';
import { FEED_FAULTS } from '#domain/calendars.ts';
import type { CalendarConflict, ImportedCalendar } from './schemas.ts';

const NONE: CalendarCounts = { nights: 0, conflicts: 0 };

/** Its address is a key to the host's account elsewhere, and for nobody but them. */
export function presentCalendar(
  row: CalendarRow,
  { counts = NONE, forHost }: { counts?: CalendarCounts | undefined; forHost: boolean },
): z.output<typeof ImportedCalendar> {
  const { id, propertyId, name, url, dueAt, fault, createdAt } = row;
  return {
    id,
    propertyId,
    name,
    ...(forHost && { url }),
    ...counts,
    ...(row.readAt !== null && { readAt: row.readAt }),
    ...(row.attemptedAt !== null && { attemptedAt: row.attemptedAt }),
    dueAt,
    ...(fault !== null && { fault, faultDetail: FEED_FAULTS[fault] }),
    ...(row.brokenSince !== null && { brokenSince: row.brokenSince }),
    ...(row.emptySince !== null && { emptySince: row.emptySince }),
    createdAt,
  };
}

export function presentConflict(conflict: ConflictFacts): z.output<typeof CalendarConflict> {
  const { resolvedAs, resolvedAt, ...facts } = conflict;
  const { id, calendarId, propertyId, bookingId, from, to, openedAt } = facts;
  return {
    id,
    calendarId,
    propertyId,
    bookingId,
    from,
    to,
    openedAt,
    ...(resolvedAs !== null && { resolvedAs }),
    ...(resolvedAt !== null && { resolvedAt }),
  };
}
