import { addDays, daysBetween, nightCount } from '#domain/nights.ts';
import type { CalendarDate, Stay } from '#domain/nights.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import type { HostsProperty, PropertyRow } from './properties.ts';
import { lockHostsProperty } from './property-lock.ts';

/** Nights that get a price of their own, in minor units; with null they have none any more. */
export interface NightPrice extends Stay {
  amountMinor: number | null;
}

/** The nights of a span that have a price of their own. Whether there can be any is on the property already. */
export async function findNightPrices(
  db: Db | Transaction,
  { id, nightPricesUntil }: Pick<PropertyRow, 'id' | 'nightPricesUntil'>,
  nights: Stay,
): Promise<Record<CalendarDate, number>> {
  const hasAny = nightPricesUntil !== null && nightPricesUntil >= nights.checkIn;
  return hasAny ? pricesOfNights(db, id, nights) : {};
}

/**
 * Sets the prices of many nights at once, the later of two for a night holding, and tells of it. Bookings made before are
 * not touched. @throws DomainError `not_found`
 */
export async function setNightPrices(
  trx: Transaction,
  property: HostsProperty,
  prices: readonly NightPrice[],
): Promise<void> {
  await lockHostsProperty(trx, property);
  await writeNightPrices(trx, property.id, prices);
  await tell(trx, property, { set: prices });
}

/** A season, and the night with which it is to begin again. */
export interface CopiedSeason {
  from: Stay;
  to: CalendarDate;
}

/**
 * Gives nights the prices that those of another season have, one after the other; where one has none of its own there, it
 * has none here either. Where both overlap, what is copied is what was there before. @throws DomainError `not_found`
 */
export async function copyNightPrices(
  trx: Transaction,
  property: HostsProperty,
  { from, to }: CopiedSeason,
): Promise<void> {
  await lockHostsProperty(trx, property);
  const { id } = property;
  const there = await pricesOfNights(trx, id, from);
  const here = { checkIn: to, checkOut: addDays(to, nightCount(from)) };
  const copied = Object.entries(there).map(([night, amountMinor]) => {
    const checkIn = addDays(to, daysBetween(from.checkIn, night));
    return { checkIn, checkOut: addDays(checkIn, 1), amountMinor };
  });
  await writeNightPrices(trx, id, [{ ...here, amountMinor: null }, ...copied]);
  await tell(trx, property, { copied: { from, to } });
}

async function pricesOfNights(
  db: Db | Transaction,
  propertyId: PropertyId,
  { checkIn, checkOut }: Stay,
): Promise<Record<CalendarDate, number>> {
  const rows = await db('night_prices')
    .where('property_id', propertyId)
    .where('night', '>=', checkIn)
    .where('night', '<', checkOut)
    .select<{ night: CalendarDate; amount_minor: number }[]>('night', 'amount_minor');
  return Object.fromEntries(rows.map(({ night, amount_minor }) => [night, amount_minor]));
}

/** A statement can write a night once: of several prices `distinct on` keeps the last. */
async function writeNightPrices(
  trx: Transaction,
  id: PropertyId,
  prices: readonly NightPrice[],
): Promise<void> {
  await trx.raw(
    `with given as (
       select distinct on (night) cast(night as date) as night, cast(span->>'amountMinor' as bigint) as amount_minor
       from jsonb_array_elements(cast(:prices as jsonb)) with ordinality as spans (span, place)
       cross join generate_series(cast(span->>'checkIn' as date), cast(span->>'checkOut' as date) - 1, interval '1 day') as night
       order by night, place desc),
     gone as (
       delete from night_prices p using given where p.property_id = :id and p.night = given.night and given.amount_minor is null)
     insert into night_prices (property_id, night, amount_minor)
     select :id, night, amount_minor from given where amount_minor is not null
     on conflict (property_id, night) do update set amount_minor = excluded.amount_minor`,
    { id, prices: JSON.stringify(prices) },
  );
  // Searches and quotes look for prices of single nights only where there are any.
  await trx.raw(
    `update properties set night_prices_until = own.until, lowest_night_price_minor = own.lowest
     from (select max(night) as until, min(amount_minor) as lowest from night_prices where property_id = :id) as own
     where id = :id and (night_prices_until, lowest_night_price_minor) is distinct from (own.until, own.lowest)`,
    { id },
  );
}

async function tell(
  trx: Transaction,
  { id: subjectId, hostId: actorId }: HostsProperty,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordEvent(trx, { kind: 'property.night_prices_set', subjectId, actorId, data });
}
