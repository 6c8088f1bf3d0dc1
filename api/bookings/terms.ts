import type { NewBooking } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import type { PropertyRow } from '#db/properties.ts';
import { DomainError, invalidInput } from '#domain/errors.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { instalmentsOf } from '#domain/instalments.ts';
import type { Guests, StayPrice } from '#domain/pricing.ts';
import type { BookingMode } from '#domain/properties.ts';
import { timetableOf } from '#domain/timetable.ts';
import { presentQuote } from '../pricing/presenter.ts';
import {
  findOffer,
  isExpired,
  priceQuote,
  readQuote,
  requireBookable,
  signQuote,
} from '../pricing/quotes.ts';
import type { PricedStay } from '../pricing/quotes.ts';

/** What a guest asks to book. The price is never theirs to say: it is in the quote, or today's. */
export interface StayAsked {
  propertyId: PropertyId;
  checkIn: string;
  checkOut: string;
  guests: Guests;
  quoteId?: string | undefined;
  guestId: UserId;
}

/** The whole request: how it is paid, and what the host is told. */
export interface Reserve extends StayAsked {
  paymentMethodId?: string | undefined;
  noteToHost?: string | undefined;
  /** Its time may be moved on. */
  sandbox?: boolean | undefined;
}

/** The property as it is now and the price that holds. */
export interface Terms {
  property: PropertyRow;
  price: StayPrice;
  /** Whether the host is asked first: the property's own way, but for a stay that is longer than most. */
  bookingMode: BookingMode;
}

interface Deps {
  db: Db;
  quoteSecret: string;
  now: () => Date;
}

/**
 * On what terms the stay can be booked now; what the property no longer allows is refused although it was quoted.
 * @throws DomainError `not_found`, `stay_refused`, `dates_unavailable`, `amount_too_small`; `invalid_input` for a quote
 * of another stay; `quote_expired` with today's quote in `quote`
 */
export async function termsOf({ db, quoteSecret, now }: Deps, asked: StayAsked): Promise<Terms> {
  const offer = await findOffer(db, asked);
  const { property } = offer;
  const wanted = { ...asked, at: now().toISOString() };
  if (asked.quoteId === undefined) {
    const { price, bookingMode } = await priceQuote(db, offer, wanted);
    return { property, price, bookingMode };
  }
  const quote = readQuote(asked.quoteId, quoteSecret);
  if (!isFor(quote, asked)) throw invalidInput('quoteId', 'This quote is for another stay.');
  if (isExpired(quote, wanted.at)) {
    const fresh = await priceQuote(db, offer, wanted);
    throw new DomainError('quote_expired', 'The quote has expired. Today’s is in `quote`.', {
      quote: presentQuote(signQuote(fresh, quoteSecret), fresh),
    });
  }
  return { property, price: quote.price, bookingMode: requireBookable(offer, wanted) };
}

function isFor(quote: PricedStay, asked: StayAsked): boolean {
  const { adults, children, infants, pets } = asked.guests;
  return (
    quote.propertyId === asked.propertyId &&
    quote.checkIn === asked.checkIn &&
    quote.checkOut === asked.checkOut &&
    quote.guests.adults === adults &&
    quote.guests.children === children &&
    quote.guests.infants === infants &&
    quote.guests.pets === pets
  );
}

/** The request on these terms, as it is recorded: a snapshot that later edits of the property do not reach. */
export function newBooking(request: Reserve, { property, price, bookingMode }: Terms, now: Date): NewBooking {
  const { guestId, checkIn, checkOut, guests, paymentMethodId, noteToHost, sandbox = false } = request;
  const { checkInTime, checkOutTime, timeZone } = property;
  const [first, ...more] = instalmentsOf(price, { checkIn, checkOut });
  return {
    id: newId('booking'),
    propertyId: property.id,
    guestId,
    hostId: property.hostId,
    checkIn,
    checkOut,
    ...guests,
    price,
    totalMinor: price.total.amount,
    upfrontMinor: more.length === 0 ? null : (first?.amountMinor ?? null),
    currency: price.total.currency,
    bookingMode,
    cancellationPolicy: property.cancellationPolicy,
    timeZone,
    checkInTime,
    checkOutTime,
    ...timetableOf({ checkIn, checkOut, checkInTime, checkOutTime, timeZone }),
    paymentMethodId: paymentMethodId ?? null,
    paymentId: newId('payment'),
    noteToHost: noteToHost ?? null,
    sandbox,
    requestedAt: now.toISOString(),
  };
}
