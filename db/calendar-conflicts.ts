import type { BookingStatus } from '#domain/bookings.ts';
import type { ConflictResolution } from '#domain/calendars.ts';
import { notFound } from '#domain/errors.ts';
import type { BookingId, CalendarConflictId, CalendarId, PropertyId } from '#domain/ids.ts';
import type { CalendarDate, Instant } from '#domain/nights.ts';
import { tell } from './calendars.ts';
import type { CalendarRow } from './calendars.ts';
import type { Db, Transaction } from './connect.ts';
import { newId } from './ids.ts';

/** Nights that a booking has here, or in what is linked to it, and that another platform says are taken there: two guests for one bed, it may be. */
export interface CalendarConflict {
  id: CalendarConflictId;
  calendarId: CalendarId;
  propertyId: PropertyId;
  bookingId: BookingId;
  /** From the first to the last of the nights that both have, `to` excluded. */
  from: CalendarDate;
  to: CalendarDate;
  openedAt: Instant;
  resolvedAs: ConflictResolution | null;
  resolvedAt: Instant | null;
}

interface Overlap {
  bookingId: BookingId;
  status: BookingStatus;
  nights: string;
  /** What is known of it by now, if anything. */
  conflictId: CalendarConflictId | null;
  known: string | null;
  isCovered: boolean;
  isTold: boolean;
}

/** A booking that is merely held is not the host's business yet, and may never be. */
const KNOWN_TO_HOST: readonly BookingStatus[] = ['awaiting_host', 'confirmed', 'in_stay'];

/**
 * Queues for the host what a calendar and bookings both have, once for each booking, and tells of it once. What the host has
 * decided to keep is asked again only where more nights have come to it. Gone is what overlaps no more, if the calendar has
 * told all it has (`isWhole`). Returns how many are open.
 */
export async function queueConflicts(
  trx: Transaction,
  calendar: CalendarRow,
  { wanted, isWhole, at }: { wanted: readonly string[]; isWhole: boolean; at: Instant },
): Promise<number> {
  const overlaps = await findOverlaps(trx, calendar, wanted);
  if (isWhole) await closeOthers(trx, calendar.id, { except: overlaps, at });
  for (const overlap of overlaps) await queue(trx, calendar, { overlap, at });
  const { rows } = await trx.raw<{ rows: [{ open: number }] }>(
    `select cast(count(*) as integer) as open from calendar_conflicts where calendar_id = ? and resolved_at is null`,
    [calendar.id],
  );
  return rows[0].open;
}

async function findOverlaps(
  trx: Transaction,
  { id, propertyId }: CalendarRow,
  wanted: readonly string[],
): Promise<Overlap[]> {
  const { rows } = await trx.raw<{ rows: Overlap[] }>(
    `with wanted as (
       select range_agg(cast(nights as daterange)) as nights from unnest(cast(:wanted as text[])) as nights
     ), shared as (
       select s.booking_id, range_merge(range_agg(s.nights) * w.nights) as nights
       from stays s cross join wanted w
       where s.property_id = :propertyId and s.live and s.kind in ('booking', 'linked') and s.nights && w.nights
       group by s.booking_id, w.nights
     )
     select o.booking_id as "bookingId", b.status, cast(o.nights as text) as nights, k.id as "conflictId",
            cast(k.nights as text) as known, coalesce(k.nights @> o.nights, false) as "isCovered",
            k.told_at is not null as "isTold"
     from shared o join bookings b on b.id = o.booking_id
     left join calendar_conflicts k
       on k.booking_id = o.booking_id and k.calendar_id = :id and k.resolved_as is distinct from 'gone'
     order by o.booking_id`,
    { id, propertyId, wanted },
  );
  return rows;
}

async function queue(
  trx: Transaction,
  calendar: CalendarRow,
  { overlap, at }: { overlap: Overlap; at: Instant },
): Promise<void> {
  const { bookingId, nights, conflictId, known, isCovered, status } = overlap;
  const id = conflictId ?? newId('calendarConflict');
  if (conflictId === null) {
    const { id: calendarId, propertyId } = calendar;
    await trx('calendar_conflicts').insert({
      id,
      calendar_id: calendarId,
      property_id: propertyId,
      booking_id: bookingId,
      nights,
      opened_at: at,
    });
  } else if (!isCovered) {
    await trx('calendar_conflicts')
      .where({ id })
      .update({ nights, told_at: null, resolved_as: null, resolved_at: null });
  } else if (nights !== known) {
    await trx('calendar_conflicts').where({ id, resolved_at: null }).update({ nights });
  }
  if ((overlap.isTold && isCovered) || !KNOWN_TO_HOST.includes(status)) return;
  const told = await trx('calendar_conflicts')
    .where({ id, resolved_at: null, told_at: null })
    .update({ told_at: at });
  if (told === 1) {
    await tell(trx, calendar, { kind: 'calendar.conflict_opened', at, data: { conflictId: id, bookingId } });
  }
}

async function closeOthers(
  trx: Transaction,
  calendarId: CalendarId,
  { except, at }: { except: readonly Overlap[]; at: Instant },
): Promise<void> {
  await trx('calendar_conflicts')
    .where({ calendar_id: calendarId })
    .whereNotIn(
      'booking_id',
      except.map(({ bookingId }) => bookingId),
    )
    .whereRaw(`resolved_as is distinct from 'gone'`)
    .update({ resolved_as: 'gone', resolved_at: at });
}

/** Whether anything that a calendar says is taken has to wait for a booking that overlaps it. */
export async function hasConflicts(db: Db | Transaction, calendarId: CalendarId): Promise<boolean> {
  const conflict: unknown = await db('calendar_conflicts')
    .where({ calendar_id: calendarId })
    .whereRaw(`resolved_as is distinct from 'gone'`)
    .first('id');
  return conflict !== undefined;
}

const COLUMNS = `id, calendar_id as "calendarId", property_id as "propertyId", booking_id as "bookingId",
  lower(nights) as "from", upper(nights) as "to", opened_at as "openedAt", resolved_as as "resolvedAs",
  resolved_at as "resolvedAt"`;

/** A property's conflicts, the newest first, from after `after` on; only those that are open, or not, where that is asked. */
export async function listConflicts(
  db: Db,
  propertyId: PropertyId,
  page: { after: CalendarConflictId | undefined; isOpen: boolean | undefined; limit: number },
): Promise<CalendarConflict[]> {
  const { rows } = await db.raw<{ rows: CalendarConflict[] }>(
    `select ${COLUMNS} from calendar_conflicts
     where property_id = :propertyId and (cast(:after as text) is null or id < :after)
       and (cast(:isOpen as boolean) is null or (resolved_at is null) = :isOpen)
     order by id desc limit :limit`,
    { propertyId, after: page.after ?? null, isOpen: page.isOpen ?? null, limit: page.limit },
  );
  return rows;
}

export async function findConflict(
  db: Db | Transaction,
  propertyId: PropertyId,
  id: CalendarConflictId,
): Promise<CalendarConflict | undefined> {
  const { rows } = await db.raw<{ rows: CalendarConflict[] }>(
    `select ${COLUMNS} from calendar_conflicts where property_id = :propertyId and id = :id`,
    { propertyId, id },
  );
  return rows[0];
}

/** The host keeps the booking, and sees to the other platform. One that is over is left as it is. @throws `not_found` */
export async function keepBooking(
  trx: Transaction,
  propertyId: PropertyId,
  { id, at, actorId }: { id: CalendarConflictId; at: Instant; actorId: string },
): Promise<CalendarConflict> {
  const changed = await trx('calendar_conflicts')
    .where({ id, property_id: propertyId })
    .whereNull('resolved_at')
    .update({ resolved_as: 'kept', resolved_at: at });
  const conflict = await findConflict(trx, propertyId, id);
  if (conflict === undefined) throw notFound('conflict');
  if (changed === 1) {
    const { calendarId, bookingId } = conflict;
    const data = { conflictId: id, bookingId };
    await tell(trx, { id: calendarId, propertyId }, { kind: 'calendar.conflict_kept', actorId, at, data });
  }
  return conflict;
}
