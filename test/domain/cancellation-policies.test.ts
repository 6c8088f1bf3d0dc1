import assert from 'node:assert/strict';
import { cancellationOutcome } from '#domain/cancellation.ts';
import type { CancellationPolicy } from '#domain/cancellation/policies.ts';
import { addDays } from '#domain/nights.ts';
import { cancellation, taxed } from './cancellation-fixture.ts';

/*
 * RULES.md "Cancellation by the guest", told a second time and in another way: as what goes back, in minor units and
 * reckoned by hand, of a stay that comes after a change of the clocks.
 */

/** What can come of a stay, by what the host keeps of its nights. */
type Result = 'nothing' | 'one' | 'two' | 'one and half' | 'two and half' | 'half' | 'thirty' | '31' | 'all';

interface Bill {
  nightly: number;
  cleaningFee: number;
  /** Nights and cleaning as far as they go back; the fee of 14 % only where nothing is kept. */
  refund: Readonly<Record<Result, number>>;
}

/** Five nights; but `nothing`, `thirty` and `31` of a long stay of 35, whose full refund is `long`. */
const BILLS: Readonly<Record<string, Bill & { long: number }>> = {
  GBP: {
    nightly: 10_000,
    cleaningFee: 5_000,
    long: 404_700,
    refund: {
      'nothing': 62_700,
      'one': 44_000,
      'two': 33_000,
      'one and half': 22_000,
      'two and half': 16_500,
      'half': 27_500,
      // The last five nights have 142 of the cleaning each, those before 143.
      'thirty': 50_710,
      '31': 40_568,
      'all': 0,
    },
  },
  JPY: {
    nightly: 12_345,
    cleaningFee: 3_001,
    long: 495_987,
    refund: {
      'nothing': 73_788,
      'one': 49_380 + 2_400,
      'two': 37_035 + 1_800,
      'one and half': 24_690 + 1_200,
      // Of an odd yen the host keeps the half.
      'two and half': 18_517 + 900,
      'half': 30_862 + 1_500,
      'thirty': 61_725 + 425,
      '31': 49_380 + 340,
      'all': 0,
    },
  },
  KWD: {
    nightly: 30_505,
    cleaningFee: 4_250,
    long: 1_222_000,
    refund: {
      // Of each line whole coins of ten fils.
      'nothing': 178_730,
      'one': 122_020 + 3_400,
      'two': 91_510 + 2_550,
      'one and half': 61_010 + 1_700,
      'two and half': 45_750 + 1_270,
      'half': 76_260 + 2_120,
      'thirty': 152_520 + 600,
      '31': 122_020 + 480,
      'all': 0,
    },
  },
};

/** From the earliest to the latest: what holds up to a deadline, so many days before check-in, and what after the last. */
const TABLE: Readonly<
  Record<CancellationPolicy, { until: [number, Result][]; then: Result; inStay: Result }>
> = {
  flexible: { until: [[1, 'nothing']], then: 'one', inStay: 'two' },
  moderate: { until: [[5, 'nothing']], then: 'one and half', inStay: 'two and half' },
  limited: {
    until: [
      [14, 'nothing'],
      [7, 'half'],
    ],
    then: 'all',
    inStay: 'all',
  },
  firm: {
    until: [
      [30, 'nothing'],
      [7, 'half'],
    ],
    then: 'all',
    inStay: 'all',
  },
  strict: { until: [[7, 'half']], then: 'all', inStay: 'all' },
  non_refundable: { until: [], then: 'all', inStay: 'all' },
  long_term: { until: [[30, 'nothing']], then: 'thirty', inStay: '31' },
};

/** Check-in at 15:00 on the wall, four days after the clocks changed: before that day and from it on, hours from UTC. */
const PLACES = [
  { zone: 'Europe/London', change: '2026-03-29', before: '+00:00', after: '+01:00' },
  { zone: 'Europe/London', change: '2026-10-25', before: '+01:00', after: '+00:00' },
  { zone: 'America/New_York', change: '2026-03-08', before: '-05:00', after: '-04:00' },
  { zone: 'America/New_York', change: '2026-11-01', before: '-04:00', after: '-05:00' },
  { zone: 'Australia/Lord_Howe', change: '2026-10-04', before: '+10:30', after: '+11:00' },
  { zone: 'Australia/Lord_Howe', change: '2026-04-05', before: '+11:00', after: '+10:30' },
  { zone: 'Africa/Cairo', change: '2026-04-24', before: '+02:00', after: '+03:00' },
  // At midnight: the next day begins once the clocks have been put back.
  { zone: 'Africa/Cairo', change: '2026-10-30', before: '+03:00', after: '+02:00' },
];

describe('the cancellation policies, to the millisecond at every deadline (D6, D12)', () => {
  for (const { zone, change, before, after } of PLACES) {
    const checkIn = addDays(change, 4);
    const deadline = (days: number): number => {
      const date = addDays(checkIn, -days);
      return Date.parse(`${date}T15:00:00.000${date < change ? before : after}`);
    };
    for (const [currency, bill] of Object.entries(BILLS)) {
      it(`give ${currency} back as they say in ${zone} after the clocks changed on ${change} (M1, M4)`, () => {
        for (const [policy, { until, then, inStay }] of Object.entries(TABLE)) {
          const results = [...until.map(([, result]) => result), then];
          until.forEach(([days], step) => {
            expect(policy, deadline(days) - 1, results[step]);
            expect(policy, deadline(days), results[step]);
            expect(policy, deadline(days) + 1, results[step + 1]);
          });
          // Only here the instant itself belongs to what comes after: the night is spent.
          expect(policy, deadline(0) - 1, then);
          expect(policy, deadline(0), inStay);
          expect(policy, deadline(0) + 1, inStay);
        }
      });

      function expect(policy: string, at: number, result: Result | undefined): void {
        const isLong = policy === 'long_term';
        const { nightly, cleaningFee } = bill;
        const asked = cancellation({
          policy: isLong ? 'flexible' : (policy as CancellationPolicy),
          nights: isLong ? 35 : 5,
          checkIn,
          zone,
          nightly,
          cleaningFee,
          currency,
          confirmedAt: '2026-01-01T00:00:00.000Z',
          at: new Date(at).toISOString(),
        });
        const { refundMinor, keptMinor } = cancellationOutcome(asked);
        const refund = isLong && result === 'nothing' ? bill.long : bill.refund[result ?? 'all'];
        assert.equal(refundMinor, refund, `${policy}, ${asked.at}`);
        assert.equal(refundMinor + keptMinor, asked.price.total.amount);
      }
    }
  }

  it('each give a grace of 24 hours, but for those that say otherwise (L4)', () => {
    const confirmedAt = '2026-06-03T14:00:00.000Z';
    for (const policy of Object.keys(TABLE) as CancellationPolicy[]) {
      const facts = { policy, nights: policy === 'long_term' ? 35 : 5, confirmedAt };
      const inGrace = cancellation({ ...facts, at: '2026-06-04T14:00:00.000Z' });
      const later = cancellation({ ...facts, at: '2026-06-04T14:00:00.001Z' });
      const hasGrace = policy !== 'non_refundable' && policy !== 'long_term';
      // A flexible booking has no need of it so early, nor a moderate one.
      const isFull = policy === 'flexible' || policy === 'moderate';
      assert.equal(cancellationOutcome(inGrace).keptMinor === 0, hasGrace, policy);
      assert.equal(cancellationOutcome(inGrace).reason === 'grace', hasGrace && !isFull, policy);
      assert.equal(cancellationOutcome(later).keptMinor === 0, isFull, policy);
    }
  });
});

describe('a moderate booking of 5 nights at 100.00, with cleaning of 50.00, three days before check-in', () => {
  const asked = cancellation({ policy: 'moderate', at: '2026-06-07T14:00:00.000Z' });

  it('leaves the host 330.00 and gives the guest 220.00, without the service fee', () => {
    assert.deepEqual(cancellationOutcome(asked).lines, [
      { kind: 'night', keptMinor: 30_000, refundMinor: 20_000 },
      { kind: 'cleaning', keptMinor: 3_000, refundMinor: 2_000 },
      { kind: 'service_fee', keptMinor: 7_700, refundMinor: 0 },
    ]);
    assert.equal(cancellationOutcome(asked).refundMinor, 22_000);
  });

  it('gives back the part of the tax that belongs to what is refunded: two fifths', () => {
    const outcome = cancellationOutcome(taxed(asked, 5_501));
    assert.deepEqual(outcome.lines.at(-1), { kind: 'tax', keptMinor: 3_301, refundMinor: 2_200 });
    assert.equal(outcome.refundMinor, 24_200);
  });

  it('stays integral in yen', () => {
    const yen = cancellation({ policy: 'moderate', currency: 'JPY', at: asked.at });
    assert.equal(cancellationOutcome(yen).refundMinor, 22_000);
    const odd = cancellation({
      policy: 'moderate',
      currency: 'JPY',
      nightly: 101,
      cleaningFee: 51,
      at: asked.at,
    });
    const { refundMinor, keptMinor } = cancellationOutcome(odd);
    assert.ok(Number.isSafeInteger(refundMinor));
    assert.equal(refundMinor + keptMinor, odd.price.total.amount);
  });
});
