import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDomainError } from '#domain/errors.ts';
import { addDays } from '#domain/nights.ts';
import { coinMinor, percentOf } from '#domain/money.ts';
import type { Guests, PriceLine, PriceRequest, Pricing } from '#domain/pricing.ts';
import { nightSharesMinor, priceStay, sumOf } from '#domain/pricing.ts';
import { SERVICE_FEES } from '#domain/pricing/fees.ts';

const MONDAY = '2026-06-01';
const THURSDAY = '2026-06-04';

function guests(party: Partial<Guests> = {}): Guests {
  return { adults: 2, children: 0, infants: 0, pets: 0, ...party };
}

interface Facts extends Partial<Pricing> {
  from?: string;
  nights?: number;
  party?: Partial<Guests>;
  currency?: string;
}

/** A stay at 100.00 a night, pounds unless said otherwise. Only the facts that matter are named. */
function request(facts: Facts): PriceRequest {
  const { from = MONDAY, nights = 1, party, currency = 'GBP', ...pricing } = facts;
  return {
    stay: { checkIn: from, checkOut: addDays(from, nights) },
    guests: guests(party),
    pricing: { nightly: 10_000, ...pricing },
    currency,
  };
}

function linesOf(facts: Facts): string[] {
  return priceStay(request(facts)).lines.map(
    ({ kind, quantity, amount }: PriceLine) => `${kind} ${quantity} ${amount}`,
  );
}

describe('priceStay', () => {
  const CASES: { why: string; facts: Facts; lines: string[] }[] = [
    {
      why: 'charges equal nights in one line, and 14 % on top',
      facts: { nights: 3 },
      lines: ['night 3 30000', 'service_fee 1 4200'],
    },
    {
      why: 'charges Friday and Saturday nights the weekend price, and Sunday night not',
      facts: { from: THURSDAY, nights: 4, weekend: 12_000 },
      lines: ['night 2 20000', 'night 2 24000', 'service_fee 1 6160'],
    },
    {
      why: 'lists a weekend price like the nightly one with it',
      facts: { from: THURSDAY, nights: 4, weekend: 10_000 },
      lines: ['night 4 40000', 'service_fee 1 5600'],
    },
    {
      why: 'charges the cleaning fee once',
      facts: { nights: 2, cleaningFee: 5000 },
      lines: ['night 2 20000', 'cleaning 1 5000', 'service_fee 1 3500'],
    },
    {
      why: 'charges every guest above those included, for every night',
      facts: { nights: 2, party: { adults: 2, children: 2 }, guestsIncluded: 2, extraGuestFee: 1000 },
      lines: ['night 2 20000', 'extra_guest 4 4000', 'service_fee 1 3360'],
    },
    {
      why: 'includes one guest when nothing is said',
      facts: { party: { adults: 2 }, extraGuestFee: 1000 },
      lines: ['night 1 10000', 'extra_guest 1 1000', 'service_fee 1 1540'],
    },
    {
      why: 'charges nothing for infants (A14)',
      facts: { party: { adults: 2, infants: 3 }, guestsIncluded: 2, extraGuestFee: 1000 },
      lines: ['night 1 10000', 'service_fee 1 1400'],
    },
    {
      why: 'charges the pet fee once, however many nights and pets',
      facts: { nights: 2, party: { pets: 2 }, petFee: 2000 },
      lines: ['night 2 20000', 'pet 1 2000', 'service_fee 1 3080'],
    },
    {
      why: 'charges the pet fee for one pet',
      facts: { party: { pets: 1 }, petFee: 2000 },
      lines: ['night 1 10000', 'pet 1 2000', 'service_fee 1 1680'],
    },
    {
      why: 'charges no pet fee without a pet',
      facts: { petFee: 2000 },
      lines: ['night 1 10000', 'service_fee 1 1400'],
    },
    {
      why: 'gives no weekly discount for 6 nights',
      facts: { nights: 6, weeklyDiscountPercent: 10 },
      lines: ['night 6 60000', 'service_fee 1 8400'],
    },
    {
      why: 'gives the weekly discount from 7 nights, on the nights alone',
      facts: { nights: 7, weeklyDiscountPercent: 10, cleaningFee: 5000 },
      lines: ['night 7 70000', 'discount 1 -7000', 'cleaning 1 5000', 'service_fee 1 9520'],
    },
    {
      why: 'gives the weekly discount up to 27 nights (M4)',
      facts: { nights: 27, weeklyDiscountPercent: 10, monthlyDiscountPercent: 20 },
      lines: ['night 27 270000', 'discount 1 -27000', 'service_fee 1 34020'],
    },
    {
      why: 'gives the monthly discount in place of the weekly one from 28 nights (M4)',
      facts: { nights: 28, weeklyDiscountPercent: 10, monthlyDiscountPercent: 20 },
      lines: ['night 28 280000', 'discount 1 -56000', 'service_fee 1 31360'],
    },
    {
      why: 'gives the weekly discount for a month too when there is no monthly one (M4)',
      facts: { nights: 28, weeklyDiscountPercent: 10, monthlyDiscountPercent: 0 },
      lines: ['night 28 280000', 'discount 1 -28000', 'service_fee 1 35280'],
    },
    {
      why: 'rounds each line half up on odd pence (M3, M4)',
      facts: { nightly: 3333, nights: 7, weeklyDiscountPercent: 7 },
      lines: ['night 7 23331', 'discount 1 -1633', 'service_fee 1 3038'],
    },
    {
      why: 'charges whole yen (M1)',
      facts: { nightly: 12_345, nights: 7, weeklyDiscountPercent: 15, cleaningFee: 3000, currency: 'JPY' },
      lines: ['night 7 86415', 'discount 1 -12962', 'cleaning 1 3000', 'service_fee 1 10703'],
    },
    {
      why: 'charges fils, a thousand to the dinar, and by the fee a total in tens, as the bank asks (M1)',
      facts: { nightly: 30_500, nights: 2, cleaningFee: 4250, currency: 'KWD' },
      lines: ['night 2 61000', 'cleaning 1 4250', 'service_fee 1 9140'],
    },
    {
      why: 'charges whole crowns in Iceland, whose minor unit the bank only writes (M2)',
      facts: { nightly: 1_234_567, currency: 'ISK' },
      lines: ['night 1 1234567', 'service_fee 1 172933'],
    },
    {
      why: 'charges nothing for nights given away (M6)',
      facts: { nightly: 0, nights: 2 },
      lines: ['night 2 0'],
    },
  ];
  for (const { why, facts, lines } of CASES) {
    it(why, () => {
      assert.deepEqual(linesOf(facts), lines);
    });
  }

  it('names its lines for people', () => {
    const { lines } = priceStay(request({ from: THURSDAY, nights: 7, weekend: 1, weeklyDiscountPercent: 5 }));
    assert.deepEqual(
      lines.map((line) => line.label),
      ['Night', 'Weekend night', 'Weekly discount, 5 %', 'Service fee'],
    );
  });

  it('gives the host the stay less 3 %, and keeps both fees', () => {
    const price = priceStay(request({ nights: 3, cleaningFee: 5000 }));
    assert.equal(price.hostBaseMinor, 35_000);
    assert.equal(price.guestServiceFeeMinor, 4900);
    assert.equal(price.hostServiceFeeMinor, 1050);
    assert.equal(price.hostPayoutMinor, 33_950);
    assert.deepEqual(price.total, { amount: 39_900, currency: 'GBP' });
  });

  it('charges 365 nights, 29 February among them (D11)', () => {
    const { lines } = priceStay(request({ from: '2028-01-01', nights: 365, nightly: 1000 }));
    assert.equal(sumOf(lines, 'night'), 365_000);
  });

  it('refuses a total that the bank would refuse as too small (M6)', () => {
    assert.throws(
      () => priceStay(request({ nightly: 25 })),
      (error) => isDomainError(error, 'amount_too_small'),
    );
    assert.equal(priceStay(request({ nightly: 27 })).total.amount, 31);
  });

  it('refuses a total that the bank would refuse as too large', () => {
    const prices = {
      nightly: 90_000_000,
      extraGuestFee: 999_999_999_999,
      nights: 365,
      party: { adults: 50 },
    };
    assert.throws(
      () => priceStay(request(prices)),
      (error) => isDomainError(error, 'stay_refused') && error.details.rule === 'amount_too_large',
    );
  });

  it('is the same for the same request, and survives JSON', () => {
    const facts = { nights: 30, weekend: 12_000, weeklyDiscountPercent: 10, cleaningFee: 5000 };
    const price = priceStay(request(facts));
    assert.deepEqual(priceStay(request(facts)), price);
    assert.deepEqual(JSON.parse(JSON.stringify(price)), price);
  });
});

describe('the parts of a price', () => {
  const minor = (most: number) => fc.integer({ min: 0, max: most });
  const requests = fc.record({
    from: minor(1000).map((days) => addDays(MONDAY, days)),
    nights: fc.integer({ min: 1, max: 60 }),
    currency: fc.constantFrom('GBP', 'JPY', 'KWD', 'IDR'),
    nightly: fc.integer({ min: 100, max: 200_000 }),
    weekend: fc.option(fc.integer({ min: 100, max: 300_000 }), { nil: undefined }),
    cleaningFee: fc.option(minor(50_000), { nil: undefined }),
    extraGuestFee: fc.option(minor(9_999), { nil: undefined }),
    guestsIncluded: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    petFee: fc.option(minor(9_999), { nil: undefined }),
    weeklyDiscountPercent: fc.option(minor(90), { nil: undefined }),
    monthlyDiscountPercent: fc.option(minor(90), { nil: undefined }),
    party: fc.record({
      adults: fc.integer({ min: 1, max: 6 }),
      children: minor(4),
      infants: minor(5),
      pets: minor(2),
    }),
  });

  it('add up: lines to the total, shares of both sides to the total, nights to the nights (M3)', () => {
    fc.assert(
      fc.property(requests, (facts) => {
        const price = priceStay(request(facts));
        const { lines, total, hostBaseMinor } = price;
        assert.equal(sumOf(lines), total.amount);
        assert.equal(
          price.hostPayoutMinor + price.hostServiceFeeMinor + price.guestServiceFeeMinor + price.taxMinor,
          total.amount,
        );
        assert.equal(sumOf(lines, 'service_fee'), price.guestServiceFeeMinor);
        assert.equal(
          sumOf(lines, 'night'),
          price.nightRatesMinor.reduce((sum, rate) => sum + rate, 0),
        );
        assert.equal(hostBaseMinor, total.amount - price.guestServiceFeeMinor);

        const shares = nightSharesMinor(price);
        assert.equal(shares.length, facts.nights);
        assert.equal(
          shares.reduce((sum, share) => sum + share, 0),
          sumOf(lines, 'night', 'extra_guest', 'discount'),
        );
        assert.ok(shares.every((share) => share >= 0));
      }),
    );
  });

  it('come to a total that the bank can charge, for less than a coin more than the percentage (M1, M2)', () => {
    fc.assert(
      fc.property(requests, fc.constantFrom('KWD', 'ISK', 'JPY'), (facts, currency) => {
        const { total, hostBaseMinor, guestServiceFeeMinor } = priceStay(request({ ...facts, currency }));
        const coin = coinMinor(currency);
        assert.equal(total.amount % coin, 0);
        const more = guestServiceFeeMinor - percentOf(hostBaseMinor, SERVICE_FEES.split.guestBasisPoints);
        assert.ok(more >= 0 && more < coin);
      }),
    );
  });

  it('are integers, and only a discount is negative (M1, M3)', () => {
    fc.assert(
      fc.property(requests, (facts) => {
        for (const { kind, quantity, amount } of priceStay(request(facts)).lines) {
          assert.ok(Number.isSafeInteger(amount) && Number.isSafeInteger(quantity) && quantity > 0);
          assert.equal(amount < 0, kind === 'discount');
        }
      }),
    );
  });

  it('never hold two length discounts (M4)', () => {
    fc.assert(
      fc.property(requests, (facts) => {
        const discounts = priceStay(request(facts)).lines.filter((line) => line.kind === 'discount');
        assert.ok(discounts.length <= (facts.nights < 7 ? 0 : 1));
      }),
    );
  });
});
