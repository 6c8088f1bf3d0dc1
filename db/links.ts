import { isDeepStrictEqual } from 'node:util';
import { wrongRoom } from '#domain/availability/links.ts';
import type { Links } from '#domain/availability/links.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { BookingId, PropertyId } from '#domain/ids.ts';
import type { CalendarDate, Instant } from '#domain/nights.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import type { HostsProperty } from './properties.ts';

interface LinkRow {
  room_id: PropertyId;
  home_id: PropertyId;
}

export async function readLinks(db: Db, id: PropertyId): Promise<Links> {
  const rows = await db('property_links')
    .where({ room_id: id })
    .orWhere({ home_id: id })
    .orderBy('room_id')
    .select<LinkRow[]>('*');
  return {
    homeId: rows.find((row) => row.room_id === id)?.home_id ?? null,
    roomIds: rows.filter((row) => row.home_id === id).map((row) => row.room_id),
  };
}

export interface RoomsToSet {
  roomIds: readonly PropertyId[];
  /** The home's, where bookings that are over no longer matter. */
  today: CalendarDate;
  at: Instant;
}

/**
 * Says which rooms a home has, all of them, and tells of it. Bookings that are there keep their nights and cast their
 * shadows from then on; where they lie on each other's nights, nothing is linked.
 * @throws DomainError `not_found`, `invalid_input`; `dates_unavailable` with `bookingIds` where bookings overlap
 */
export async function setRooms(trx: Transaction, home: HostsProperty, rooms: RoomsToSet): Promise<Links> {
  const { today, at } = rooms;
  const wanted = [...new Set(rooms.roomIds)].sort();
  if (!(await ownedBy(trx, home, [home.id])).has(home.id)) throw notFound('property');
  const { roomIds: known } = await readLinks(trx, home.id);
  await lockAll(trx, { ids: [home.id, ...known, ...wanted], today });
  const before = await readLinks(trx, home.id);
  await requireRooms(trx, home, { before, roomIds: rooms.roomIds });
  const after = { homeId: before.homeId, roomIds: wanted };
  if (isDeepStrictEqual(before, after)) return after;
  const added = wanted.filter((id) => !before.roomIds.includes(id));
  const removed = before.roomIds.filter((id) => !wanted.includes(id));
  await unlink(trx, { homeId: home.id, roomIds: removed }, at);
  await link(trx, { homeId: home.id, roomIds: added }, today);
  const { id: subjectId, hostId: actorId } = home;
  const data = { before: before.roomIds, after: wanted };
  await recordEvent(trx, { kind: 'property.rooms_set', subjectId, actorId, data });
  return after;
}

/** A property that is deleted is no room and has none. The caller has locked it. */
export async function unlinkAll(trx: Transaction, id: PropertyId, at: Instant): Promise<void> {
  const { homeId, roomIds } = await readLinks(trx, id);
  await unlink(trx, homeId === null ? { homeId: id, roomIds } : { homeId, roomIds: [id] }, at);
}

/**
 * Bookings first, then properties, each in the order of their ids, as everyone does who changes their nights. A booking
 * that came in between is locked late: whoever waits for whom then, the database breaks it up and it is run again.
 */
async function lockAll(
  trx: Transaction,
  { ids, today }: { ids: PropertyId[]; today: CalendarDate },
): Promise<void> {
  const lockBookings = () =>
    trx.raw(
      `select id from bookings where id in (
         select booking_id from stays where property_id = any (:ids) and live and upper(nights) > cast(:today as date))
       order by id for no key update`,
      { ids, today },
    );
  await lockBookings();
  await trx.raw(`select id from properties where id = any (:ids) order by id for no key update`, { ids });
  await lockBookings();
}

async function requireRooms(
  trx: Transaction,
  home: HostsProperty,
  { before, roomIds }: { before: Links; roomIds: readonly PropertyId[] },
): Promise<void> {
  const own = await ownedBy(trx, home, [home.id, ...roomIds]);
  if (!own.has(home.id)) throw notFound('property');
  const links = await trx('property_links')
    .whereIn('room_id', roomIds)
    .orWhereIn('home_id', roomIds)
    .select<LinkRow[]>('*');
  const wrong = wrongRoom({
    home: { id: home.id, isRoom: before.homeId !== null },
    rooms: roomIds,
    own,
    homeOf: new Map(links.map((row) => [row.room_id, row.home_id])),
    homes: new Set(links.map((row) => row.home_id).filter((id) => roomIds.includes(id))),
  });
  if (wrong !== undefined) throw invalidInput(`roomIds.${wrong[0].toString()}`, wrong[1]);
}

async function ownedBy(
  trx: Transaction,
  { hostId }: HostsProperty,
  ids: readonly PropertyId[],
): Promise<Set<PropertyId>> {
  const own = await trx('properties')
    .where({ host_id: hostId, deleted_at: null })
    .whereIn('id', ids)
    .pluck<PropertyId[]>('id');
  return new Set(own);
}

/** Which rooms of which home are to be linked, or no longer. */
interface Linking {
  homeId: PropertyId;
  roomIds: readonly PropertyId[];
}

/** Each way: a booking of the one casts its shadow on the other. */
const PAIRS = `unnest(cast(:roomIds as text[])) as room (id)
  cross join lateral (values (cast(:homeId as text), room.id), (room.id, :homeId)) as pair (of_id, on_id)`;

/** Of the bookings at `pair.of_id` that are not over, all that they have there, or will have again. */
const THEIR_ROWS = `stays s where s.property_id = pair.of_id and s.kind in ('booking', 'preparation')
  and (s.live or s.alteration_id is not null)
  and s.booking_id in (
    select own.booking_id from stays own where own.property_id = pair.of_id and own.kind = 'booking' and own.live)
  and exists (
    select from stays ahead where ahead.booking_id = s.booking_id and ahead.live
      and upper(ahead.nights) > cast(:today as date))`;

async function link(trx: Transaction, { homeId, roomIds }: Linking, today: CalendarDate): Promise<void> {
  if (roomIds.length === 0) return;
  const bindings = { homeId, roomIds: [...roomIds], today };
  const { rows } = await trx.raw<{ rows: { id: BookingId }[] }>(
    `select distinct s.booking_id as id from ${PAIRS} cross join lateral (select s.* from ${THEIR_ROWS}) as s
     where s.live and exists (
       select from stays o where o.property_id = pair.on_id and o.kind = 'booking' and o.live and o.nights && s.nights)
     order by 1`,
    bindings,
  );
  if (rows.length > 0) {
    const message = 'Bookings of these properties lie on each other’s nights: link them when those are over.';
    throw new DomainError('dates_unavailable', message, { bookingIds: rows.map(({ id }) => id) });
  }
  await trx('property_links').insert(roomIds.map((id) => ({ home_id: homeId, room_id: id })));
  await trx.raw(
    `insert into stays (property_id, nights, kind, booking_id, live, released_at, alteration_id)
     select pair.on_id, s.nights, case s.kind when 'booking' then 'linked' else s.kind end,
            s.booking_id, s.live, s.released_at, s.alteration_id
     from ${PAIRS} cross join lateral (select s.* from ${THEIR_ROWS}) as s`,
    bindings,
  );
}

async function unlink(trx: Transaction, { homeId, roomIds }: Linking, at: Instant): Promise<void> {
  if (roomIds.length === 0) return;
  await trx.raw(
    `update stays s set live = false, released_at = coalesce(s.released_at, :at), alteration_id = null
     from ${PAIRS}
     where s.property_id = pair.on_id and (s.live or s.alteration_id is not null)
       and s.kind in ('linked', 'preparation')
       and s.booking_id in (select booking_id from stays where property_id = pair.of_id and kind = 'booking')`,
    { homeId, roomIds: [...roomIds], at },
  );
  await trx('property_links').where({ home_id: homeId }).whereIn('room_id', roomIds).delete();
}
