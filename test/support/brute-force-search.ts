import { pricingOf } from '#db/pricing.ts';
import type { PropertyRow } from '#db/properties.ts';
import type { PropertySearch } from '#db/search.ts';
import { FORGIVEN_FROM_LETTERS, SWAPPED_LETTERS_SCORE, WORD_LIKENESS } from '#db/search/text.ts';
import { bookingModeOf, preparationOf, refusalOf } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import type { PropertyId } from '#domain/ids.ts';
import { addDays, daysBetween, nightCount, staysOverlap, todayIn } from '#domain/nights.ts';
import type { CalendarDate, Stay } from '#domain/nights.ts';
import { reckonStay } from '#domain/pricing.ts';
import type { Point } from '#domain/properties.ts';

/** A property and all that decides whether a stay at it is possible. */
export interface Listing {
  row: PropertyRow;
  rules: StayRules;
  taken: readonly { kind: 'booking' | 'block'; stay: Stay }[];
  /** Prices of single nights, in minor units. */
  dated: Readonly<Record<CalendarDate, number>>;
}

export interface Match {
  id: PropertyId;
  value: number;
  stay: PricedStay | undefined;
}

export interface PricedStay extends Stay {
  totalMinor: number;
}

/**
 * All pages of a search at once, in order: each listing is looked at, with the rules of the domain and no index. What
 * the database finds in one statement has to be this.
 */
export function bruteForce(listings: readonly Listing[], search: PropertySearch): Match[] {
  const direction = search.sort === 'distance' || search.sort === 'price' ? 1 : -1;
  return listings
    .filter(
      ({ row, rules }) => row.status === 'published' && meets(row, search) && isBookedAs(row, rules, search),
    )
    .flatMap((listing): Match[] => {
      const { row } = listing;
      const stay = search.stay && bestStay(listing, search);
      if (stay === undefined && search.stay !== undefined) return [];
      return [{ id: row.id, value: valueOf(row, search, stay), stay }];
    })
    .sort((a, b) => direction * (a.value - b.value || (a.id < b.id ? -1 : 1)));
}

function valueOf(row: PropertyRow, search: PropertySearch, stay: PricedStay | undefined): number {
  const { sort, place, words = [] } = search;
  if (sort === 'price' || sort === '-price') return stay?.totalMinor ?? row.nightlyMinor;
  if (sort === 'rating') return row.ratingAverage ?? 0;
  if (sort === 'relevance') {
    const scores = words.map((word) => scoreOf(word, row));
    return 1_000 * sum(scores) + Math.floor(100 * (row.ratingAverage ?? 0));
  }
  return chordBetween(centreOf(place), publicPoint(row));
}

/** Everything but the dates, and what the stay costs. */
function meets(row: PropertyRow, search: PropertySearch): boolean {
  const { guests = 0, minBedrooms = 0, minBeds = 0, minRating = 0, amenityKeys = [], words = [] } = search;
  const { stay, cancellationPolicies } = search;
  return (
    isWithin(row, search.place) &&
    row.capacity >= guests &&
    row.bedrooms >= minBedrooms &&
    row.beds >= minBeds &&
    (row.ratingAverage ?? 0) >= minRating &&
    (stay !== undefined || isWithinBounds(row.nightlyMinor, search)) &&
    [undefined, row.currency].includes(search.currency) &&
    [undefined, row.roomType].includes(search.roomType) &&
    (cancellationPolicies === undefined || cancellationPolicies.includes(row.cancellationPolicy)) &&
    amenityKeys.every((key) => row.amenityKeys.includes(key)) &&
    words.every((word) => scoreOf(word, row) > 0)
  );
}

function isBookedAs({ bookingMode }: PropertyRow, rules: StayRules, search: PropertySearch): boolean {
  const mode = search.stay === undefined ? bookingMode : bookingModeOf(search.stay, { rules, bookingMode });
  return [undefined, mode].includes(search.bookingMode);
}

/* Dates */

/** The first that is possible and costs neither too much nor too little; sorted by price, the cheapest. */
function bestStay(listing: Listing, search: PropertySearch): PricedStay | undefined {
  if (search.stay === undefined) return undefined;
  const { otherCheckIns = [], now, ...first } = search.stay;
  const stays = [first.checkIn, ...otherCheckIns]
    .map((checkIn) => ({ checkIn, checkOut: addDays(checkIn, nightCount(first)) }))
    .filter((stay) => isPossible(listing, stay, now))
    .map((stay) => ({ ...stay, totalMinor: totalOf(listing, stay, search) }))
    .filter(({ totalMinor }) => isWithinBounds(totalMinor, search));
  if (search.sort === 'price' || search.sort === '-price') stays.sort((a, b) => a.totalMinor - b.totalMinor);
  return stays[0];
}

function isWithinBounds(price: number, { minPriceMinor = 0, maxPriceMinor = Infinity }: PropertySearch) {
  return price >= minPriceMinor && price <= maxPriceMinor;
}

function totalOf({ row, dated }: Listing, stay: Stay, { guests = 1, stay: asked }: PropertySearch): number {
  const daysAhead = daysBetween(todayIn(row.timeZone, asked?.now ?? ''), stay.checkIn);
  const party = { ...ONE_GUEST, adults: guests };
  return reckonStay({
    stay,
    guests: party,
    pricing: pricingOf(row, dated),
    currency: row.currency,
    daysAhead,
  }).total.amount;
}

const ONE_GUEST = { adults: 1, children: 0, infants: 0, pets: 0 };

function isPossible({ row, rules, taken }: Listing, stay: Stay, at: string): boolean {
  const { capacity, timeZone: zone, checkInTime } = row;
  const bookingMode = bookingModeOf(stay, { rules, bookingMode: row.bookingMode });
  const request = { stay, guests: ONE_GUEST, rules, capacity, zone, bookingMode, checkInTime, at };
  if (refusalOf(request) !== undefined) return false;
  const { before, after } = preparationOf(stay, rules);
  const empty = { checkIn: before?.checkIn ?? stay.checkIn, checkOut: after?.checkOut ?? stay.checkOut };
  return !taken.some((other) => staysOverlap(other.stay, other.kind === 'booking' ? empty : stay));
}

/* Places */

const EARTH_RADIUS_METRES = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

const publicPoint = (row: PropertyRow): Point => ({
  latitude: row.blurredLatitude,
  longitude: row.blurredLongitude,
});

function isWithin(row: PropertyRow, place: PropertySearch['place']): boolean {
  if (place === undefined) return true;
  const { latitude, longitude } = publicPoint(row);
  if ('near' in place) {
    const halfAngle = Math.asin(chordBetween(place.near, { latitude, longitude }) / 2 / EARTH_RADIUS_METRES);
    return 2 * EARTH_RADIUS_METRES * halfAngle <= place.radiusMetres;
  }
  const { west, south, east, north } = place.box;
  const isBetween =
    west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
  return latitude >= south && latitude <= north && isBetween;
}

function centreOf(place: PropertySearch['place']): Point {
  if (place === undefined) throw new Error('There is no place to be distant from.');
  if ('near' in place) return place.near;
  const { west, south, east, north } = place.box;
  const width = (east - west + 360) % 360;
  return { latitude: (south + north) / 2, longitude: ((west + width / 2 + 540) % 360) - 180 };
}

/** The straight line through the earth, by the haversine. */
function chordBetween(a: Point, b: Point): number {
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const across = Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude));
  return (
    2 *
    EARTH_RADIUS_METRES *
    Math.sqrt(half(b.latitude - a.latitude) + across * half(b.longitude - a.longitude))
  );
}

/* Words */

/** More than a hundred for a word that stands there, at most that for one that is like it, 0 for none. */
function scoreOf(word: string, { title, description }: PropertyRow): number {
  if (plain(title).includes(plain(word))) return 10_100;
  if (plain(`${title} ${description}`).includes(plain(word))) return 10_000;
  if (word.length < FORGIVEN_FROM_LETTERS) return 0;
  if (isSwapped(plain(word), plain(title))) return SWAPPED_LETTERS_SCORE;
  const likeness = wordLikeness(plain(word), plain(title));
  return likeness < WORD_LIKENESS ? 0 : Math.floor(100 * Math.fround(likeness));
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function isSwapped(word: string, text: string): boolean {
  for (let at = 1; at < word.length; at++) {
    const swapped = word.slice(0, at - 1) + word.charAt(at) + word.charAt(at - 1) + word.slice(at + 1);
    if (text.includes(swapped)) return true;
  }
  return false;
}

function trigramsOf(text: string): string[] {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) => {
    const padded = `  ${word} `;
    return Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3));
  });
}

/** The greatest share of trigrams in common with any stretch of the text, as pg_trgm defines `word_similarity`. */
function wordLikeness(word: string, text: string): number {
  const wanted = new Set(trigramsOf(word));
  const there = trigramsOf(text);
  let best = 0;
  for (let from = 0; from < there.length; from++) {
    const stretch = new Set<string>();
    for (const trigram of there.slice(from)) {
      stretch.add(trigram);
      const common = stretch.intersection(wanted).size;
      best = Math.max(best, common / (wanted.size + stretch.size - common));
    }
  }
  return best;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
