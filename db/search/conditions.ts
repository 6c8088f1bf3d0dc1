import { centreOf, chordMetres, cuboidAround } from '../places.ts';
import type { Position, PropertySearch, SearchSort } from '../search.ts';
import { THE_STAY } from './asked.ts';
import { bookingModeOfStay } from './possible.ts';
import { stayTotal } from './price.ts';
import { priceConditions, stayBindings } from './stay.ts';
import { relevance, textBindings, textConditions } from './text.ts';

export interface Order {
  value: string;
  direction: 'asc' | 'desc';
}

/** What a search is sorted by, as SQL, and which way. The id, the same way, tells equals apart. */
export function orderOf(search: PropertySearch): Order {
  const { sort, stay, words = [] } = search;
  const price =
    stay === undefined ? 'p.nightly_minor' : stay.otherCheckIns ? 'found.total' : stayTotal(THE_STAY);
  const values: Record<SearchSort, [value: string, direction: Order['direction']]> = {
    'distance': ['(p.place <-> place_on_earth(:latitude, :longitude))', 'asc'],
    'rating': ['coalesce(p.rating_average, 0)', 'desc'],
    'relevance': [relevance(words), 'desc'],
    'price': [price, 'asc'],
    '-price': [price, 'desc'],
  };
  const [value, direction] = values[sort];
  return { value, direction };
}

/** What is asked of the property alone, each by the part of the search that asks it. */
const FACTS = {
  guests: 'p.capacity >= :guests',
  minBedrooms: 'p.bedrooms >= :minBedrooms',
  minBeds: 'p.beds >= :minBeds',
  minRating: 'coalesce(p.rating_average, 0) >= :minRating',
  currency: 'p.currency = :currency',
  roomType: 'p.room_type = :roomType',
  bookingMode: (search: PropertySearch) => `${bookingModeIn(search)} = :bookingMode`,
  cancellationPolicies: 'p.cancellation_policy = any(cast(:cancellationPolicies as text[]))',
  amenityKeys: 'p.amenity_keys @> cast(:amenityKeys as text[])',
} as const satisfies Partial<Record<keyof PropertySearch, string | ((search: PropertySearch) => string)>>;
export type Fact = keyof typeof FACTS;

/** The condition of one fact; undefined where the search leaves it open. */
export function factCondition(search: PropertySearch, fact: Fact): string | undefined {
  if (search[fact] === undefined) return undefined;
  const condition = FACTS[fact];
  return typeof condition === 'string' ? condition : condition(search);
}

/** A long stay may be by request where shorter ones are booked at once. */
export function bookingModeIn({ stay }: PropertySearch): string {
  return stay === undefined ? 'p.booking_mode' : bookingModeOfStay(THE_STAY);
}

/** All that is asked but the stay, with its price, and the page. */
export function conditionsOf(search: PropertySearch): string[] {
  return [
    `p.status = 'published'`,
    ...placeConditions(search.place),
    ...(Object.keys(FACTS) as Fact[]).flatMap((fact) => factCondition(search, fact) ?? []),
    ...(search.stay === undefined ? priceConditions(search, 'p.nightly_minor') : []),
    ...textConditions(search.words ?? []),
  ];
}

/** Nothing of the pages before: what equals their last value comes by id. */
export function afterConditions(after: Position | undefined, order: Order & { id?: string }): string[] {
  const { value, id = 'p.id', direction } = order;
  return after === undefined
    ? []
    : [`(${value}, ${id}) ${direction === 'asc' ? '>' : '<'} (:afterValue, :afterId)`];
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

/** The values of all that the conditions name. */
export function bindingsOf(search: PropertySearch): Record<string, unknown> {
  const { place, stay, after, words = [], sort: _, facets: __, ...rest } = search;
  const bindings: Record<string, unknown> = { ...rest, ...textBindings(words) };
  if (place !== undefined) Object.assign(bindings, placeBindings(place));
  if (stay !== undefined) Object.assign(bindings, stayBindings(stay, rest.guests));
  if (after !== undefined) Object.assign(bindings, { afterValue: after.value, afterId: after.id });
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined));
}

function placeBindings(place: NonNullable<PropertySearch['place']>): Record<string, unknown> {
  if ('near' in place) return { ...place.near, chordMetres: chordMetres(place.radiusMetres) };
  return { ...centreOf(place.box), ...place.box, ...cuboidAround(place.box) };
}
