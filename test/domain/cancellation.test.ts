import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cancellationOutcome, isInGrace } from '#domain/cancellation.ts';
import { CANCELLATION_POLICIES } from '#domain/cancellation/policies.ts';
import { coinMinor } from '#domain/money.ts';
import { addDays, addHours, instantOf } from '#domain/nights.ts';
import { SERVICE_FEE_MODES } from '#domain/pricing/fees.ts';
import { cancellation, taxed } from './cancellation-fixture.ts';
import type { Facts } from './cancellation-fixture.ts';
import { anyTax } from './pricing-fixture.ts';

describe('a flexible booking of 5 nights at 110.00 each with cleaning', () => {
  const TOTAL = 62_700; // 550.00 and 77.00 for the service.
  const CASES = [
    { why: 'weeks before', at: '2026-05-20T12:00:00.000Z', refund: TOTAL, reason: 'full' },
    {
      why: 'one day before, to the instant (D12)',
      at: '2026-06-09T14:00:00.000Z',
      refund: TOTAL,
      reason: 'full',
    },
    {
      why: 'a millisecond later, keeping the first night and the service fee (D12)',
      at: '2026-06-09T14:00:00.001Z',
      refund: 44_000,
      reason: 'partial',
    },
    {
      why: 'a millisecond before check-in (D12)',
      at: '2026-06-10T13:59:59.999Z',
      refund: 44_000,
      reason: 'partial',
    },
    {
      why: 'at check-in, when the first night is spent, keeping one more (D12, L5)',
      at: '2026-06-10T14:00:00.000Z',
      refund: 33_000,
      reason: 'partial',
    },
    {
      why: 'on the third day before check-in time (L5)',
      at: '2026-06-12T13:59:59.999Z',
      refund: 22_000,
      reason: 'partial',
    },
    {
      why: 'on the third day at check-in time (L5)',
      at: '2026-06-12T14:00:00.000Z',
      refund: 11_000,
      reason: 'partial',
    },
    {
      why: 'on the fourth night, keeping all (L5)',
      at: '2026-06-13T14:00:00.000Z',
      refund: 0,
      reason: 'none',
    },
    { why: 'on the last night, keeping all (L5)', at: '2026-06-14T20:00:00.000Z', refund: 0, reason: 'none' },
  ];
  for (const { why, at, refund, reason } of CASES) {
    it(`gives back ${refund} when cancelled ${why}`, () => {
      const outcome = cancellationOutcome(cancellation({ at }));
      assert.equal(outcome.refundMinor, refund);
      assert.equal(outcome.keptMinor, TOTAL - refund);
      assert.equal(outcome.reason, reason);
    });
  }

  it('tells what each side gets of every kind of line, and out of whose share', () => {
    const late = cancellation({ pets: 1, petFee: 1001, at: '2026-06-09T15:00:00.000Z' });
    const outcome = cancellationOutcome(late);
    assert.deepEqual(outcome.lines, [
      { kind: 'night', keptMinor: 10_000, refundMinor: 40_000 },
      { kind: 'cleaning', keptMinor: 1000, refundMinor: 4000 },
      { kind: 'pet', keptMinor: 201, refundMinor: 800 },
      { kind: 'service_fee', keptMinor: 7840, refundMinor: 0 },
    ]);
    assert.equal(outcome.refundMinor, 44_800);
    // The host's fee was 16.80; 448.00 of 560.01 is refunded, so 13.44 of the fee is.
    assert.deepEqual(outcome.refundSplit, {
      fromHostPayable: 43_456,
      fromGuestFee: 0,
      fromHostFee: 1344,
      fromTaxes: 0,
    });
  });

  it('gives everything back, fees too, when the host cancels at any time', () => {
    for (const at of ['2026-05-20T12:00:00.000Z', '2026-06-10T13:00:00.000Z', '2026-06-14T20:00:00.000Z']) {
      const outcome = cancellationOutcome(cancellation({ at, by: 'host' }));
      assert.equal(outcome.refundMinor, TOTAL);
      assert.equal(outcome.reason, 'cancelled_by_host');
      assert.deepEqual(outcome.refundSplit, {
        fromHostPayable: 53_350,
        fromGuestFee: 7700,
        fromHostFee: 1650,
        fromTaxes: 0,
      });
    }
  });
});

describe('a cancellation under the flexible policy', () => {
  it('of one night within a day gives nothing back', () => {
    const outcome = cancellationOutcome(cancellation({ nights: 1, at: '2026-06-10T12:00:00.000Z' }));
    assert.equal(outcome.refundMinor, 0);
    assert.equal(outcome.reason, 'none');
  });

  it('keeps the first night at its own price, less its share of the discount (M3)', () => {
    const facts = {
      checkIn: '2026-06-12',
      nights: 7,
      weekend: 20_000,
      cleaningFee: 0,
      weeklyDiscountPercent: 10,
    };
    const outcome = cancellationOutcome(cancellation({ ...facts, at: '2026-06-12T10:00:00.000Z' }));
    // A Friday night: 200.00 less 10 %. The week is 900.00 less 90.00.
    assert.deepEqual(outcome.lines[0], { kind: 'night', keptMinor: 18_000, refundMinor: 63_000 });
  });

  it('stays whole in yen, the odd yen of cleaning falling to the first nights (M1)', () => {
    const facts = { nightly: 12_345, cleaningFee: 3001, currency: 'JPY', nights: 3 };
    const outcome = cancellationOutcome(cancellation({ ...facts, at: '2026-06-10T10:00:00.000Z' }));
    assert.deepEqual(outcome.lines, [
      { kind: 'night', keptMinor: 12_345, refundMinor: 24_690 },
      { kind: 'cleaning', keptMinor: 1001, refundMinor: 2000 },
      { kind: 'service_fee', keptMinor: 5605, refundMinor: 0 },
    ]);
  });

  it('gives fils back in tens, since the bank has no smaller coin (M1)', () => {
    const facts = { nightly: 30_501, cleaningFee: 4250, currency: 'KWD', nights: 2 };
    const outcome = cancellationOutcome(cancellation({ ...facts, at: '2026-06-10T10:00:00.000Z' }));
    // Of 30.501 and of half the cleaning, 2.125, what makes no coin stays with the host.
    assert.equal(outcome.refundMinor, 30_500 + 2120);
  });

  it('divides taxes in proportion to the refunded part of the stay', () => {
    const asked = taxed(cancellation({ at: '2026-06-10T10:00:00.000Z' }), 1001);
    const outcome = cancellationOutcome(asked);
    assert.deepEqual(outcome.lines.at(-1), { kind: 'tax', keptMinor: 200, refundMinor: 801 });
    assert.equal(outcome.refundSplit.fromTaxes, 801);
    assert.equal(outcome.refundMinor + outcome.keptMinor, asked.price.total.amount);
  });

  it('counts the day before check-in on the wall, across a clock change (D6)', () => {
    // Clocks go forward on 29 March: the deadline is 15:00 in winter time, 23 hours before check-in.
    const facts = { checkIn: '2026-03-29', confirmedAt: '2026-02-01T12:00:00.000Z' };
    const inTime = cancellationOutcome(cancellation({ ...facts, at: '2026-03-28T15:00:00.000Z' }));
    const late = cancellationOutcome(cancellation({ ...facts, at: '2026-03-28T15:00:00.001Z' }));
    assert.equal(inTime.reason, 'full');
    assert.equal(late.reason, 'partial');
  });

  it('takes a check-in time in the missing hour as the first after it (D4)', () => {
    const facts = { checkIn: '2026-03-29', checkInTime: '01:30', confirmedAt: '2026-02-01T12:00:00.000Z' };
    const before = cancellationOutcome(cancellation({ ...facts, at: '2026-03-29T00:59:59.999Z' }));
    const spent = cancellationOutcome(cancellation({ ...facts, at: '2026-03-29T01:00:00.000Z' }));
    assert.equal(before.refundMinor - spent.refundMinor, 11_000);
  });

  it('takes a check-in time in the doubled hour as the earlier one (D5)', () => {
    const facts = { checkIn: '2026-10-25', checkInTime: '01:30', confirmedAt: '2026-02-01T12:00:00.000Z' };
    const before = cancellationOutcome(cancellation({ ...facts, at: '2026-10-25T00:29:59.999Z' }));
    const spent = cancellationOutcome(cancellation({ ...facts, at: '2026-10-25T00:30:00.000Z' }));
    assert.equal(before.refundMinor - spent.refundMinor, 11_000);
  });

  it('is not what holds for a stay of 28 nights', () => {
    const at = '2026-05-20T12:00:00.000Z';
    assert.equal(cancellationOutcome(cancellation({ nights: 27, at })).reason, 'full');
    assert.equal(cancellationOutcome(cancellation({ nights: 28, at })).reason, 'none');
  });
});

describe('grace', () => {
  const IN_GRACE = { confirmedAt: '2026-06-03T14:00:00.000Z', at: '2026-06-04T14:00:00.000Z' };
  const CASES: { why: string; facts: Facts; isInside: boolean }[] = [
    {
      why: 'lasts 24 hours from a confirmation 7 days ahead, both to the instant (D12)',
      facts: {},
      isInside: true,
    },
    { why: 'is over a millisecond later (D12)', facts: { at: '2026-06-04T14:00:00.001Z' }, isInside: false },
    {
      why: 'is not given to a confirmation a millisecond less ahead (D12)',
      facts: { confirmedAt: '2026-06-03T14:00:00.001Z' },
      isInside: false,
    },
    {
      why: 'is given though the cancelling comes less than 7 days ahead (L4)',
      facts: { at: '2026-06-03T20:00:00.000Z' },
      isInside: true,
    },
    { why: 'is given by a strict host too (L4)', facts: { policy: 'strict' }, isInside: true },
    { why: 'is not given where nothing goes back', facts: { policy: 'non_refundable' }, isInside: false },
    { why: 'is given for 27 nights', facts: { nights: 27 }, isInside: true },
    { why: 'is not given for 28 nights', facts: { nights: 28 }, isInside: false },
  ];
  for (const { why, facts, isInside } of CASES) {
    it(why, () => {
      assert.equal(isInGrace(cancellation({ ...IN_GRACE, ...facts })), isInside);
    });
  }
});

describe('for any stay, price and moment', function () {
  this.timeout(120_000);

  const upTo = (most: number) => fc.integer({ min: 0, max: most });
  const bookings = fc.record({
    policy: fc.constantFrom(...CANCELLATION_POLICIES),
    checkIn: upTo(900).map((days) => addDays('2026-01-01', days)),
    checkInTime: fc.constantFrom('00:00', '01:30', '02:30', '15:00', '23:59'),
    nights: fc.integer({ min: 1, max: 45 }),
    zone: fc.constantFrom(
      'Europe/London',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Africa/Cairo',
    ),
    currency: fc.constantFrom('GBP', 'JPY', 'KWD', 'ISK'),
    nightly: fc.integer({ min: 100, max: 99_999 }),
    weekend: fc.integer({ min: 100, max: 99_999 }),
    cleaningFee: upTo(20_000),
    extraGuestFee: upTo(3000),
    petFee: upTo(3000),
    pets: upTo(1),
    /** Of tax. */
    coins: upTo(5000),
    weeklyDiscountPercent: upTo(60),
    monthlyDiscountPercent: upTo(60),
    serviceFees: fc.constantFrom(...SERVICE_FEE_MODES),
    taxes: fc.array(anyTax(), { maxLength: 3 }),
  });
  const ANY = { numRuns: 10_000 };
  const daysBefore = upTo(60);
  /** Hours from check-in, from forty days before it to the end of the longest stay. */
  const hours = fc.integer({ min: -40 * 24, max: 45 * 24 });

  function cancelled(
    facts: Facts & { coins?: number },
    when: { confirmedDaysBefore: number; hoursFromCheckIn: number },
  ) {
    const { checkIn = '', checkInTime = '', zone = '' } = facts;
    const checkInAt = instantOf(checkIn, checkInTime, zone);
    const confirmedAt = addHours(checkInAt, -24 * when.confirmedDaysBefore);
    const at = addHours(checkInAt, Math.max(when.hoursFromCheckIn, -24 * when.confirmedDaysBefore));
    const { coins = 0, ...rest } = facts;
    const untaxed = cancellation({ ...rest, confirmedAt, at });
    const asked = taxed(untaxed, coins * coinMinor(untaxed.price.total.currency));
    return { asked, outcome: cancellationOutcome(asked) };
  }

  it('refund and kept make up what was paid, line by line and share by share (M3, M8)', () => {
    fc.assert(
      fc.property(bookings, daysBefore, hours, (facts, confirmedDaysBefore, hoursFromCheckIn) => {
        const { asked, outcome } = cancelled(facts, { confirmedDaysBefore, hoursFromCheckIn });
        const { price } = asked;
        const { lines, refundSplit } = outcome;
        assert.equal(outcome.refundMinor + outcome.keptMinor, price.total.amount);
        assert.equal(
          lines.reduce((sum, line) => sum + line.refundMinor, 0),
          outcome.refundMinor,
        );
        assert.equal(
          lines.reduce((sum, line) => sum + line.keptMinor, 0),
          outcome.keptMinor,
        );
        assert.equal(
          Object.values(refundSplit).reduce((sum: number, share: number) => sum + share, 0),
          outcome.refundMinor,
        );
        assert.equal(outcome.refundMinor % coinMinor(price.total.currency), 0);
        for (const { refundMinor, keptMinor } of lines) assert.ok(refundMinor >= 0 && keptMinor >= 0);
        assert.ok(refundSplit.fromHostPayable >= 0 && refundSplit.fromHostPayable <= price.hostPayoutMinor);
        assert.ok(refundSplit.fromHostFee >= 0 && refundSplit.fromHostFee <= price.hostServiceFeeMinor);
        assert.ok(refundSplit.fromTaxes >= 0 && refundSplit.fromTaxes <= price.taxMinor);
        const isFull = outcome.reason === 'full' || outcome.reason === 'grace';
        assert.equal(refundSplit.fromGuestFee, isFull ? price.guestServiceFeeMinor : 0);
        assert.equal(outcome.keptMinor === 0, isFull);
      }),
      ANY,
    );
  });

  it('nobody gives back more than is theirs, where included taxes have left the host nothing (M7)', () => {
    const poor = fc.record({
      nightly: fc.integer({ min: 30, max: 5_000 }),
      nights: fc.integer({ min: 1, max: 5 }),
      serviceFees: fc.constantFrom(...SERVICE_FEE_MODES),
      amount: upTo(9_000),
    });
    fc.assert(
      fc.property(poor, upTo(120), ({ amount, ...facts }, hoursFromCheckIn) => {
        const asked = cancellation({
          ...facts,
          cleaningFee: 0,
          policy: 'moderate',
          at: addHours('2026-06-10T14:00:00.000Z', hoursFromCheckIn - 48),
          taxes: [{ name: 'Levy', included: true, charge: 'flat', amount }],
        });
        const { fromHostPayable, fromHostFee, fromTaxes } = cancellationOutcome(asked).refundSplit;
        const { hostPayoutMinor, hostServiceFeeMinor, taxMinor } = asked.price;
        assert.ok(fromHostPayable >= 0 && fromHostPayable <= hostPayoutMinor);
        assert.ok(fromHostFee >= 0 && fromHostFee <= hostServiceFeeMinor);
        assert.ok(fromTaxes >= 0 && fromTaxes <= taxMinor);
      }),
      ANY,
    );
  });

  it('the refund never grows as time passes, nor any line of it', () => {
    fc.assert(
      fc.property(bookings, daysBefore, fc.tuple(hours, hours), (facts, confirmedDaysBefore, [a, b]) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const sooner = cancelled(facts, { confirmedDaysBefore, hoursFromCheckIn: first }).outcome;
        const later = cancelled(facts, { confirmedDaysBefore, hoursFromCheckIn: second }).outcome;
        assert.ok(later.refundMinor <= sooner.refundMinor);
        for (const { kind, refundMinor } of later.lines) {
          const before = sooner.lines.find((line) => line.kind === kind);
          assert.ok(refundMinor <= (before?.refundMinor ?? 0), kind);
        }
      }),
      ANY,
    );
  });

  it('a host who cancels gives everything back, whenever it is', () => {
    fc.assert(
      fc.property(bookings, hours, (facts, hoursFromCheckIn) => {
        const { asked } = cancelled(facts, { confirmedDaysBefore: 30, hoursFromCheckIn });
        assert.equal(cancellationOutcome({ ...asked, by: 'host' }).refundMinor, asked.price.total.amount);
      }),
      ANY,
    );
  });

  it('an operator gives what they say, or what the policy does where that is more; it adds up (L11)', () => {
    fc.assert(
      fc.property(bookings, hours, upTo(1_000_000), (facts, hoursFromCheckIn, wanted) => {
        const { asked, outcome: owed } = cancelled(facts, { confirmedDaysBefore: 30, hoursFromCheckIn });
        const { price } = asked;
        const total = price.total.amount;
        const refund = wanted % (total + 1);
        const override = { refund };
        const { refundMinor, keptMinor, lines, refundSplit, reason } = cancellationOutcome({
          ...asked,
          by: 'operator',
          override,
        });
        const inCoins = refund === total ? total : refund - (refund % coinMinor(price.total.currency));
        assert.equal(refundMinor, Math.max(inCoins, owed.refundMinor));
        assert.equal(reason === 'override', refundMinor > owed.refundMinor);
        assert.equal(refundMinor + keptMinor, total);
        assert.equal(
          lines.reduce((sum, line) => sum + line.refundMinor, 0),
          refundMinor,
        );
        for (const line of lines) assert.ok(line.refundMinor >= 0 && line.keptMinor >= 0);
        const { fromHostPayable, fromHostFee, fromGuestFee, fromTaxes } = refundSplit;
        assert.equal(fromHostPayable + fromHostFee + fromGuestFee + fromTaxes, refundMinor);
        assert.ok(fromHostPayable >= 0 && fromHostPayable <= price.hostPayoutMinor);
        assert.ok(fromHostFee >= 0 && fromHostFee <= price.hostServiceFeeMinor);
      }),
      ANY,
    );
  });
});
