import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { describeBooking } from '#domain/booking-graph.ts';
import {
  BOOKING_STATUSES,
  challengedHoldExpiry,
  holdExpiry,
  isEnded,
  noShowFrom,
  respondBy,
  canBecome,
  statusesBefore,
  TRANSITIONS,
} from '#domain/bookings.ts';

describe('the life of a booking', () => {
  it('is documented as it is (npm run docs)', async () => {
    const written = await readFile(new URL('../../docs/BOOKING.md', import.meta.url), 'utf8');
    assert.equal(written, describeBooking());
  });

  it('reaches every status from a request', () => {
    const reached = new Set(['requested']);
    for (const from of reached) for (const to of TRANSITIONS[from as 'requested']) reached.add(to);
    assert.deepEqual([...reached].sort(), [...BOOKING_STATUSES].sort());
  });

  it('has an end to be reached from every status', () => {
    const ends = (status: (typeof BOOKING_STATUSES)[number]): boolean =>
      TRANSITIONS[status].length === 0 || TRANSITIONS[status].some(ends);
    for (const status of BOOKING_STATUSES) assert.ok(ends(status), status);
  });

  it('leaves an end only by late money', () => {
    const ways = BOOKING_STATUSES.filter(isEnded).flatMap((from) =>
      TRANSITIONS[from].map((to) => `${from} → ${to}`),
    );
    assert.deepEqual(ways, ['expired → confirmed']);
  });

  it('knows what may come before a status', () => {
    assert.deepEqual(statusesBefore('confirmed'), ['held', 'awaiting_host', 'expired']);
    assert.deepEqual(statusesBefore('requested'), []);
  });

  it('knows what may come of a status, at once or later, and that nothing comes twice', () => {
    assert.ok(canBecome('requested', 'completed'));
    assert.ok(canBecome('expired', 'in_stay'));
    assert.ok(!canBecome('cancelled', 'confirmed'));
    for (const one of BOOKING_STATUSES) {
      assert.ok(!canBecome(one, one), one);
      for (const other of BOOKING_STATUSES)
        assert.ok(!(canBecome(one, other) && canBecome(other, one)), `${one} ↔ ${other}`);
    }
  });

  it('holds nights for a quarter of an hour', () => {
    assert.equal(holdExpiry('2027-03-28T00:50:00.000Z'), '2027-03-28T01:05:00.000Z');
  });

  it('holds them for half an hour from the same moment when the payer is challenged', () => {
    const holdExpiresAt = holdExpiry('2027-03-28T00:50:00.000Z');
    assert.equal(challengedHoldExpiry(holdExpiresAt), '2027-03-28T01:20:00.000Z');
  });

  describe('gives the host', () => {
    const at = '2027-03-01T12:00:00.000Z';
    const farOff = '2027-04-01T15:00:00.000Z';
    const cases = [
      ['a day', { at, checkInAt: farOff }, '2027-03-02T12:00:00.000Z'],
      ['until check-in at most', { at, checkInAt: '2027-03-01T15:00:00.000Z' }, '2027-03-01T15:00:00.000Z'],
      [
        'a day, if the bank keeps the money for longer',
        { at, checkInAt: farOff, captureBefore: '2027-03-02T13:00:00.000Z' },
        '2027-03-02T12:00:00.000Z',
      ],
      [
        'until an hour before the bank lets go of the money',
        { at, checkInAt: farOff, captureBefore: '2027-03-02T12:59:59.999Z' },
        '2027-03-02T11:59:59.999Z',
      ],
    ] as const;
    for (const [what, asked, expected] of cases) {
      it(what, () => assert.equal(respondBy(asked), expected));
    }
  });

  it('lets a host say that nobody came from half a day after check-in', () => {
    assert.equal(noShowFrom('2027-03-28T15:00:00.000Z'), '2027-03-29T03:00:00.000Z');
  });
});
