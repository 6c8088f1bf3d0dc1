import { hasConflicts } from '#db/calendar-conflicts.ts';
import { beginSync, findDueCalendars } from '#db/calendars.ts';
import type { CalendarRow } from '#db/calendars.ts';
import type { Db } from '#db/connect.ts';
import { importAnswer } from '#db/calendar-imports.ts';
import { inTransaction } from '#db/transaction.ts';
import { horizonOf, isReadLately } from '#domain/calendars.ts';
import type { FeedVersion } from '#domain/calendars.ts';
import type { CalendarId } from '#domain/ids.ts';
import { todayIn } from '#domain/nights.ts';
import type { Instant } from '#domain/nights.ts';
import type { CalendarFeeds } from '#gateways/calendar-feeds.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { syncCalendarOrder } from '#workflows/calendars.contract.ts';
import type { SyncOutcome } from '#workflows/calendars.contract.ts';

/** Started at a time; the rest a moment later. */
const AT_ONCE = 500;

export interface CalendarDeps {
  db: Db;
  feeds: CalendarFeeds;
  workflows: Workflows;
}

export type CalendarActivities = ReturnType<typeof createCalendarActivities>;

export function createCalendarActivities({ db, feeds, workflows }: CalendarDeps) {
  return {
    /** Reads a calendar and takes over what it says. Again, it reads again: the same says the same. */
    async importCalendar({ calendarId, at }: { calendarId: CalendarId; at: Instant }): Promise<SyncOutcome> {
      const calendar = await beginSync(db, calendarId, at);
      if (calendar === undefined) return { is: 'removed' };
      const { propertyId, timeZone: zone, url } = calendar;
      const today = todayIn(zone, at);
      const scope = { propertyId, zone, from: today, until: horizonOf(today) };
      const answer = await feeds.read({ url, known: await knownVersion(db, calendar, at), ...scope });
      const answered = { answer, at, today, chance: Math.random() };
      const imported = await inTransaction(db, (trx) => importAnswer(trx, calendar, answered));
      if (imported === undefined) return { is: 'removed' };
      if (answer.is === 'broken') return { is: 'broken', fault: answer.fault };
      return answer.is === 'unchanged' ? { is: 'unchanged' } : { is: 'imported', ...imported };
    },

    /** Starts those whose time has come. One that runs is left to run. */
    async startDueSyncs(): Promise<{ started: number }> {
      let started = 0;
      for (const id of await findDueCalendars(db, new Date().toISOString(), AT_ONCE)) {
        if (await workflows.start(syncCalendarOrder(id))) started += 1;
      }
      return { started };
    },
  };
}

/**
 * The version that "nothing has changed" may be said of: not where something waits for its turn, be it nights that a booking
 * has, an emptiness that is not believed yet, or repetitions that time has brought nearer.
 */
async function knownVersion(db: Db, calendar: CalendarRow, at: Instant): Promise<FeedVersion | null> {
  const { id, etag, lastModified, readAt, emptySince } = calendar;
  if (readAt === null || emptySince !== null || !isReadLately(readAt, at)) return null;
  if (etag === null && lastModified === null) return null;
  return (await hasConflicts(db, id)) ? null : { etag, lastModified };
}
