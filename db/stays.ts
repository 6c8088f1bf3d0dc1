import { preparationOf } from '#domain/availability.ts';
import type { Preparation, StayRules } from '#domain/availability.ts';
import { stayRefusal } from '#domain/availability/bookable.ts';
import type { Bookable } from '#domain/availability/bookable.ts';
import { MAX_LIVE_HOLDS_PER_GUEST, MAX_REQUESTS_PER_GUEST } from '#domain/bookings.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BookingId, PropertyId, UserId } from '#domain/ids.ts';
import type { CalendarDate, Instant, Stay } from '#domain/nights.ts';
import type { Guests } from '#domain/pricing.ts';
import type { BookingMode } from '#domain/properties.ts';
import { plannedOnce } from './connect.ts';
import type { Db, Transaction } from './connect.ts';
import { datesUnavailable } from './constraints.ts';
import { areKeptNextDoor } from './linked-nights.ts';
import { familyOf } from './property-lock.ts';
import { RULES_AS_JSON, rulesOfRow } from './stay-rules.ts';
import type { StayRulesRow } from './stay-rules.ts';

/** The nights of a booking, to be taken. */
export interface NightsToTake extends Stay {
  bookingId: BookingId;
  propertyId: PropertyId;
  guestId: UserId;
}

export interface NightsToHold extends NightsToTake {
  guests: Guests;
  /** As the booking was made: a request counts against a limit of its own. */
  bookingMode: BookingMode;
  /** The booking's now: advance notice and booking window are judged by it. */
  at: Instant;
}

/**
 * Takes the nights of a new booking, and the preparation nights around them, here and at whatever is linked to the
 * property. Nights that the booking already has are
 * its own: a repeated call changes nothing.
 *
 * Call it in the transaction that moves the booking to `held` by a guarded update: a call that was given up and
 * arrives late would else take nights that nobody frees. When it throws, that transaction is to be rolled back.
 * @throws DomainError `stay_refused` (`rule`: one of the property's, `own_property` or `not_published`),
 * `hold_limit`, `dates_unavailable`, `not_found`.
 */
export async function takeNights(trx: Transaction, stay: NightsToHold): Promise<Preparation> {
  const property = await lockGuestAndFamily(trx, stay);
  if (property === undefined) throw notFound('property');
  const refusal = stayRefusal(property, stay);
  if (refusal === undefined) {
    await insertNights(trx, stay, { rules: property.rules, limits: LIMITS[stay.bookingMode] });
  } else if (!(await haveNights(trx, stay))) {
    throw refusal;
  }
  return preparationNights(property.rules);
}

function preparationNights({ preparationNightsBefore, preparationNightsAfter }: StayRules): Preparation {
  return { preparationNightsBefore, preparationNightsAfter };
}

/** How many stays a guest may have pending: held, and of requests too, held ones among them: paid, they wait for hosts. */
interface PendingLimits {
  holds: number;
  requests: number | null;
}

const LIMITS: Readonly<Record<BookingMode, PendingLimits>> = {
  instant: { holds: MAX_LIVE_HOLDS_PER_GUEST, requests: null },
  request: { holds: MAX_LIVE_HOLDS_PER_GUEST, requests: MAX_REQUESTS_PER_GUEST },
};

/**
 * Takes the nights of a booking whose hold had ended before its money arrived: if they are free, whatever the rules
 * say by now, since the guest has paid; that the stay can still be begun is for the caller to see. Otherwise as `takeNights`.
 * @throws DomainError `dates_unavailable`, also when the property is gone: then the money goes back.
 */
export async function retakeNights(trx: Transaction, stay: NightsToTake): Promise<Preparation> {
  const property = await lockGuestAndFamily(trx, stay);
  if (property === undefined) throw datesUnavailable();
  await insertNights(trx, stay, { rules: property.rules, limits: null });
  return preparationNights(property.rules);
}

/** Frees whatever the booking has taken. Nothing taken, or freed before, is fine. */
export async function releaseNights(db: Db, bookingId: BookingId, at: Instant): Promise<void> {
  await db('stays').where({ booking_id: bookingId, live: true }).update({ live: false, released_at: at });
}

/**
 * The guest has left on `leftOn`: that night and those after it are free again, and the nights to be kept empty after
 * the stay follow it. Left before, or by the end, nothing changes.
 */
export async function leaveNights(
  trx: Transaction,
  { bookingId, leftOn, at }: { bookingId: BookingId; leftOn: CalendarDate; at: Instant },
): Promise<void> {
  const taken = await trx('stays')
    .where({ booking_id: bookingId, kind: 'booking', live: true })
    .first<{ check_in: CalendarDate; check_out: CalendarDate } | undefined>(
      trx.raw('lower(nights) as check_in, upper(nights) as check_out'),
    );
  if (taken === undefined || leftOn >= taken.check_out) return;
  const left = { nights: trx.raw('daterange(?, ?)', [taken.check_in, leftOn]) };
  const gone = { live: false, released_at: at };
  await trx('stays')
    .where({ booking_id: bookingId, live: true })
    .whereIn('kind', ['booking', 'linked'])
    .whereRaw('nights = daterange(?, ?)', [taken.check_in, taken.check_out])
    .update(leftOn > taken.check_in ? left : gone);
  await trx.raw(
    `update stays set nights = daterange(cast(:leftOn as date), cast(:leftOn as date) + (upper(nights) - lower(nights)))
     where booking_id = :bookingId and kind = 'preparation' and live and lower(nights) >= cast(:checkOut as date)`,
    { bookingId, leftOn, checkOut: taken.check_out },
  );
}

export interface Availability {
  rules: StayRules;
  free: boolean;
}

/**
 * The property's rules, and whether nothing lies on these nights, here or at what is linked to it, nor a stay on those to
 * be kept empty around them.
 * A cheap answer for a quote and for the 409 before a workflow is started; only `takeNights` decides.
 */
export async function readAvailability(db: Db, propertyId: PropertyId, stay: Stay): Promise<Availability> {
  const { rows } = await db
    .raw<{ rows: [{ rules: StayRulesRow | null; free: boolean }] }>(
      `select ${RULES_AS_JSON} as rules, not exists (
       select from stays s
       where s.property_id = :propertyId and s.live
         and s.nights && daterange(cast(:checkIn as date) - coalesce(r.preparation_nights_before, 0),
                                   cast(:checkOut as date) + coalesce(r.preparation_nights_after, 0))
         and (s.kind in ('booking', 'linked') or s.nights && daterange(:checkIn, :checkOut)))
       and not ${areKeptNextDoor(':propertyId', 'daterange(:checkIn, :checkOut)')} as free
     from (values (1)) as one left join stay_rules r on r.property_id = :propertyId`,
      { propertyId, checkIn: stay.checkIn, checkOut: stay.checkOut },
    )
    .options(plannedOnce('read-availability'));
  return { rules: rulesOfRow(rows[0].rules), free: rows[0].free };
}

export async function nightsAreFree(db: Db, propertyId: PropertyId, stay: Stay): Promise<boolean> {
  return (await readAvailability(db, propertyId, stay)).free;
}

/**
 * One statement, and its locks always in this order: the guest's, so that the holds counted next are all of them, then
 * those of the property and of all that is linked to it, by their ids, so that takers of their nights queue here and never
 * deadlock in the index. Status and capacity are those after the wait; rules changed during the wait count for the next
 * guest.
 */
async function lockGuestAndFamily(trx: Transaction, stay: NightsToTake): Promise<Bookable | undefined> {
  type Locked = Omit<Bookable, 'rules'> & { id: PropertyId; rules: StayRulesRow | null; isDeleted: boolean };
  const { rows } = await trx
    .raw<{ rows: Locked[] }>(
      `with guest as materialized (select pg_advisory_xact_lock(hashtextextended(:guestId, 0)))
     select p.id, p.host_id as "hostId", p.status, p.time_zone as zone, p.check_in_time as "checkInTime",
            p.booking_mode as "bookingMode", p.capacity, p.deleted_at is not null as "isDeleted",
            ${RULES_AS_JSON} as rules
     from guest cross join properties p left join stay_rules r on r.property_id = p.id
     where p.id = any ${familyOf('cast(:propertyId as text)')}
     order by p.id
     for no key update of p`,
      { guestId: stay.guestId, propertyId: stay.propertyId },
    )
    .options(plannedOnce('lock-guest-and-family'));
  const property = rows.find(({ id, isDeleted }) => id === stay.propertyId && !isDeleted);
  return property && { ...property, rules: rulesOfRow(property.rules) };
}

/**
 * The stay's own row, and the shadows that it casts: it is `linked` at whatever is linked to the property, and the nights
 * around it are `preparation` there too. What is linked is read anew: a link that was made during the wait for the locks
 * counts.
 *
 * All rows or none: it throws when some are in, and the transaction goes. None that are in because they were before
 * is fine, and asked only then: without a refusal one statement is all it takes.
 */
async function insertNights(
  trx: Transaction,
  stay: NightsToTake,
  { rules, limits }: { rules: StayRules; limits: PendingLimits | null },
): Promise<void> {
  const preparations = Object.values<Stay>(preparationOf(stay, rules));
  const { rows } = await trx
    .raw<{ rows: [Pending & { solid: number; places: number; shadows: number }] }>(
      `with pending as (
       select cast(count(*) filter (where status = 'held') as integer) as holds,
              cast(count(*) filter (where booking_mode = 'request') as integer) as requests
       from bookings where guest_id = :guestId and status in ('held', 'awaiting_host') and id <> :bookingId
     ), place as materialized (
       select id from unnest${familyOf('cast(:propertyId as text)')} as id
     ), solid as (
       insert into stays (property_id, nights, kind, booking_id)
       select :propertyId, daterange(:checkIn, :checkOut), 'booking', :bookingId
       from pending where holds < coalesce(cast(:maxHolds as integer), holds + 1)
                      and requests < coalesce(cast(:maxRequests as integer), requests + 1)
                      and not ${areKeptNextDoor(':propertyId', 'daterange(:checkIn, :checkOut)')}
       on conflict do nothing returning property_id
     ), shadow as (
       insert into stays (property_id, nights, kind, booking_id)
       select place.id, nights, kind, :bookingId
       from solid cross join place cross join (
         select daterange(:checkIn, :checkOut) as nights, 'linked' as kind
         union all
         select daterange(night, until), 'preparation'
         from unnest(cast(:nights as date[]), cast(:untils as date[])) as around (night, until)
       ) as cast_by
       where kind = 'preparation' or place.id <> solid.property_id
       on conflict do nothing returning id
     )
     select holds, requests, cast((select count(*) from solid) as integer) as solid,
            cast((select count(*) from place) as integer) as places,
            cast((select count(*) from shadow) as integer) as shadows
     from pending`,
      {
        bookingId: stay.bookingId,
        propertyId: stay.propertyId,
        guestId: stay.guestId,
        checkIn: stay.checkIn,
        checkOut: stay.checkOut,
        maxHolds: limits?.holds ?? null,
        maxRequests: limits?.requests ?? null,
        nights: preparations.map(({ checkIn }) => checkIn),
        untils: preparations.map(({ checkOut }) => checkOut),
      },
    )
    .options(plannedOnce('insert-nights'));
  const { solid, places, shadows, ...pending } = rows[0];
  const cast = places * preparations.length + (places - 1);
  if (solid === 1 && shadows === cast) return;
  if (solid === 0 && (await haveNights(trx, stay))) return;
  throw tooMany(pending, limits) ?? datesUnavailable();
}

/** A guest's other stays that are not certain yet. A request that is held is one of both. */
interface Pending {
  holds: number;
  requests: number;
}

function tooMany({ holds, requests }: Pending, limits: PendingLimits | null): DomainError | undefined {
  if (limits === null) return undefined;
  if (holds >= limits.holds) {
    const { holds: limit } = limits;
    return new DomainError('hold_limit', `A guest may hold at most ${limit} stays at a time.`, { limit });
  }
  const { requests: limit } = limits;
  if (limit === null || requests < limit) return undefined;
  const message = `At most ${limit} requests of a guest may wait for hosts at a time.`;
  return new DomainError('hold_limit', message, { limit });
}

/** Whether the booking has its nights, by an earlier call that was answered late or never. */
async function haveNights(
  trx: Transaction,
  { bookingId, checkIn, checkOut }: NightsToTake,
): Promise<boolean> {
  const own: unknown = await trx('stays')
    .where({ booking_id: bookingId, kind: 'booking', live: true })
    .whereRaw('nights = daterange(?, ?)', [checkIn, checkOut])
    .first('id');
  return own !== undefined;
}
