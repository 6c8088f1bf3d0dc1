import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { acceptanceEntries, settlementEntries, writeOffEntries } from '#domain/ledger.ts';
import type { Entry } from '#domain/ledger.ts';
import { actsFor, expectedMinor, isOurOwn, toldIn } from '#domain/reconciliation.ts';

const linesOf = (entries: Entry[]) =>
  Object.fromEntries(entries.map(({ account, amountMinor }) => [account, amountMinor]));

/** What is left of all entries in each currency; nothing is not listed. */
function sumsOf(entries: Entry[], otherwise: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { amountMinor, currency = otherwise } of entries)
    sums[currency] = (sums[currency] ?? 0) + amountMinor;
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

describe('settlement', () => {
  const TABLE = [
    {
      of: 'a charge, of which the bank keeps its fee',
      cleared: { clearedMinor: 10_000 },
      settled: { amountMinor: 10_000, feeMinor: 320 },
      lines: { bank_clearing: -10_000, bank_balance: 9_680, bank_fees: 320 },
    },
    {
      of: 'a refund, for which the bank asks nothing',
      cleared: { clearedMinor: -10_000 },
      settled: { amountMinor: -10_000, feeMinor: 0 },
      lines: { bank_clearing: 10_000, bank_balance: -10_000 },
    },
    {
      of: 'a dispute, whose fee is in the ledger by then',
      cleared: { clearedMinor: -11_500 },
      settled: { amountMinor: -10_000, feeMinor: 1_500 },
      lines: { bank_clearing: 11_500, bank_balance: -11_500 },
    },
    {
      of: 'less than the ledger has, taken as lost',
      cleared: { clearedMinor: 10_000, lostMinor: 100 },
      settled: { amountMinor: 9_900, feeMinor: 320 },
      lines: { bank_clearing: -10_000, bank_balance: 9_580, bank_fees: 320, platform_loss: 100 },
    },
  ] as const;
  for (const { of, cleared, settled, lines } of TABLE) {
    it(`is of ${of}`, () => {
      const entries = settlementEntries({ ...cleared, currency: 'GBP' }, { ...settled, currency: 'GBP' });
      assert.deepEqual(linesOf(entries), lines);
    });
  }

  it('balances in each currency, where the bank exchanges them too', () => {
    fc.assert(
      fc.property(
        fc.nat(9_999_999),
        fc.nat(9_999_999),
        fc.nat(9_999),
        (clearedMinor, amountMinor, feeMinor) => {
          for (const currency of ['GBP', 'EUR'])
            assert.deepEqual(
              sumsOf(
                settlementEntries({ clearedMinor, currency: 'GBP' }, { amountMinor, feeMinor, currency }),
                'GBP',
              ),
              {},
            );
          assert.deepEqual(sumsOf(acceptanceEntries({ amountMinor, feeMinor }), 'GBP'), {});
          assert.deepEqual(sumsOf(writeOffEntries('bank_clearing', clearedMinor), 'GBP'), {});
        },
      ),
    );
  });

  it('leaves to `exchange` what two currencies differ by, and to the bank its fee in its own', () => {
    const entries = settlementEntries(
      { clearedMinor: 10_000, currency: 'GBP' },
      { amountMinor: 11_700, feeMinor: 400, currency: 'EUR' },
    );
    assert.deepEqual(
      entries.map(({ account, amountMinor, currency }) => [account, amountMinor, currency]),
      [
        ['bank_clearing', -10_000, 'GBP'],
        ['exchange', 10_000, 'GBP'],
        ['exchange', -11_700, 'EUR'],
        ['bank_balance', 11_300, 'EUR'],
        ['bank_fees', 400, 'EUR'],
      ],
    );
  });
});

describe('reconciliation', () => {
  it('looks for each movement where the ledger tells of it first', () => {
    const accounts = [
      'charge',
      'refund',
      'refund_failure',
      'adjustment',
      'transfer',
      'transfer_refund',
      'stripe_fee',
    ];
    assert.deepEqual(accounts.map(toldIn), [
      'bank_clearing',
      'bank_clearing',
      'bank_clearing',
      'bank_clearing',
      'bank_balance',
      'bank_balance',
      undefined,
    ]);
    assert.deepEqual(['payout', 'topup', 'charge', 'stripe_fee'].map(isOurOwn), [true, true, false, false]);
  });

  it('expects of a dispute its fee too, and of nothing else', () => {
    const moved = { amountMinor: -10_000, feeMinor: 1_500 };
    assert.equal(expectedMinor({ type: 'adjustment', ...moved }), -11_500);
    assert.equal(expectedMinor({ type: 'charge', amountMinor: 10_000, feeMinor: 320 }), 10_000);
  });

  it('offers each cause its acts, and to give back only what was charged', () => {
    const table = [
      ['not_in_ledger', 'charge', ['look_again', 'redeliver', 'accept', 'refund']],
      ['not_in_ledger', 'transfer', ['look_again', 'redeliver', 'accept']],
      ['not_ours', 'payment', ['look_again', 'accept', 'refund']],
      ['not_ours', 'stripe_fee', ['look_again', 'accept']],
      ['amount_differs', 'charge', ['look_again', 'accept']],
      ['not_at_bank', null, ['look_again', 'accept']],
    ] as const;
    for (const [cause, type, acts] of table)
      assert.deepEqual(actsFor({ cause, type }), acts, `${cause}, ${type}`);
  });
});
