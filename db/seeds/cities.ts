import type { Currency } from '#domain/money.ts';
import type { TimeZone } from '#domain/nights.ts';
import type { Point } from '#domain/properties.ts';

/** A part of a city; properties lie within a few hundred metres of its middle. */
export interface Quarter extends Point {
  name: string;
  /** What one is near to there. */
  near: string;
}

export interface City {
  name: string;
  timeZone: TimeZone;
  currency: Currency;
  /** Of a night for two, in minor units, before size and quarter: prices end on a multiple of `stepMinor`. */
  nightlyMinor: { least: number; most: number; stepMinor: number };
  quarters: readonly [Quarter, ...Quarter[]];
}

/** Three zones, three currencies, one of them without a minor unit. */
export const CITIES: readonly [City, City, City] = [
  {
    name: 'Lisbon',
    timeZone: 'Europe/Lisbon',
    currency: 'EUR',
    nightlyMinor: { least: 4_500, most: 19_000, stepMinor: 100 },
    quarters: [
      { name: 'Alfama', near: 'the castle walls', latitude: 38.7119, longitude: -9.1303 },
      { name: 'Graça', near: 'two of the best views over the city', latitude: 38.7166, longitude: -9.1305 },
      {
        name: 'Bairro Alto',
        near: 'more small bars than one can count',
        latitude: 38.7137,
        longitude: -9.1456,
      },
      { name: 'Príncipe Real', near: 'a garden with an old cedar', latitude: 38.7169, longitude: -9.1486 },
      { name: 'Campo de Ourique', near: 'a covered market', latitude: 38.7178, longitude: -9.1653 },
      { name: 'Belém', near: 'the river and its ferries', latitude: 38.6984, longitude: -9.2066 },
    ],
  },
  {
    name: 'New York',
    timeZone: 'America/New_York',
    currency: 'USD',
    nightlyMinor: { least: 9_000, most: 38_000, stepMinor: 500 },
    quarters: [
      { name: 'Harlem', near: 'a long park on a ridge', latitude: 40.8116, longitude: -73.9465 },
      { name: 'Astoria', near: 'bakeries and the elevated train', latitude: 40.7644, longitude: -73.9235 },
      { name: 'East Village', near: 'community gardens', latitude: 40.7265, longitude: -73.9815 },
      { name: 'Chelsea', near: 'the park on the old railway', latitude: 40.7465, longitude: -74.0014 },
      { name: 'Park Slope', near: 'rows of brownstones', latitude: 40.6681, longitude: -73.9806 },
      { name: 'Greenpoint', near: 'the water and a skyline', latitude: 40.7304, longitude: -73.9515 },
    ],
  },
  {
    name: 'Tokyo',
    timeZone: 'Asia/Tokyo',
    currency: 'JPY',
    nightlyMinor: { least: 6_800, most: 42_000, stepMinor: 100 },
    quarters: [
      { name: 'Yanaka', near: 'temples and a street of small shops', latitude: 35.7272, longitude: 139.7669 },
      { name: 'Asakusa', near: 'the river walk', latitude: 35.7148, longitude: 139.7967 },
      {
        name: 'Shimokitazawa',
        near: 'theatres and second-hand clothes',
        latitude: 35.6613,
        longitude: 139.668,
      },
      { name: 'Kagurazaka', near: 'lanes paved with stone', latitude: 35.7011, longitude: 139.7401 },
      { name: 'Nakameguro', near: 'a canal lined with cherry trees', latitude: 35.6443, longitude: 139.6991 },
      { name: 'Kichijoji', near: 'a park with a lake', latitude: 35.7031, longitude: 139.5797 },
    ],
  },
];

export const ADJECTIVES = [
  'Bright',
  'Quiet',
  'Sunny',
  'Small',
  'Airy',
  'Roomy',
  'Plain',
  'Corner',
  'Garden',
  'Top-floor',
] as const;

export const FEATURES = [
  'The windows go to the morning side.',
  'There is a long table to work and eat at.',
  'The bed is wide and the street is calm at night.',
  'The kitchen has all that one needs to cook for friends.',
  'Shelves of books are yours to read.',
  'A small balcony has room for two chairs.',
  'The bathroom was built anew last year.',
  'The house has a lift.',
] as const;

export const AMENITIES = [
  'Wifi',
  'Kitchen',
  'Washer',
  'Heating',
  'Air conditioning',
  'Dedicated workspace',
  'Hair dryer',
  'Smoke alarm',
  'Lift',
  'Balcony',
  'Bathtub',
  'Coffee maker',
  'Pets allowed',
  'Free parking on premises',
] as const;
