import { alterationOffer } from '#domain/alterations/price.ts';
import type { Altering, Offer } from '#domain/alterations/price.ts';
import { addDays } from '#domain/nights.ts';
import { priceStay } from '#domain/pricing.ts';
import type { Guests, Pricing, StayPrice } from '#domain/pricing.ts';

export interface AlterationFacts extends Partial<
  Omit<Altering, 'to' | 'price' | 'stay' | 'guests' | 'pricing'>
> {
  nights?: number;
  /** What was asked for when it was booked; 100.00 a night and 50.00 for cleaning. */
  booked?: Partial<Pricing>;
  /** What differs by now. */
  today?: Partial<Pricing>;
  party?: Partial<Guests>;
  currency?: string;
  price?: StayPrice;
  /** Days by which check-in and check-out move. */
  from?: number;
  until?: number;
  newParty?: Partial<Guests>;
}

export const CHECK_IN = '2026-06-10';

/** Five nights in London from Wednesday 10 June 2026 under the flexible policy, booked and altered well ahead. */
export function altering(facts: AlterationFacts = {}): Altering {
  const {
    nights = 5,
    booked,
    today,
    party,
    currency = 'GBP',
    from = 0,
    until = 0,
    newParty,
    ...rest
  } = facts;
  const stay = { checkIn: CHECK_IN, checkOut: addDays(CHECK_IN, nights) };
  const guests = { adults: 2, children: 0, infants: 0, pets: 0, ...party };
  const asked = { nightly: 10_000, cleaningFee: 5_000, guestsIncluded: 2, ...booked };
  return {
    policy: 'flexible',
    checkInTime: '15:00',
    zone: 'Europe/London',
    confirmedAt: '2026-05-01T12:00:00.000Z',
    at: '2026-05-20T12:00:00.000Z',
    by: 'guest',
    price: priceStay({ stay, guests, pricing: asked, currency }),
    ...rest,
    stay,
    guests,
    to: {
      stay: { checkIn: addDays(stay.checkIn, from), checkOut: addDays(stay.checkOut, until) },
      guests: { ...guests, ...newParty },
    },
    pricing: { ...asked, ...today },
  };
}

export const offerOf = (facts: AlterationFacts = {}): Offer => alterationOffer(altering(facts));
