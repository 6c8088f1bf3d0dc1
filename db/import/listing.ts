import { STAY_RULE_LIMITS } from '#domain/availability.ts';
import { exponentOf, maximumChargeMinor } from '#domain/money.ts';
import type { Currency } from '#domain/money.ts';
import { addDays, isCalendarDate } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { PROPERTY_LIMITS } from '#domain/properties.ts';
import type { RoomType } from '#domain/properties.ts';
import type { ListingRecord } from './listings-file.ts';

/** A row of the file in our own terms. */
export interface Listing {
  sourceId: string;
  hostSourceId: string;
  title: string;
  description: string;
  roomType: RoomType;
  latitude: number;
  longitude: number;
  capacity: number;
  bedrooms: number;
  beds: number;
  bathrooms: number;
  amenities: string[];
  nightlyMinor: number;
  minimumNights: number;
  maximumNights: number;
  ratingAverage: number | null;
  ratingCount: number;
  blocks: Stay[];
}

export const SKIP_REASONS = [
  'bad id',
  'bad host id',
  'duplicate id',
  'bad coordinates',
  'no price',
  'bad price',
  'bad capacity',
  'unknown room type',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export interface ListingOptions {
  currency: Currency;
  /** Whether to read the nights that are not available. */
  blocks: boolean;
  /** `amenityName`, remembered: a city writes the same two thousand names a quarter of a million times. */
  amenityName: (text: string) => string;
}

const ROOM_TYPES: Readonly<Record<string, RoomType>> = {
  'Entire home/apt': 'entire_home',
  'Private room': 'private_room',
  'Shared room': 'shared_room',
  'Hotel room': 'hotel_room',
};

/** The listing in a row of the file, or the reason why it is left out. Small flaws are mended rather than refused. */
export function listingOf(record: ListingRecord, options: ListingOptions): Listing | SkipReason {
  const { currency, blocks, amenityName } = options;
  if (!isSourceId(record.id)) return 'bad id';
  if (!isSourceId(record.host_id)) return 'bad host id';
  const latitude = decimal(record.latitude);
  const longitude = decimal(record.longitude);
  if (!isOnLand(latitude, longitude)) return 'bad coordinates';
  const nightlyMinor = minorUnits(record.price, currency);
  if (typeof nightlyMinor === 'string') return nightlyMinor;
  const capacity = decimal(record.accommodates);
  if (!isCount(capacity) || capacity === 0 || capacity > PROPERTY_LIMITS.capacity) return 'bad capacity';
  const roomType = ROOM_TYPES[record.room_type];
  if (roomType === undefined) return 'unknown room type';
  return {
    sourceId: record.id,
    hostSourceId: record.host_id,
    title:
      plainText(record.name || (record.property_type ?? ''), PROPERTY_LIMITS.titleLength) ||
      'A place to stay',
    description: plainText(record.description ?? '', PROPERTY_LIMITS.descriptionLength),
    roomType,
    latitude,
    longitude,
    capacity,
    ...roomsOf(record),
    amenities: amenitiesOf(record.amenities, amenityName),
    nightlyMinor,
    ...nightLimitsOf(record),
    ...ratingOf(record),
    blocks: blocks ? blocksOf(record) : [],
  };
}

/** Ids are text: most are beyond 2^53. One in scientific notation went through a spreadsheet and is lost. */
function isSourceId(text: string): boolean {
  return /^\d{1,30}$/.test(text);
}

/** NaN for what is no plain decimal number, an empty cell too. */
function decimal(text: string | undefined): number {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** 0, 0 is in the sea: what a missing location becomes in careless exports. */
function isOnLand(latitude: number, longitude: number): boolean {
  if (latitude === 0 && longitude === 0) return false;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

/** `$1,234.50` in minor units. The sign is a dollar's in every city; the amount is in the local currency. */
function minorUnits(text: string, currency: Currency): number | 'no price' | 'bad price' {
  if (text === '') return 'no price';
  const [, whole, fraction = ''] = /^\$?(\d[\d,]*)(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return 'bad price';
  const exponent = exponentOf(currency);
  const kept = fraction.slice(0, exponent).padEnd(exponent, '0');
  const roundedUp = (fraction[exponent] ?? '0') >= '5' ? 1 : 0;
  const minor = Number(`${whole.replaceAll(',', '')}${kept}`) + roundedUp;
  if (minor === 0) return 'no price';
  return minor <= maximumChargeMinor(currency) ? minor : 'bad price';
}

/** Rooms that the file does not tell: one of each. "1.5 shared baths" and "Half-bath" stand in for a number. */
function roomsOf(record: ListingRecord): Pick<Listing, 'bedrooms' | 'beds' | 'bathrooms'> {
  const inWords = record.bathrooms_text ?? '';
  const fromWords = /half-bath/i.test(inWords) ? 0.5 : Number.parseFloat(inWords);
  const bathrooms = [decimal(record.bathrooms), fromWords, 1].find((value) => value >= 0) ?? 1;
  return {
    bedrooms: countUpTo(PROPERTY_LIMITS.bedrooms, record.bedrooms),
    beds: countUpTo(PROPERTY_LIMITS.beds, record.beds),
    bathrooms: Math.min(PROPERTY_LIMITS.bathrooms, Math.round(bathrooms * 2) / 2),
  };
}

function countUpTo(most: number, text: string | undefined): number {
  const value = decimal(text);
  return isCount(value) ? Math.min(value, most) : 1;
}

/** A JSON array of names; anything else is no amenities. */
function amenitiesOf(text: string, amenityName: ListingOptions['amenityName']): string[] {
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(names)) return [];
  const texts = new Set(names.map((name) => amenityName(String(name))));
  texts.delete('');
  return [...texts].slice(0, PROPERTY_LIMITS.amenities);
}

export function amenityName(text: string): string {
  return plainText(text, PROPERTY_LIMITS.amenityLength);
}

/** Hosts write 1,000 and more to mean "no limit" or "no longer offered": ours end at a year. */
function nightLimitsOf(record: ListingRecord): Pick<Listing, 'minimumNights' | 'maximumNights'> {
  const { least, most } = STAY_RULE_LIMITS.maximumNights;
  const within = (text: string, otherwise: number) =>
    Math.min(most, Math.max(least, isCount(decimal(text)) ? decimal(text) : otherwise));
  const minimumNights = within(record.minimum_nights, least);
  return { minimumNights, maximumNights: Math.max(minimumNights, within(record.maximum_nights, most)) };
}

/** Old editions count to 100, newer ones to 5. */
function ratingOf(record: ListingRecord): Pick<Listing, 'ratingAverage' | 'ratingCount'> {
  const score = decimal(record.review_scores_rating);
  const count = decimal(record.number_of_reviews);
  const average = score > 5 ? score / 20 : score;
  if (!(average >= 1 && average <= 5) || !(count > 0)) return { ratingAverage: null, ratingCount: 0 };
  return { ratingAverage: average, ratingCount: Math.round(count) };
}

/** How many of the first so many nights after the scrape are free; each column includes those before it. */
const AVAILABILITY_COLUMNS = [
  { column: 'availability_30', until: 30 },
  { column: 'availability_60', until: 60 },
  { column: 'availability_90', until: 90 },
  { column: 'availability_365', until: 365 },
] as const;

/**
 * The file tells how many nights are taken in each window after the scrape, not which. Here they are one run in each
 * window, whose place follows from the listing's id: the counts are right, the same at every import, and differ from
 * neighbour to neighbour.
 */
function blocksOf(record: ListingRecord): Stay[] {
  const scraped = record.last_scraped;
  if (!isCalendarDate(scraped)) return [];
  const blocks: Stay[] = [];
  const seed = Number(record.id.slice(-9));
  let from = 0;
  let freeBefore = 0;
  for (const { column, until } of AVAILABILITY_COLUMNS) {
    const free = decimal(record[column]);
    if (!isCount(free)) break;
    const length = until - from;
    const taken = Math.min(length, Math.max(0, length - (free - freeBefore)));
    const start = from + (seed % (length - taken + 1));
    if (taken > 0)
      blocks.push({ checkIn: addDays(scraped, start), checkOut: addDays(scraped, start + taken) });
    from = until;
    freeBefore = free;
  }
  return blocks;
}

/** Text without markup and control characters, cut to a length. */
function plainText(text: string, maxLength: number): string {
  return text
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .toWellFormed();
}
