import { hastenSync } from '#db/calendars.ts';
import type { Db } from '#db/connect.ts';
import type { CalendarId } from '#domain/ids.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { syncCalendarOrder } from '#workflows/calendars.contract.ts';

/** Imported calendars, as far as Temporal is asked about them. */
export interface Calendars {
  /** Has a calendar read now, or as soon as it may be again. What Temporal does not take in time is due all the same. */
  sync(id: CalendarId): Promise<void>;
}

export function createCalendars({
  db,
  workflows,
  now,
}: {
  db: Db;
  workflows: Workflows;
  now: () => Date;
}): Calendars {
  return {
    async sync(id) {
      if (await hastenSync(db, id, { at: now().toISOString() })) await workflows.offer(syncCalendarOrder(id));
    },
  };
}
