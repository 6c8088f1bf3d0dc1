import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import {
  frozenEntries,
  lossEntries,
  oppositeOf,
  payoutEntries,
  postEntries,
  refundEntries,
  reinstatementEntries,
  sumOf,
  takenBackEntries,
  withdrawalEntries,
} from '#domain/ledger.ts';
import type { Entry } from '#domain/ledger.ts';

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

  const linesOf = (entries: Entry[]) =>
    Object.fromEntries(entries.map(({ account, amountMinor }) => [account, amountMinor]));

  it('has the host owe what goes back of what they were paid (M13)', () => {
    const entries = refundEntries({ hostMinor: 800, platformMinor: 150, taxesMinor: 50 }, 300);
    assert.equal(total(entries), 0);
    assert.deepEqual(linesOf(entries), {
      bank_clearing: -1_000,
      host_payable: 500,
      host_debt: 300,
      platform_revenue: 150,
      taxes_payable: 50,
    });
  });

  it('pays a host out of the balance, less what they owe (M7)', () => {
    assert.deepEqual(linesOf(payoutEntries({ amountMinor: 700, debtNettedMinor: 300 })), {
      host_payable: 1_000,
      bank_balance: -700,
      host_debt: -300,
    });
    assert.deepEqual(linesOf(payoutEntries({ amountMinor: 0, debtNettedMinor: 300 })), {
      host_payable: 300,
      host_debt: -300,
    });
  });

  it('owes a host again what came back of a payout, but not what was netted (M28)', () => {
    const paid = payoutEntries({ amountMinor: 700, debtNettedMinor: 300 });
    assert.deepEqual(linesOf(takenBackEntries(700)), { host_payable: -700, bank_balance: 700 });
    assert.equal(total([...paid, ...takenBackEntries(700)]), 0);
    assert.deepEqual(linesOf(oppositeOf(paid)), { host_payable: -1_000, bank_balance: 700, host_debt: 300 });
  });

  it('owes a host again what was taken back for a dispute, and the rest against a debt (M14)', () => {
    assert.deepEqual(linesOf(frozenEntries({ takenMinor: 700, debtMinor: 300 })), {
      bank_balance: 700,
      host_debt: 300,
      host_payable: -1_000,
    });
    assert.deepEqual(linesOf(frozenEntries({ takenMinor: 0, debtMinor: 300 })), {
      host_debt: 300,
      host_payable: -300,
    });
  });

  it('is as it was when a dispute is won with its fee', () => {
    fc.assert(
      fc.property(fc.nat(99_999_999), fc.nat(2_000), (amountMinor, feeMinor) => {
        const money = { amountMinor, feeMinor };
        const entries = [...withdrawalEntries(money), ...reinstatementEntries(money)];
        for (const account of ['disputes', 'bank_fees', 'bank_clearing'])
          assert.equal(total(entries.filter((entry) => entry.account === account)), 0);
        assert.equal(total(withdrawalEntries(money)), 0);
      }),
    );
  });

  it('takes a lost dispute from the host as far as they have something coming, the rest from the platform (M14)', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: -1_000, max: 99_999_999 }), (parts, payableMinor) => {
        const entries = lossEntries(parts, payableMinor);
        const of = (account: string) => entries.find((entry) => entry.account === account)?.amountMinor ?? 0;
        assert.equal(total(entries), 0);
        assert.equal(of('disputes'), -sumOf(parts) || 0);
        assert.equal(of('host_payable') + of('platform_loss'), parts.hostMinor);
        assert.equal(of('host_payable'), Math.max(0, Math.min(payableMinor, parts.hostMinor)));
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
