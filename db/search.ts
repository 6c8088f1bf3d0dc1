import type { CancellationPolicy } from '#domain/cancellation/policies.ts';
import type { CalendarDate, Instant } from '#domain/nights.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { BookingMode, Point, RoomType } from '#domain/properties.ts';
import type { Db } from './connect.ts';
import type { BoundingBox } from './places.ts';
import { cheapestBound, lookFrom } from './search/cheapest.ts';
import { SELECTED } from './search/columns.ts';
import type { FoundProperty } from './search/columns.ts';
import { afterConditions, bindingsOf, conditionsOf, orderOf } from './search/conditions.ts';
import { facetTables } from './search/facets.ts';
import type { Facet, Facets } from './search/facets.ts';
import { priceConditions, sortsByPrice, staySql } from './search/stay.ts';

export const SEARCH_SORTS = ['distance', 'relevance', 'rating', 'price', '-price'] as const;
export type SearchSort = (typeof SEARCH_SORTS)[number];

/** What published properties are searched by. All that is given must hold. */
export interface PropertySearch {
  /** A box, or a point and how far from it. */
  place?: { box: BoundingBox } | { near: Point; radiusMetres: number } | undefined;
  /** Nights that are free, and that the property's rules allow to be booked at `now`. */
  stay?: SearchedStay | undefined;
  guests?: number | undefined;
  minBedrooms?: number | undefined;
  minBeds?: number | undefined;
  /** Stars; what nobody has rated has none. */
  minRating?: number | undefined;
  /** Of the whole stay, or without dates of a night, in minor units of each property's own currency; both are included. */
  minPriceMinor?: number | undefined;
  maxPriceMinor?: number | undefined;
  currency?: Currency | undefined;
  roomType?: RoomType | undefined;
  bookingMode?: BookingMode | undefined;
  /** Any of them. */
  cancellationPolicies?: readonly CancellationPolicy[] | undefined;
  /** As `amenityKey` spells them; all of them. */
  amenityKeys?: readonly string[] | undefined;
  /** Each stands somewhere in title or description, or the title has one like it (`search/text.ts`). */
  words?: readonly string[] | undefined;
  /** `distance` is from the point, or from the middle of the box: it needs a place. `relevance` needs words. */
  sort: SearchSort;
  /** The last entry of the page before. */
  after?: Position | undefined;
  limit: number;
  /** What is counted beside the page, over all pages. */
  facets?: readonly Facet[] | undefined;
}

export interface SearchedStay {
  checkIn: CalendarDate;
  checkOut: CalendarDate;
  /** When as many nights may begin instead, in this order, where the dates themselves are not possible. */
  otherCheckIns?: readonly CalendarDate[] | undefined;
  now: Instant;
}

/** Where a page ends: the value that the last entry is sorted by, and its id. */
export interface Position {
  value: number;
  id: PropertyId;
}

export interface SearchResult {
  rows: FoundProperty[];
  facets: Facets | undefined;
}

/**
 * One row, which the planner takes for a thousand. It has no statistics of places: any cuboid, it thinks, holds a
 * thousandth of them, few enough to read all and sort. Expecting many, it walks the index from the nearest on and
 * stops when the page is full.
 */
const EXPECT_MANY = 'cross join lateral generate_series(1, sign(p.capacity)::integer)';

interface Statement {
  sql: string;
  bindings: Record<string, unknown>;
}

/** One page, in one statement. Which nights are free is read with it, so no copy of it can be out of date. */
export async function searchProperties(db: Db, search: PropertySearch): Promise<SearchResult> {
  const { sql, bindings } = searchStatement(search);
  const { rows } = await db.raw<{ rows: FoundProperty[] }>(sql, bindings as Record<string, string>);
  if (search.facets === undefined) return { rows, facets: undefined };
  // Beside the first entry, or alone where the page is empty.
  const [first] = rows as (FoundProperty & { facets: Facets })[];
  const isAlone = (first?.id as PropertyId | null) === null;
  return { rows: isAlone ? [] : rows, facets: first?.facets };
}

/** The statement alone, for those who measure and explain it. */
export function searchStatement(search: PropertySearch): Statement {
  const page = needsSorting(search) ? sortedThenAsked(search) : readInOrder(search);
  const sql = search.facets === undefined ? page : withFacets(page, search);
  return { sql, bindings: { ...bindingsOf(search), lookFrom: lookFrom(search) } };
}

/**
 * Nearest first, or without a place, rows come in order out of an index. Otherwise all that meet the conditions are
 * sorted, and before dates are asked about.
 */
function needsSorting({ place, stay, sort }: PropertySearch): boolean {
  if (stay === undefined || sort === 'distance') return false;
  if (sortsByPrice({ sort })) return stay.otherCheckIns === undefined; // Which of several is found decides their price.
  return place !== undefined || sort === 'relevance';
}

/** Reading ends when the page is full. */
function readInOrder(search: PropertySearch): string {
  const order = orderOf(search);
  const { value, direction } = order;
  const stay = staySql(search);
  const conditions = [...conditionsOf(search), ...afterConditions(search.after, order), ...stay.conditions];
  return `
    select ${SELECTED}${stay.columns}, ${value} as "sortValue"
    from properties p ${search.sort === 'distance' ? EXPECT_MANY : ''} ${stay.join}
    where ${conditions.join('\n      and ')}
    order by ${value} ${direction}, p.id ${direction}
    limit :limit`;
}

/**
 * By rating or relevance within a place, or by the price of the stay, all that lie there have to be sorted. Only their
 * ids are, and the costly question whether the stay is possible is put to one after the other until the page is full:
 * `offset 0` keeps it out.
 */
function sortedThenAsked(search: PropertySearch): string {
  const { value, direction } = orderOf(search);
  const stay = staySql(search);
  const ofPage = [
    ...afterConditions(search.after, { value: 'valued.value', id: 'valued.id', direction }),
    ...(sortsByPrice(search) ? priceConditions(search, 'valued.value') : []),
  ];
  const bound = search.sort === 'price' && search.place === undefined ? cheapestBound(search) : undefined;
  return `
    ${bound === undefined ? '' : `with ${bound.table}`}
    select ${SELECTED}${stay.columns}, candidate.value as "sortValue"
    from (
      select valued.id, valued.value
      from (select p.id, ${value} as value from properties p
            where ${[...conditionsOf(search), ...(bound?.conditions ?? [])].join('\n              and ')} offset 0) as valued
      where ${['true', ...ofPage].join(' and ')}
      order by valued.value ${direction}, valued.id ${direction} offset 0
    ) as candidate join properties p on p.id = candidate.id ${stay.join}
    where ${['true', ...stay.conditions].join(' and ')}
    order by candidate.value ${direction}, candidate.id ${direction}
    limit :limit`;
}

/** What is counted comes beside the first entry of the page, so that all of it is one question and one answer. */
function withFacets(page: string, search: PropertySearch): string {
  return `
    with page as materialized (${page}
    ),
    numbered as (select row_number() over () as number, * from page),${facetTables(search)}
    select numbered.*, facets.facets from numbered full join facets on facets.number = numbered.number
    order by numbered.number`;
}
