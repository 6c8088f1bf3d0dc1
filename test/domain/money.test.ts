import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDomainError } from '#domain/errors.ts';
import {
  assertChargeable,
  CURRENCIES,
  exponentOf,
  formatMoney,
  isCurrency,
  MAX_AMOUNT_MINOR,
  maximumChargeMinor,
  minimumChargeMinor,
  percentOf,
  splitInParts,
} from '#domain/money.ts';

const amounts = fc.integer({ min: -MAX_AMOUNT_MINOR, max: MAX_AMOUNT_MINOR });
const weights = fc.array(fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }), { minLength: 1, maxLength: 40 });

function sum(numbers: readonly number[]): number {
  return numbers.reduce((subtotal, number) => subtotal + number, 0);
}

describe('currencies', () => {
  it('are ISO codes, each once, in order', () => {
    assert.deepEqual(CURRENCIES, [...new Set(CURRENCIES)].sort());
    for (const code of CURRENCIES) assert.match(code, /^[A-Z]{3}$/);
    for (const code of ['GBP', 'USD', 'EUR', 'JPY', 'KWD', 'HUF', 'ISK', 'TWD', 'UGX'])
      assert.ok(isCurrency(code), code);
  });

  it('are not codes in lower case, metals, retired codes or other values', () => {
    for (const value of ['gbp', 'XAU', 'XXX', 'DEM', 'GBPX', '', undefined, null, 826])
      assert.equal(isCurrency(value), false, String(value));
  });

  const EXPONENTS = [
    { exponent: 0, currencies: 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF' },
    { exponent: 3, currencies: 'BHD JOD KWD OMR TND' },
    { exponent: 2, currencies: 'EUR GBP HUF ISK TWD USD' },
  ];
  for (const { exponent, currencies } of EXPONENTS) {
    it(`have ${exponent} decimals: ${currencies} (M1)`, () => {
      for (const currency of currencies.split(' ')) {
        assert.ok(isCurrency(currency), currency);
        assert.equal(exponentOf(currency), exponent, currency);
      }
    });
  }
});

describe('formatMoney', () => {
  const CASES = [
    { amount: 12300, currency: 'GBP', text: 'GBP 123.00' },
    { amount: 5, currency: 'GBP', text: 'GBP 0.05' },
    { amount: 0, currency: 'EUR', text: 'EUR 0.00' },
    { amount: -4205, currency: 'USD', text: 'USD -42.05' },
    { amount: 12300, currency: 'JPY', text: 'JPY 12300' },
    { amount: 0, currency: 'JPY', text: 'JPY 0' },
    { amount: 1250, currency: 'KWD', text: 'KWD 1.250' },
    { amount: 7, currency: 'KWD', text: 'KWD 0.007' },
  ];
  for (const { amount, currency, text } of CASES) {
    it(`writes ${amount} minor units as ${text} (M1)`, () => {
      assert.equal(formatMoney({ amount, currency }), text);
    });
  }
});

describe('assertChargeable', () => {
  const CASES = [
    { currency: 'USD', minimum: 50, maximum: 99_999_999 },
    { currency: 'GBP', minimum: 30, maximum: 99_999_999 },
    { currency: 'EUR', minimum: 50, maximum: 99_999_999 },
    { currency: 'JPY', minimum: 50, maximum: 99_999_999 },
    { currency: 'KWD', minimum: 1, maximum: 99_999_999 },
    { currency: 'IDR', minimum: 1, maximum: 999_999_999_999 },
    { currency: 'UGX', minimum: 1, maximum: 999_999 },
  ];
  for (const { currency, minimum, maximum } of CASES) {
    it(`lets through zero and what the bank takes of ${currency}, and nothing else (M6)`, () => {
      assert.equal(minimumChargeMinor(currency), minimum);
      assert.equal(maximumChargeMinor(currency), maximum);
      for (const amount of [0, minimum, maximum]) assertChargeable({ amount, currency });
      if (minimum > 1) {
        assert.throws(
          () => assertChargeable({ amount: minimum - 1, currency }),
          (error) => isDomainError(error, 'amount_too_small') && error.details.minimum === minimum,
        );
      }
      assert.throws(
        () => assertChargeable({ amount: maximum + 1, currency }),
        (error) =>
          isDomainError(error, 'stay_refused') &&
          error.details.rule === 'amount_too_large' &&
          error.details.limit === maximum,
      );
    });
  }
});

describe('percentOf', () => {
  const CASES = [
    { amount: 10_000, basisPoints: 1400, share: 1400, why: 'an even share' },
    { amount: 50, basisPoints: 1400, share: 7, why: 'an even share of little' },
    { amount: 25, basisPoints: 1000, share: 3, why: 'a half goes up' },
    { amount: 24, basisPoints: 1000, share: 2, why: 'below a half goes down' },
    { amount: -25, basisPoints: 1000, share: -3, why: 'a negative half goes away from zero' },
    { amount: 333, basisPoints: 1400, share: 47, why: 'odd cents: 46.62' },
    { amount: 1, basisPoints: 4999, share: 0, why: 'just below half a unit' },
    { amount: 1, basisPoints: 5000, share: 1, why: 'half a unit' },
    { amount: 0, basisPoints: 1400, share: 0, why: 'nothing' },
    { amount: 12_345, basisPoints: 0, share: 0, why: 'no percent' },
    { amount: MAX_AMOUNT_MINOR, basisPoints: 10_000, share: MAX_AMOUNT_MINOR, why: 'all of the most' },
    { amount: MAX_AMOUNT_MINOR, basisPoints: 9_999, share: 999_899_999_999, why: 'a product beyond 2^53' },
  ];
  for (const { amount, basisPoints, share, why } of CASES) {
    it(`takes ${basisPoints} basis points of ${amount}: ${why} (M4)`, () => {
      assert.equal(percentOf(amount, basisPoints), share);
    });
  }

  it('is the exact share rounded half away from zero, for any amount (M3)', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 20_000 }), (amount, basisPoints) => {
        const magnitude = BigInt(Math.abs(amount));
        const exact = Number((magnitude * BigInt(basisPoints) * 2n + 10_000n) / 20_000n);
        assert.equal(percentOf(amount, basisPoints), amount < 0 ? 0 - exact : exact);
      }),
    );
  });
});

describe('splitInParts', () => {
  const CASES = [
    { total: 100, weights: [1, 1, 1], parts: [34, 33, 33], why: 'the first of equals gets the odd unit' },
    { total: 5, weights: [1, 1], parts: [3, 2], why: 'half a unit each' },
    { total: 100, weights: [1, 2, 3], parts: [17, 33, 50], why: 'the largest remainder is served first' },
    { total: 10, weights: [0, 1, 0], parts: [0, 10, 0], why: 'no weight, no part' },
    { total: -100, weights: [1, 1, 1], parts: [-34, -33, -33], why: 'a negative total mirrors the positive' },
    { total: 0, weights: [0, 0], parts: [0, 0], why: 'nothing among nobody' },
    { total: 1, weights: [1, 1, 1, 1], parts: [1, 0, 0, 0], why: 'one unit is not divided' },
  ];
  for (const { total, weights: by, parts, why } of CASES) {
    it(`splits ${total} by ${by.join(':')} into ${parts.join(', ')}: ${why} (M3)`, () => {
      assert.deepEqual(splitInParts(total, by), parts);
    });
  }

  it('refuses to split something by weights that are all zero, missing or negative', () => {
    for (const by of [[0, 0], [], [2, -1]]) assert.throws(() => splitInParts(5, by), RangeError);
  });

  it('loses nothing, and keeps every part within a unit of its exact share (M3)', () => {
    fc.assert(
      fc.property(amounts, weights, (total, by) => {
        fc.pre(sum(by) > 0);
        const parts = splitInParts(total, by);
        assert.equal(sum(parts), total);
        const whole = by.reduce((subtotal, weight) => subtotal + BigInt(weight), 0n);
        parts.forEach((part, index) => {
          const gap = BigInt(part) * whole - BigInt(total) * BigInt(by[index] ?? 0);
          assert.ok(gap < whole && -gap < whole);
        });
      }),
    );
  });
});
