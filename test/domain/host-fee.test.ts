import assert from 'node:assert/strict';
import { HOST_FEE_BOUNDS, hostFeeMinor } from '#domain/cancellation/host-fee.ts';
import { hostCancellationNote } from '#domain/cancellation/host-note.ts';
import { hostFeeEntries } from '#domain/ledger.ts';

/** A check-in in London on 10 June 2026, 15:00, which is 14:00 UTC. */
const CHECK_IN = { date: '2026-06-10', time: '15:00', zone: 'Europe/London' };

function fee({
  base = 100_000,
  currency = 'GBP',
  at = '2026-05-01T00:00:00.000Z',
  checkIn = CHECK_IN,
}): number {
  return hostFeeMinor({ hostBaseMinor: base, total: { amount: base, currency } }, { checkIn, at });
}

describe('what a host owes for cancelling a stay of 1,000.00', () => {
  const CASES = [
    { why: 'a millisecond more than 30 days before (D12)', at: '2026-05-11T13:59:59.999Z', owes: 10_000 },
    { why: '30 days before, to the instant (D12)', at: '2026-05-11T14:00:00.000Z', owes: 25_000 },
    { why: '48 hours before, to the instant (D12)', at: '2026-06-08T14:00:00.000Z', owes: 25_000 },
    { why: 'a millisecond later (D12)', at: '2026-06-08T14:00:00.001Z', owes: 50_000 },
    { why: 'during the stay (L5)', at: '2026-06-12T09:00:00.000Z', owes: 50_000 },
  ];
  for (const { why, at, owes } of CASES) {
    it(`is ${owes} ${why}`, () => assert.equal(fee({ at }), owes));
  }

  it('counts days on the wall and hours as they pass, across a clock change (D6)', () => {
    // Clocks go forward on 29 March: 48 hours before 15:00 of the 30th it is 14:00.
    const checkIn = { ...CHECK_IN, date: '2026-03-30' };
    assert.equal(fee({ checkIn, at: '2026-03-28T14:00:00.000Z' }), 25_000);
    assert.equal(fee({ checkIn, at: '2026-03-28T14:00:00.001Z' }), 50_000);
    // And 30 days before it is 15:00, as it is on the day, an hour later by the sun.
    assert.equal(fee({ checkIn, at: '2026-02-28T14:59:59.999Z' }), 10_000);
    assert.equal(fee({ checkIn, at: '2026-02-28T15:00:00.000Z' }), 25_000);
  });
});

describe('what a host owes for cancelling', () => {
  it('is at least and at most what the currency has (M1)', () => {
    const BOUNDS = {
      USD: [5_000, 100_000],
      GBP: [4_000, 80_000],
      EUR: [4_500, 90_000],
      JPY: [7_500, 150_000],
    };
    assert.deepEqual(Object.keys(HOST_FEE_BOUNDS), Object.keys(BOUNDS));
    for (const [currency, [least = 0, most = 0]] of Object.entries(BOUNDS)) {
      assert.equal(fee({ currency, base: least * 10 - 10 }), least);
      assert.equal(fee({ currency, base: least * 10 + 10 }), least + 1);
      assert.equal(fee({ currency, base: most * 10 - 10 }), most - 1);
      assert.equal(fee({ currency, base: most * 10 + 10 }), most);
    }
  });

  it('is nothing in a currency without a row, nor of a stay that costs nothing (M1)', () => {
    assert.equal(fee({ currency: 'KWD' }), 0);
    assert.equal(fee({ base: 0 }), 0);
  });

  it('is rounded half up to the minor unit', () => {
    assert.equal(fee({ base: 99_995 }), 10_000);
    assert.equal(fee({ base: 99_994 }), 9_999);
  });

  it('is the host’s debt and the platform’s revenue', () => {
    assert.deepEqual(hostFeeEntries(4_000), [
      { account: 'host_debt', amountMinor: 4_000 },
      { account: 'platform_revenue', amountMinor: -4_000 },
    ]);
  });
});

describe('the note that a host has cancelled', () => {
  const stay = { checkIn: '2026-06-10', timeZone: 'America/New_York' };

  it('tells how many days before check-in it was, by the calendar of the property', () => {
    assert.match(hostCancellationNote(stay, '2026-06-05T12:00:00.000Z') ?? '', /cancelled .* 5 days before/);
    // In New York it is still the 9th.
    assert.match(hostCancellationNote(stay, '2026-06-10T03:59:59.999Z') ?? '', /the day before check-in/);
  });

  it('is not there from the day of check-in on (R4)', () => {
    assert.equal(hostCancellationNote(stay, '2026-06-10T04:00:00.000Z'), undefined);
    assert.equal(hostCancellationNote(stay, '2026-06-12T12:00:00.000Z'), undefined);
  });
});
