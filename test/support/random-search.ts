import type { SearchSort, PropertySearch } from '#db/search.ts';
import { FACETS } from '#db/search/facets.ts';
import type { NewProperty } from '#db/properties.ts';
import type { Chance } from '#db/seeds/chance.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { WEEKDAYS } from '#domain/availability/seasons.ts';
import { OFFERED_POLICIES } from '#domain/cancellation/policies.ts';
import { staysAround, staysInMonth } from '#domain/flexible-dates.ts';
import { addDays, nightCount } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { SERVICE_FEE_MODES } from '#domain/pricing/fees.ts';
import { BOOKING_MODES, ROOM_TYPES } from '#domain/properties.ts';
import type { Point } from '#domain/properties.ts';
import type { Listing } from './brute-force-search.ts';

/** A city, one near the pole and one on the date line. */
const CENTRES: readonly Point[] = [
  { latitude: 53.48, longitude: -2.24 },
  { latitude: 78.2, longitude: 15.6 },
  { latitude: -17, longitude: 179.98 },
];
const ZONES = ['Europe/London', 'Asia/Tokyo', 'America/New_York', 'Pacific/Kiritimati'];
const AMENITIES = ['Wi-Fi', 'Kitchen', 'Sauna', 'Free parking', 'Pool'];
const WORDS =
  'canal loft harbour cottage château Zürich garden studio lighthouse barn mill villa terrace cabin old town sunny quiet'.split(
    ' ',
  );
const FIRST_DAY = '2027-01-28';

/** Facts of a property, coarse enough for many to be equal in one or the other. */
export function someProperty(chance: Chance): Omit<NewProperty, 'hostId'> {
  const { latitude, longitude } = chance.oneOf(CENTRES);
  return {
    title: chance.someOf(WORDS, chance.between(2, 4)).join(' '),
    description: `A ${chance.someOf(WORDS, 3).join(', ')} place. 100% calm.`,
    roomType: chance.oneOf(ROOM_TYPES),
    latitude: latitude + (chance.next() - 0.5) * 0.4,
    longitude: ((longitude + (chance.next() - 0.5) * 0.8 + 540) % 360) - 180,
    timeZone: chance.oneOf(ZONES),
    currency: chance.oneOf(['GBP', 'EUR']),
    capacity: chance.between(1, 6),
    bedrooms: chance.between(1, 4),
    beds: chance.between(1, 5),
    amenities: chance.someOf(AMENITIES, chance.between(0, 4)),
    bookingMode: chance.oneOf(BOOKING_MODES),
    cancellationPolicy: chance.oneOf(OFFERED_POLICIES),
    nightlyMinor: chance.between(3, 20) * 1_000,
    ...somePrices(chance),
  };
}

/** All that the price of a whole stay depends on, in few values, so that some stays cost the same. */
function somePrices(chance: Chance): Partial<NewProperty> {
  return {
    weekendMinor: chance.oneOf([null, null, 12_000, 15_000]),
    cleaningFeeMinor: chance.oneOf([0, 3_000]),
    extraGuestFeeMinor: chance.oneOf([0, 500]),
    guestsIncluded: chance.between(1, 3),
    weeklyDiscountPercent: chance.oneOf([0, 10]),
    lastMinutePercent: chance.oneOf([0, 15]),
    lastMinuteDays: 5,
    earlyBirdPercent: chance.oneOf([0, 20]),
    earlyBirdDays: 30,
    serviceFees: chance.oneOf(SERVICE_FEE_MODES),
    taxes: chance.oneOf([
      null,
      [{ name: 'VAT', included: false, charge: 'percent', percent: 20, base: 'stay' }],
    ]),
  };
}

/** Prices of some nights. */
export function someDated(chance: Chance): Listing['dated'] {
  const nights = Array.from({ length: chance.oneOf([0, 0, 10]) }, () =>
    addDays(FIRST_DAY, chance.between(0, 60)),
  );
  return Object.fromEntries(nights.map((night) => [night, chance.between(1, 20) * 1_000]));
}

export function someRules(chance: Chance): StayRules {
  const minimumNights = chance.between(1, 4);
  return {
    ...DEFAULT_STAY_RULES,
    minimumNights,
    maximumNights: minimumNights + chance.between(0, 12),
    advanceNoticeDays: chance.oneOf([0, 0, 1, 3]),
    sameDayLatestTime: chance.oneOf([null, '09:00', '20:30']),
    bookingWindowMonths: chance.between(1, 3),
    preparationNightsBefore: chance.oneOf([0, 0, 1]),
    preparationNightsAfter: chance.oneOf([0, 0, 2]),
    longerByRequest: chance.oneOf([false, true]),
    noArrivalDays: chance.someOf(WEEKDAYS, chance.oneOf([0, 0, 2])),
    noDepartureDays: chance.someOf(WEEKDAYS, chance.oneOf([0, 0, 2])),
    minimumNightsByArrival: chance.oneOf([{}, {}, { friday: 3, saturday: 2 }]),
    seasons: chance.oneOf([[], [{ name: 'Spring', from: '2027-03-01', to: '2027-04-01', minimumNights: 3 }]]),
  };
}

/** Some bookings, one after the other, and blocks beside them. */
export function someTaken(chance: Chance): Listing['taken'] {
  const taken: { kind: 'booking' | 'block'; stay: Stay }[] = [];
  let from = addDays(FIRST_DAY, chance.between(0, 12));
  for (let count = chance.between(0, 5); count > 0; count--) {
    const stay = { checkIn: from, checkOut: addDays(from, chance.between(1, 7)) };
    taken.push({ kind: chance.oneOf(['booking', 'block']), stay });
    from = addDays(stay.checkOut, chance.between(0, 9));
  }
  return taken;
}

/** Any of the conditions together with any of the others, and mistyped words among them. */
export function someSearch(chance: Chance): PropertySearch {
  const perhaps = <T>(value: () => T, oneIn = 5): T | undefined =>
    chance.between(1, oneIn) === 1 ? value() : undefined;
  const place = perhaps(() => somePlace(chance), 1.5);
  const words = perhaps(() => Array.from({ length: chance.between(1, 2) }, () => someWord(chance)), 3);
  const stay = perhaps(() => someStay(chance), 1.5);
  const nights = stay === undefined ? 1 : nightCount(stay);
  const minPriceMinor = perhaps(() => chance.between(3, 12) * 1_000 * nights);
  const sorts: SearchSort[] = ['rating', 'price', '-price'];
  if (place !== undefined) sorts.push('distance', 'distance');
  if (words !== undefined) sorts.push('relevance', 'relevance', 'relevance');
  return {
    place,
    words,
    stay,
    guests: perhaps(() => chance.between(1, 4), 2),
    minBedrooms: perhaps(() => chance.between(1, 3)),
    minBeds: perhaps(() => chance.between(1, 3)),
    minRating: perhaps(() => chance.between(1, 5)),
    minPriceMinor,
    maxPriceMinor: perhaps(() => (minPriceMinor ?? 3_000 * nights) + chance.between(0, 12) * 1_000 * nights),
    currency: perhaps(() => chance.oneOf(['GBP', 'EUR'])),
    roomType: perhaps(() => chance.oneOf(ROOM_TYPES)),
    bookingMode: perhaps(() => 'instant' as const),
    cancellationPolicies: perhaps(() => chance.someOf(OFFERED_POLICIES, chance.between(1, 3))),
    amenityKeys: perhaps(() =>
      chance.someOf(['wifi', 'kitchen', 'sauna', 'free_parking'], chance.between(1, 2)),
    ),
    sort: chance.oneOf(sorts),
    limit: chance.between(1, 30),
    facets: perhaps(() => chance.someOf(FACETS, chance.between(1, 5)), 3),
  };
}

function somePlace(chance: Chance): PropertySearch['place'] {
  const { latitude, longitude } = chance.oneOf(CENTRES);
  const near = { latitude: latitude + (chance.next() - 0.5) * 0.2, longitude };
  if (chance.next() < 0.5) return { near, radiusMetres: chance.between(1, 40) * 1_000 };
  const half = { height: chance.next() * 0.3, width: chance.next() * 0.6 };
  const around = (degrees: number) => ((degrees + 540) % 360) - 180;
  return {
    box: {
      west: around(longitude - half.width),
      south: near.latitude - half.height,
      east: around(longitude + half.width),
      north: near.latitude + half.height,
    },
  };
}

function someStay(chance: Chance): PropertySearch['stay'] {
  const now = new Date(Date.UTC(2027, 0, 30, chance.between(0, 23), chance.between(0, 59))).toISOString();
  const checkIn = addDays(FIRST_DAY, chance.between(0, 60));
  const stay = { checkIn, checkOut: addDays(checkIn, chance.between(1, 8)) };
  const stays = chance.oneOf([
    () => [stay],
    () => staysAround(stay, chance.between(1, 3)),
    () => staysInMonth(chance.oneOf(['2027-02-01', '2027-03-01']), chance.oneOf(['weekend', 'week'])),
  ])();
  const [first = stay, ...others] = stays;
  const otherCheckIns = others.length > 0 ? others.map((other) => other.checkIn) : undefined;
  return { ...first, otherCheckIns, now };
}

function someWord(chance: Chance): string {
  const word = chance.oneOf(WORDS);
  const at = chance.between(1, word.length - 2);
  return chance.oneOf([
    () => word,
    () => word.toUpperCase(),
    () => word.normalize('NFD').replace(/\p{M}/gu, ''),
    () => word.slice(0, at + 1),
    () => word.slice(0, at) + word.slice(at + 1),
    () => word.slice(0, at) + word.charAt(at) + word.slice(at),
    () => word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2),
    () => '0%',
  ])();
}
