import assert from 'node:assert/strict';
import { MAX_STAYS_ASKED, staysAround, staysInMonth } from '#domain/flexible-dates.ts';
import { weekdayOf } from '#domain/nights.ts';

describe('flexible dates', () => {
  it('begin with the dates asked for, then go outwards, the earlier first', () => {
    const stays = staysAround({ checkIn: '2027-03-01', checkOut: '2027-03-04' }, 2);
    assert.deepEqual(
      stays.map(({ checkIn, checkOut }) => `${checkIn}/${checkOut}`),
      [
        '2027-03-01/2027-03-04',
        '2027-02-28/2027-03-03',
        '2027-03-02/2027-03-05',
        '2027-02-27/2027-03-02',
        '2027-03-03/2027-03-06',
      ],
    );
    assert.equal(staysAround({ checkIn: '2027-03-01', checkOut: '2027-03-04' }, 0).length, 1);
  });

  it('take a weekend from its Friday to its Sunday, also where that is in the next month', () => {
    const weekends = staysInMonth('2027-04-01', 'weekend');
    assert.deepEqual(
      weekends.map(({ checkIn }) => checkIn),
      ['2027-04-02', '2027-04-09', '2027-04-16', '2027-04-23', '2027-04-30'],
    );
    assert.equal(weekends.at(-1)?.checkOut, '2027-05-02');
    assert.ok(weekends.every(({ checkOut }) => weekdayOf(checkOut) === 7));
  });

  it('take a week from any day, if all its nights lie in the month', () => {
    const weeks = staysInMonth('2027-02-01', 'week');
    assert.equal(weeks.length, 22);
    assert.deepEqual(weeks[0], { checkIn: '2027-02-01', checkOut: '2027-02-08' });
    assert.deepEqual(weeks.at(-1), { checkIn: '2027-02-22', checkOut: '2027-03-01' });
  });

  it('are never more than are asked about at most', () => {
    const months = Array.from({ length: 12 }, (_, index) => `2028-${String(index + 1).padStart(2, '0')}-01`);
    const counts = months.map((month) => staysInMonth(month, 'week').length);
    assert.equal(Math.max(...counts), MAX_STAYS_ASKED);
  });
});
