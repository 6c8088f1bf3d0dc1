import { MAX_CALENDARS, SYNC_AT_MOST_EVERY_SECONDS, SYNC_EVERY_MINUTES } from '#domain/calendars.ts';
import type { FeedFault } from '#domain/calendars.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BookingId, CalendarId, PropertyId, UserId } from '#domain/ids.ts';
import { addHours } from '#domain/nights.ts';
import type { Instant, TimeZone } from '#domain/nights.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';
import type { HostsProperty } from './properties.ts';
import { lockHostsProperty } from './property-lock.ts';

/** A calendar of another platform, whose nights a property takes over. */
export class CalendarRow extends Row {
  static override tableName = 'calendars';
  declare id: CalendarId;
  declare propertyId: PropertyId;
  declare name: string;
  declare url: string;
  declare etag: string | null;
  declare lastModified: string | null;
  declare readAt: Instant | null;
  declare attemptedAt: Instant | null;
  declare dueAt: Instant;
  declare failures: number;
  declare fault: FeedFault | null;
  declare brokenSince: Instant | null;
  declare toldAt: Instant | null;
  declare emptySince: Instant | null;
  declare createdAt: Instant;
  declare updatedAt: Instant;
  declare removedAt: Instant | null;
}

export type NewCalendar = Pick<CalendarRow, 'id' | 'name' | 'url'>;

/** Adds a calendar, due at once. @throws DomainError `not_found`; `calendar_limit` */
export async function insertCalendar(
  trx: Transaction,
  property: HostsProperty,
  { calendar, at }: { calendar: NewCalendar; at: Instant },
): Promise<CalendarRow> {
  await lockHostsProperty(trx, property);
  const there = await CalendarRow.query(trx)
    .where({ propertyId: property.id })
    .whereNull('removedAt')
    .resultSize();
  if (there >= MAX_CALENDARS) {
    const message = `A property imports at most ${MAX_CALENDARS} calendars.`;
    throw new DomainError('calendar_limit', message, { limit: MAX_CALENDARS });
  }
  const row = await CalendarRow.query(trx)
    .insert({ ...calendar, propertyId: property.id, dueAt: at })
    .returning('*');
  await tell(trx, row, { kind: 'calendar.added', actorId: property.hostId, at });
  return row;
}

/**
 * Takes a calendar away. What it said was taken is free at once, but for what something else has taken; its conflicts are
 * over. @throws DomainError `not_found`
 */
export async function removeCalendar(
  trx: Transaction,
  property: HostsProperty,
  { id, at }: { id: CalendarId; at: Instant },
): Promise<void> {
  await lockHostsProperty(trx, property);
  const row = await CalendarRow.query(trx)
    .where({ id, propertyId: property.id })
    .whereNull('removedAt')
    .patch({ removedAt: at })
    .returning('*')
    .first();
  if (row === undefined) throw notFound('calendar');
  const freed = await trx('stays')
    .where({ calendar_id: id, live: true })
    .update({ live: false, released_at: at });
  await trx('calendar_conflicts')
    .where({ calendar_id: id })
    .whereNull('resolved_at')
    .update({ resolved_as: 'gone', resolved_at: at });
  await tell(trx, row, { kind: 'calendar.removed', actorId: property.hostId, at, data: { freed } });
}

export async function findCalendar(
  db: Db | Transaction,
  propertyId: PropertyId,
  id: CalendarId,
): Promise<CalendarRow | undefined> {
  return CalendarRow.query(db).findOne({ id, propertyId }).whereNull('removedAt');
}

/** A property's calendars, the oldest first. `after` is the last id of the page before. */
export async function listCalendars(
  db: Db,
  propertyId: PropertyId,
  page: { after: CalendarId | undefined; limit: number },
): Promise<CalendarRow[]> {
  return CalendarRow.query(db)
    .where({ propertyId })
    .where('id', '>', page.after ?? '')
    .whereNull('removedAt')
    .orderBy('id')
    .limit(page.limit);
}

/** How much of a calendar lies on a property's nights, those apart that are over, and how much could not. */
export interface CalendarCounts {
  nights: number;
  conflicts: number;
}

export async function countImported(
  db: Db,
  ids: readonly CalendarId[],
): Promise<Map<CalendarId, CalendarCounts>> {
  const { rows } = await db.raw<{ rows: (CalendarCounts & { id: CalendarId })[] }>(
    `select c.id,
       cast((select coalesce(sum(upper(s.nights) - lower(s.nights)), 0) from stays s
             where s.calendar_id = c.id and s.live and upper(s.nights) > current_date) as integer) as nights,
       cast((select count(*) from calendar_conflicts k
             where k.calendar_id = c.id and k.resolved_at is null) as integer) as conflicts
     from calendars c where c.id = any(:ids)`,
    { ids },
  );
  return new Map(rows.map(({ id, nights, conflicts }) => [id, { nights, conflicts }]));
}

/** Those whose time has come, the longest due first. */
export async function findDueCalendars(db: Db, at: Instant, limit: number): Promise<CalendarId[]> {
  return db('calendars as c')
    .join('properties as p', 'p.id', 'c.property_id')
    .whereNull('c.removed_at')
    .whereNull('p.deleted_at')
    .where('c.due_at', '<=', at)
    .orderBy('c.due_at')
    .limit(limit)
    .pluck<CalendarId[]>('c.id');
}

/** What a mail says of a calendar, and whose property it is; undefined where it has been taken away. */
export interface CalendarToTellOf {
  name: string;
  title: string;
  propertyId: PropertyId;
  hostId: UserId;
}

export async function findCalendarToTellOf(db: Db, id: CalendarId): Promise<CalendarToTellOf | undefined> {
  const { rows } = await db.raw<{ rows: CalendarToTellOf[] }>(
    `select c.name, p.title, p.id as "propertyId", p.host_id as "hostId"
     from calendars c join properties p on p.id = c.property_id where c.id = :id and c.removed_at is null`,
    { id },
  );
  return rows[0];
}

export type CalendarAndZone = CalendarRow & { timeZone: TimeZone };

/**
 * Notes that a calendar is being asked for, so that nobody starts the same meanwhile, nor at once again should it end
 * badly. Undefined: it is gone, or its property is.
 */
export async function beginSync(db: Db, id: CalendarId, at: Instant): Promise<CalendarAndZone | undefined> {
  const row = await CalendarRow.query(db)
    .where({ id })
    .whereNull('removedAt')
    .patch({ attemptedAt: at, dueAt: addHours(at, SYNC_EVERY_MINUTES / 60) })
    .returning('*')
    .first();
  const property: { time_zone: TimeZone } | undefined =
    row && (await db('properties').where({ id: row.propertyId, deleted_at: null }).first('time_zone'));
  return row && property && Object.assign(row, { timeZone: property.time_zone });
}

/**
 * Has a calendar read so long after the last time, or at once where that is past. Says whether that is now.
 */
export async function hastenSync(
  db: Db,
  id: CalendarId,
  { at, afterSeconds = SYNC_AT_MOST_EVERY_SECONDS }: { at: Instant; afterSeconds?: number },
): Promise<boolean> {
  const { rows } = await db.raw<{ rows: [{ isDue: boolean } | undefined] }>(
    `update calendars
     set due_at = least(due_at, greatest(cast(:at as timestamptz), attempted_at + :afterSeconds * interval '1 second'))
     where id = :id and removed_at is null returning due_at <= cast(:at as timestamptz) as "isDue"`,
    { id, at, afterSeconds },
  );
  return rows[0]?.isDue === true;
}

/** Calendars that would have the nights of this booking, should it ever give them back. */
export async function findWaitingFor(db: Db, bookingId: BookingId): Promise<CalendarId[]> {
  return db('calendar_conflicts')
    .where({ booking_id: bookingId })
    .whereRaw(`resolved_as is distinct from 'gone'`)
    .pluck<CalendarId[]>('calendar_id');
}

interface Telling {
  kind: `calendar.${string}`;
  actorId?: string;
  at: Instant;
  data?: Readonly<Record<string, unknown>>;
}

/** Its address stays out of it: it is a key to the other platform, and the audit log is for ever. */
export async function tell(
  trx: Transaction,
  { id, propertyId }: Pick<CalendarRow, 'id' | 'propertyId'>,
  { kind, actorId = 'system', at, data = {} }: Telling,
): Promise<void> {
  await recordEvent(trx, { kind, subjectId: id, actorId, occurredAt: at, data: { propertyId, ...data } });
}
