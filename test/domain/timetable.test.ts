import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { BookingStatus } from '#domain/bookings.ts';
import { timetableByNow, timetableOf } from '#domain/timetable.ts';

const ON_THE_WALL = {
  checkIn: '2027-01-10',
  checkOut: '2027-01-12',
  checkInTime: '15:00',
  checkOutTime: '11:00',
  timeZone: 'Europe/Paris',
};
/** As they were reckoned when that zone was believed to be an hour behind. */
const BELIEVED = { checkInAt: '2027-01-10T15:00:00.000Z', checkOutAt: '2027-01-12T11:00:00.000Z' };
const TODAY = { checkInAt: '2027-01-10T14:00:00.000Z', checkOutAt: '2027-01-12T10:00:00.000Z' };

describe('the timetable of a stay', () => {
  it('is when the clocks of its zone show its times (D7)', () => {
    assert.deepEqual(timetableOf(ON_THE_WALL), TODAY);
  });

  const cases: [BookingStatus, typeof TODAY][] = [
    ['held', TODAY],
    ['awaiting_host', TODAY],
    ['confirmed', TODAY],
    ['in_stay', { ...TODAY, checkInAt: BELIEVED.checkInAt }],
    ['completed', { ...TODAY, checkInAt: BELIEVED.checkInAt }],
  ];
  for (const [status, expected] of cases) {
    it(`leaves the check-in of a booking that is ${status} where it ${expected === TODAY ? 'is to be' : 'was'} (D7)`, () => {
      assert.deepEqual(timetableByNow({ ...ON_THE_WALL, ...BELIEVED, status }), expected);
    });
  }

  it('is that of other nights where the booking is to have others', () => {
    const to = { checkIn: '2027-01-11', checkOut: '2027-01-13' };
    const altered = timetableByNow({ ...ON_THE_WALL, ...BELIEVED, status: 'confirmed' }, to);
    assert.deepEqual(altered, {
      checkInAt: '2027-01-11T14:00:00.000Z',
      checkOutAt: '2027-01-13T10:00:00.000Z',
    });
  });
});
