/** What a guest gets to themselves. */
export const ROOM_TYPES = ['entire_home', 'private_room', 'shared_room', 'hotel_room'] as const;
export type RoomType = (typeof ROOM_TYPES)[number];

/** Booked at once, or only when the host accepts. */
export const BOOKING_MODES = ['instant', 'request'] as const;
export type BookingMode = (typeof BOOKING_MODES)[number];

/** Made as a draft; found and booked while published; closed by the host; suspended by an operator. */
export const PROPERTY_STATUSES = ['draft', 'published', 'closed', 'suspended'] as const;
export type PropertyStatus = (typeof PROPERTY_STATUSES)[number];

export const DEFAULT_CHECK_IN_TIME = '15:00';
export const DEFAULT_CHECK_OUT_TIME = '11:00';

/** A limit on everything a host can fill in. Lengths in characters. */
export const PROPERTY_LIMITS = {
  titleLength: 200,
  descriptionLength: 10_000,
  addressLength: 300,
  amenities: 200,
  amenityLength: 200,
  photos: 100,
  photoAddressLength: 2_000,
  capacity: 50,
  bedrooms: 100,
  beds: 200,
  bathrooms: 100,
} as const;

/** WGS 84, degrees. */
export interface Point {
  latitude: number;
  longitude: number;
}

/** How far the public point lies from the exact one, in metres: at least and at most, about 150 on average. */
export const BLUR_METRES = { least: 100, most: 200 } as const;

const METRES_PER_DEGREE = 111_320;
const POINT_DECIMALS = 1e6;

/**
 * The point shown to those who may not know the address. It stays the same for a property, however often one asks, so
 * that asking often reveals nothing. `secret` is a random value of the property's own (128 bits or more), kept on its
 * row and never shown: whoever knew it could undo the shift. An id would not do, since ids are public.
 */
export function blurredPoint(exact: Point, secret: string): Point {
  const { least, most } = BLUR_METRES;
  // The square root spreads points evenly over the ring, or they would crowd at its inner edge.
  const metres = Math.sqrt(least ** 2 + fractionOf(`${secret}:distance`) * (most ** 2 - least ** 2));
  const bearing = fractionOf(`${secret}:bearing`) * 2 * Math.PI;
  const latitude = exact.latitude + (metres * Math.cos(bearing)) / METRES_PER_DEGREE;
  const metresPerDegreeEast = METRES_PER_DEGREE * Math.max(0.01, Math.cos((exact.latitude * Math.PI) / 180));
  const longitude = exact.longitude + (metres * Math.sin(bearing)) / metresPerDegreeEast;
  return {
    latitude: rounded(Math.min(90, Math.max(-90, latitude))),
    longitude: rounded(((((longitude + 180) % 360) + 360) % 360) - 180),
  };
}

function rounded(degrees: number): number {
  return Math.round(degrees * POINT_DECIMALS) / POINT_DECIMALS;
}

/** A number in [0, 1) that depends on every character. The secrecy lies in the text: this hash has none of its own. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * What an amenity is searched by: hosts write freely, so case, encoding and punctuation make no difference.
 * `Wifi`, `Wi-Fi` → `wifi`; `Free parking on premises` → `free_parking_on_premises`. Nothing left → the empty string.
 */
export function amenityKey(amenity: string): string {
  return amenity
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\s_]+/gu, '')
    .replace(/[\s_]+/gu, '_')
    .replace(/^_|_$/gu, '')
    .normalize('NFKC'); // Again: what stood between two marks may be gone.
}
