import assert from 'node:assert/strict';
import { alterationRefusal } from '#domain/alterations.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { addDays } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import type { Guests } from '#domain/pricing.ts';

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
  /** Booked for, and wanted: the two of `PARTY` unless said. */
  party?: [booked: Partial<Guests>, wanted: Partial<Guests>];
}

/** What a certain booking is refused to become, as rule and limit. */
function refusal({ from, to, rules, party: [booked, wanted] = [{}, {}] }: Facts): unknown[] | undefined {
  const refused = alterationRefusal({
    booking: {
      stay: from,
      guests: { ...PARTY, ...booked },
      status: 'confirmed',
      zone: 'Europe/London',
      checkInTime: '15:00',
    },
    to: { stay: to, guests: { ...PARTY, ...wanted } },
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
  {
    why: 'where as many come as were booked for, though the property takes fewer by now',
    from: stay(0, 3),
    to: stay(0, 2),
    rules: { maximumPets: 0 },
    party: [
      { adults: 6, pets: 1 },
      { adults: 6, pets: 1 },
    ],
  },
  {
    why: 'where fewer come than were booked for, though still more than the property takes by now',
    from: stay(0, 3),
    to: stay(0, 3),
    rules: { maximumPets: 0 },
    party: [
      { adults: 6, pets: 2 },
      { adults: 5, pets: 1 },
    ],
  },
  {
    why: 'where more come than it takes',
    from: stay(0, 3),
    to: stay(0, 3),
    rules: {},
    party: [{ adults: 6 }, { adults: 6, children: 1 }],
    refused: ['capacity', 4],
  },
  {
    why: 'where more pets come than it takes',
    from: stay(0, 3),
    to: stay(0, 3),
    rules: { maximumPets: 1 },
    party: [{ pets: 1 }, { pets: 2 }],
    refused: ['pets', 1],
  },
];

describe('the rules of an alteration', () => {
  for (const { why, refused, ...facts } of CASES) {
    it(`${refused === undefined ? 'let' : 'do not let'} a booking be moved ${why}`, () => {
      assert.deepEqual(refusal(facts), refused);
    });
  }
});
