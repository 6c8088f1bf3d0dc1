import { z } from 'zod';
import type { Position, PropertySearch, SearchSort } from '#db/search.ts';
import { SEARCH_SORTS } from '#db/search.ts';
import { invalidInput } from '#domain/errors.ts';
import { newStay } from '#domain/nights.ts';
import { PROPERTY_LIMITS, ROOM_TYPES, amenityKey } from '#domain/properties.ts';
import { decodeCursor } from '../cursors.ts';
import { CalendarDate, CurrencyCode, IdOf, PageQuery } from '../schemas.ts';

/** How far a search may reach, how far it does unless told, and how much may be asked of it. */
export const SEARCH_LIMITS = { radiusKm: 500, textLength: 100, words: 10, amenities: 20 } as const;
const DEFAULT_RADIUS_KM = 25;

/** Numbers with commas between them, each within its bounds. */
function numbers(form: string, bounds: readonly { most: number }[]) {
  return z
    .string()
    .regex(/^[^,]+(,[^,]+)*$/, `Must be ${form}.`)
    .transform((text) => text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part))))
    .refine(
      (values) =>
        values.length === bounds.length &&
        values.every((value, i) => Math.abs(value) <= (bounds[i]?.most ?? 0)),
      { message: `Must be ${form}, in degrees.`, abort: true },
    );
}

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
  checkOut: CalendarDate.optional(),
  guests: z.coerce.number().int().min(1).max(PROPERTY_LIMITS.capacity).optional(),
  minPrice: Price.optional().meta({
    description: 'Of a night, in minor units of the property’s own currency.',
  }),
  maxPrice: Price.optional().meta({ description: 'Likewise; both bounds are included.' }),
  currency: CurrencyCode.optional().meta({ description: 'Only properties with prices in it.' }),
  roomType: z.enum(ROOM_TYPES).optional(),
  amenities: z
    .string()
    .transform((text) => text.split(',').map(amenityKey))
    .refine((keys) => keys.length <= SEARCH_LIMITS.amenities && !keys.includes(''), {
      message: `Must be at most ${SEARCH_LIMITS.amenities} names with commas between them.`,
    })
    .optional()
    .meta({ description: 'All of them, in any spelling.', example: 'wifi,free parking' }),
  q: z
    .string()
    .max(SEARCH_LIMITS.textLength)
    .regex(/^\P{Cc}*$/u, 'Must be plain text.')
    .transform((text) => text.split(/\s+/).filter((word) => word !== ''))
    .refine((words) => words.length > 0 && words.length <= SEARCH_LIMITS.words, {
      message: `Must be 1 to ${SEARCH_LIMITS.words} words.`,
    })
    .optional()
    .meta({ description: 'Words, or parts of words, of title or description.' }),
  sort: z
    .enum(SEARCH_SORTS)
    .optional()
    .meta({
      description: 'By default `distance` where a place is given, else `rating`. Best or nearest first.',
    }),
  hostId: z
    .literal('me')
    .optional()
    .meta({ description: 'Your own properties, of any status; no other filter.' }),
});
export type SearchQuery = z.output<typeof SearchQuery>;

/** What the query asks of the database. @throws DomainError `invalid_input` for what does not go together. */
export function searchOf(query: SearchQuery, now: Date): PropertySearch {
  const { near, radiusKm, bbox, checkIn, checkOut, minPrice, maxPrice, amenities, q } = query;
  if (near !== undefined && bbox !== undefined)
    throw invalidInput('bbox', 'Give `near` or `bbox`, not both.');
  if (radiusKm !== undefined && near === undefined) throw invalidInput('radiusKm', 'Needs `near`.');
  if (minPrice !== undefined && maxPrice !== undefined && minPrice > maxPrice) {
    throw invalidInput('maxPrice', 'Must not be below `minPrice`.');
  }
  const place = placeOf(query);
  const sort = query.sort ?? (place === undefined ? 'rating' : 'distance');
  if (sort === 'distance' && place === undefined)
    throw invalidInput('sort', '`distance` needs `near` or `bbox`.');
  return {
    place,
    stay: stayOf({ checkIn, checkOut }, now),
    guests: query.guests,
    minPriceMinor: minPrice,
    maxPriceMinor: maxPrice,
    currency: query.currency,
    roomType: query.roomType,
    amenityKeys: amenities,
    words: q,
    sort,
    after: positionIn(sort, query.cursor),
    limit: query.limit + 1,
  };
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

function stayOf(
  { checkIn, checkOut }: Pick<SearchQuery, 'checkIn' | 'checkOut'>,
  now: Date,
): PropertySearch['stay'] {
  if (checkIn === undefined && checkOut === undefined) return undefined;
  if (checkOut === undefined) throw invalidInput('checkOut', 'Belongs to `checkIn`.');
  if (checkIn === undefined) throw invalidInput('checkIn', 'Belongs to `checkOut`.');
  return { ...newStay(checkIn, checkOut), now: now.toISOString() };
}

/** A cursor is bound to its order: in another one it would skip or repeat. */
function positionIn(sort: SearchSort, cursor: string | undefined): Position | undefined {
  const value = sort === 'price' || sort === '-price' ? z.int() : z.number();
  const schema = z.strictObject({ sort: z.literal(sort), value, id: IdOf('property') });
  return decodeCursor(schema, cursor);
}
