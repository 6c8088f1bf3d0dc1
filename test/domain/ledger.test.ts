import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { postEntries, refundEntries, sumOf } from '#domain/ledger.ts';

const shares = fc.record({
  hostMinor: fc.nat(99_999_999),
  platformMinor: fc.nat(9_999_999),
  taxesMinor: fc.nat(9_999_999),
});
const total = (entries: { amountMinor: number }[]) =>
  entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

describe('the ledger', () => {
  it('owes what came in to host, platform and tax office, to the unit', () => {
    fc.assert(
      fc.property(shares, (parts) => {
        const entries = postEntries(parts);
        assert.equal(total(entries), 0);
        assert.equal(
          entries.find(({ account }) => account === 'bank_clearing')?.amountMinor ?? 0,
          sumOf(parts),
        );
      }),
    );
  });

  it('takes a whole refund back out of the accounts it came into', () => {
    fc.assert(
      fc.property(shares, (parts) => {
        const left = new Map<string, number>();
        for (const { account, amountMinor } of [...postEntries(parts), ...refundEntries(parts)]) {
          left.set(account, (left.get(account) ?? 0) + amountMinor);
        }
        assert.ok([...left.values()].every((amount) => amount === 0));
      }),
    );
  });

  it('has no line of nothing', () => {
    const entries = postEntries({ hostMinor: 100, platformMinor: 0, taxesMinor: 0 });
    assert.deepEqual(
      entries.map(({ account, amountMinor }) => [account, amountMinor]),
      [
        ['bank_clearing', 100],
        ['host_payable', -100],
      ],
    );
  });
});
