import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Position, PropertySearch, SearchedStay } from '#db/search.ts';
import { SEARCH_SORTS } from '#db/search.ts';
import { FACETS } from '#db/search/facets.ts';
import { STAY_RULE_LIMITS } from '#domain/availability.ts';
import { OFFERED_POLICIES } from '#domain/cancellation/policies.ts';
import { invalidInput } from '#domain/errors.ts';
import { LENGTHS_IN_A_MONTH, MAX_FLEXIBLE_DAYS, staysAround, staysInMonth } from '#domain/flexible-dates.ts';
import { isCalendarDate, newStay, nightCount } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { PROPERTY_LIMITS, ROOM_TYPES, amenityKey } from '#domain/properties.ts';
import { numbers, someOf } from '../comma-lists.ts';
import { decodeCursor } from '../cursors.ts';
import { CalendarDate, CurrencyCode, IdOf, PageQuery } from '../schemas.ts';

/** How far a search may reach, how far it does unless told, and how much may be asked of it. */
export const SEARCH_LIMITS = { radiusKm: 500, textLength: 100, words: 10, amenities: 20 } as const;
const DEFAULT_RADIUS_KM = 25;
/** No property takes a longer one, and every night that is asked for is looked at. */
const LONGEST_STAY_NIGHTS = STAY_RULE_LIMITS.maximumNights.most;

/** Searches that ask the same in another order are one: they share copies and cursors. */
const inOrder = (words: readonly string[]): string[] => [...new Set(words)].sort();

const LATITUDE = { most: 90 };
const LONGITUDE = { most: 180 };
const Price = z.coerce.number().int().min(0);

export const SearchQuery = z.strictObject({
  ...PageQuery.shape,
  near: numbers('latitude,longitude', [LATITUDE, LONGITUDE])
    .optional()
    .meta({ description: 'latitude,longitude', example: '53.48,-2.24' }),
  radiusKm: z.coerce
    .number()
    .positive()
    .max(SEARCH_LIMITS.radiusKm)
    .optional()
    .meta({ description: `How far from \`near\`; ${DEFAULT_RADIUS_KM} unless given.` }),
  bbox: numbers('west,south,east,north', [LONGITUDE, LATITUDE, LONGITUDE, LATITUDE])
    .refine(([, south = 0, , north = 0]) => south <= north, 'South must not be north of north.')
    .optional()
    .meta({
      description: 'west,south,east,north; west > east spans the date line.',
      example: '-2.3,53.4,-2.1,53.5',
    }),
  checkIn: CalendarDate.optional(),
  checkOut: CalendarDate.optional().meta({
    description: `The morning after the last night, of ${LONGEST_STAY_NIGHTS} at most.`,
  }),
  flexibleDays: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_FLEXIBLE_DAYS)
    .optional()
    .meta({
      description:
        'The stay may begin so many days earlier or later, for as many nights. Each entry says in `stay` which dates ' +
        'were found for it: those asked for if possible, else the nearest to them; sorted by price, the cheapest.',
    }),
  month: z
    .string()
    .refine((month) => isCalendarDate(`${month}-01`), 'Must be a month, YYYY-MM.')
    .optional()
    .meta({ description: 'In place of `checkIn` and `checkOut`; with `stay`.', example: '2027-05' }),
  stay: z
    .enum(LENGTHS_IN_A_MONTH)
    .optional()
    .meta({
      description:
        'How long in `month`: a `weekend`, from one of its Fridays to the Sunday, or a `week`, seven nights of it in a ' +
        'row. Each entry says in `stay` which was found for it: the first that is possible; sorted by price, the cheapest.',
    }),
  guests: z.coerce.number().int().min(1).max(PROPERTY_LIMITS.capacity).optional(),
  minPrice: Price.optional().meta({
    description:
      'Of the whole stay where dates are given, with fees and taxes; without dates, of a night. In minor units of the ' +
      'property’s own currency.',
  }),
  maxPrice: Price.optional().meta({ description: 'Likewise; both bounds are included.' }),
  currency: CurrencyCode.optional().meta({ description: 'Only properties with prices in it.' }),
  minRating: z.coerce.number().min(1).max(5).optional().meta({ description: 'Stars, on average.' }),
  bedrooms: z.coerce
    .number()
    .int()
    .min(1)
    .max(PROPERTY_LIMITS.bedrooms)
    .optional()
    .meta({ description: 'At least.' }),
  beds: z.coerce
    .number()
    .int()
    .min(1)
    .max(PROPERTY_LIMITS.beds)
    .optional()
    .meta({ description: 'At least.' }),
  roomType: z.enum(ROOM_TYPES).optional(),
  instantOnly: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'Only what is booked at once, without waiting for the host.' }),
  cancellationPolicy: someOf(OFFERED_POLICIES)
    .optional()
    .meta({ description: 'Any of them.', example: 'flexible,moderate' }),
  amenities: z
    .string()
    .transform((text) => inOrder(text.split(',').map(amenityKey)))
    .refine((keys) => keys.length <= SEARCH_LIMITS.amenities && !keys.includes(''), {
      message: `Must be at most ${SEARCH_LIMITS.amenities} names with commas between them.`,
    })
    .optional()
    .meta({ description: 'All of them, in any spelling.', example: 'wifi,free parking' }),
  q: z
    .string()
    .max(SEARCH_LIMITS.textLength)
    .regex(/^\P{Cc}*$/u, 'Must be plain text.')
    .transform((text) => inOrder(text.split(/\s+/).filter((word) => word !== '')))
    .refine((words) => words.length > 0 && words.length <= SEARCH_LIMITS.words, {
      message: `Must be 1 to ${SEARCH_LIMITS.words} words.`,
    })
    .optional()
    .meta({
      description:
        'Words, or parts of words, of title or description, in any case and with or without accents. In the title a ' +
        'word of 4 letters or more may have a typing error.',
    }),
  sort: z
    .enum(SEARCH_SORTS)
    .optional()
    .meta({
      description:
        'By default `relevance` where `q` is given, `distance` where a place is, else `rating`. Best or nearest first: ' +
        '`relevance` puts words that stand as they were typed before those with typing errors. `price` is that of the ' +
        'whole stay where dates are given, else of a night.',
    }),
  facets: someOf(FACETS)
    .optional()
    .meta({
      description: 'What to count, by its values, among all that is found.',
      example: 'roomType,amenities',
    }),
  hostId: z
    .literal('me')
    .optional()
    .meta({ description: 'Your own properties, of any status; no other filter.' }),
});
export type SearchQuery = z.output<typeof SearchQuery>;

/** What the query asks of the database. @throws DomainError `invalid_input` for what does not go together. */
export function searchOf(query: SearchQuery, now: Date): PropertySearch {
  const { near, radiusKm, bbox, minPrice, maxPrice } = query;
  if (near !== undefined && bbox !== undefined)
    throw invalidInput('bbox', 'Give `near` or `bbox`, not both.');
  if (radiusKm !== undefined && near === undefined) throw invalidInput('radiusKm', 'Needs `near`.');
  if (minPrice !== undefined && maxPrice !== undefined && minPrice > maxPrice) {
    throw invalidInput('maxPrice', 'Must not be below `minPrice`.');
  }
  const search = {
    place: placeOf(query),
    stay: stayOf(query, now),
    guests: query.guests,
    minBedrooms: query.bedrooms,
    minBeds: query.beds,
    minRating: query.minRating,
    minPriceMinor: minPrice,
    maxPriceMinor: maxPrice,
    currency: query.currency,
    roomType: query.roomType,
    bookingMode: query.instantOnly === true ? ('instant' as const) : undefined,
    cancellationPolicies: query.cancellationPolicy,
    amenityKeys: query.amenities,
    words: query.q,
    facets: query.facets,
    limit: query.limit + 1,
  };
  const list = { ...search, sort: sortOf(query) };
  return { ...list, after: positionIn(list, query.cursor) };
}

function placeOf({ near, radiusKm = DEFAULT_RADIUS_KM, bbox }: SearchQuery): PropertySearch['place'] {
  if (near !== undefined) {
    const [latitude = 0, longitude = 0] = near;
    return { near: { latitude, longitude }, radiusMetres: radiusKm * 1_000 };
  }
  if (bbox === undefined) return undefined;
  const [west = 0, south = 0, east = 0, north = 0] = bbox;
  return { box: { west, south, east, north } };
}

function sortOf({ sort, near, bbox, q, month, flexibleDays }: SearchQuery): PropertySearch['sort'] {
  const hasPlace = near !== undefined || bbox !== undefined;
  if (sort === undefined) return q !== undefined ? 'relevance' : hasPlace ? 'distance' : 'rating';
  if (sort === 'distance' && !hasPlace) throw invalidInput('sort', '`distance` needs `near` or `bbox`.');
  const isFlexible = month !== undefined || (flexibleDays ?? 0) > 0;
  if ((sort === 'price' || sort === '-price') && isFlexible && !hasPlace)
    throw invalidInput('sort', 'By price, flexible dates need `near` or `bbox`.'); // Each would have to be priced.
  if (sort === 'relevance' && q === undefined) throw invalidInput('sort', '`relevance` needs `q`.');
  return sort;
}

function stayOf(query: SearchQuery, now: Date): SearchedStay | undefined {
  const [stay, ...others] = staysOf(query);
  if (stay === undefined) return undefined;
  return {
    ...stay,
    ...(others.length > 0 && { otherCheckIns: others.map(({ checkIn }) => checkIn) }),
    now: now.toISOString(),
  };
}

/** The stays that would do, the one that is liked best first; none without dates. */
function staysOf({ checkIn, checkOut, flexibleDays, month, stay }: SearchQuery): Stay[] {
  if (month !== undefined) {
    if (stay === undefined) throw invalidInput('stay', 'Belongs to `month`.');
    const dates = Object.entries({ checkIn, checkOut, flexibleDays }).find(
      ([, value]) => value !== undefined,
    );
    if (dates !== undefined) throw invalidInput(dates[0], 'Give `month` or dates, not both.');
    return staysInMonth(`${month}-01`, stay);
  }
  if (stay !== undefined) throw invalidInput('month', 'Belongs to `stay`.');
  if (checkIn === undefined && checkOut === undefined) {
    if (flexibleDays !== undefined) throw invalidInput('flexibleDays', 'Needs `checkIn` and `checkOut`.');
    return [];
  }
  if (checkOut === undefined) throw invalidInput('checkOut', 'Belongs to `checkIn`.');
  if (checkIn === undefined) throw invalidInput('checkIn', 'Belongs to `checkOut`.');
  const asked = newStay(checkIn, checkOut);
  if (nightCount(asked) > LONGEST_STAY_NIGHTS)
    throw invalidInput('checkOut', `Must be at most ${LONGEST_STAY_NIGHTS} nights after \`checkIn\`.`);
  return staysAround(asked, flexibleDays ?? 0);
}

type Listed = Omit<PropertySearch, 'after'>;

/** Where a page ends, for its cursor. */
export function positionAfter(search: Listed, { id, sortValue }: { id: string; sortValue: number }) {
  return { list: nameOf(search), value: sortValue, id };
}

/** A cursor is bound to its list: with other conditions, or in another order, it would skip or repeat. */
function positionIn(search: Listed, cursor: string | undefined): Position | undefined {
  const isFraction = search.sort === 'distance' || search.sort === 'rating';
  const value = isFraction ? z.number() : search.sort === 'relevance' ? z.int32() : z.int();
  const schema = z.strictObject({ list: z.literal(nameOf(search)), value, id: IdOf('property') });
  return decodeCursor(schema, cursor);
}

/** Names the list that is paged through: what it is of and how it is sorted. Pages may be of any size. */
function nameOf({ limit: _, facets: __, stay, ...list }: Listed): string {
  const asked = { ...list, stay: stay && { ...stay, now: undefined } };
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
}
