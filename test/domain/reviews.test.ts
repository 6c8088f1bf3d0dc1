import assert from 'node:assert/strict';
import { isDomainError } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import { maySeePrivateNote, maySeeReview, sideOf } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { reviewWindowOf } from '#domain/review-windows.ts';
import type { StayEnded } from '#domain/review-windows.ts';
import {
  AUTHOR_OF,
  outsideOf,
  remindersOf,
  respondBy,
  REVIEW_CATEGORIES,
  REVIEW_SIDES,
  reviewNotEligible,
  SUBJECT_OF,
  windowFrom,
} from '#domain/reviews.ts';

const OPENS = '2026-06-15T10:00:00.000Z';
const CLOSES = '2026-06-29T10:00:00.000Z';

describe('a review window', () => {
  it('is 14 times 24 hours long, whatever the clocks do meanwhile', () => {
    assert.deepEqual(windowFrom(OPENS), { opensAt: OPENS, closesAt: CLOSES });
    // London springs forward on 28 March 2027: an hour later on the wall, the same elapsed time.
    assert.equal(windowFrom('2027-03-20T11:00:00.000Z').closesAt, '2027-04-03T11:00:00.000Z');
  });

  const moments = [
    { at: '2026-06-15T09:59:59.999Z', outside: 'not_open' },
    { at: OPENS, outside: undefined },
    { at: '2026-06-22T00:00:00.000Z', outside: undefined },
    { at: '2026-06-29T09:59:59.999Z', outside: undefined },
    { at: CLOSES, outside: 'closed' },
    { at: '2026-06-29T10:00:00.001Z', outside: 'closed' },
  ] as const;
  for (const { at, outside } of moments) {
    it(`${outside === undefined ? 'takes what is said' : `is ${outside}`} at ${at} (R2)`, () => {
      assert.equal(outsideOf(windowFrom(OPENS), at), outside);
    });
  }

  it('reminds three days after it opens and a day before it closes', () => {
    assert.deepEqual(remindersOf(windowFrom(OPENS)), [
      '2026-06-18T10:00:00.000Z',
      '2026-06-28T10:00:00.000Z',
    ]);
  });
});

/** Three nights in Manchester from 12 June 2026, lived to their end. Only the facts that matter are named. */
function stay(facts: Partial<StayEnded> = {}): StayEnded {
  return {
    status: 'completed',
    confirmedAt: '2026-05-01T12:00:00.000Z',
    cancelledAt: null,
    checkIn: '2026-06-12',
    checkOutAt: OPENS,
    timeZone: 'Europe/London',
    ...facts,
  };
}

const cancelled = (cancelledAt: string, facts: Partial<StayEnded> = {}) =>
  stay({ status: 'cancelled', cancelledAt, ...facts });

describe('the window of a stay', () => {
  it('opens at the scheduled check-out', () => {
    assert.deepEqual(reviewWindowOf(stay()), windowFrom(OPENS));
  });

  const cancellations = [
    { why: 'days before', at: '2026-06-01T12:00:00.000Z', opens: false },
    {
      why: 'in the last millisecond before the day of check-in',
      at: '2026-06-11T22:59:59.999Z',
      opens: false,
    },
    { why: 'at midnight of the day of check-in', at: '2026-06-11T23:00:00.000Z', opens: true },
    { why: 'before check-in time', at: '2026-06-12T09:00:00.000Z', opens: true },
    { why: 'during the stay', at: '2026-06-13T09:00:00.000Z', opens: true },
  ];
  for (const { why, at, opens } of cancellations) {
    it(`${opens ? 'opens at the cancellation' : 'does not open'} when it is called off ${why} (R4)`, () => {
      assert.deepEqual(reviewWindowOf(cancelled(at)), opens ? windowFrom(at) : undefined);
    });
  }

  const zones = [
    // The same moment is the day of check-in at +14 and the day before it at −11.
    { timeZone: 'Pacific/Kiritimati', at: '2026-06-11T10:00:00.000Z', opens: true },
    { timeZone: 'Pacific/Pago_Pago', at: '2026-06-11T10:00:00.000Z', opens: false },
    { timeZone: 'Pacific/Pago_Pago', at: '2026-06-12T10:59:59.999Z', opens: false },
    { timeZone: 'Pacific/Pago_Pago', at: '2026-06-12T11:00:00.000Z', opens: true },
    { timeZone: 'Asia/Kolkata', at: '2026-06-11T18:29:59.999Z', opens: false },
    { timeZone: 'Asia/Kolkata', at: '2026-06-11T18:30:00.000Z', opens: true },
  ];
  for (const { timeZone, at, opens } of zones) {
    it(`goes by the calendar of ${timeZone}: ${at} ${opens ? 'opens it' : 'does not'} (R4)`, () => {
      assert.equal(reviewWindowOf(cancelled(at, { timeZone })) !== undefined, opens);
    });
  }

  it('begins with the day where that has no midnight (R4)', () => {
    // Beirut springs forward at midnight of 29 March 2026: the day begins at 01:00, which is 22:00 UTC.
    const facts = { timeZone: 'Asia/Beirut', checkIn: '2026-03-29' };
    assert.equal(reviewWindowOf(cancelled('2026-03-28T21:59:59.999Z', facts)), undefined);
    assert.ok(reviewWindowOf(cancelled('2026-03-28T22:00:00.000Z', facts)));
  });

  it('never opens for what was never certain, nor while it is not over', () => {
    assert.equal(reviewWindowOf(cancelled('2026-06-12T09:00:00.000Z', { confirmedAt: null })), undefined);
    for (const status of ['confirmed', 'in_stay'] as const)
      assert.equal(reviewWindowOf(stay({ status })), undefined, status);
    for (const status of ['requested', 'held', 'rejected', 'declined', 'expired'] as const)
      assert.equal(reviewWindowOf(stay({ status, confirmedAt: null })), undefined, status);
  });
});

describe('a review', () => {
  it('is by the guest of the property and by the host of the guest', () => {
    assert.deepEqual(SUBJECT_OF, { guest: 'property', host: 'guest' });
    for (const side of REVIEW_SIDES) assert.equal(AUTHOR_OF[SUBJECT_OF[side]], side);
  });

  it('has the categories of its subject', () => {
    assert.equal(REVIEW_CATEGORIES.property.length, 6);
    assert.deepEqual(REVIEW_CATEGORIES.guest, ['cleanliness', 'communication', 'houseRules']);
  });

  it('can be responded to for 30 times 24 hours', () => {
    assert.equal(respondBy(CLOSES), '2026-07-29T10:00:00.000Z');
  });

  it('is refused with the reason beside the code', () => {
    const error: unknown = reviewNotEligible('closed');
    assert.ok(isDomainError(error, 'review_not_eligible'));
    assert.deepEqual(error.details, { reason: 'closed' });
  });
});

describe('who may see a review', () => {
  const person = (name: string, ...roles: Actor['roles']): Actor => ({
    id: `usr_${name}`,
    sessionId: 'ses_1',
    roles,
  });
  const people = {
    author: person('author', 'guest'),
    reviewed: person('reviewed', 'guest', 'host'),
    stranger: person('stranger', 'guest'),
    operator: person('operator', 'guest', 'operator'),
    anyone: undefined,
  };
  const review = { authorId: 'usr_author' as UserId, reviewedId: 'usr_reviewed' as UserId };
  const states = {
    hidden: { publishedAt: null, removedAt: null },
    public: { publishedAt: CLOSES, removedAt: null },
    removed: { publishedAt: CLOSES, removedAt: '2026-07-01T00:00:00.000Z' },
  };
  const may = {
    hidden: ['author'],
    public: ['author', 'reviewed', 'stranger', 'operator', 'anyone'],
    removed: [],
  };
  for (const state of ['hidden', 'public', 'removed'] as const) {
    it(`that is ${state}: ${may[state].join(', ') || 'nobody'} (S1, R9)`, () => {
      const seen = Object.entries(people).filter(([, actor]) =>
        maySeeReview({ ...review, ...states[state] }, actor),
      );
      assert.deepEqual(
        seen.map(([name]) => name),
        may[state],
      );
    });
  }

  it('and its private note: whoever wrote it and whom it is about', () => {
    const seen = Object.entries(people).filter(([, actor]) =>
      maySeePrivateNote({ ...review, ...states.public }, actor),
    );
    assert.deepEqual(
      seen.map(([name]) => name),
      ['author', 'reviewed'],
    );
  });

  it('a stay has two sides and no third', () => {
    const booking = { guestId: people.author.id, hostId: people.reviewed.id };
    assert.deepEqual(
      Object.values(people).map((actor) => actor && sideOf(booking, actor)),
      ['guest', 'host', undefined, undefined, undefined],
    );
  });
});
