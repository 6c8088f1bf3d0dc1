import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cancellationOutcome } from '#domain/cancellation.ts';
import { instalmentsOf, NIGHTS_PER_INSTALMENT, payBy, retryAt } from '#domain/instalments.ts';
import { priceShares, sumOf } from '#domain/ledger.ts';
import { coinMinor, minimumChargeMinor } from '#domain/money.ts';
import { addDays, nightCount } from '#domain/nights.ts';
import { priceStay } from '#domain/pricing.ts';
import type { Pricing } from '#domain/pricing.ts';
import { addShares } from '#domain/refunds.ts';
import { cancellation } from './cancellation-fixture.ts';

interface Facts extends Partial<Pricing> {
  nights: number;
  currency?: string;
}

function priced({ nights, currency = 'GBP', ...pricing }: Facts) {
  const stay = { checkIn: '2027-01-04', checkOut: addDays('2027-01-04', nights) };
  const guests = { adults: 3, children: 0, infants: 0, pets: 0 };
  const price = priceStay({ stay, guests, pricing: { nightly: 10_000, ...pricing }, currency });
  return { price, stay, parts: instalmentsOf(price, stay) };
}

const amountsOf = (facts: Facts) => priced(facts).parts.map(({ amountMinor }) => amountMinor);

describe('instalmentsOf', () => {
  const CASES: { why: string; facts: Facts; amounts: number[] }[] = [
    { why: 'is one part for up to thirty nights', facts: { nights: 30 }, amounts: [342_000] },
    { why: 'has a part for the night after', facts: { nights: 31 }, amounts: [342_000, 11_400] },
    { why: 'is a part a month', facts: { nights: 75 }, amounts: [342_000, 342_000, 171_000] },
    {
      why: 'spreads fees as the price of the nights is spread',
      facts: { nights: 60, cleaningFee: 5000 },
      amounts: [344_850, 344_850],
    },
    {
      why: 'has no fractions of a yen (M1)',
      facts: { nights: 60, currency: 'JPY', nightly: 333 },
      amounts: [11_389, 11_388],
    },
    {
      why: 'has no fractions of a coin (M1)',
      facts: { nights: 60, currency: 'KWD', nightly: 333 },
      amounts: [11_390, 11_390],
    },
    {
      why: 'pays what is too small to be charged with what comes before (M6)',
      facts: { nights: 31, nightly: 20 },
      amounts: [707],
    },
    {
      why: 'is one part of nothing where that is the price',
      facts: { nights: 60, nightly: 0 },
      amounts: [0],
    },
    {
      why: 'goes by the number of nights where they cost nothing themselves',
      facts: { nights: 60, monthlyDiscountPercent: 100, cleaningFee: 5000 },
      amounts: [2850, 2850],
    },
  ];
  for (const { why, facts, amounts } of CASES) {
    it(why, () => {
      assert.deepEqual(amountsOf(facts), amounts);
    });
  }

  const stays = fc.record({
    nights: fc.integer({ min: 1, max: 365 }),
    currency: fc.constantFrom('GBP', 'JPY', 'KWD', 'ISK', 'HUF'),
    nightly: fc.integer({ min: 0, max: 50_000 }),
    weekend: fc.integer({ min: 0, max: 50_000 }),
    cleaningFee: fc.integer({ min: 0, max: 20_000 }),
    extraGuestFee: fc.integer({ min: 0, max: 999 }),
    monthlyDiscountPercent: fc.integer({ min: 0, max: 100 }),
  });
  /** What the bank would refuse as a whole is no stay. */
  const sold = (facts: Facts) => {
    try {
      return priced(facts);
    } catch {
      fc.pre(false);
      throw new Error('Not reached.');
    }
  };

  it('covers each night once, and adds up to the price and to each side’s share of it, for any stay (M3)', () => {
    fc.assert(
      fc.property(stays, (facts) => {
        const { price, stay, parts } = sold(facts);
        assert.deepEqual([parts[0]?.checkIn, parts.at(-1)?.checkOut], [stay.checkIn, stay.checkOut]);
        for (const [at, part] of parts.entries()) {
          assert.equal(part.checkIn, at === 0 ? stay.checkIn : parts[at - 1]?.checkOut);
          assert.ok(nightCount(part) > 0);
          assert.equal(sumOf(part.shares), part.amountMinor);
          for (const share of Object.values(part.shares)) assert.ok(share >= 0);
        }
        assert.equal(
          parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
          price.total.amount,
        );
        assert.deepEqual(addShares(parts.map(({ shares }) => shares)), priceShares(price));
      }),
      { numRuns: 2_000 },
    );
  });

  it('asks for nothing that the bank would not take, for any stay (M6)', () => {
    fc.assert(
      fc.property(stays, (facts) => {
        const { price, parts } = sold(facts);
        if (price.total.amount === 0) return;
        const { currency } = price.total;
        for (const { amountMinor } of parts) {
          assert.ok(amountMinor >= minimumChargeMinor(currency));
          assert.equal(amountMinor % coinMinor(currency), 0);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('never has more than the nights of a month paid ahead, where the bank takes each part', () => {
    assert.ok(priced({ nights: 365 }).parts.every((part) => nightCount(part) <= NIGHTS_PER_INSTALMENT));
  });
});

describe('the time to pay what the card did not', () => {
  const checkOutAt = '2027-03-20T11:00:00.000Z';

  it('is 72 hours', () => {
    assert.equal(payBy({ at: '2027-03-01T15:00:00.000Z', checkOutAt }), '2027-03-04T15:00:00.000Z');
  });

  it('never goes past the end of the stay', () => {
    assert.equal(payBy({ at: '2027-03-19T15:00:00.000Z', checkOutAt }), '2027-03-20T10:59:00.000Z');
  });

  it('has room for the card to be tried again a day later, and not at its very end', () => {
    const until = '2027-03-04T15:00:00.000Z';
    assert.equal(retryAt({ at: '2027-03-01T15:00:00.000Z', payBy: until }), '2027-03-02T15:00:00.000Z');
    assert.equal(retryAt({ at: '2027-03-03T15:00:00.000Z', payBy: until }), undefined);
  });
});

describe('cancelling what is paid in part', () => {
  const MONTH = { nights: 90, cleaningFee: 0, confirmedAt: '2026-04-01T12:00:00.000Z' };
  const outcomeOf = (facts: Parameters<typeof cancellation>[0], paidMinor: number, more = {}) =>
    cancellationOutcome({ ...cancellation({ ...MONTH, ...facts }), paidMinor, ...more });
  const PAID = 342_000;

  it('gives back all that was paid while there is time, and to a guest whose host cancels', () => {
    const early = outcomeOf({ at: '2026-05-01T12:00:00.000Z' }, PAID);
    assert.deepEqual([early.refundMinor, early.keptMinor, early.reason], [PAID, 0, 'full']);
    const byHost = outcomeOf({ at: '2026-06-12T12:00:00.000Z', by: 'host' }, PAID);
    assert.deepEqual([byHost.refundMinor, byHost.keptMinor], [PAID, 0]);
  });

  it('keeps no more than was paid, though the policy would leave the host more', () => {
    const late = outcomeOf({ at: '2026-06-12T12:00:00.000Z' }, PAID);
    assert.deepEqual([late.refundMinor, late.keptMinor, late.reason], [0, PAID, 'none']);
  });

  it('gives what an operator says, out of what was paid', () => {
    const at = '2026-06-12T12:00:00.000Z';
    const part = outcomeOf({ at, by: 'operator' }, PAID, { override: { refund: 50_000 } });
    assert.deepEqual([part.refundMinor, part.keptMinor, part.reason], [50_000, PAID - 50_000, 'override']);
    const all = outcomeOf({ at, by: 'operator' }, PAID, { override: { refund: 'full' } });
    assert.deepEqual([all.refundMinor, all.keptMinor], [PAID, 0]);
  });

  it('makes refund and kept what was paid, line by line, whoever cancels and whenever', () => {
    const facts = fc.record({
      nights: fc.integer({ min: 31, max: 365 }),
      currency: fc.constantFrom('GBP', 'JPY', 'KWD', 'ISK'),
      nightly: fc.integer({ min: 1_000, max: 20_000 }),
      cleaningFee: fc.integer({ min: 0, max: 20_000 }),
      by: fc.constantFrom('guest' as const, 'host' as const, 'operator' as const, 'platform' as const),
      day: fc.integer({ min: -60, max: 300 }),
      months: fc.integer({ min: 1, max: 12 }),
      refund: fc.integer({ min: 0, max: 5_000_000 }),
    });
    fc.assert(
      fc.property(facts, ({ day, months, refund, by, ...rest }) => {
        const asked = cancellation({ ...rest, by, confirmedAt: '2026-01-01T12:00:00.000Z' });
        const { price, stay } = asked;
        const parts = instalmentsOf(price, stay).slice(0, months);
        const paidMinor = parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
        const at = `${addDays(stay.checkIn, Math.min(day, nightCount(stay) - 1))}T12:00:00.000Z`;
        const override = by === 'operator' ? { override: { refund } } : {};
        const outcome = cancellationOutcome({ ...asked, at, paidMinor, ...override });
        assert.equal(outcome.refundMinor + outcome.keptMinor, paidMinor);
        assert.ok(outcome.refundMinor >= 0 && outcome.keptMinor >= 0);
        assert.equal(outcome.refundMinor % coinMinor(price.total.currency), 0);
        for (const column of ['refundMinor', 'keptMinor'] as const) {
          const sum = outcome.lines.reduce((total, line) => total + line[column], 0);
          assert.equal(sum, outcome[column]);
          assert.ok(outcome.lines.every((line) => line[column] >= 0));
        }
        const split = Object.values(outcome.refundSplit) as number[];
        assert.equal(
          split.reduce((sum, share) => sum + share, 0),
          outcome.refundMinor,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
