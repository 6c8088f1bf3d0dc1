import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDomainError } from '#domain/errors.ts';
import { sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import {
  addShares,
  coinsWithin,
  divideOver,
  giftShares,
  lessShares,
  partOf,
  withinShares,
} from '#domain/refunds.ts';

const shares = fc.record({
  hostMinor: fc.nat(9_999_999),
  platformMinor: fc.nat(999_999),
  taxesMinor: fc.nat(999_999),
});
const LEFT: Shares = { hostMinor: 33_950, platformMinor: 5_950, taxesMinor: 0 };
const partsOf = ({ hostMinor, platformMinor, taxesMinor }: Shares) => [hostMinor, platformMinor, taxesMinor];

describe('a gift', () => {
  it('of a host comes out of the host’s share alone', () => {
    assert.deepEqual(giftShares(LEFT, { by: 'host', amountMinor: 1_000, currency: 'GBP' }), {
      hostMinor: 1_000,
      platformMinor: 0,
      taxesMinor: 0,
    });
  });

  it('without an amount is all that its giver can give', () => {
    const all = (by: 'host' | 'operator') =>
      sumOf(giftShares(LEFT, { by, amountMinor: undefined, currency: 'GBP' }));
    assert.deepEqual([all('host'), all('operator')], [33_950, 39_900]);
  });

  for (const [by, amountMinor, refundable] of [
    ['host', 33_951, 33_950],
    ['operator', 39_901, 39_900],
  ] as const) {
    it(`of a ${by} is refused a unit above what is theirs to give (M8)`, () => {
      const gift = { by, amountMinor, currency: 'GBP' } as const;
      assert.throws(
        () => giftShares(LEFT, gift),
        (error) => isDomainError(error, 'refund_exceeds_payment') && error.details.refundable === refundable,
      );
      assert.equal(sumOf(giftShares(LEFT, { ...gift, amountMinor: refundable })), refundable);
    });
  }

  it('of what is gone already is refused', () => {
    const gone = { hostMinor: 0, platformMinor: 0, taxesMinor: 0 };
    for (const by of ['host', 'operator'] as const)
      assert.throws(
        () => giftShares(gone, { by, amountMinor: undefined, currency: 'GBP' }),
        (error) => isDomainError(error, 'refund_exceeds_payment'),
      );
  });

  it('is of whole coins, but for all that is left (M2)', () => {
    const left = { hostMinor: 12_345, platformMinor: 0, taxesMinor: 0 };
    const give = (amountMinor: number) =>
      sumOf(giftShares(left, { by: 'operator', amountMinor, currency: 'KWD' }));
    assert.equal(give(120), 120);
    assert.throws(
      () => give(121),
      (error) => isDomainError(error, 'invalid_input'),
    );
    assert.equal(give(12_345), 12_345);
  });

  it('of an operator is never more of anyone’s share than there is, and adds up', () => {
    fc.assert(
      fc.property(shares, fc.double({ min: 0, max: 1, noNaN: true }), (left, part) => {
        const amountMinor = Math.floor(sumOf(left) * part);
        if (amountMinor === 0) return;
        const given = giftShares(left, { by: 'operator', amountMinor, currency: 'GBP' });
        assert.equal(sumOf(given), amountMinor);
        assert.ok(partsOf(lessShares(left, [given])).every((minor) => minor >= 0));
      }),
    );
  });
});

describe('what is owed', () => {
  it('is owed as far as it has not been given before, share by share', () => {
    fc.assert(
      fc.property(shares, shares, (owed, left) => {
        const still = partsOf(withinShares(owed, left));
        still.forEach((minor, index) => {
          assert.equal(minor, Math.min(partsOf(owed)[index] ?? 0, partsOf(left)[index] ?? 0));
        });
      }),
    );
  });
});

describe('what goes back of it', () => {
  it('is whole coins, also where a gift has left the host less than is owed (M2, M8)', () => {
    fc.assert(
      fc.property(shares, shares, fc.constantFrom(1, 10, 100), (owed, left, coin) => {
        const within = withinShares(owed, left);
        const back = coinsWithin(owed, left, coin);
        assert.equal(sumOf(back) % coin, 0);
        assert.ok(sumOf(within) - sumOf(back) < coin);
        assert.ok(partsOf(lessShares(within, [back])).every((minor) => minor >= 0));
        assert.deepEqual(divideOver([left], owed, coin), [back]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a sum out of several payments', () => {
  it('is given by the first as far as it goes, and the rest by the next', () => {
    const left = { hostMinor: 80, platformMinor: 20, taxesMinor: 0 };
    const owed = { hostMinor: 100, platformMinor: 20, taxesMinor: 0 };
    assert.deepEqual(divideOver([left, left], owed, 1), [
      { hostMinor: 80, platformMinor: 20, taxesMinor: 0 },
      { hostMinor: 20, platformMinor: 0, taxesMinor: 0 },
    ]);
  });

  it('is what is owed as far as it is there, never more of anybody than they have left, in coins (M8)', () => {
    fc.assert(
      fc.property(
        fc.array(shares, { minLength: 2, maxLength: 5 }),
        shares,
        fc.constantFrom(1, 10, 100),
        (some, wanted, coin) => {
          const inCoins = (all: Shares): Shares => ({
            ...all,
            hostMinor: all.hostMinor + ((coin - (sumOf(all) % coin)) % coin),
          });
          const lefts = some.map(inCoins);
          const owed = partOf(
            addShares(lefts),
            Math.min(sumOf(inCoins(wanted)), sumOf(addShares(lefts))),
            wanted,
          );
          const parts = divideOver(lefts, owed, coin);
          assert.equal(sumOf(addShares(parts)), sumOf(owed));
          for (const [at, part] of parts.entries()) {
            const left = lefts[at] ?? part;
            for (const whose of ['hostMinor', 'platformMinor', 'taxesMinor'] as const)
              assert.ok(part[whose] >= 0 && part[whose] <= left[whose]);
            assert.equal(sumOf(part) % coin, 0);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
