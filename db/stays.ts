import { preparationOf, refusalOf } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { MAX_LIVE_HOLDS_PER_GUEST } from '#domain/bookings.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BookingId, PropertyId, UserId } from '#domain/ids.ts';
import type { Instant, Stay, TimeZone } from '#domain/nights.ts';
import type { Guests } from '#domain/pricing.ts';
import type { PropertyStatus } from '#domain/properties.ts';
import type { Db, Transaction } from './connect.ts';
import { datesUnavailable } from './constraints.ts';
import { rulesOfRow } from './stay-rules.ts';
import type { StayRulesRow } from './stay-rules.ts';

/** The nights of a booking, to be taken. */
export interface NightsToTake extends Stay {
  bookingId: BookingId;
  propertyId: PropertyId;
  guestId: UserId;
}

export interface NightsToHold extends NightsToTake {
  guests: Guests;
  /** The booking's now: advance notice and booking window are judged by it. */
  at: Instant;
}

/**
 * Takes the nights of a new booking, and the preparation nights around them. Nights that the booking already has are
 * its own: a repeated call changes nothing.
 *
 * Call it in the transaction that moves the booking to `held` by a guarded update: a call that was given up and
 * arrives late would else take nights that nobody frees. When it throws, that transaction is to be rolled back.
 * @throws DomainError `stay_refused` (`rule`: one of the property's, `own_property` or `not_published`),
 * `hold_limit`, `dates_unavailable`, `not_found`.
 */
export async function takeNights(trx: Transaction, stay: NightsToHold): Promise<void> {
  const property = await lockGuestAndProperty(trx, stay);
  if (property === undefined) throw notFound('property');
  const refusal = stayRefusal(property, stay);
  if (refusal === undefined) {
    await insertNights(trx, stay, { rules: property.rules, maxHolds: MAX_LIVE_HOLDS_PER_GUEST });
  } else if (!(await haveNights(trx, stay))) {
    throw refusal;
  }
}

/**
 * Takes the nights of a booking whose hold had ended before its money arrived: if they are free, whatever the rules
 * say by now, since the guest has paid. Otherwise as `takeNights`.
 * @throws DomainError `dates_unavailable`, also when the property is gone: then the money goes back.
 */
export async function retakeNights(trx: Transaction, stay: NightsToTake): Promise<void> {
  const property = await lockGuestAndProperty(trx, stay);
  if (property === undefined) throw datesUnavailable();
  await insertNights(trx, stay, { rules: property.rules, maxHolds: null });
}

/** Frees whatever the booking has taken. Nothing taken, or freed before, is fine. */
export async function releaseNights(db: Db, bookingId: BookingId, at: Instant): Promise<void> {
  await db('stays').where({ booking_id: bookingId, live: true }).update({ live: false, released_at: at });
}

export interface Availability {
  rules: StayRules;
  free: boolean;
}

/**
 * The property's rules, and whether nothing lies on these nights nor a booking on those to be kept empty around them.
 * A cheap answer for a quote and for the 409 before a workflow is started; only `takeNights` decides.
 */
export async function readAvailability(db: Db, propertyId: PropertyId, stay: Stay): Promise<Availability> {
  const { rows } = await db.raw<{ rows: [{ rules: StayRulesRow | null; free: boolean }] }>(
    `select to_jsonb(r) as rules, not exists (
       select from stays s
       where s.property_id = :propertyId and s.live
         and s.nights && daterange(cast(:checkIn as date) - coalesce(r.preparation_nights_before, 0),
                                   cast(:checkOut as date) + coalesce(r.preparation_nights_after, 0))
         and (s.kind = 'booking' or s.nights && daterange(:checkIn, :checkOut))) as free
     from (values (1)) as one left join stay_rules r on r.property_id = :propertyId`,
    { propertyId, checkIn: stay.checkIn, checkOut: stay.checkOut },
  );
  return { rules: rulesOfRow(rows[0].rules), free: rows[0].free };
}

export async function nightsAreFree(db: Db, propertyId: PropertyId, stay: Stay): Promise<boolean> {
  return (await readAvailability(db, propertyId, stay)).free;
}

/** What has a say in whether a stay may be booked, apart from the nights. */
export interface Bookable {
  hostId: UserId;
  status: PropertyStatus;
  zone: TimeZone;
  capacity: number;
  rules: StayRules;
}

/** Why this stay may not be booked, its nights free or not; `stay_refused`, with `rule`. */
export function stayRefusal(
  property: Bookable,
  stay: Stay & { guestId: UserId | undefined; guests: Guests; at: Instant },
): DomainError | undefined {
  if (property.status !== 'published') {
    return new DomainError('stay_refused', 'The property takes no bookings.', { rule: 'not_published' });
  }
  if (property.hostId === stay.guestId) {
    return new DomainError('stay_refused', 'Hosts cannot book their own property.', { rule: 'own_property' });
  }
  const { rules, capacity, zone } = property;
  const broken = refusalOf({ stay, guests: stay.guests, rules, capacity, zone, at: stay.at });
  if (broken === undefined) return undefined;
  return new DomainError('stay_refused', broken.message, { rule: broken.rule, limit: broken.limit });
}

/**
 * One statement, two locks, always in this order: the guest's, so that the holds counted next are all of them, then
 * the property's, so that takers of its nights queue here and never deadlock in the index. Status and capacity are
 * those after the wait; rules changed during the wait count for the next guest.
 */
async function lockGuestAndProperty(trx: Transaction, stay: NightsToTake): Promise<Bookable | undefined> {
  const { rows } = await trx.raw<{ rows: (Omit<Bookable, 'rules'> & { rules: StayRulesRow | null })[] }>(
    `with guest as materialized (select pg_advisory_xact_lock(hashtextextended(:guestId, 0)))
     select p.host_id as "hostId", p.status, p.time_zone as zone, p.capacity, to_jsonb(r) as rules
     from guest cross join properties p left join stay_rules r on r.property_id = p.id
     where p.id = :propertyId and p.deleted_at is null
     for no key update of p`,
    { guestId: stay.guestId, propertyId: stay.propertyId },
  );
  return rows[0] && { ...rows[0], rules: rulesOfRow(rows[0].rules) };
}

/**
 * All rows or none: it throws when some are in, and the transaction goes. None that are in because they were before
 * is fine, and asked only then: without a refusal one statement is all it takes.
 */
async function insertNights(
  trx: Transaction,
  stay: NightsToTake,
  { rules, maxHolds }: { rules: StayRules; maxHolds: number | null },
): Promise<void> {
  const preparations = Object.values<Stay>(preparationOf(stay, rules));
  const { rows } = await trx.raw<{ rows: [{ holds: number; solid: number; prepared: number }] }>(
    `with holding as (
       select cast(count(*) as integer) as holds from bookings
       where guest_id = :guestId and status = 'held' and id <> :bookingId
     ), solid as (
       insert into stays (property_id, nights, kind, booking_id)
       select :propertyId, daterange(:checkIn, :checkOut), 'booking', :bookingId
       from holding where cast(:maxHolds as integer) is null or holds < :maxHolds
       on conflict do nothing returning id
     ), preparation as (
       insert into stays (property_id, nights, kind, booking_id)
       select :propertyId, daterange(night, until), 'preparation', :bookingId
       from solid, unnest(cast(:nights as date[]), cast(:untils as date[])) as nights (night, until)
       on conflict do nothing returning id
     )
     select holds, cast((select count(*) from solid) as integer) as solid,
            cast((select count(*) from preparation) as integer) as prepared
     from holding`,
    {
      bookingId: stay.bookingId,
      propertyId: stay.propertyId,
      guestId: stay.guestId,
      checkIn: stay.checkIn,
      checkOut: stay.checkOut,
      maxHolds,
      nights: preparations.map(({ checkIn }) => checkIn),
      untils: preparations.map(({ checkOut }) => checkOut),
    },
  );
  const { holds, solid, prepared } = rows[0];
  if (solid === 1 && prepared === preparations.length) return;
  if (solid === 0 && (await haveNights(trx, stay))) return;
  if (maxHolds === null || holds < maxHolds) throw datesUnavailable();
  throw new DomainError('hold_limit', `A guest may hold at most ${maxHolds} stays at a time.`, {
    limit: maxHolds,
  });
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
