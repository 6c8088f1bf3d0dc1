import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDomainError } from '#domain/errors.ts';
import type { Stay } from '#domain/nights.ts';
import {
  addDays,
  addHours,
  addMonths,
  daysBetween,
  deadlineBefore,
  instantOf,
  isCalendarDate,
  isLocalTime,
  isTimeZone,
  localTimeIn,
  millisecondsOf,
  newStay,
  nightCount,
  nightsOf,
  staysOverlap,
  todayIn,
  weekdayOf,
} from '#domain/nights.ts';

const dates = fc
  .integer({ min: 0, max: 40_000 })
  .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
const ZONES = [
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Santiago',
  'UTC',
] as const;
const times = fc.integer({ min: 0, max: 1439 }).map((minute) => {
  const hours = String(Math.floor(minute / 60)).padStart(2, '0');
  return `${hours}:${String(minute % 60).padStart(2, '0')}`;
});

function stay(checkIn: string, checkOut: string): Stay {
  return { checkIn, checkOut };
}

describe('calendar dates', () => {
  for (const date of ['2026-01-01', '2024-02-29', '2000-02-29', '1999-12-31', '2999-12-31']) {
    it(`know ${date} (D11)`, () => {
      assert.ok(isCalendarDate(date));
    });
  }

  const NOT_DATES = [
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00',
    '1899-12-31',
    '3000-01-01',
    ' 2026-01-01',
    '',
    20260101,
    null,
    undefined,
  ];
  for (const value of NOT_DATES) {
    it(`do not know ${JSON.stringify(value)} (D11)`, () => {
      assert.equal(isCalendarDate(value), false);
    });
  }

  const SUMS = [
    { date: '2026-12-31', days: 1, sum: '2027-01-01' },
    { date: '2027-01-01', days: -1, sum: '2026-12-31' },
    { date: '2024-02-28', days: 1, sum: '2024-02-29' },
    { date: '2026-02-28', days: 1, sum: '2026-03-01' },
    { date: '2024-02-29', days: 365, sum: '2025-02-28' },
    { date: '2026-03-28', days: 2, sum: '2026-03-30' },
  ];
  for (const { date, days, sum } of SUMS) {
    it(`count ${date} and ${days} days as ${sum} (D11)`, () => {
      assert.equal(addDays(date, days), sum);
      assert.equal(daysBetween(date, sum), days);
    });
  }

  const MONTHS = [
    { date: '2026-01-31', months: 1, sum: '2026-02-28' },
    { date: '2024-01-31', months: 1, sum: '2024-02-29' },
    { date: '2024-02-29', months: 12, sum: '2025-02-28' },
    { date: '2026-11-30', months: 3, sum: '2027-02-28' },
    { date: '2026-12-15', months: 1, sum: '2027-01-15' },
    { date: '2026-01-15', months: -1, sum: '2025-12-15' },
    { date: '2026-05-31', months: 0, sum: '2026-05-31' },
  ];
  for (const { date, months, sum } of MONTHS) {
    it(`count ${date} and ${months} months as ${sum} (D11)`, () => {
      assert.equal(addMonths(date, months), sum);
    });
  }

  const WEEKDAYS = [
    { date: '1970-01-01', weekday: 4 },
    { date: '1969-12-29', weekday: 1 },
    { date: '1969-12-28', weekday: 7 },
    { date: '2026-11-23', weekday: 1 },
    { date: '2026-11-29', weekday: 7 },
    { date: '2024-02-29', weekday: 4 },
  ];
  for (const { date, weekday } of WEEKDAYS) {
    it(`give ${date} the weekday ${weekday}`, () => {
      assert.equal(weekdayOf(date), weekday);
    });
  }

  it('add and subtract days without loss', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -20_000, max: 20_000 }), (date, days) => {
        const later = addDays(date, days);
        assert.equal(daysBetween(date, later), days);
        assert.equal(addDays(later, -days), date);
        assert.equal(date < later, days > 0);
        assert.equal((weekdayOf(later) - weekdayOf(date) - days) % 7 === 0, true);
      }),
    );
  });
});

describe('a stay', () => {
  it('is the nights from check-in up to, not including, check-out (D1)', () => {
    const threeNights = newStay('2026-12-30', '2027-01-02');
    assert.equal(nightCount(threeNights), 3);
    assert.deepEqual(nightsOf(threeNights), ['2026-12-30', '2026-12-31', '2027-01-01']);
  });

  const REFUSED = [
    { checkIn: '2026-06-01', checkOut: '2026-06-01', path: 'checkOut', why: 'no night' },
    { checkIn: '2026-06-02', checkOut: '2026-06-01', path: 'checkOut', why: 'less than no night' },
    { checkIn: '2026-02-30', checkOut: '2026-03-02', path: 'checkIn', why: 'no such check-in date' },
    { checkIn: '2026-02-20', checkOut: '2026-02-30', path: 'checkOut', why: 'no such check-out date' },
  ];
  for (const { checkIn, checkOut, path, why } of REFUSED) {
    it(`is refused with ${why} (D1)`, () => {
      assert.throws(
        () => newStay(checkIn, checkOut),
        (error) =>
          isDomainError(error, 'invalid_input') &&
          (error.details.errors as { path: string }[])[0]?.path === path,
      );
    });
  }

  it('may begin on the day on which another ends (D2)', () => {
    const first = stay('2026-06-01', '2026-06-05');
    assert.equal(staysOverlap(first, stay('2026-06-05', '2026-06-07')), false);
    assert.equal(staysOverlap(stay('2026-05-30', '2026-06-01'), first), false);
    assert.equal(staysOverlap(first, stay('2026-06-04', '2026-06-05')), true);
    assert.equal(staysOverlap(first, stay('2026-05-01', '2026-07-01')), true);
  });

  const NIGHTS = [
    { checkIn: '2026-03-28', checkOut: '2026-03-30', nights: 2, why: 'over the start of summer time' },
    { checkIn: '2026-10-24', checkOut: '2026-10-26', nights: 2, why: 'over the end of summer time' },
    { checkIn: '2024-02-28', checkOut: '2024-03-01', nights: 2, why: 'over 29 February' },
    { checkIn: '2026-02-28', checkOut: '2026-03-01', nights: 1, why: 'where there is no 29 February' },
    { checkIn: '2025-06-01', checkOut: '2026-06-01', nights: 365, why: 'over a year' },
    { checkIn: '2011-12-29', checkOut: '2011-12-31', nights: 2, why: 'over a day that Samoa skipped' },
  ];
  for (const { checkIn, checkOut, nights, why } of NIGHTS) {
    it(`of ${nights} nights ${why} has ${nights} nights (D6, D10, D11)`, () => {
      assert.equal(nightCount(stay(checkIn, checkOut)), nights);
      assert.equal(nightsOf(stay(checkIn, checkOut)).length, nights);
    });
  }
});

describe('time zones', () => {
  it('are names of the zone database', () => {
    for (const zone of [...ZONES, 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Calcutta'])
      assert.ok(isTimeZone(zone), zone);
  });

  it('are neither offsets nor other text', () => {
    for (const value of ['+01:00', 'Europe/Atlantis', 'London', '', ' UTC', 'Europe/London\n', null, 1])
      assert.equal(isTimeZone(value), false, String(value));
  });

  it('go with times of day from 00:00 to 23:59', () => {
    for (const time of ['00:00', '09:30', '23:59']) assert.ok(isLocalTime(time), time);
    for (const value of ['24:00', '9:30', '12:60', '12:00:00', '', null])
      assert.equal(isLocalTime(value), false, String(value));
  });
});

describe('instantOf', () => {
  const CASES = [
    {
      id: 'D4',
      why: 'a time in the missing hour is the first after it',
      local: ['2026-03-29', '01:30', 'Europe/London'],
      instant: '2026-03-29T01:00:00.000Z',
    },
    {
      id: 'D4',
      why: 'the start of the missing hour too',
      local: ['2026-03-08', '02:00', 'America/New_York'],
      instant: '2026-03-08T07:00:00.000Z',
    },
    {
      id: 'D4',
      why: 'the first time after the gap stays',
      local: ['2026-03-08', '03:00', 'America/New_York'],
      instant: '2026-03-08T07:00:00.000Z',
    },
    {
      id: 'D4',
      why: 'half an hour is missing on Lord Howe',
      local: ['2026-10-04', '02:15', 'Australia/Lord_Howe'],
      instant: '2026-10-03T15:30:00.000Z',
    },
    {
      id: 'D5',
      why: 'a doubled time is the earlier one',
      local: ['2026-10-25', '01:30', 'Europe/London'],
      instant: '2026-10-25T00:30:00.000Z',
    },
    {
      id: 'D5',
      why: 'in New York too',
      local: ['2026-11-01', '01:00', 'America/New_York'],
      instant: '2026-11-01T05:00:00.000Z',
    },
    {
      id: 'D10',
      why: 'a zone of five and a half hours',
      local: ['2026-11-23', '15:00', 'Asia/Kolkata'],
      instant: '2026-11-23T09:30:00.000Z',
    },
    {
      id: 'D10',
      why: 'a zone of five and three quarter hours',
      local: ['2026-11-23', '15:00', 'Asia/Kathmandu'],
      instant: '2026-11-23T09:15:00.000Z',
    },
    {
      id: 'D10',
      why: 'a day that Samoa skipped is the start of the next',
      local: ['2011-12-30', '15:00', 'Pacific/Apia'],
      instant: '2011-12-30T10:00:00.000Z',
    },
    {
      id: 'D10',
      why: 'a day without midnight begins at one',
      local: ['2026-04-24', '00:00', 'Africa/Cairo'],
      instant: '2026-04-23T22:00:00.000Z',
    },
    {
      id: 'D10',
      why: 'a zone fourteen hours ahead',
      local: ['2026-11-23', '11:00', 'Pacific/Kiritimati'],
      instant: '2026-11-22T21:00:00.000Z',
    },
  ] as const;
  for (const { id, why, local, instant } of CASES) {
    it(`${local.join(' ')}: ${why} (${id})`, () => {
      const [date, time, zone] = local;
      assert.equal(instantOf(date, time, zone), instant);
    });
  }

  it('is undone by reading date and time in the zone, but for times that the clocks skip (D10)', () => {
    fc.assert(
      fc.property(dates, times, fc.constantFrom(...ZONES), (date, time, zone) => {
        const instant = instantOf(date, time, zone);
        const readBack = `${todayIn(zone, instant)}T${localTimeIn(zone, instant)}`;
        assert.ok(readBack >= `${date}T${time}`);
        if (readBack !== `${date}T${time}`) {
          // Skipped: one millisecond before, the wall still showed something earlier than what was asked.
          const before = new Date(millisecondsOf(instant) - 1).toISOString();
          assert.ok(`${todayIn(zone, before)}T${localTimeIn(zone, before)}` < `${date}T${time}`);
        }
      }),
    );
  });

  it('never runs backwards along a day (D4, D5)', () => {
    fc.assert(
      fc.property(dates, fc.tuple(times, times), fc.constantFrom(...ZONES), (date, [a, b], zone) => {
        const [first, second] = a <= b ? [a, b] : [b, a];
        assert.ok(instantOf(date, first, zone) <= instantOf(date, second, zone));
      }),
    );
  });
});

describe('deadlines', () => {
  it('keep the hour on the wall across a clock change (D6)', () => {
    const checkIn = { date: '2026-03-30', time: '15:00', zone: 'Europe/London' };
    assert.equal(deadlineBefore(checkIn, 0), '2026-03-30T14:00:00.000Z');
    assert.equal(deadlineBefore(checkIn, 1), '2026-03-29T14:00:00.000Z');
    assert.equal(deadlineBefore(checkIn, 2), '2026-03-28T15:00:00.000Z');
  });

  it('in hours are elapsed time, whatever the clocks do (D6)', () => {
    const checkIn = instantOf('2026-03-28', '15:00', 'Europe/London');
    assert.equal(addHours(checkIn, 24), '2026-03-29T15:00:00.000Z');
    assert.equal(localTimeIn('Europe/London', addHours(checkIn, 24)), '16:00');
  });
});

describe('today', () => {
  const AT = '2026-11-23T10:30:00.000Z';
  const CASES = [
    { zone: 'Pacific/Kiritimati', today: '2026-11-24', time: '00:30', why: 'at +14, tomorrow' },
    { zone: 'Pacific/Pago_Pago', today: '2026-11-22', time: '23:30', why: 'at −11, yesterday' },
    { zone: 'Asia/Kolkata', today: '2026-11-23', time: '16:00', why: 'at +5:30' },
    { zone: 'UTC', today: '2026-11-23', time: '10:30', why: 'in UTC' },
  ];
  for (const { zone, today, time, why } of CASES) {
    it(`is ${today} in ${zone}: ${why} (D9)`, () => {
      assert.equal(todayIn(zone, AT), today);
      assert.equal(localTimeIn(zone, AT), time);
    });
  }

  it('turns at local midnight, to the millisecond (D12)', () => {
    assert.equal(todayIn('Europe/London', '2026-06-01T22:59:59.999Z'), '2026-06-01');
    assert.equal(todayIn('Europe/London', '2026-06-01T23:00:00.000Z'), '2026-06-02');
  });

  it('understands moments without milliseconds or with an offset, and nothing else', () => {
    assert.equal(todayIn('UTC', '2026-06-01T23:00:00Z'), '2026-06-01');
    assert.equal(todayIn('UTC', '2026-06-01T23:00:00-02:00'), '2026-06-02');
    assert.throws(() => todayIn('UTC', 'now'), RangeError);
  });
});
