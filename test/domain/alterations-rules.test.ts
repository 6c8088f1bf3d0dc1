import assert from 'node:assert/strict';
import { alterationRefusal } from '#domain/alterations.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { addDays } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';

/** A Thursday. */
const FIRST = '2027-03-11';
const PARTY = { adults: 2, children: 0, infants: 0, pets: 0 };

const stay = (from: number, until: number): Stay => ({
  checkIn: addDays(FIRST, from),
  checkOut: addDays(FIRST, until),
});

interface Facts {
  from: Stay;
  to: Stay;
  rules: Partial<StayRules>;
}

/** What a certain booking is refused to become, as rule and limit. */
function refusal({ from, to, rules }: Facts): unknown[] | undefined {
  const refused = alterationRefusal({
    booking: { stay: from, guests: PARTY, status: 'confirmed', zone: 'Europe/London', checkInTime: '15:00' },
    to: { stay: to, guests: PARTY },
    property: { status: 'published', capacity: 4, rules: { ...DEFAULT_STAY_RULES, ...rules } },
    at: '2027-03-01T12:00:00.000Z',
  });
  return refused && [refused.details.rule, refused.details.limit];
}

const SPRING = [{ name: 'Spring', from: FIRST, to: addDays(FIRST, 7), minimumNights: 5 }];
const CASES: (Facts & { why: string; refused?: unknown[] })[] = [
  {
    why: 'into a gap that is shorter than the minimum (A8)',
    from: stay(0, 3),
    to: stay(10, 12),
    rules: { minimumNights: 3 },
    refused: ['minimum_nights', 3],
  },
  {
    why: 'to less than the minimum (A8)',
    from: stay(0, 3),
    to: stay(0, 2),
    rules: { minimumNights: 3 },
    refused: ['minimum_nights', 3],
  },
  { why: 'to exactly the minimum (A8)', from: stay(0, 4), to: stay(0, 3), rules: { minimumNights: 3 } },
  {
    why: 'into a season that asks for more (A9)',
    from: stay(-3, -1),
    to: stay(0, 4),
    rules: { seasons: SPRING },
    refused: ['minimum_nights', 5],
  },
  {
    why: 'on into a season that asks for more, where it still begins before it (A9)',
    from: stay(-1, 0),
    to: stay(-1, 2),
    rules: { seasons: SPRING },
  },
  {
    why: 'to begin on a day that asks for more (A9)',
    from: stay(0, 2),
    to: stay(1, 3),
    rules: { minimumNightsByArrival: { friday: 3 } },
    refused: ['minimum_nights', 3],
  },
  {
    why: 'beyond the maximum (A10)',
    from: stay(0, 3),
    to: stay(0, 8),
    rules: { maximumNights: 7 },
    refused: ['maximum_nights', 7],
  },
  { why: 'to exactly the maximum (A10)', from: stay(0, 3), to: stay(0, 7), rules: { maximumNights: 7 } },
  {
    why: 'beyond the maximum where a host may be asked, as both sides are (A10)',
    from: stay(0, 3),
    to: stay(0, 8),
    rules: { maximumNights: 7, longerByRequest: true },
  },
  {
    why: 'to begin on a day when none does',
    from: stay(0, 3),
    to: stay(1, 3),
    rules: { noArrivalDays: ['friday'] },
    refused: ['no_arrival_day', addDays(FIRST, 2)],
  },
  {
    why: 'to end on a day when none does',
    from: stay(0, 3),
    to: stay(0, 4),
    rules: { noDepartureDays: ['monday'] },
    refused: ['no_departure_day', addDays(FIRST, 5)],
  },
  {
    why: 'to end elsewhere, where it begins on a day when none does any more',
    from: stay(0, 3),
    to: stay(0, 4),
    rules: { noArrivalDays: ['thursday'] },
  },
  {
    why: 'to begin elsewhere, where it ends on a day when none does any more',
    from: stay(0, 3),
    to: stay(1, 3),
    rules: { noDepartureDays: ['sunday'] },
  },
];

describe('the rules of an alteration', () => {
  for (const { why, refused, ...facts } of CASES) {
    it(`${refused === undefined ? 'let' : 'do not let'} a booking be moved ${why}`, () => {
      assert.deepEqual(refusal(facts), refused);
    });
  }
});
