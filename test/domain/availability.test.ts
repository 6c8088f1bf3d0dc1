import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StayRequest, StayRules } from '#domain/availability.ts';
import {
  bookingModeOf,
  countedGuests,
  DEFAULT_STAY_RULES,
  preparationOf,
  refusalOf,
  stayRefused,
} from '#domain/availability.ts';
import { addDays, addMonths, todayIn } from '#domain/nights.ts';
import type { Guests } from '#domain/pricing.ts';
import type { BookingMode } from '#domain/properties.ts';

interface Facts {
  checkIn?: string;
  nights?: number;
  party?: Partial<Guests>;
  rules?: Partial<StayRules>;
  capacity?: number;
  bookingMode?: BookingMode;
  zone?: string;
  at?: string;
}

/** Two nights for two in London in July, asked for on 1 June 2026 at noon. Only the facts that matter are named. */
function request(facts: Facts = {}): StayRequest {
  const { checkIn = '2026-07-01', nights = 2, party, rules, capacity = 4, zone = 'Europe/London' } = facts;
  const { bookingMode = 'instant' } = facts;
  return {
    stay: { checkIn, checkOut: addDays(checkIn, nights) },
    guests: { adults: 2, children: 0, infants: 0, pets: 0, ...party },
    rules: { ...DEFAULT_STAY_RULES, ...rules },
    capacity,
    bookingMode,
    checkInTime: '15:00',
    zone,
    at: facts.at ?? '2026-06-01T11:00:00.000Z',
  };
}

interface Case {
  why: string;
  facts: Facts;
  refusal?: [rule: string, limit: number | string];
}

function check(title: string, cases: Case[]): void {
  describe(title, () => {
    for (const { why, facts, refusal } of cases) {
      it(`${refusal === undefined ? 'allows' : 'refuses'} ${why}`, () => {
        const found = refusalOf(request(facts));
        assert.deepEqual(found && [found.rule, found.limit], refusal);
      });
    }
  });
}

check('the length of a stay', [
  { why: 'one night unless told otherwise', facts: { nights: 1 } },
  { why: 'no night at all (D1)', facts: { nights: 0 }, refusal: ['minimum_nights', 1] },
  { why: 'less than no night (D1)', facts: { nights: -1 }, refusal: ['minimum_nights', 1] },
  { why: 'exactly the fewest nights', facts: { nights: 3, rules: { minimumNights: 3 } } },
  {
    why: 'one night too few',
    facts: { nights: 2, rules: { minimumNights: 3 } },
    refusal: ['minimum_nights', 3],
  },
  { why: 'exactly the most nights', facts: { nights: 14, rules: { maximumNights: 14 } } },
  {
    why: 'one night too many',
    facts: { nights: 15, rules: { maximumNights: 14 } },
    refusal: ['maximum_nights', 14],
  },
  { why: '365 nights (D11)', facts: { nights: 365 } },
  { why: '366 nights (D11)', facts: { nights: 366 }, refusal: ['maximum_nights', 365] },
]);

const LONGER: Partial<StayRules> = { maximumNights: 14, longerByRequest: true };
check('a stay that is longer than most', [
  {
    why: 'one that nobody asks the host for',
    facts: { nights: 15, rules: LONGER },
    refusal: ['maximum_nights', 14],
  },
  { why: 'one that the host is asked for', facts: { nights: 15, rules: LONGER, bookingMode: 'request' } },
  {
    why: '365 nights that the host is asked for (D11)',
    facts: { nights: 365, rules: LONGER, bookingMode: 'request' },
  },
  {
    why: '366 nights, whoever is asked (D11)',
    facts: { nights: 366, rules: LONGER, bookingMode: 'request' },
    refusal: ['maximum_nights', 365],
  },
  {
    why: 'a request where the host wants no longer ones',
    facts: { nights: 15, rules: { maximumNights: 14 }, bookingMode: 'request' },
    refusal: ['maximum_nights', 14],
  },
]);

// 1 July 2026 is a Wednesday.
const SUMMER = [{ name: 'Summer', from: '2026-07-01', to: '2026-08-01', minimumNights: 5 }];
check('the season and the day of the week', [
  {
    why: 'a stay that is too short for its season (A9)',
    facts: { nights: 4, rules: { seasons: SUMMER } },
    refusal: ['minimum_nights', 5],
  },
  { why: 'a stay as long as its season asks (A9)', facts: { nights: 5, rules: { seasons: SUMMER } } },
  {
    why: 'a short stay that begins before the season and goes on in it (A9)',
    facts: { checkIn: '2026-06-30', nights: 2, rules: { seasons: SUMMER } },
  },
  {
    why: 'a short stay that begins in the season and goes on after it (A9)',
    facts: { checkIn: '2026-07-31', nights: 4, rules: { seasons: SUMMER } },
    refusal: ['minimum_nights', 5],
  },
  {
    why: 'a stay that is too short for its day of arrival (A9)',
    facts: { rules: { minimumNightsByArrival: { wednesday: 3 } } },
    refusal: ['minimum_nights', 3],
  },
  {
    why: 'a stay over that day (A9)',
    facts: { checkIn: '2026-06-30', rules: { minimumNightsByArrival: { wednesday: 3 } } },
  },
  {
    why: 'an arrival on a day without, naming the next with',
    facts: { rules: { noArrivalDays: ['wednesday', 'thursday'] } },
    refusal: ['no_arrival_day', '2026-07-03'],
  },
  {
    why: 'an arrival on the day after',
    facts: { checkIn: '2026-07-03', rules: { noArrivalDays: ['wednesday', 'thursday'] } },
  },
  {
    why: 'a departure on a day without, naming the next with',
    facts: { rules: { noDepartureDays: ['friday', 'saturday', 'sunday'] } },
    refusal: ['no_departure_day', '2026-07-06'],
  },
  { why: 'an arrival on a day when nobody departs', facts: { rules: { noDepartureDays: ['wednesday'] } } },
]);

const ASKED = { checkIn: '2026-06-01', bookingMode: 'request' } as const;
check('the host’s answer', [
  { why: 'a request for today before check-in', facts: { ...ASKED, at: '2026-06-01T13:59:59.999Z' } },
  {
    why: 'a request for today when check-in has come (D12)',
    facts: { ...ASKED, at: '2026-06-01T14:00:00.000Z' },
    refusal: ['host_answer', '2026-06-02'],
  },
  {
    why: 'a booking at once after check-in has come (D13)',
    facts: { checkIn: '2026-06-01', at: '2026-06-01T14:00:00.000Z' },
  },
]);

describe('the way a stay is booked', () => {
  const CASES = [
    ['instant', false, 15, 'instant'],
    ['instant', true, 14, 'instant'],
    ['instant', true, 15, 'request'],
    ['request', true, 14, 'request'],
    ['request', false, 15, 'request'],
  ] as const;
  for (const [ofProperty, longerByRequest, nights, mode] of CASES) {
    it(`is ${mode} for ${nights.toString()} nights at most 14 of which are ${ofProperty}${longerByRequest ? ', longer by request' : ''}`, () => {
      const { stay, rules } = request({ nights, rules: { maximumNights: 14, longerByRequest } });
      assert.equal(bookingModeOf(stay, { bookingMode: ofProperty, rules }), mode);
    });
  }
});

check('the party', [
  { why: 'as many as the property sleeps', facts: { party: { adults: 2, children: 2 } } },
  { why: 'one child too many', facts: { party: { adults: 2, children: 3 } }, refusal: ['capacity', 4] },
  { why: 'one adult too many', facts: { party: { adults: 5 } }, refusal: ['capacity', 4] },
  { why: 'five infants beside a full house (A14)', facts: { party: { adults: 4, infants: 5 } } },
  {
    why: 'a sixth infant in a full house (A14)',
    facts: { party: { adults: 4, infants: 6 } },
    refusal: ['capacity', 4],
  },
  { why: 'a sixth infant where a bed is left (A14)', facts: { party: { adults: 3, infants: 6 } } },
  { why: 'as many pets as the host takes (A14)', facts: { party: { pets: 1 }, rules: { maximumPets: 1 } } },
  {
    why: 'one pet too many (A14)',
    facts: { party: { pets: 2 }, rules: { maximumPets: 1 } },
    refusal: ['pets', 1],
  },
  {
    why: 'any pet where none may stay (A14)',
    facts: { party: { pets: 1 }, rules: { maximumPets: 0 } },
    refusal: ['pets', 0],
  },
]);

const SAME_DAY = { checkIn: '2026-06-01', rules: { sameDayLatestTime: '18:00' } };
const NOTICE = { rules: { advanceNoticeDays: 2 } };
check('the notice before a stay', [
  { why: 'a check-in yesterday', facts: { checkIn: '2026-05-31' }, refusal: ['past', '2026-06-01'] },
  { why: 'a check-in today', facts: { checkIn: '2026-06-01' } },
  {
    why: 'a check-in today after the check-in time (D13)',
    facts: { checkIn: '2026-06-01', at: '2026-06-01T22:59:59.999Z' },
  },
  {
    why: 'a check-in on a day that has just ended (D13)',
    facts: { checkIn: '2026-06-01', at: '2026-06-01T23:00:00.000Z' },
    refusal: ['past', '2026-06-02'],
  },
  {
    why: 'a check-in today at the very latest instant (D12)',
    facts: { ...SAME_DAY, at: '2026-06-01T17:00:00.000Z' },
  },
  {
    why: 'a check-in today one millisecond late (D12)',
    facts: { ...SAME_DAY, at: '2026-06-01T17:00:00.001Z' },
    refusal: ['advance_notice', '2026-06-02'],
  },
  {
    why: 'a check-in tomorrow, however late it is today',
    facts: { ...SAME_DAY, checkIn: '2026-06-02', at: '2026-06-01T22:00:00.000Z' },
  },
  { why: 'exactly the days of notice', facts: { ...NOTICE, checkIn: '2026-06-03' } },
  {
    why: 'a day less notice',
    facts: { ...NOTICE, checkIn: '2026-06-02' },
    refusal: ['advance_notice', '2026-06-03'],
  },
  {
    why: 'a day less notice, though the same day is open until late',
    facts: { checkIn: '2026-06-02', rules: { ...NOTICE.rules, ...SAME_DAY.rules } },
    refusal: ['advance_notice', '2026-06-03'],
  },
  {
    why: 'notice given in the last millisecond of the day (D12)',
    facts: { ...NOTICE, checkIn: '2026-06-03', at: '2026-06-01T22:59:59.999Z' },
  },
  {
    why: 'notice given at midnight (D12)',
    facts: { ...NOTICE, checkIn: '2026-06-03', at: '2026-06-01T23:00:00.000Z' },
    refusal: ['advance_notice', '2026-06-04'],
  },
]);

// 2026-11-23 at 10:30 in UTC is the 22nd in Pago Pago (−11) and the 24th on Kiritimati (+14).
const WEST = { zone: 'Pacific/Pago_Pago', at: '2026-11-23T10:30:00.000Z' };
const EAST = { ...WEST, zone: 'Pacific/Kiritimati' };
check("the property's today", [
  {
    why: "a check-in today at -11, where the guest's day is two ahead (D9)",
    facts: { ...WEST, checkIn: '2026-11-22' },
  },
  {
    why: 'a check-in that is yesterday at -11 (D9)',
    facts: { ...WEST, checkIn: '2026-11-21' },
    refusal: ['past', '2026-11-22'],
  },
  {
    why: "a check-in that is over at +14, though it is the guest's today (D9)",
    facts: { ...EAST, checkIn: '2026-11-23' },
    refusal: ['past', '2026-11-24'],
  },
]);

check('the booking window', [
  { why: 'a check-in on its last day (D12)', facts: { checkIn: '2027-06-01' } },
  {
    why: 'a check-in the day after (D12)',
    facts: { checkIn: '2027-06-02' },
    refusal: ['booking_window', '2027-06-01'],
  },
  {
    why: 'a check-in past the end of a shorter month (D11)',
    facts: { checkIn: '2027-03-01', at: '2026-08-31T11:00:00.000Z', rules: { bookingWindowMonths: 6 } },
    refusal: ['booking_window', '2027-02-28'],
  },
]);

describe('a refusal', () => {
  it('names the first broken rule, in a sentence', () => {
    const tooMuch = { nights: 1, party: { adults: 9, pets: 9 }, rules: { minimumNights: 2 } };
    assert.deepEqual(refusalOf(request(tooMuch)), {
      rule: 'minimum_nights',
      message: 'The stay must be at least 2 nights long.',
      limit: 2,
    });
  });

  it('is told as stay_refused with its rule and limit', () => {
    const refusal = refusalOf(request({ party: { adults: 5 } })) ?? assert.fail();
    const { code, details, message } = stayRefused(refusal);
    assert.deepEqual([code, details], ['stay_refused', { rule: 'capacity', limit: 4 }]);
    assert.equal(message, 'The property sleeps 4 guests.');
  });

  it('comes exactly when a rule is broken, for any dates and party', () => {
    const small = (most: number) => fc.integer({ min: 0, max: most });
    const facts = fc.record({
      checkIn: fc.integer({ min: -5, max: 500 }).map((days) => addDays('2026-06-01', days)),
      nights: fc.integer({ min: 1, max: 40 }),
      party: fc.record({ adults: small(6), children: small(3), infants: small(7), pets: small(3) }),
      rules: fc.record({
        minimumNights: fc.integer({ min: 1, max: 7 }),
        maximumNights: fc.integer({ min: 7, max: 30 }),
        advanceNoticeDays: small(7),
        bookingWindowMonths: fc.integer({ min: 1, max: 16 }),
        maximumPets: small(3),
      }),
      zone: fc.constantFrom('Europe/London', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu'),
    });
    fc.assert(
      fc.property(facts, (asked) => {
        const { checkIn, nights, rules, zone } = asked;
        const { guests, capacity, at } = request(asked);
        const today = todayIn(zone, at);
        const isAllowed =
          checkIn >= addDays(today, rules.advanceNoticeDays) &&
          checkIn <= addMonths(today, rules.bookingWindowMonths) &&
          nights >= rules.minimumNights &&
          nights <= rules.maximumNights &&
          countedGuests(guests) <= capacity &&
          guests.pets <= rules.maximumPets;
        assert.equal(refusalOf(request(asked)) === undefined, isAllowed);
      }),
    );
  });
});

describe('preparation', () => {
  const stay = { checkIn: '2026-02-27', checkOut: '2026-03-02' };
  const CASES = [
    { before: 0, after: 0, ranges: {} },
    { before: 1, after: 0, ranges: { before: { checkIn: '2026-02-26', checkOut: '2026-02-27' } } },
    { before: 0, after: 2, ranges: { after: { checkIn: '2026-03-02', checkOut: '2026-03-04' } } },
    {
      before: 2,
      after: 1,
      ranges: {
        before: { checkIn: '2026-02-25', checkOut: '2026-02-27' },
        after: { checkIn: '2026-03-02', checkOut: '2026-03-03' },
      },
    },
  ];
  for (const { before, after, ranges } of CASES) {
    it(`takes ${before} nights before the stay and ${after} after, touching it (D3)`, () => {
      const rules = { ...DEFAULT_STAY_RULES, preparationNightsBefore: before, preparationNightsAfter: after };
      assert.deepEqual(preparationOf(stay, rules), ranges);
    });
  }
});
