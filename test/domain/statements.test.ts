import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  MOVEMENT_KINDS,
  addToTotals,
  boundsOf,
  daysOf,
  inOrder,
  kindOfMovement,
  statementDate,
} from '#domain/statements.ts';
import type { KindTotal } from '#domain/statements.ts';

describe('a statement', () => {
  it('is of whole days in UTC, the last one with all of its hours', () => {
    assert.deepEqual(boundsOf({ from: '2027-03-28', to: '2027-03-28' }), {
      since: '2027-03-28T00:00:00.000Z',
      before: '2027-03-29T00:00:00.000Z',
    });
    assert.equal(statementDate('2027-03-28T23:59:59.999Z'), '2027-03-28');
    assert.equal(statementDate('2027-03-29T00:00:00.000Z'), '2027-03-29');
  });

  it('counts its first and its last day', () => {
    assert.equal(daysOf({ from: '2028-01-01', to: '2028-01-01' }), 1);
    assert.equal(daysOf({ from: '2028-01-01', to: '2028-12-31' }), 366);
    assert.ok(daysOf({ from: '2028-01-02', to: '2028-01-01' }) < 1);
  });

  const STEPS = {
    'post:pay_1': 'earnings',
    'alteration:alt_1': 'alteration',
    'refund:ref_1': 'refund',
    'return:ref_1': 'refund_returned',
    'host-fee:bkg_1': 'cancellation_fee',
    'loss:dsp_1': 'dispute_loss',
    'payout:pyo_1:1': 'payout',
    'payout-return:pyo_1:1': 'payout_returned',
    'reversal:ref_1': 'payout_reversed',
    'what-nobody-has-thought-of:1': 'adjustment',
    'constructor': 'adjustment',
  };
  for (const [step, kind] of Object.entries(STEPS)) {
    it(`calls ${step} ${kind}`, () => assert.equal(kindOfMovement(step), kind));
  }

  it('has a word for each kind, and totals in one order', () => {
    const totals: KindTotal[] = [];
    for (const kind of ['payout', 'earnings', 'payout', 'refund'] as const)
      addToTotals(totals, { kind, count: 1, amountMinor: 5 });
    assert.deepEqual(
      inOrder(totals).map(({ kind, count, amountMinor }) => [kind, count, amountMinor]),
      [
        ['earnings', 1, 5],
        ['refund', 1, 5],
        ['payout', 2, 10],
      ],
    );
    assert.deepEqual([...new Set(Object.values(STEPS))].sort(), Object.keys(MOVEMENT_KINDS).sort());
  });
});
