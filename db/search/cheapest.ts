import { nightCount } from '#domain/nights.ts';
import type { PropertySearch } from '../search.ts';
import { conditionsOf } from './conditions.ts';
import { THE_STAY } from './asked.ts';
import { stayIsPossible } from './possible.ts';
import { priceConditions } from './stay.ts';
import { stayTotal } from './price.ts';

/** So many of the cheapest by the night are looked at first, for each entry of the page: some are not possible. */
const LOOKED_AT_FOR_EACH = 3;

/** Discounts are rounded twice, each time by half a minor unit at most. */
const ROUNDED_MINOR = 1;

/**
 * Where a page of the cheapest stays must end at the latest. What a stay costs has no index, what its nights cost at least
 * has (migration 0040). So the stays of some properties that are cheap by that are priced, and of those that can be had
 * the last for the page is a bound: no property whose nights alone cost more is on it. Where too few can be had, there is
 * no bound, and all are priced.
 */
export function cheapestBound(search: PropertySearch): { table: string; conditions: string[] } {
  const looked = `
        select p.* from properties p
        where ${[...conditionsOf(search), 'p.least_night_minor >= cast(:lookFrom as bigint)'].join('\n          and ')}
        order by p.least_night_minor, p.id limit ${LOOKED_AT_FOR_EACH} * :limit`;
  const conditions = [
    ...(search.after === undefined ? [] : ['priced.total > :afterValue']),
    ...priceConditions(search, 'priced.total'),
  ];
  return {
    table: `bound as materialized (
      select (select (priced.total + ${ROUNDED_MINOR}) / ${THE_STAY.nights}
              from (select ${stayTotal(THE_STAY)} as total from (${looked}) as p where ${stayIsPossible(THE_STAY)} offset 0) as priced
              where ${['true', ...conditions].join(' and ')}
              order by 1 offset :limit - 1 limit 1) as night_minor)`,
    // Between two bounds PostgreSQL expects few, and goes by the index.
    conditions: [
      'p.least_night_minor >= 0',
      `p.least_night_minor <= (select coalesce(night_minor, ${Number.MAX_SAFE_INTEGER}) from bound)`,
    ],
  };
}

/** Whose nights cost at least this cannot have been on the pages before: looking begins there. */
export function lookFrom({ stay, after, minPriceMinor = 0 }: PropertySearch): number {
  const fromMinor = Math.max(after?.value ?? 0, minPriceMinor);
  return stay === undefined ? 0 : Math.floor(fromMinor / nightCount(stay));
}
