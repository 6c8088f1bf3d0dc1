import assert from 'node:assert/strict';
import {
  DISPUTE_ANSWER_HOURS,
  DISPUTE_REMINDER_HOURS,
  DISPUTE_STATUSES,
  isAnswerable,
  isOver,
  nextStep,
} from '#domain/disputes.ts';
import type { DisputeStanding } from '#domain/disputes.ts';
import { evidenceOf, MAX_EVIDENCE_EVENTS } from '#domain/evidence.ts';

const DUE_BY = '2027-05-10T12:00:00.000Z';
const OPEN: DisputeStanding = {
  status: 'opened',
  dueBy: DUE_BY,
  answeringSince: null,
  evidenceSubmittedAt: null,
  remindedAt: null,
  withdrawnMinor: 39_900,
  reinstatedMinor: 0,
};
const before = (hours: number) => Date.parse(DUE_BY) - hours * 3_600_000;
const REMINDED = { ...OPEN, remindedAt: '2027-05-07T12:00:00.000Z' };

describe('what a dispute calls for', () => {
  it('is patience until the operators are to be reminded, to the millisecond', () => {
    const remindAt = before(DISPUTE_REMINDER_HOURS);
    assert.deepEqual(nextStep(OPEN, remindAt - 1), { act: 'wait', until: remindAt });
    assert.deepEqual(nextStep(OPEN, remindAt), { act: 'remind' });
  });

  it('is an answer a day before it is due, to the millisecond', () => {
    const answerAt = before(DISPUTE_ANSWER_HOURS);
    assert.deepEqual(nextStep(REMINDED, answerAt - 1), { act: 'wait', until: answerAt });
    for (const standing of [REMINDED, OPEN])
      assert.deepEqual(nextStep(standing, answerAt), { act: 'answer' });
  });

  it('is an answer as soon as an operator has spoken, of an inquiry too', () => {
    const answeringSince = '2027-05-02T12:00:00.000Z';
    for (const status of ['opened', 'inquiry'] as const)
      assert.deepEqual(nextStep({ ...OPEN, status, answeringSince }, before(500)), { act: 'answer' });
  });

  it('is nothing but patience once it is answered, or where the bank names no day', () => {
    const evidenceSubmittedAt = '2027-05-02T12:00:00.000Z';
    for (const standing of [
      { ...OPEN, evidenceSubmittedAt },
      { ...OPEN, status: 'under_review' as const },
      { ...OPEN, dueBy: null },
    ])
      assert.deepEqual(nextStep(standing, before(0)), { act: 'wait' });
  });

  it('is to take back what the host was paid first, unless the money comes back anyway (M14)', () => {
    const paid = { ...OPEN, frozenAt: null };
    for (const status of ['opened', 'under_review', 'lost'] as const)
      assert.deepEqual(nextStep({ ...paid, status }, before(0)), { act: 'freeze' });
    for (const standing of [
      { ...paid, status: 'won' as const, reinstatedMinor: 39_900 },
      { ...paid, status: 'lost' as const, frozenAt: '2027-05-02T12:00:00.000Z' },
      { ...paid, status: 'inquiry_closed' as const, withdrawnMinor: 0 },
    ])
      assert.deepEqual(nextStep(standing, before(0)), { act: 'end' });
    assert.equal(isOver({ ...paid, status: 'lost' }), false);
  });

  it('is an end at the verdict; what is won ends when the money is back', () => {
    const ends = DISPUTE_STATUSES.filter(
      (status) => nextStep({ ...OPEN, status }, before(500)).act === 'end',
    );
    assert.deepEqual(ends, ['inquiry_closed', 'lost']);
    assert.equal(isOver({ ...OPEN, status: 'won', reinstatedMinor: 39_900 }), true);
    assert.equal(isOver({ ...OPEN, status: 'won', withdrawnMinor: 0 }), true);
    assert.deepEqual(DISPUTE_STATUSES.filter(isAnswerable), ['inquiry', 'opened']);
  });
});

describe('the evidence', () => {
  const booking = {
    id: 'bkg_1',
    checkIn: '2027-05-01',
    checkOut: '2027-05-02',
    timeZone: 'Europe/London',
    cancellationPolicy: 'flexible' as const,
    price: {
      lines: [{ kind: 'night' as const, label: '1 night', quantity: 1, amount: 10_000 }],
      total: { amount: 10_000, currency: 'JPY' as const },
    },
    noteToHost: null,
    checkedInAt: null,
    checkedOutAt: null,
    cancelledAt: null,
    cancelledBy: null,
  };
  const FACTS = {
    guest: { name: 'Ada', email: 'ada@example.org' },
    propertyTitle: 'Flat',
    booking,
    refunds: [],
    events: [],
    statement: null,
  };

  it('says what was sold, in the currency it was paid in, and nothing that is not known (M1)', () => {
    assert.deepEqual(evidenceOf(FACTS), {
      guestName: 'Ada',
      guestEmail: 'ada@example.org',
      stay: 'A stay at “Flat” from 2027-05-01 to 2027-05-02 (Europe/London), booking bkg_1.\n1 night: JPY 10000\nTotal: JPY 10000',
      serviceDate: '2027-05-01',
      cancellationPolicy:
        'The stay was booked under the policy “flexible”, which was shown before payment and is part of the booking as it was made.',
      record: '',
    });
  });

  it('tells of no more than a hundred events', () => {
    const at = '2027-05-01T14:00:00.000Z';
    const events = Array.from({ length: MAX_EVIDENCE_EVENTS + 1 }, (_, n) => ({ kind: `booking.${n}`, at }));
    const told = evidenceOf({ ...FACTS, events }).record.split('\n');
    assert.equal(told.length, MAX_EVIDENCE_EVENTS);
    assert.equal(told.at(-1), `${at} booking.99`);
  });
});
