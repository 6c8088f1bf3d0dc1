import assert from 'node:assert/strict';
import { preparationOf } from '#domain/availability.ts';
import type { Preparation } from '#domain/availability.ts';
import type { AlterationId, BookingId, PropertyId, UserId } from '#domain/ids.ts';
import type { CalendarDate, Instant, Stay } from '#domain/nights.ts';
import type { Transaction } from './connect.ts';
import { datesUnavailable } from './constraints.ts';
import { areKeptNextDoor } from './linked-nights.ts';
import { familyOf } from './property-lock.ts';

/** A booking's nights as they are, and as they are to be. */
export interface AlteredNights {
  bookingId: BookingId;
  propertyId: PropertyId;
  guestId: UserId;
  alterationId: AlterationId;
  from: Stay;
  to: Stay;
  /** Around the stay as it is to be. */
  preparation: Preparation;
}

/** The nights of a stay `:wanted` that are not those of `:old`. */
const ADDED = '(datemultirange(cast(:wanted as daterange)) - datemultirange(cast(:old as daterange)))';

/**
 * Takes the nights that are added, as rows of the same booking beside its own, and whatever is to be kept empty around the
 * whole; what is linked to the property casts the same shadows as when they were booked. Its own preparation makes way for them: cut to what is left of it, so that it can be put back as it was.
 *
 * The caller has locked the property and what is linked to it, as every taker of its nights does. When it throws, the transaction is to be rolled
 * back.
 * @throws DomainError `dates_unavailable`
 */
export async function takeAddedNights(trx: Transaction, altered: AlteredNights): Promise<void> {
  const { bookingId, propertyId, alterationId, from, to } = altered;
  const around = Object.values<Stay>(preparationOf(to, altered.preparation));
  const stays = {
    bookingId,
    propertyId,
    alterationId,
    old: rangeOf(from),
    wanted: rangeOf(to),
    around: `{${around.map(rangeOf).join(',')}}`,
  };
  const { rows: moved } = await trx.raw<{ rows: { nights: string }[] }>(
    `update stays set live = false, released_at = clock_timestamp(), alteration_id = :alterationId
     where booking_id = :bookingId and kind = 'preparation' and live
       and nights && any (select unnest(${ADDED}))
     returning cast(nights as text) as nights`,
    stays,
  );
  const { rows } = await trx.raw<{ rows: [{ isKept: boolean; wanted: number; taken: number }] }>(
    `with solid as (
       select 'booking' as kind,
              unnest(${ADDED}) as nights
     ), shadow as (
       select 'preparation' as kind,
              unnest(cast(:around as datemultirange) + cast(:moved as datemultirange)
                     - datemultirange(cast(:old as daterange)) - datemultirange(cast(:wanted as daterange))) as nights
     ), wanted as (
       select place.id as property_id, nights,
              case when kind = 'booking' and place.id <> :propertyId then 'linked' else kind end as kind
       from (select * from solid union all select * from shadow) as here
       cross join unnest${familyOf('cast(:propertyId as text)')} as place (id)
     ), taken as (
       insert into stays (property_id, nights, kind, booking_id, alteration_id)
       select property_id, nights, kind, :bookingId, :alterationId from wanted on conflict do nothing returning id
     )
     select ${areKeptNextDoor('cast(:propertyId as text)', ADDED)} as "isKept",
            cast((select count(*) from wanted) as integer) as wanted,
            cast((select count(*) from taken) as integer) as taken`,
    { ...stays, moved: `{${moved.map(({ nights }) => nights).join(',')}}` },
  );
  if (rows[0].isKept || rows[0].taken !== rows[0].wanted) throw datesUnavailable();
}

/** Frees what was taken for an alteration, and puts back what had made way for it. Nothing taken, or freed before, is fine. */
export async function freeAddedNights(
  trx: Transaction,
  { alterationId, at }: { alterationId: AlterationId; at: Instant },
): Promise<void> {
  const hadMadeWay = await trx('stays')
    .where({ alteration_id: alterationId, live: false })
    .pluck<number[]>('id');
  const freed = await trx('stays')
    .where({ alteration_id: alterationId, live: true })
    .update({ live: false, released_at: at, alteration_id: null });
  if (freed === 0 && hadMadeWay.length === 0) return;
  await trx('stays').whereIn('id', hadMadeWay).update({ live: true, released_at: null, alteration_id: null });
}

/** Drops what was taken beside the booking's own nights, which become those of the alteration, with their preparation. */
export async function settleNights(
  trx: Transaction,
  altered: AlteredNights & { at: Instant },
): Promise<void> {
  const { bookingId, propertyId, to, at } = altered;
  await trx('stays')
    .where({ booking_id: bookingId, live: true })
    .whereRaw(`(alteration_id is not null or kind = 'preparation')`)
    .update({ live: false, released_at: at });
  // None of them is to be put back any more.
  await trx('stays')
    .where({ booking_id: bookingId })
    .whereNotNull('alteration_id')
    .update({ alteration_id: null });
  const moved = await trx('stays')
    .where({ booking_id: bookingId, live: true })
    .whereIn('kind', ['booking', 'linked'])
    .update({ nights: rangeOf(to) }, 'property_id');
  assert(
    moved.some(({ property_id: id }) => id === propertyId),
    `${bookingId} has no nights of its own.`,
  );
  const around = Object.values<Stay>(preparationOf(to, altered.preparation)).map(rangeOf);
  await trx.raw(
    `insert into stays (property_id, nights, kind, booking_id)
     select place.id, around.nights, 'preparation', :bookingId
     from unnest${familyOf('cast(:propertyId as text)')} as place (id), unnest(cast(:around as daterange[])) as around (nights)`,
    { bookingId, propertyId, around },
  );
}

function rangeOf({ checkIn, checkOut }: { checkIn: CalendarDate; checkOut: CalendarDate }): string {
  return `[${checkIn},${checkOut})`;
}

/** Whether nothing lies on the nights that would be added. A cheap answer for a proposal; only `takeAddedNights` decides. */
export async function addedNightsAreFree(
  trx: Transaction,
  { bookingId, propertyId, from, to }: Pick<AlteredNights, 'bookingId' | 'propertyId' | 'from' | 'to'>,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: [{ free: boolean }] }>(
    `select not exists (
       select from stays, unnest(${ADDED}) as added
       where property_id = :propertyId and live and booking_id is distinct from :bookingId and nights && added)
       and not ${areKeptNextDoor('cast(:propertyId as text)', ADDED)} as free`,
    { bookingId, propertyId, old: rangeOf(from), wanted: rangeOf(to) },
  );
  return rows[0].free;
}
