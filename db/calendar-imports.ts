import assert from 'node:assert/strict';
import { importedNights, isBrokenForLong, isEmptyForLong, nextSync } from '#domain/calendars.ts';
import type { FeedAnswer, FeedFault, FeedReading } from '#domain/calendars.ts';
import type { CalendarDate, Instant, Stay } from '#domain/nights.ts';
import { hasConflicts, queueConflicts } from './calendar-conflicts.ts';
import { CalendarRow, tell } from './calendars.ts';
import type { Transaction } from './connect.ts';
import { lockProperty } from './property-lock.ts';

/** What a synchronisation has changed: nights taken and given back, as rows of `stays`, and overlaps with bookings. */
export interface Imported {
  taken: number;
  freed: number;
  kept: number;
  conflicts: number;
}

const NOTHING: Imported = { taken: 0, freed: 0, kept: 0, conflicts: 0 };

export interface Answered {
  answer: FeedAnswer;
  at: Instant;
  /** Where the property is. */
  today: CalendarDate;
  /** From 0 to 1: when it is read next is left to it, a little. */
  chance: number;
}

/**
 * Writes down what came of asking for a calendar. What it says is taken replaces what it said before, in this transaction
 * and behind whoever takes nights of the property now; a booking's nights are the booking's, and a conflict tells of them.
 * What cannot be read, or is empty all of a sudden, frees nothing.
 *
 * A calendar that has been taken away meanwhile takes nothing: undefined.
 */
export async function importAnswer(
  trx: Transaction,
  { id, propertyId }: Pick<CalendarRow, 'id' | 'propertyId'>,
  answered: Answered,
): Promise<Imported | undefined> {
  await lockProperty(trx, propertyId);
  const calendar = await CalendarRow.query(trx).findById(id).whereNull('removedAt').forUpdate();
  if (calendar === undefined) return undefined;
  const { answer, at, chance } = answered;
  if (answer.is === 'broken') {
    await noteBroken(trx, calendar, { fault: answer.fault, at, chance });
    return NOTHING;
  }
  const dueAt = nextSync(at, 0, chance);
  const well = { failures: 0, fault: null, brokenSince: null, toldAt: null, dueAt };
  if (answer.is === 'unchanged') {
    await CalendarRow.query(trx).findById(id).patch(well);
    return NOTHING;
  }
  const { reading, version } = answer;
  const emptySince = await emptySinceOf(trx, calendar, { reading, at });
  const isBelieved = emptySince === null || isEmptyForLong(emptySince, at);
  const frees = reading.fault === null && isBelieved;
  const imported = await replaceNights(trx, calendar, { ...answered, stays: reading.stays, frees });
  if (reading.fault !== null) {
    await noteBroken(trx, calendar, { fault: reading.fault, at, chance });
    return imported;
  }
  await CalendarRow.query(trx)
    .findById(id)
    .patch({ ...well, ...version, readAt: at, emptySince: isBelieved ? null : emptySince });
  return imported;
}

/** Since when a calendar that has nights here, or would have, has had none of its own; null while that is not so. */
async function emptySinceOf(
  trx: Transaction,
  { id, emptySince }: CalendarRow,
  { reading, at }: { reading: FeedReading; at: Instant },
): Promise<Instant | null> {
  if (!reading.isEmpty) return null;
  const nights: unknown = await trx('stays').where({ calendar_id: id, live: true }).first('id');
  const hadNights = nights !== undefined || (await hasConflicts(trx, id));
  return hadNights ? (emptySince ?? at) : null;
}

async function noteBroken(
  trx: Transaction,
  calendar: CalendarRow,
  { fault, at, chance }: { fault: FeedFault; at: Instant; chance: number },
): Promise<void> {
  const failures = calendar.failures + 1;
  const brokenSince = calendar.brokenSince ?? at;
  const isToTell = calendar.toldAt === null && isBrokenForLong(brokenSince, at);
  await CalendarRow.query(trx)
    .findById(calendar.id)
    .patch({
      failures,
      fault,
      brokenSince,
      dueAt: nextSync(at, failures, chance),
      // What it was known by has told nothing of what it is now.
      etag: null,
      lastModified: null,
      // Nor does it say any more that nothing is taken there.
      emptySince: null,
      ...(isToTell && { toldAt: at }),
    });
  if (isToTell) await tell(trx, calendar, { kind: 'calendar.broken', at, data: { fault, brokenSince } });
}

/**
 * As multiranges: what is wanted, less what bookings have, is what is to lie there. What lies there already stays, the rest
 * of the old goes, the rest of the new comes. Nights that are over stay as they were.
 */
async function replaceNights(
  trx: Transaction,
  calendar: CalendarRow,
  { stays, frees, today, at }: { stays: readonly Stay[]; frees: boolean; today: CalendarDate; at: Instant },
): Promise<Imported> {
  const wanted = rangesOf(importedNights(stays, today));
  const { id, propertyId } = calendar;
  // First, since bookings give nights back without the lock: one that does so after this is on record as in the way, and
  // has the calendar read anew; the other way round its nights would be neither's, and nobody would know.
  const conflicts = await queueConflicts(trx, calendar, { wanted, isWhole: frees, at });
  const { rows } = await trx.raw<{ rows: [Omit<Imported, 'conflicts'> & { missing: number }] }>(
    `with own as (
       select id, nights from stays where calendar_id = :id and live and upper(nights) > cast(:today as date)
     ), target as (
       select unnest(
         coalesce((select range_agg(cast(nights as daterange)) from unnest(cast(:wanted as text[])) as nights), ${NONE})
         + coalesce((select range_agg(nights) from own where not cast(:frees as boolean)), ${NONE})
         - coalesce((select range_agg(nights) from stays
                     where property_id = :propertyId and live and kind = 'booking'), ${NONE})) as nights
     ), freed as (
       update stays set live = false, released_at = :at
       where id in (select id from own where nights not in (select nights from target)) returning id
     ), taken as (
       insert into stays (property_id, nights, kind, calendar_id)
       select :propertyId, nights, 'import', :id from target where nights not in (select nights from own)
       on conflict do nothing returning id
     ), counts as (
       select cast((select count(*) from target) as integer) as target,
              cast((select count(*) from own) as integer) as own,
              cast((select count(*) from taken) as integer) as taken,
              cast((select count(*) from freed) as integer) as freed
     )
     select taken, freed, own - freed as kept, target - taken - (own - freed) as missing from counts`,
    { id, propertyId, at, today, frees, wanted },
  );
  const { missing, ...imported } = rows[0];
  // The lock has kept every taker of nights away: a night that could not be had would be somebody's who did not ask for it.
  assert.equal(missing, 0, `${missing} stays of ${id} are taken by nobody known`);
  if (imported.taken + imported.freed > 0) {
    await tell(trx, calendar, { kind: 'calendar.imported', at, data: { ...imported, conflicts } });
  }
  return { ...imported, conflicts };
}

const NONE = `cast('{}' as datemultirange)`;

function rangesOf(stays: readonly Stay[]): string[] {
  return stays.map(({ checkIn, checkOut }) => `[${checkIn},${checkOut})`);
}
