import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { describeBooking } from '#domain/booking-graph.ts';
import {
  BOOKING_STATUSES,
  canBecome,
  holdExpiry,
  isEnded,
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
});
