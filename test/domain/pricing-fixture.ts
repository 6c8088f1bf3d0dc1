import fc from 'fast-check';
import { coinMinor, minimumChargeMinor } from '#domain/money.ts';
import { addDays } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import type { Guests, Pricing } from '#domain/pricing.ts';
import { SERVICE_FEE_MODES } from '#domain/pricing/fees.ts';
import { TAX_BASES } from '#domain/pricing/taxes.ts';
import type { Tax } from '#domain/pricing/taxes.ts';

/** Two decimals, none, three of which the bank takes two, two of which it takes none, and its own minimum of 175.00. */
export const ODD_CURRENCIES = ['GBP', 'JPY', 'KWD', 'ISK', 'HUF', 'IDR'] as const;

const upTo = (most: number) => fc.integer({ min: 0, max: most });
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Without the keys that are undefined, as rows and JSON have it. */
function given<T extends object>(record: T): T {
  return JSON.parse(JSON.stringify(record)) as T;
}

export function anyTax(): fc.Arbitrary<Tax> {
  const terms = {
    name: fc.constantFrom('VAT', 'City tax', 'Resort levy'),
    included: fc.boolean(),
    maxNights: perhaps(fc.integer({ min: 1, max: 10 })),
    exemptOverNights: perhaps(fc.integer({ min: 1, max: 40 })),
  };
  const amount = upTo(2_000);
  return fc
    .oneof(
      fc.record({
        ...terms,
        charge: fc.constant('percent' as const),
        percent: upTo(40_000).map((thousandths) => thousandths / 1_000),
        base: fc.constantFrom(...TAX_BASES),
      }),
      fc.record({
        ...terms,
        charge: fc.constantFrom('per_night', 'per_guest', 'per_guest_night', 'flat'),
        amount,
      }),
    )
    .map((tax) => given<Tax>(tax.charge === 'percent' && tax.included ? { ...tax, base: 'stay' } : tax));
}

/** Prices of a host, each part there or not; with the dated ones on some of the 60 nights from `from` on. */
export function anyPricing(currency: string, from: string): fc.Arbitrary<Pricing> {
  const rate = fc.integer({ min: minimumChargeMinor(currency), max: 300_000 * coinMinor(currency) });
  const fee = perhaps(upTo(50_000));
  const percent = perhaps(upTo(100));
  const lead = perhaps(fc.record({ percent: fc.integer({ min: 1, max: 90 }), days: upTo(90) }));
  return fc
    .record({
      nightly: rate,
      weekend: perhaps(rate),
      dated: fc
        .array(fc.tuple(upTo(59), fc.oneof(rate, fc.constant(0))), { maxLength: 25 })
        .map((nights) =>
          Object.fromEntries(nights.map(([day, amount]): [string, number] => [addDays(from, day), amount])),
        ),
      cleaningFee: fee,
      extraGuestFee: fee,
      guestsIncluded: perhaps(fc.integer({ min: 1, max: 4 })),
      petFee: fee,
      weeklyDiscountPercent: percent,
      monthlyDiscountPercent: percent,
      lowestNightly: perhaps(rate),
      earlyBird: lead,
      lastMinute: lead,
      serviceFees: fc.constantFrom(...SERVICE_FEE_MODES),
      taxes: fc.array(anyTax(), { maxLength: 4 }),
    })
    .map(given);
}

export function anyStay(from: string): fc.Arbitrary<Stay> {
  const nights = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 45 }));
  return fc.tuple(upTo(40), nights).map(([day, length]) => {
    const checkIn = addDays(from, day);
    return { checkIn, checkOut: addDays(checkIn, length) };
  });
}

export function anyParty(): fc.Arbitrary<Guests> {
  return fc.record({
    adults: fc.integer({ min: 1, max: 6 }),
    children: upTo(4),
    infants: upTo(5),
    pets: upTo(2),
  });
}
