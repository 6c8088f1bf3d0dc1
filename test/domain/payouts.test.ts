import assert from 'node:assert/strict';
import {
  FIRST_PAYOUT_HOLD_MAX_DAYS,
  heldUntil,
  netted,
  obstacleTo,
  PAYOUT_AFTER_HOURS,
  payoutDueAt,
} from '#domain/payouts.ts';
import type { Payee } from '#domain/payouts.ts';

const CHECK_IN_AT = '2027-05-01T14:00:00.000Z';
const PAYEE: Payee = { accountId: 'acct_1', isOnboarded: true, isPayable: true, missing: [] };

describe('a payout', () => {
  it('is due 24 hours after the check-in, to the millisecond', () => {
    assert.equal(PAYOUT_AFTER_HOURS, 24);
    assert.equal(payoutDueAt(CHECK_IN_AT), '2027-05-02T14:00:00.000Z');
  });

  it('of a new host is held for days of 24 hours after that, thirty at most', () => {
    assert.equal(heldUntil(payoutDueAt(CHECK_IN_AT), 0), '2027-05-02T14:00:00.000Z');
    assert.equal(heldUntil(payoutDueAt(CHECK_IN_AT), FIRST_PAYOUT_HOLD_MAX_DAYS), '2027-06-01T14:00:00.000Z');
  });

  it('waits first for what its host can do something about (M27)', () => {
    const all = { isDisputed: true, isHeld: true };
    assert.equal(obstacleTo({ payee: undefined, ...all }), 'onboarding');
    assert.equal(obstacleTo({ payee: { ...PAYEE, isOnboarded: false }, ...all }), 'onboarding');
    assert.equal(obstacleTo({ payee: { ...PAYEE, isPayable: false }, ...all }), 'account');
    assert.equal(obstacleTo({ payee: PAYEE, ...all }), 'dispute');
    assert.equal(obstacleTo({ payee: PAYEE, isDisputed: false, isHeld: true }), 'hold');
    assert.equal(obstacleTo({ payee: PAYEE, isDisputed: false, isHeld: false }), undefined);
  });

  it('is never less than nothing, and pays debts as far as it goes (M7)', () => {
    assert.deepEqual(netted(700, 300, 1), { amountMinor: 400, debtNettedMinor: 300 });
    assert.deepEqual(netted(300, 300, 1), { amountMinor: 0, debtNettedMinor: 300 });
    assert.deepEqual(netted(300, 301, 1), { amountMinor: 0, debtNettedMinor: 300 });
    assert.deepEqual(netted(-1, 300, 1), { amountMinor: 0, debtNettedMinor: 0 });
    assert.deepEqual(netted(700, -5, 1), { amountMinor: 700, debtNettedMinor: 0 });
  });

  it('is whole coins once debts are paid, and what is less stays owed (M2)', () => {
    assert.deepEqual(netted(29_589, 0, 10), { amountMinor: 29_580, debtNettedMinor: 0 });
    assert.deepEqual(netted(1_197_465, 5, 100), { amountMinor: 1_197_400, debtNettedMinor: 5 });
    assert.deepEqual(netted(99, 0, 100), { amountMinor: 0, debtNettedMinor: 0 });
  });
});
