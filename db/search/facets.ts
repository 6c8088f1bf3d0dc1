import type { Currency } from '#domain/money.ts';
import type { BookingMode, RoomType } from '#domain/properties.ts';
import type { CancellationPolicy } from '#domain/cancellation/policies.ts';
import type { PropertySearch } from '../search.ts';
import { bookingModeIn, conditionsOf, factCondition } from './conditions.ts';
import { meetsPrice, priceConditions, staySql } from './stay.ts';

/** What may be counted among the properties that a search finds. */
export const FACETS = ['roomType', 'bookingMode', 'cancellationPolicy', 'amenities', 'price'] as const;
export type Facet = (typeof FACETS)[number];

/** So many properties are looked at for the counts; of more, these are a part, and the counts say so. */
export const FACETS_COUNTED_OF = 2_000;
/** So many amenities are told of, those that most properties have. */
export const AMENITIES_COUNTED = 20;

export interface FacetCount<V extends string = string> {
  value: V;
  count: number;
}

/** Counts by the values that there are, the most frequent first. Of each facet that was asked for. */
export interface Facets {
  /** How many properties the search finds, on all its pages, as far as they were counted. */
  count: number;
  /** False: there are more than were looked at. */
  isExact: boolean;
  roomType?: FacetCount<RoomType>[];
  bookingMode?: FacetCount<BookingMode>[];
  cancellationPolicy?: FacetCount<CancellationPolicy>[];
  /** By `amenityKey`. */
  amenities?: FacetCount[];
  /** What the prices reach from and to, in minor units, for each currency: of a night, or of the stay that was found. */
  price?: { currency: Currency; least: number; most: number; count: number }[];
}

/**
 * The filter that is left open in counting a facet: it tells what each other choice would find. A further amenity narrows
 * a search that names some, so those stay.
 */
const OPEN_IN = {
  roomType: ['roomType'],
  bookingMode: ['bookingMode'],
  cancellationPolicy: ['cancellationPolicies'],
  amenities: [],
  price: ['minPriceMinor', 'maxPriceMinor'],
} as const satisfies Record<Facet, readonly (keyof PropertySearch)[]>;

const isOpenIn = (search: PropertySearch, facet: Facet): boolean =>
  OPEN_IN[facet].some((filter) => search[filter] !== undefined);

function withoutFiltersOf(search: PropertySearch, facets: readonly Facet[]): PropertySearch {
  const open = facets.flatMap((facet) => OPEN_IN[facet]).map((filter) => [filter, undefined]);
  return { ...search, ...(Object.fromEntries(open) as Partial<PropertySearch>) };
}

const VALUES: Readonly<Record<Exclude<Facet, 'price'>, string>> = {
  roomType: 'room_type',
  bookingMode: 'booking_mode',
  cancellationPolicy: 'cancellation_policy',
  amenities: 'unnest(amenity_keys)',
};

/**
 * Two common table expressions, `counted` and `facets`, the last of one row. Each property that would be found with the
 * filters of the facets left open is looked at once, and notes which of these it meets.
 */
export function facetTables(search: PropertySearch): string {
  const { facets = [] } = search;
  const open = facets.filter((facet) => isOpenIn(search, facet));
  const noted = open.map((facet) => `, ${filterOf(facet, search)} as ${meets(facet)}`).join('');
  const others = withoutFiltersOf(search, open);
  const { join, conditions } = staySql(others);
  const countedFor = (facet?: Facet) =>
    [`number <= ${FACETS_COUNTED_OF}`, ...open.filter((other) => other !== facet).map(meets)].join(' and ');
  return `
    counted as materialized (
      select row_number() over () as number, p.room_type, ${bookingModeIn(search)} as booking_mode,
        p.cancellation_policy, p.amenity_keys, p.currency,
        ${search.stay === undefined ? 'p.nightly_minor' : 'found.total'} as price${noted}
      from properties p ${join}
      where ${[...conditionsOf(others), ...conditions].join('\n        and ')}
      limit ${FACETS_COUNTED_OF + 1}
    ),
    facets as (
      select 1 as number, jsonb_build_object(
        'count', (select count(*) from counted where ${countedFor()}),
        'isExact', (select count(*) <= ${FACETS_COUNTED_OF} from counted)
        ${facets.map((facet) => `, '${facet}', ${countsOf(facet, countedFor(facet))}`).join('\n        ')}
      ) as facets
    )`;
}

/** The name of the column that notes whether a property meets the filter of a facet. */
const meets = (facet: Facet): string => `"meets_${facet}"`;

function filterOf(facet: Facet, search: PropertySearch): string {
  if (facet === 'price')
    return search.stay ? meetsPrice(search) : priceConditions(search, 'p.nightly_minor').join(' and ');
  const [fact] = OPEN_IN[facet];
  return (fact && factCondition(search, fact)) ?? 'true';
}

function countsOf(facet: Facet, where: string): string {
  if (facet === 'price') {
    return `(select coalesce(jsonb_agg(each order by each.count desc, each.currency), '[]') from (
          select currency, min(price) as least, max(price) as most, count(*) as count
          from counted where ${where} group by currency) as each)`;
  }
  return `(select coalesce(jsonb_agg(each order by each.count desc, each.value), '[]') from (
          select ${VALUES[facet]} as value, count(*) as count
          from counted where ${where} group by 1 order by 2 desc, 1 limit ${AMENITIES_COUNTED}) as each)`;
}
