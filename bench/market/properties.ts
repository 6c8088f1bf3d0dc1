import { amenityKeysOf } from '#db/derived-columns.ts';
import type { CopyValue } from '#db/import/copy-text.ts';
import { remembered } from '#db/import/remember.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { amenityKey, blurredPoint } from '#domain/properties.ts';
import type { Point } from '#domain/properties.ts';
import { MARKET_AMENITIES, MARKET_CITIES, SHARE_FALLS_BY } from './cities.ts';
import type { MarketCity } from './cities.ts';
import { describe } from './descriptions.ts';
import { Draw, runningSums } from './draw.ts';

/** What stays and bookings have to know of a property. */
export interface MarketProperty {
  id: PropertyId;
  hostId: UserId;
  city: number;
  capacity: number;
  nightlyMinor: number;
  /** How much it is asked for, beside others. */
  popularity: number;
}

export interface MarketRow extends MarketProperty {
  cells: CopyValue[];
  /** Undefined: the defaults. */
  rules: CopyValue[] | undefined;
  /** The first of its host's. */
  isNewHost: boolean;
}

export const PROPERTY_COLUMNS = [
  ...['id', 'host_id', 'title', 'description', 'room_type', 'latitude', 'longitude', 'location_salt'],
  ...['blurred_latitude', 'blurred_longitude', 'time_zone', 'currency', 'capacity', 'bedrooms', 'beds'],
  ...['bathrooms', 'amenities', 'amenity_keys', 'booking_mode', 'cancellation_policy', 'nightly_minor'],
  ...['cleaning_fee_minor', 'guests_included', 'status', 'source_rating_average', 'source_rating_count'],
];
export const RULES_COLUMNS = [
  'property_id',
  'minimum_nights',
  'advance_notice_days',
  'preparation_nights_after',
];

const KM_PER_DEGREE = 111.32;
/** Shares as in the listings of a city: most sleep two or four. */
const CAPACITIES = [1, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 4, 5, 6, 6, 7, 8, 10, 16];
const MINIMUM_NIGHTS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 7, 14];
/** The price of a place rises with its size, more slowly than the number of its guests. */
const PRICE_BY_CAPACITY = 0.75;
const PRICE_SIGMA = 0.5;

interface Neighbourhood extends Point {
  spreadKm: number;
}

/** So many published properties, of hosts with one, two or dozens, in cities of different sizes. Not sorted by place. */
export function* marketProperties(count: number, seed: number): Generator<MarketRow> {
  const draw = new Draw(seed);
  const shares = runningSums(MARKET_CITIES.map((_, rank) => (rank + 1) ** -SHARE_FALLS_BY));
  const neighbourhoods = MARKET_CITIES.map((city, rank) => neighbourhoodsOf(city, rank, draw));
  const hosts = MARKET_CITIES.map(() => ({ id: draw.id('user', MADE_FROM_MS), left: 0 }));
  for (let index = 0; index < count; index += 1) {
    const city = draw.placeIn(shares);
    const [place, host] = [neighbourhoods[city]?.[0], hosts[city]];
    if (place === undefined || host === undefined) throw new Error('A city is missing.');
    const madeAtMs = MADE_FROM_MS + index * MADE_EVERY_MS;
    const isNewHost = host.left === 0;
    if (isNewHost) Object.assign(host, { id: draw.id('user', madeAtMs), left: propertiesOfAHost(draw) });
    host.left -= 1;
    const quarter = draw.oneOf(neighbourhoods[city] ?? [place]);
    yield { ...propertyIn({ city, quarter, hostId: host.id, madeAtMs }, draw), isNewHost };
  }
}

/** Ids tell when a property was made: one after the other through three years. */
const MADE_FROM_MS = Date.UTC(2023, 0, 1);
const MADE_EVERY_MS = 900_000;

/** Two thirds have one, and of the others ever fewer have ever more. */
function propertiesOfAHost(draw: Draw): number {
  return Math.min(90, Math.floor((1 - draw.next()) ** -0.625));
}

/** The larger the city, the more of them; each as wide as one can walk, and one as wide as the whole. */
function neighbourhoodsOf(city: MarketCity, rank: number, draw: Draw): Neighbourhood[] {
  const count = Math.max(4, Math.round(24 * (rank + 1) ** -0.4));
  const around = Array.from({ length: count }, () => ({
    ...displaced(city, 1.5 + count / 6, draw),
    spreadKm: 0.3 + draw.next() * 0.9,
  }));
  return [...around, { latitude: city.latitude, longitude: city.longitude, spreadKm: 8 }];
}

function displaced({ latitude, longitude }: Point, spreadKm: number, draw: Draw): Point {
  const degrees = () => (draw.normal() * spreadKm) / KM_PER_DEGREE;
  return {
    latitude: latitude + degrees(),
    longitude: longitude + degrees() / Math.cos((latitude * Math.PI) / 180),
  };
}

interface Site {
  city: number;
  quarter: Neighbourhood;
  hostId: UserId;
  madeAtMs: number;
}

function propertyIn(
  { city: rank, quarter, hostId, madeAtMs }: Site,
  draw: Draw,
): Omit<MarketRow, 'isNewHost'> {
  const city = MARKET_CITIES[rank];
  if (city === undefined) throw new RangeError(`There is no city ${rank}.`);
  const id = draw.id('property', madeAtMs);
  const exact = displaced(quarter, quarter.spreadKm, draw);
  const salt = draw.id('property', madeAtMs).slice(-22);
  const blurred = blurredPoint(exact, salt);
  const capacity = draw.oneOf(CAPACITIES);
  const isWhole = capacity > 2 || draw.next() < 0.5;
  const bedrooms = isWhole ? Math.ceil(capacity / 2.2) : 1;
  const median = city.medianForTwoMinor * (capacity / 2) ** PRICE_BY_CAPACITY * (isWhole ? 1 : 0.6);
  const nightlyMinor = Math.max(1_500, Math.round(draw.logNormal(median, PRICE_SIGMA) / 100) * 100);
  const amenities = amenitiesOf(draw);
  const isRated = draw.next() < 0.8;
  const text = describe(city.name, { capacity, isWhole }, draw);
  return {
    ...{ id, hostId, city: rank, capacity, nightlyMinor, popularity: draw.logNormal(1, 0.8) },
    cells: [
      ...[id, hostId, text.title, text.description, isWhole ? 'entire_home' : 'private_room'],
      ...[exact.latitude, exact.longitude, salt, blurred.latitude, blurred.longitude],
      ...[
        city.timeZone,
        city.currency,
        capacity,
        bedrooms,
        Math.ceil(capacity / 1.5),
        Math.ceil(bedrooms / 2),
      ],
      ...[amenities, amenityKeysOf(amenities, keyOf), draw.next() < 0.85 ? 'instant' : 'request'],
      ...[draw.oneOf(['flexible', 'flexible', 'moderate', 'firm', 'strict']), nightlyMinor],
      ...[draw.next() < 0.6 ? Math.round(nightlyMinor * 0.4) : 0, Math.min(2, capacity), 'published'],
      isRated ? Math.min(5, 5 - Math.abs(draw.normal()) * 0.35) : null,
      isRated ? 1 + Math.floor(draw.logNormal(9, 1.3)) : 0,
    ],
    rules: rulesOf(id, draw),
  };
}

const keyOf = remembered(amenityKey);

/** Half of all have rules of their own; some want a day's notice, some a night to clean. */
function rulesOf(id: PropertyId, draw: Draw): CopyValue[] | undefined {
  if (draw.next() < 0.4) return undefined;
  return [id, draw.oneOf(MINIMUM_NIGHTS), draw.next() < 0.2 ? 1 : 0, draw.next() < 0.1 ? 1 : 0];
}

/** The first of the list nearly everybody has, the last hardly anybody; some hosts name all, some next to none. */
function amenitiesOf(draw: Draw): string[] {
  const thoroughness = 0.6 + 0.8 * draw.next();
  const { length } = MARKET_AMENITIES;
  return MARKET_AMENITIES.filter(
    (_, place) => draw.next() < thoroughness * 0.95 * (1 - place / length) ** 1.5,
  );
}
