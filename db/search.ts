import type { CalendarDate, Instant } from '#domain/nights.ts';
import { nightCount } from '#domain/nights.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { Point, RoomType } from '#domain/properties.ts';
import type { Db } from './connect.ts';
import { centreOf, chordMetres, cuboidAround } from './places.ts';
import type { BoundingBox } from './places.ts';
import type { PropertyRow } from './properties.ts';
import { STAY_IS_POSSIBLE } from './search/possible.ts';

export const SEARCH_SORTS = ['distance', 'rating', 'price', '-price'] as const;
export type SearchSort = (typeof SEARCH_SORTS)[number];

/** What published properties are searched by. All that is given must hold. */
export interface PropertySearch {
  /** A box, or a point and how far from it. */
  place?: { box: BoundingBox } | { near: Point; radiusMetres: number } | undefined;
  /** Nights that are free, and that the property's rules allow to be booked at `now`. */
  stay?: { checkIn: CalendarDate; checkOut: CalendarDate; now: Instant } | undefined;
  guests?: number | undefined;
  /** Of the nightly price, in minor units of each property's own currency; both bounds are included. */
  minPriceMinor?: number | undefined;
  maxPriceMinor?: number | undefined;
  currency?: Currency | undefined;
  roomType?: RoomType | undefined;
  /** As `amenityKey` spells them. */
  amenityKeys?: readonly string[] | undefined;
  /** Each occurs somewhere in title or description, in any case. */
  words?: readonly string[] | undefined;
  /** `distance` is from the point, or from the middle of the box: it needs a place. */
  sort: SearchSort;
  /** The last entry of the page before. */
  after?: Position | undefined;
  limit: number;
}

/** Where a page ends: the value that the last entry is sorted by, and its id. */
export interface Position {
  value: number;
  id: PropertyId;
}

const COLUMNS = {
  id: 'p.id',
  hostId: 'p.host_id',
  title: 'p.title',
  description: 'p.description',
  roomType: 'p.room_type',
  blurredLatitude: 'p.blurred_latitude',
  blurredLongitude: 'p.blurred_longitude',
  timeZone: 'p.time_zone',
  currency: 'p.currency',
  capacity: 'p.capacity',
  bedrooms: 'p.bedrooms',
  beds: 'p.beds',
  bathrooms: 'p.bathrooms',
  amenities: 'p.amenities',
  photos: 'p.photos',
  checkInTime: 'p.check_in_time',
  checkOutTime: 'p.check_out_time',
  bookingMode: 'p.booking_mode',
  cancellationPolicy: 'p.cancellation_policy',
  nightlyMinor: 'p.nightly_minor',
  weekendMinor: 'p.weekend_minor',
  cleaningFeeMinor: 'p.cleaning_fee_minor',
  extraGuestFeeMinor: 'p.extra_guest_fee_minor',
  guestsIncluded: 'p.guests_included',
  petFeeMinor: 'p.pet_fee_minor',
  weeklyDiscountPercent: 'p.weekly_discount_percent',
  monthlyDiscountPercent: 'p.monthly_discount_percent',
  status: 'p.status',
  ratingAverage: 'p.rating_average',
  ratingCount: 'p.rating_count',
  createdAt: 'p.created_at',
  updatedAt: 'p.updated_at',
} as const satisfies Partial<Record<keyof PropertyRow, string>>;

const SELECTED = Object.entries(COLUMNS)
  .map(([name, column]) => `${column} as "${name}"`)
  .join(', ');

/** What anyone may know of a property: neither its address nor its exact location is even read. */
export type PublicProperty = Pick<PropertyRow, keyof typeof COLUMNS>;
export type FoundProperty = PublicProperty & { sortValue: number };

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
export async function searchProperties(db: Db, search: PropertySearch): Promise<FoundProperty[]> {
  const { sql, bindings } = searchStatement(search);
  const { rows } = await db.raw<{ rows: FoundProperty[] }>(sql, bindings as Record<string, string>);
  return rows;
}

/** The statement alone, for those who measure and explain it. */
export function searchStatement(search: PropertySearch): Statement {
  const { place, stay, sort } = search;
  const sortsAPlace = place !== undefined && sort !== 'distance';
  const sql = sortsAPlace && stay !== undefined ? sortedThenAsked(search) : readInOrder(search);
  return { sql, bindings: bindingsOf(search) };
}

/** Nearest first, or without a place, the rows come in order out of an index, and reading ends with the page. */
function readInOrder(search: PropertySearch): string {
  const { value, direction } = orderOf(search);
  return `
    select ${SELECTED}, ${value} as "sortValue"
    from properties p ${search.sort === 'distance' ? EXPECT_MANY : ''}
    where ${[...conditionsOf(search), ...(search.stay ? [STAY_IS_POSSIBLE] : [])].join('\n      and ')}
    order by ${value} ${direction}, p.id ${direction}
    limit :limit`;
}

/**
 * By price or rating within a place, all that lie there have to be sorted. Only their ids are, and the costly question
 * whether the stay is possible is put to one after the other until the page is full: `offset 0` keeps it out.
 */
function sortedThenAsked(search: PropertySearch): string {
  const { value, direction } = orderOf(search);
  return `
    select ${SELECTED}, candidate.value as "sortValue"
    from (
      select p.id, ${value} as value from properties p
      where ${conditionsOf(search).join('\n        and ')}
      order by 2 ${direction}, 1 ${direction} offset 0
    ) as candidate join properties p on p.id = candidate.id
    where ${STAY_IS_POSSIBLE}
    order by candidate.value ${direction}, candidate.id ${direction}
    limit :limit`;
}

function orderOf({ sort }: PropertySearch): { value: string; direction: 'asc' | 'desc' } {
  switch (sort) {
    case 'distance':
      return { value: '(p.place <-> place_on_earth(:latitude, :longitude))', direction: 'asc' };
    case 'rating':
      return { value: 'coalesce(p.rating_average, 0)', direction: 'desc' };
    case 'price':
      return { value: 'p.nightly_minor', direction: 'asc' };
    case '-price':
      return { value: 'p.nightly_minor', direction: 'desc' };
  }
}

function conditionsOf(search: PropertySearch): string[] {
  const conditions: [given: unknown, condition: string][] = [
    [search.guests, 'p.capacity >= :guests'],
    [search.minPriceMinor, 'p.nightly_minor >= :minPriceMinor'],
    [search.maxPriceMinor, 'p.nightly_minor <= :maxPriceMinor'],
    [search.currency, 'p.currency = :currency'],
    [search.roomType, 'p.room_type = :roomType'],
    [search.amenityKeys, 'p.amenity_keys @> cast(:amenityKeys as text[])'],
  ];
  const { value, direction } = orderOf(search);
  return [
    `p.status = 'published'`,
    ...placeConditions(search.place),
    ...conditions.filter(([given]) => given !== undefined).map(([, condition]) => condition),
    ...(search.words ?? []).map((_, index) => `p.title || ' ' || p.description ilike :word${index}`),
    ...(search.after ? [`(${value}, p.id) ${direction === 'asc' ? '>' : '<'} (:afterValue, :afterId)`] : []),
  ];
}

/** The cuboid is what the index looks up; what lies in its corners is then told apart exactly. */
function placeConditions(place: PropertySearch['place']): string[] {
  if (place === undefined) return [];
  if ('near' in place) {
    return [
      'p.place && cube_enlarge(place_on_earth(:latitude, :longitude), :chordMetres, 3)',
      'p.place <-> place_on_earth(:latitude, :longitude) <= :chordMetres',
    ];
  }
  const { west, east } = place.box;
  return [
    'p.place && cube(cast(:least as float8[]), cast(:most as float8[]))',
    'p.blurred_latitude between :south and :north',
    west <= east
      ? 'p.blurred_longitude between :west and :east'
      : '(p.blurred_longitude >= :west or p.blurred_longitude <= :east)',
  ];
}

function bindingsOf(search: PropertySearch): Record<string, unknown> {
  const { place, stay, after, words = [], sort: _, ...rest } = search;
  const bindings: Record<string, unknown> = { ...rest };
  if (place !== undefined) Object.assign(bindings, placeBindings(place));
  if (stay !== undefined) Object.assign(bindings, stay, { nights: nightCount(stay) });
  if (after !== undefined) Object.assign(bindings, { afterValue: after.value, afterId: after.id });
  words.forEach((word, index) => (bindings[`word${index}`] = `%${word.replace(/[\\%_]/g, '\\$&')}%`));
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined));
}

function placeBindings(place: NonNullable<PropertySearch['place']>): Record<string, unknown> {
  if ('near' in place) return { ...place.near, chordMetres: chordMetres(place.radiusMetres) };
  return { ...centreOf(place.box), ...place.box, ...cuboidAround(place.box) };
}
