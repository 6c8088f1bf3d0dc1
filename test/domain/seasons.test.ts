import assert from 'node:assert/strict';
import type { MinimumNights, Season } from '#domain/availability/seasons.ts';
import {
  minimumNightsFrom,
  nextDayBeside,
  overlappingSeason,
  weekdayNameOf,
  WEEKDAYS,
} from '#domain/availability/seasons.ts';

const season = (from: string, to: string, minimumNights = 7): Season => ({
  name: 'Summer',
  from,
  to,
  minimumNights,
});

describe('the minimum of a stay', () => {
  const JULY = season('2027-07-01', '2027-08-01', 7);
  const AUGUST = season('2027-08-01', '2027-09-01', 2);
  const rules: MinimumNights = {
    minimumNights: 3,
    minimumNightsByArrival: { friday: 4, sunday: 1 },
    seasons: [JULY, AUGUST],
  };
  const CASES: [arrival: string, nights: number, why: string][] = [
    ['2027-06-30', 3, 'is the property’s own the day before a season'],
    ['2027-07-01', 7, 'is the season’s from its first day on (A9)'],
    ['2027-07-31', 7, 'is the season’s of the arrival where the stay goes on into the next (A9)'],
    ['2027-08-01', 2, 'is the next season’s on the day that one ends (A9)'],
    ['2027-09-01', 3, 'is the property’s own on the day after the last of a season'],
    ['2027-06-25', 4, 'is the one of the day of the week (A9)'],
    ['2027-06-27', 1, 'is the one of the day of the week where that is shorter than the property’s (A9)'],
    ['2027-07-02', 7, 'is the season’s where that is longer than the day’s (A9)'],
    ['2027-08-06', 4, 'is the day’s where that is longer than the season’s (A9)'],
  ];
  for (const [arrival, nights, why] of CASES) {
    it(`${why}: ${nights.toString()} nights from ${weekdayNameOf(arrival)} ${arrival}`, () => {
      assert.equal(minimumNightsFrom(arrival, rules), nights);
    });
  }
});

describe('a day of the week', () => {
  it('is the one that the calendar has', () => {
    const week = [
      '2027-03-01',
      '2027-03-02',
      '2027-03-03',
      '2027-03-04',
      '2027-03-05',
      '2027-03-06',
      '2027-03-07',
    ];
    assert.deepEqual(week.map(weekdayNameOf), WEEKDAYS);
  });

  it('that is left out sends on to the next that is not, over the end of the week', () => {
    assert.equal(nextDayBeside([], '2027-03-06'), '2027-03-06');
    assert.equal(nextDayBeside(['friday'], '2027-03-06'), '2027-03-06');
    assert.equal(nextDayBeside(['saturday', 'sunday', 'monday'], '2027-03-06'), '2027-03-09');
    assert.equal(nextDayBeside(WEEKDAYS.slice(1), '2027-03-02'), '2027-03-08');
  });
});

describe('seasons', () => {
  it('may touch, and come in any order', () => {
    const all = [season('2027-08-01', '2027-09-01'), season('2027-07-01', '2027-08-01')];
    assert.equal(overlappingSeason(all), -1);
    assert.equal(overlappingSeason([]), -1);
  });

  it('that share a day are told by the later in the list', () => {
    const all = [
      season('2027-07-01', '2027-08-01'),
      season('2027-09-01', '2027-09-02'),
      season('2027-06-01', '2027-07-02'),
    ];
    assert.equal(overlappingSeason(all), 2);
    assert.equal(
      overlappingSeason([season('2027-01-01', '2027-12-01'), season('2027-03-01', '2027-03-02')]),
      1,
    );
  });
});
