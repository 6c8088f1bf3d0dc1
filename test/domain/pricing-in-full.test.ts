import assert from 'node:assert/strict';
import fc from 'fast-check';
import { coinMinor } from '#domain/money.ts';
import { addDays } from '#domain/nights.ts';
import {
  includedTaxMinor,
  nightSharesMinor,
  priceStay,
  reckonStay,
  sumOf,
  withFees,
} from '#domain/pricing.ts';
import type { Guests, PriceRequest, Pricing, StayPrice } from '#domain/pricing.ts';
import { MAX_NIGHT_LINES } from '#domain/pricing/nights.ts';
import type { Tax } from '#domain/pricing/taxes.ts';
import { anyParty, anyPricing, anyStay, ODD_CURRENCIES } from './pricing-fixture.ts';

const MONDAY = '2026-06-01';
const FRIDAY = '2026-06-05';

interface Facts extends Partial<Pricing>, Pick<PriceRequest, 'daysAhead'> {
  from?: string;
  nights?: number;
  party?: Partial<Guests>;
  currency?: string;
}

/** Two adults at 100.00 a night, pounds unless said otherwise. Only the facts that matter are named. */
function priceOf(facts: Facts): StayPrice {
  const { from = MONDAY, nights = 1, party, currency = 'GBP', daysAhead, ...pricing } = facts;
  return priceStay({
    stay: { checkIn: from, checkOut: addDays(from, nights) },
    guests: { adults: 2, children: 0, infants: 0, pets: 0, ...party },
    pricing: { nightly: 10_000, ...pricing },
    currency,
    daysAhead,
  });
}

const billOf = (facts: Facts): string[] =>
  priceOf(facts).lines.map(({ label, quantity, amount }) => `${quantity} ${label}: ${amount}`);

const tax = (terms: Partial<Tax>): Tax =>
  ({ name: 'City tax', included: false, charge: 'per_guest_night', amount: 200, ...terms }) as Tax;
const vat = (terms: Partial<Tax> = {}): Tax =>
  ({ name: 'VAT', included: false, charge: 'percent', percent: 20, base: 'stay', ...terms }) as Tax;

describe('nights with a price of their own', () => {
  it('cost that, in place of the price of the week and of the weekend', () => {
    const dated = { [FRIDAY]: 15_000, '2026-06-07': 15_000, '2026-06-09': 1 };
    assert.deepEqual(billOf({ from: '2026-06-04', nights: 4, weekend: 12_000, dated }), [
      '1 Night: 10000',
      '2 Night at a price of its own: 30000',
      '1 Weekend night: 12000',
      '1 Service fee: 7280',
    ]);
  });

  it('are free where their price is nothing', () => {
    assert.deepEqual(billOf({ nights: 2, dated: { [MONDAY]: 0 } }).slice(0, 2), [
      '1 Night at a price of its own: 0',
      '1 Night: 10000',
    ]);
  });

  it('are one line where there would be too many', () => {
    const dated = Object.fromEntries(
      Array.from({ length: MAX_NIGHT_LINES }, (_, day) => [addDays(MONDAY, day), 20_000 + day]),
    );
    const nights = (length: number) => billOf({ nights: length, dated }).slice(0, -1);
    assert.equal(nights(MAX_NIGHT_LINES).length, MAX_NIGHT_LINES);
    assert.deepEqual(nights(MAX_NIGHT_LINES + 1), [
      '10 Night at a price of its own: 200045',
      '1 Night: 10000',
    ]);
  });
});

describe('discounts', () => {
  const early = { percent: 10, days: 60 };
  const late = { percent: 25, days: 3 };
  const CASES: { why: string; facts: Facts; bill: string[] }[] = [
    {
      why: 'are given to who books early enough, to the day',
      facts: { earlyBird: early, daysAhead: 60 },
      bill: ['1 Night: 10000', '1 Early-bird discount, 10 %: -1000', '1 Service fee: 1260'],
    },
    {
      why: 'are not given to who books a day later',
      facts: { earlyBird: early, daysAhead: 59 },
      bill: ['1 Night: 10000', '1 Service fee: 1400'],
    },
    {
      why: 'are given to who books late enough, to the day',
      facts: { lastMinute: late, daysAhead: 3 },
      bill: ['1 Night: 10000', '1 Last-minute discount, 25 %: -2500', '1 Service fee: 1050'],
    },
    {
      why: 'are not given to who books a day earlier',
      facts: { lastMinute: late, daysAhead: 4 },
      bill: ['1 Night: 10000', '1 Service fee: 1400'],
    },
    {
      why: 'hold in the larger of the two where a stay is both early and late, whichever that is',
      facts: { earlyBird: { percent: 30, days: 0 }, lastMinute: late, daysAhead: 2 },
      bill: ['1 Night: 10000', '1 Early-bird discount, 30 %: -3000', '1 Service fee: 980'],
    },
    {
      why: 'come one after the other: the second is of what the first has left (M4)',
      facts: { nightly: 3_333, nights: 7, weeklyDiscountPercent: 10, lastMinute: late, daysAhead: 0 },
      // 23331 − 2333.1 = 20998, of which 25 % are 5249.5.
      bill: [
        '7 Night: 23331',
        '1 Weekly discount, 10 %: -2333',
        '1 Last-minute discount, 25 %: -5250',
        '1 Service fee: 2205',
      ],
    },
    {
      why: 'stop at the lowest price of a night, and say so',
      facts: { nights: 7, weeklyDiscountPercent: 10, lastMinute: late, daysAhead: 0, lowestNightly: 8_000 },
      bill: [
        '7 Night: 70000',
        '1 Weekly discount, 10 %: -7000',
        '1 Last-minute discount, 25 %, as far as the lowest price of a night allows: -7000',
        '1 Service fee: 7840',
      ],
    },
    {
      why: 'are none where the nights cost no more than the lowest price, which raises nothing',
      facts: { nights: 7, weeklyDiscountPercent: 10, lowestNightly: 12_000 },
      bill: ['7 Night: 70000', '1 Service fee: 9800'],
    },
  ];
  for (const { why, facts, bill } of CASES) it(why, () => assert.deepEqual(billOf(facts), bill));
});

describe('service fees that the host alone pays', () => {
  const serviceFees = 'host_only' as const;

  it('are no line of the guest’s bill, and 15.5 % of the host’s, half up', () => {
    const price = priceOf({ nightly: 10_001, nights: 1, serviceFees });
    assert.deepEqual(billOf({ nightly: 10_001, serviceFees }), ['1 Night: 10001']);
    assert.deepEqual([price.hostServiceFeeMinor, price.hostPayoutMinor], [1_550, 8_451]);
    assert.equal(price.guestServiceFeeMinor, 0);
  });

  it('leave the guest what is missing to a coin: ten fils, a hundred aurar (M1, M2)', () => {
    assert.deepEqual(billOf({ nightly: 30_501, nights: 3, serviceFees, currency: 'KWD' }), [
      '3 Night: 91503',
      '1 Rounding to whole coins: 7',
    ]);
    assert.deepEqual(billOf({ nightly: 1_234_501, serviceFees, currency: 'ISK' }), [
      '1 Night: 1234501',
      '1 Rounding to whole coins: 99',
    ]);
    assert.deepEqual(billOf({ nightly: 12_345, serviceFees, currency: 'JPY' }), ['1 Night: 12345']);
  });
});

describe('taxes (M5)', () => {
  const CASES: { why: string; taxes: Tax[]; facts?: Facts; lines: string[] }[] = [
    {
      why: 'per guest and night count who pays, each night: infants are free',
      taxes: [tax({})],
      facts: { nights: 3, party: { adults: 2, children: 1, infants: 2, pets: 1 } },
      lines: ['9 City tax, GBP 2.00 a guest and night: 1800'],
    },
    {
      why: 'are capped on the first nights of a stay',
      taxes: [tax({ maxNights: 7 })],
      facts: { nights: 10 },
      lines: ['14 City tax, GBP 2.00 a guest and night, on the first 7 nights: 2800'],
    },
    {
      why: 'are not capped where they are not by the night',
      taxes: [tax({ charge: 'per_guest', amount: 500, maxNights: 7 })],
      facts: { nights: 10 },
      lines: ['2 City tax, GBP 5.00 a guest: 1000'],
    },
    {
      why: 'are as they are for a stay just as long as the cap',
      taxes: [tax({ maxNights: 7 })],
      facts: { nights: 7 },
      lines: ['14 City tax, GBP 2.00 a guest and night: 2800'],
    },
    {
      why: 'are due for a stay just as long as the exemption asks',
      taxes: [tax({ exemptOverNights: 7 })],
      facts: { nights: 7 },
      lines: ['14 City tax, GBP 2.00 a guest and night: 2800'],
    },
    {
      why: 'are none for a stay that is longer',
      taxes: [tax({ exemptOverNights: 7 }), vat({ exemptOverNights: 7 })],
      facts: { nights: 8 },
      lines: [],
    },
    {
      why: 'come per night, per guest and per stay',
      taxes: [
        tax({ charge: 'per_night', amount: 150 }),
        tax({ charge: 'per_guest', amount: 500 }),
        tax({ charge: 'flat', amount: 99 }),
      ],
      facts: { nights: 3 },
      lines: [
        '3 City tax, GBP 1.50 a night: 450',
        '2 City tax, GBP 5.00 a guest: 1000',
        '1 City tax, GBP 0.99 a stay: 99',
      ],
    },
    {
      why: 'are percentages of the nights less their discounts, of the stay, or of the stay and the fee',
      taxes: [vat({ base: 'nights' }), vat(), vat({ base: 'stay_and_fee' })],
      facts: { nights: 7, weeklyDiscountPercent: 10, cleaningFee: 5_000 },
      // 630.00 for the nights, 680.00 for the stay, 95.20 for the fee.
      lines: [
        '1 VAT, 20 % of the nights: 12600',
        '1 VAT, 20 % of the stay: 13600',
        '1 VAT, 20 % of the stay and the service fee: 15504',
      ],
    },
    {
      why: 'are percentages of the first nights in proportion, rounded once, half up (M3)',
      taxes: [vat({ percent: 9.975, maxNights: 2 })],
      facts: { nightly: 3_335, nights: 3 },
      // Two thirds of 10005, and of that 9.975 %, are 665.3325.
      lines: ['1 VAT, 9.975 % of the stay, on the first 2 nights: 665'],
    },
    {
      why: 'round half a penny up (M3)',
      taxes: [vat({ percent: 2.5 })],
      facts: { nightly: 10_020 },
      lines: ['1 VAT, 2.5 % of the stay: 251'],
    },
    {
      why: 'are counted in whole yen (M1)',
      taxes: [vat({ percent: 7.5 }), tax({})],
      facts: { nightly: 12_345, currency: 'JPY' },
      lines: ['1 VAT, 7.5 % of the stay: 926', '2 City tax, JPY 200 a guest and night: 400'],
    },
  ];
  for (const { why, taxes, facts, lines } of CASES) {
    it(why, () => {
      const price = priceOf({ ...facts, taxes });
      const of = price.lines.filter(({ kind }) => kind === 'tax');
      assert.deepEqual(
        of.map(({ label, quantity, amount }) => `${quantity} ${label}: ${amount}`),
        lines,
      );
      assert.equal(price.taxMinor, sumOf(price.lines, 'tax'));
      assert.equal(price.hostPayoutMinor, price.hostBaseMinor - price.hostServiceFeeMinor);
    });
  }

  it('of the nights are also of those that have been removed, as far as they are still paid', () => {
    const { lines, taxMinor } = withFees({
      lines: [
        { kind: 'night', label: 'Night', quantity: 1, amount: 10_000 },
        { kind: 'removed_night', label: 'Removed nights', quantity: 1, amount: 5_000 },
        { kind: 'cleaning', label: 'Cleaning fee', quantity: 1, amount: 2_000 },
      ],
      nightRatesMinor: [10_000],
      guests: { adults: 2, children: 0, infants: 0, pets: 0 },
      currency: 'GBP',
      taxes: [vat({ base: 'nights' })],
    });
    assert.deepEqual([taxMinor, sumOf(lines, 'tax')], [3_000, 3_000]);
  });

  it('that are included change no total, and come out of the host’s share', () => {
    const taxes = [vat({ percent: 10, included: true }), tax({ included: true })];
    const price = priceOf({ nightly: 11_000, taxes });
    const plain = priceOf({ nightly: 11_000 });
    assert.deepEqual(price.lines, plain.lines);
    assert.deepEqual(price.includedTaxes, [
      { label: 'VAT, 10 % of the stay', quantity: 1, amount: 1_000 },
      { label: 'City tax, GBP 2.00 a guest and night', quantity: 2, amount: 400 },
    ]);
    assert.equal(price.taxMinor, 1_400);
    assert.equal(price.hostPayoutMinor, plain.hostPayoutMinor - 1_400);
  });

  it('that are included are never more than the host has: no payout is below nothing (M7)', () => {
    const price = priceOf({
      nightly: 1_000,
      taxes: [tax({ included: true, amount: 400 }), vat({ included: true })],
    });
    assert.deepEqual(
      price.includedTaxes?.map(({ amount }) => amount),
      [800, 167],
    );
    const poor = priceOf({
      nightly: 1_000,
      taxes: [tax({ included: true, amount: 90_000 }), vat({ included: true })],
    });
    assert.deepEqual(
      poor.includedTaxes?.map(({ amount }) => amount),
      [970],
    );
    assert.equal(poor.hostPayoutMinor, 0);
  });

  it('on top come after the fee, and all of it is paid in coins (M2)', () => {
    const { total, guestServiceFeeMinor } = priceOf({
      nightly: 30_500,
      currency: 'KWD',
      taxes: [tax({ charge: 'flat', amount: 3 })],
    });
    // 14 % are 4270; the total of 34773 lacks 7 to a coin.
    assert.deepEqual([total.amount, guestServiceFeeMinor], [34_780, 4_277]);
  });

  it('of nights given away are still due', () => {
    assert.equal(priceOf({ nightly: 0, nights: 2, taxes: [tax({})] }).total.amount, 800);
  });
});

describe('any stay at any prices', () => {
  const anyRequest = fc
    .constantFrom(...ODD_CURRENCIES)
    .chain((currency) =>
      fc.record({
        stay: anyStay(MONDAY),
        guests: anyParty(),
        pricing: anyPricing(currency, MONDAY),
        currency: fc.constant(currency),
        daysAhead: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
      }),
    );
  const eachOf = (check: (price: StayPrice, request: PriceRequest) => void) =>
    fc.assert(
      fc.property(anyRequest, (request) => {
        check(reckonStay(request), request);
      }),
      { numRuns: 2_000 },
    );

  it('adds up: lines to the total, and host, platform and taxes too, to the unit (M3)', () => {
    eachOf((price) => {
      const { lines, total, hostPayoutMinor, guestServiceFeeMinor, hostServiceFeeMinor, taxMinor } = price;
      assert.equal(sumOf(lines), total.amount);
      assert.equal(hostPayoutMinor + guestServiceFeeMinor + hostServiceFeeMinor + taxMinor, total.amount);
      const included = (price.includedTaxes ?? []).reduce((sum, { amount }) => sum + amount, 0);
      assert.equal(includedTaxMinor(price), included);
      const shares = nightSharesMinor(price).reduce((sum, share) => sum + share, 0);
      assert.equal(shares, sumOf(lines, 'night', 'extra_guest', 'discount'));
    });
  });

  it('has no negative share, no line of nothing but nights, and no fraction of a coin (M1, M2, M7)', () => {
    eachOf((price, { currency }) => {
      for (const minor of [
        price.hostPayoutMinor,
        price.hostServiceFeeMinor,
        price.taxMinor,
        price.guestServiceFeeMinor,
      ])
        assert.ok(Number.isSafeInteger(minor) && minor >= 0);
      for (const { kind, label, quantity, amount } of price.lines) {
        assert.ok(Number.isSafeInteger(amount) && quantity > 0 && label !== '');
        assert.ok(kind === 'discount' ? amount < 0 : amount > 0 || kind === 'night');
      }
      assert.ok(nightSharesMinor(price).every((share) => share >= 0));
      assert.equal(price.total.amount % coinMinor(currency), 0);
    });
  });

  it('never discounts its nights below the lowest price, nor at all where they are below it', () => {
    eachOf(({ lines, nightRatesMinor }, { pricing }) => {
      const lowest = (pricing.lowestNightly ?? 0) * nightRatesMinor.length;
      const listed = sumOf(lines, 'night');
      assert.ok(sumOf(lines, 'night', 'discount') >= Math.min(listed, lowest));
    });
  });

  it('is the same again, and survives JSON', () => {
    eachOf((price, request) => {
      assert.deepEqual(reckonStay(request), price);
      assert.deepEqual(JSON.parse(JSON.stringify(price)), price);
    });
  });
});
