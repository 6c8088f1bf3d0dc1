import assert from 'node:assert/strict';
import { isOverdue, latestSandboxInstant, nextDue } from '#domain/sandbox.ts';

const DATES = {
  holdExpiresAt: '2027-01-01T10:15:00.000Z',
  respondBy: null,
  checkInAt: '2027-05-01T14:00:00.000Z',
  checkOutAt: '2027-05-04T10:00:00.000Z',
  reviewBy: null,
};

describe('the next instant at which something of a sandbox booking is due', () => {
  const until = '2027-06-01T00:00:00.000Z';
  for (const [after, due, what] of [
    ['2027-01-01T10:00:00.000Z', DATES.holdExpiresAt, 'the end of its hold'],
    ['2027-01-01T10:14:59.999Z', DATES.holdExpiresAt, 'the end of its hold, a millisecond before'],
    [DATES.holdExpiresAt, DATES.checkInAt, 'its check-in, once the hold is over'],
    [DATES.checkInAt, '2027-05-02T14:00:00.000Z', 'the payout to its host, a day after check-in'],
    ['2027-05-02T14:00:00.000Z', DATES.checkOutAt, 'its check-out'],
    [DATES.checkOutAt, until, 'where time is to be moved, once all is past'],
  ] as const) {
    it(`is ${what}`, () => assert.equal(nextDue(DATES, { after, until }), due));
  }

  it('is never past where time is to be moved', () => {
    const soon = '2027-01-01T10:01:00.000Z';
    assert.equal(nextDue(DATES, { after: '2027-01-01T10:00:00.000Z', until: soon }), soon);
  });

  it('is sixty days after check-out at the latest', () => {
    assert.equal(latestSandboxInstant(DATES), '2027-07-03T10:00:00.000Z');
  });
});

describe('a sandbox booking is overdue', () => {
  for (const [status, due] of [
    ['held', DATES.holdExpiresAt],
    ['confirmed', DATES.checkInAt],
    ['in_stay', DATES.checkOutAt],
  ] as const) {
    it(`when it is still ${status} after that should have ended, and not at that very instant`, () => {
      const after = new Date(Date.parse(due) + 1).toISOString();
      assert.deepEqual(
        [due, after].map((at) => isOverdue({ ...DATES, status }, at)),
        [false, true],
      );
    });
  }

  it('never once it is over', () => {
    for (const status of ['completed', 'expired', 'cancelled'] as const)
      assert.equal(isOverdue({ ...DATES, status }, '2030-01-01T00:00:00.000Z'), false);
  });
});
