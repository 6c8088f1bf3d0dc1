import type { Currency } from '#domain/money.ts';
import type { TimeZone } from '#domain/nights.ts';
import type { Point } from '#domain/properties.ts';

export interface MarketCity extends Point {
  name: string;
  timeZone: TimeZone;
  currency: Currency;
  /** What half of the places for two ask less than, a night, in minor units. */
  medianForTwoMinor: number;
  /** When most guests come, 1 to 12. */
  peakMonth: number;
}

type CityLine = readonly [string, number, number, TimeZone, Currency, number, number];

/** Largest market first: each has less than the one before (`SHARE_FALLS_BY`). In the order of `MarketCity`. */
const LINES: readonly CityLine[] = [
  ['Paris', 48.8566, 2.3522, 'Europe/Paris', 'EUR', 11_000, 6],
  ['London', 51.5074, -0.1278, 'Europe/London', 'GBP', 10_500, 7],
  ['New York', 40.7128, -74.006, 'America/New_York', 'USD', 15_000, 9],
  ['Rome', 41.9028, 12.4964, 'Europe/Rome', 'EUR', 10_000, 5],
  ['Lisbon', 38.7223, -9.1393, 'Europe/Lisbon', 'EUR', 9_000, 8],
  ['Tokyo', 35.6762, 139.6503, 'Asia/Tokyo', 'JPY', 14_000, 4],
  ['Barcelona', 41.3874, 2.1686, 'Europe/Madrid', 'EUR', 11_500, 7],
  ['Sydney', -33.8688, 151.2093, 'Australia/Sydney', 'AUD', 17_000, 1],
  ['Madrid', 40.4168, -3.7038, 'Europe/Madrid', 'EUR', 9_500, 5],
  ['Istanbul', 41.0082, 28.9784, 'Europe/Istanbul', 'EUR', 5_500, 8],
  ['Los Angeles', 34.0522, -118.2437, 'America/Los_Angeles', 'USD', 14_000, 7],
  ['Berlin', 52.52, 13.405, 'Europe/Berlin', 'EUR', 8_500, 8],
  ['Mexico City', 19.4326, -99.1332, 'America/Mexico_City', 'USD', 6_000, 11],
  ['Cape Town', -33.9249, 18.4241, 'Africa/Johannesburg', 'USD', 7_500, 12],
  ['Athens', 37.9838, 23.7275, 'Europe/Athens', 'EUR', 7_000, 8],
  ['Amsterdam', 52.3676, 4.9041, 'Europe/Amsterdam', 'EUR', 16_000, 5],
  ['Copenhagen', 55.6761, 12.5683, 'Europe/Copenhagen', 'EUR', 13_000, 7],
  ['Manchester', 53.4808, -2.2426, 'Europe/London', 'GBP', 6_100, 8],
  ['Vienna', 48.2082, 16.3738, 'Europe/Vienna', 'EUR', 8_000, 12],
  ['Porto', 41.1579, -8.6291, 'Europe/Lisbon', 'EUR', 7_500, 8],
  ['Prague', 50.0755, 14.4378, 'Europe/Prague', 'EUR', 7_800, 6],
  ['Dublin', 53.3498, -6.2603, 'Europe/Dublin', 'EUR', 12_500, 7],
  ['Edinburgh', 55.9533, -3.1883, 'Europe/London', 'GBP', 11_500, 8],
  ['Seville', 37.3891, -5.9845, 'Europe/Madrid', 'EUR', 9_000, 4],
  ['Venice', 45.4408, 12.3155, 'Europe/Rome', 'EUR', 13_500, 6],
  ['Bordeaux', 44.8378, -0.5792, 'Europe/Paris', 'EUR', 8_000, 7],
  ['Bristol', 51.4545, -2.5879, 'Europe/London', 'GBP', 7_800, 7],
  ['Ghent', 51.0543, 3.7174, 'Europe/Brussels', 'EUR', 9_500, 7],
  ['Innsbruck', 47.2692, 11.4041, 'Europe/Vienna', 'EUR', 11_000, 2],
  ['Tromsø', 69.6492, 18.9553, 'Europe/Oslo', 'EUR', 12_000, 2],
];

export const MARKET_CITIES: readonly MarketCity[] = LINES.map(
  ([name, latitude, longitude, timeZone, currency, medianForTwoMinor, peakMonth]) => ({
    name,
    latitude,
    longitude,
    timeZone,
    currency,
    medianForTwoMinor,
    peakMonth,
  }),
);

/** The market of rank r has 1 / r ^ 0.8 of the first one's: some thousands in the largest, some hundreds in the smallest. */
export const SHARE_FALLS_BY = 0.8;

/** In the order of how many have them; what half of all places have is followed by a long tail. */
export const MARKET_AMENITIES: readonly string[] = [
  ...[
    'Smoke alarm',
    'Kitchen',
    'Wifi',
    'Hot water',
    'Hangers',
    'Iron',
    'Bed linens',
    'Carbon monoxide alarm',
  ],
  ...['Dishes and silverware', 'Refrigerator', 'Microwave', 'TV', 'Washer', 'Hot water kettle'],
  ...['Cooking basics', 'Hair dryer', 'Toaster', 'Essentials', 'Dedicated workspace', 'Freezer'],
  ...['Free parking on premises', 'Self check-in', 'Heating', 'Dining table', 'Shampoo', 'Oven'],
  ...['Cleaning products', 'First aid kit', 'Wine glasses', 'Shower gel', 'Bathtub', 'Fire extinguisher'],
  ...['Coffee', 'Lockbox', 'Body soap', 'Stove', 'Free street parking', 'Extra pillows and blankets'],
  ...['Dishwasher', 'Private entrance', 'Lift', 'Books and reading material', 'Balcony', 'Air conditioning'],
  ...['Crib', 'High chair', 'Pets allowed', 'Garden', 'Barbecue', 'Sound system', 'Piano', 'Gym', 'Pool'],
  ...['Hot tub', 'Sauna', 'Fireplace', 'Charger for cars', 'Beach access', 'Kayak', 'Bidet', 'Telescope'],
];
