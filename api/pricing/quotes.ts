import { createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Db } from '#db/connect.ts';
import { datesUnavailable } from '#db/constraints.ts';
import { readPricing } from '#db/pricing.ts';
import { findProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { readAvailability } from '#db/stays.ts';
import type { Availability } from '#db/stays.ts';
import { bookingModeOf } from '#domain/availability.ts';
import { stayRefusal } from '#domain/availability/bookable.ts';
import { invalidInput, notFound } from '#domain/errors.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { addHours, daysBetween, millisecondsOf, newStay, todayIn } from '#domain/nights.ts';
import type { Instant, Stay } from '#domain/nights.ts';
import { priceStay } from '#domain/pricing.ts';
import type { Guests, StayPrice } from '#domain/pricing.ts';
import type { BookingMode } from '#domain/properties.ts';

/** RULES "Price": how long a quote stands, its last instant included. */
export const QUOTE_MINUTES = 30;

/** A price for one stay of one party at one property, as the token carries it. Bound to no user: whoever has it may book by it. */
export interface PricedStay extends Stay {
  propertyId: PropertyId;
  guests: Guests;
  price: StayPrice;
  /** Whether its host would be asked first. */
  bookingMode: BookingMode;
  expiresAt: Instant;
}

/** A stay somebody asks the price of. `guestId` where we know who asks. */
export interface StayWanted extends Stay {
  guests: Guests;
  guestId: UserId | undefined;
  at: Instant;
}

/** What a stay is judged by: the property, and what its calendar says of those nights. */
export interface Offer {
  property: PropertyRow;
  availability: Availability;
}

/**
 * The property that a stay is asked at, if it may be known to who asks.
 * @throws DomainError `invalid_input` for dates that make no stay, `not_found`
 */
export async function findOffer(
  db: Db,
  { propertyId, checkIn, checkOut, guestId }: Stay & { propertyId: PropertyId; guestId: UserId | undefined },
): Promise<Offer> {
  const stay = newStay(checkIn, checkOut);
  const [property, availability] = await Promise.all([
    findProperty(db, propertyId),
    readAvailability(db, propertyId, stay),
  ]);
  if (property === undefined || !isQuotable(property, guestId)) throw notFound('property');
  return { property, availability };
}

/**
 * Today's price for a stay that could be booked now.
 * @throws DomainError as `requireBookable`, and `amount_too_small`.
 */
export async function priceQuote(db: Db, offer: Offer, wanted: StayWanted): Promise<PricedStay> {
  const bookingMode = requireBookable(offer, wanted);
  const { property } = offer;
  const { checkIn, checkOut, guests, at } = wanted;
  const { id: propertyId, currency, timeZone } = property;
  const pricing = await readPricing(db, property, wanted);
  const daysAhead = daysBetween(todayIn(timeZone, at), checkIn);
  const price = priceStay({ stay: wanted, guests, pricing, currency, daysAhead });
  return {
    propertyId,
    checkIn,
    checkOut,
    guests,
    price,
    bookingMode,
    expiresAt: addHours(at, QUOTE_MINUTES / 60),
  };
}

/** Of a property that is not published only its host knows. */
function isQuotable(property: PropertyRow, userId: UserId | undefined): boolean {
  return property.status === 'published' || property.hostId === userId;
}

/**
 * How the stay can be booked, or the refusals that can be told at once. `takeNights` asks the same again, and finally.
 * @throws DomainError `stay_refused`, `dates_unavailable`.
 */
export function requireBookable({ property, availability }: Offer, wanted: StayWanted): BookingMode {
  const { rules, free } = availability;
  const { hostId, status, timeZone: zone, capacity, checkInTime, bookingMode } = property;
  const bookable = { hostId, status, zone, capacity, checkInTime, bookingMode, rules };
  const refusal = stayRefusal(bookable, wanted);
  if (refusal !== undefined) throw refusal;
  if (!free) throw datesUnavailable();
  return bookingModeOf(wanted, bookable);
}

export function isExpired(quote: PricedStay, at: Instant): boolean {
  return millisecondsOf(at) > millisecondsOf(quote.expiresAt);
}

const PREFIX = 'qte_1';

/** The quote's id: `qte_1.<deflated JSON>.<HMAC-SHA256 of all before>`, both in base64url. */
export function signQuote(quote: PricedStay, secret: string): string {
  const body = `${PREFIX}.${deflateRawSync(JSON.stringify(quote)).toString('base64url')}`;
  return `${body}.${macOf(body, secret)}`;
}

/** What a token carries, whether expired or not. @throws DomainError `invalid_input` for one we did not sign. */
export function readQuote(token: string, secret: string): PricedStay {
  const end = token.lastIndexOf('.');
  const body = token.slice(0, end);
  const given = Buffer.from(token.slice(end + 1));
  const expected = Buffer.from(macOf(body, secret));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw invalidInput('quoteId', 'This is no quote of ours.');
  }
  // Only what we signed ourselves comes this far: its shape needs no check, nor its size before it is inflated.
  const bytes = Buffer.from(body.slice(PREFIX.length + 1), 'base64url');
  return JSON.parse(inflateRawSync(bytes).toString()) as PricedStay;
}

function macOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url');
}
