import type { CalendarId } from '#domain/ids.ts';

export const CALENDARS_QUEUE = 'calendars';
export const SYNC_CALENDAR = 'syncCalendar';
export const START_DUE_SYNCS = 'startDueSyncs';
export const START_DUE_SYNCS_SCHEDULE = 'start-due-syncs';

/** How often those calendars are looked for whose time has come. */
export const START_DUE_EVERY_SECONDS = 30;

export const syncCalendarId = (id: CalendarId): string => `calendar:${id}`;

export interface SyncCalendar {
  calendarId: CalendarId;
}

/** A calendar is synchronised again and again, and by one run at a time. */
export function syncCalendarOrder(calendarId: CalendarId) {
  const input: SyncCalendar = { calendarId };
  return {
    workflow: SYNC_CALENDAR,
    id: syncCalendarId(calendarId),
    queue: CALENDARS_QUEUE,
    input,
    isRepeated: true,
    summary: 'Imports what another platform says is taken',
  };
}

/** What came of a synchronisation: how many stays were taken, given back and left, or why nothing was. */
export type SyncOutcome =
  | { is: 'imported'; taken: number; freed: number; kept: number; conflicts: number }
  | { is: 'unchanged' | 'removed' }
  | { is: 'broken'; fault: string };
