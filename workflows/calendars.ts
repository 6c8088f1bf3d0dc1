import { setCurrentDetails } from '@temporalio/workflow';
import { calendarSync } from './activities.ts';
import type { SyncCalendar, SyncOutcome } from './calendars.contract.ts';
import { instantNow } from './clock.ts';

/**
 * What another platform says is taken replaces what it said before. One look, one transaction; when it is looked at again
 * is in the database, for whoever looks for what is due (`startDueSyncs`).
 */
export async function syncCalendar({ calendarId }: SyncCalendar): Promise<SyncOutcome> {
  setCurrentDetails('Asking the other platform what is taken.');
  const outcome = await calendarSync.importCalendar({ calendarId, at: instantNow() });
  setCurrentDetails(`Over. ${wordsOf(outcome)}`);
  return outcome;
}

function wordsOf(outcome: SyncOutcome): string {
  switch (outcome.is) {
    case 'imported': {
      const { taken, freed, kept, conflicts } = outcome;
      return `${taken} stays taken, ${freed} given back, ${kept} as they were; ${conflicts} in conflict with bookings.`;
    }
    case 'unchanged':
      return 'Nothing has changed.';
    case 'removed':
      return 'The calendar has been taken away.';
    case 'broken':
      return `It could not be read: ${outcome.fault.replaceAll('_', ' ')}. Nothing is given back.`;
  }
}

/** Those calendars are synchronised whose time has come. */
export async function startDueSyncs(): Promise<void> {
  await calendarSync.startDueSyncs();
}
