import type { Cancellation } from '#domain/cancellation.ts';
import { addDays } from '#domain/nights.ts';
import type { Pricing } from '#domain/pricing.ts';
import { priceStay } from '#domain/pricing.ts';

export interface Facts extends Partial<Omit<Cancellation, 'price' | 'stay'>>, Partial<Pricing> {
  checkIn?: string;
  nights?: number;
  pets?: number;
  currency?: string;
}

/** Five nights of 100.00 and 50.00 for cleaning, in London from 10 June 2026, 15:00, which is 14:00 UTC. */
export function cancellation(facts: Facts): Cancellation {
  const { checkIn = '2026-06-10', nights = 5, pets = 0, currency = 'GBP', ...rest } = facts;
  const { policy, checkInTime, zone, confirmedAt, at, by, ...pricing } = rest;
  const stay = { checkIn, checkOut: addDays(checkIn, nights) };
  return {
    policy: policy ?? 'flexible',
    price: priceStay({
      stay,
      guests: { adults: 2, children: 0, infants: 0, pets },
      pricing: { nightly: 10_000, cleaningFee: 5000, ...pricing },
      currency,
    }),
    stay,
    checkInTime: checkInTime ?? '15:00',
    zone: zone ?? 'Europe/London',
    confirmedAt: confirmedAt ?? '2026-05-01T12:00:00.000Z',
    at: at ?? '2026-05-20T12:00:00.000Z',
    by: by ?? 'guest',
  };
}

/** The same with a tax on top, in minor units. */
export function taxed(plain: Cancellation, taxMinor: number): Cancellation {
  const { lines, total, taxMinor: before, ...price } = plain.price;
  const line = { kind: 'tax' as const, label: 'City tax', quantity: 1, amount: taxMinor };
  return {
    ...plain,
    price: {
      ...price,
      taxMinor: before + taxMinor,
      lines: [...lines, line],
      total: { ...total, amount: total.amount + taxMinor },
    },
  };
}
