import assert from 'node:assert/strict';
import { MAX_STAYS_ASKED } from '#domain/flexible-dates.ts';
import { addDays, nightCount, nightsOf } from '#domain/nights.ts';
import type { CalendarDate } from '#domain/nights.ts';
import { isWeekendNight } from '#domain/pricing/nights.ts';
import type { PropertySearch, SearchedStay } from '../search.ts';
import { ONE_OF_THE_STAYS, STAYS_ASKED, THE_STAY } from './asked.ts';
import { stayIsPossible } from './possible.ts';
import { stayTotal } from './price.ts';

/** What a statement needs for the dates of a search: `found` is the stay of an entry, with its price. */
export interface StaySql {
  columns: string;
  join: string;
  conditions: readonly string[];
}

const THE_STAY_PRICED = `select ${THE_STAY.checkIn} as check_in, ${THE_STAY.checkOut} as check_out, ${stayTotal(THE_STAY)} as total`;
/** The stay once it is priced: so the bounds of the price are looked at first, which takes less than the rest. */
const FOUND = { ...THE_STAY, checkIn: 'found.check_in', checkOut: 'found.check_out' };
const PRICE_OF_ONE = stayTotal(ONE_OF_THE_STAYS);
const ONE_IS_POSSIBLE = stayIsPossible(ONE_OF_THE_STAYS);

type Asked = Pick<PropertySearch, 'stay' | 'sort' | 'minPriceMinor' | 'maxPriceMinor'>;

/**
 * Certain dates are a condition, and their price is reckoned for those that meet it. Of flexible ones the first possible
 * is looked up for each property, in the order in which they are liked, or the cheapest first.
 */
export function staySql(search: Asked): StaySql {
  if (search.stay === undefined) return { columns: '', join: '', conditions: [] };
  const columns = ', found.check_in as "checkIn", found.check_out as "checkOut", found.total as "totalMinor"';
  if (search.stay.otherCheckIns !== undefined)
    return { columns, join: firstPossible(search), conditions: [] };
  const conditions = [...priceConditions(search, 'found.total'), stayIsPossible(FOUND)];
  return { columns, join: `cross join lateral (${THE_STAY_PRICED} offset 0) as found`, conditions };
}

/**
 * Whether what a stay costs depends on when it is: at most properties all that are as long cost the same, and then the
 * first that is possible is the cheapest.
 */
const COST_DIFFERS = `(p.night_prices_until >= cast(:firstCheckIn as date) or p.early_bird_percent > 0
              or p.last_minute_percent > 0 or (p.weekend_minor is not null and :weekendNightsDiffer))`;

/** The stays that would do are few: they are priced where price decides, and asked about one after the other. */
function firstPossible(search: Asked): string {
  const isByPrice = sortsByPrice(search);
  const cost = isByPrice ? `case when ${COST_DIFFERS} then ${PRICE_OF_ONE} end` : 'cast(null as bigint)';
  return `cross join lateral (
      select asked.check_in, ${ONE_OF_THE_STAYS.checkOut} as check_out, priced.total
      from (select asked.*, ${cost} as cost from ${STAYS_ASKED}
            order by ${isByPrice ? 'cost, preference' : 'preference'} offset 0) as asked
        cross join lateral (select coalesce(asked.cost, ${PRICE_OF_ONE}) as total offset 0) as priced
      where ${[...costConditions(search, PRICE_OF_ONE), ONE_IS_POSSIBLE].join(' and ')}
      order by ${isByPrice ? 'asked.cost, asked.preference' : 'asked.preference'} limit 1) as found`;
}

/** Whether any stay that would do is possible within the bounds of the price, whichever was found without them. */
export function meetsPrice(search: Asked): string {
  if (search.stay?.otherCheckIns === undefined) return priceConditions(search, 'found.total').join(' and ');
  const conditions = [...costConditions(search, PRICE_OF_ONE), ONE_IS_POSSIBLE];
  return `exists (select from ${STAYS_ASKED} where ${conditions.join(' and ')})`;
}

/**
 * The bounds on what a stay costs, which is reckoned once for both. PostgreSQL takes this for less work than whether the
 * stay is possible, which reads rows of other tables, and so looks at it first.
 */
function costConditions(search: Asked, total: string): string[] {
  const bounds = priceConditions(search, 'priced.total');
  return bounds.length === 0
    ? []
    : [`(select ${bounds.join(' and ')} from (select ${total} as total offset 0) as priced)`];
}

export function sortsByPrice({ sort }: Pick<PropertySearch, 'sort'>): boolean {
  return sort === 'price' || sort === '-price';
}

export function priceConditions({ minPriceMinor, maxPriceMinor }: Asked, price: string): string[] {
  return [
    ...(minPriceMinor === undefined ? [] : [`${price} >= :minPriceMinor`]),
    ...(maxPriceMinor === undefined ? [] : [`${price} <= :maxPriceMinor`]),
  ];
}

/**
 * How many nights are at the weekend is the same for every property, so it is counted once. One guest pays where nobody
 * has said how many come; pets are not searched by.
 */
export function stayBindings(stay: SearchedStay, guests = 1): Record<string, unknown> {
  const { checkIn, checkOut, otherCheckIns = [], now } = stay;
  const nights = nightCount(stay);
  const checkIns = [checkIn, ...otherCheckIns];
  assert(checkIns.length <= MAX_STAYS_ASKED, `${checkIns.length} stays are too many to be asked about.`);
  const weekendNightsOfEach = checkIns.map((first) => weekendNightsFrom(first, nights));
  return {
    ...{ checkIn, checkOut, now, nights, checkIns, weekendNightsOfEach },
    payingGuests: guests,
    weekendNights: weekendNightsOfEach[0],
    weekendNightsDiffer: new Set(weekendNightsOfEach).size > 1,
    firstCheckIn: checkIns.toSorted()[0],
  };
}

function weekendNightsFrom(checkIn: CalendarDate, nights: number): number {
  return nightsOf({ checkIn, checkOut: addDays(checkIn, nights) }).filter(isWeekendNight).length;
}
