import assert from 'node:assert/strict';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { insertProperty, setPublication } from '#db/properties.ts';
import { searchProperties } from '#db/search.ts';
import { Chance } from '#db/seeds/chance.ts';
import { setStayRules } from '#db/stay-rules.ts';
import { bookingModeOf, DEFAULT_STAY_RULES, refusalOf } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { WEEKDAYS } from '#domain/availability/seasons.ts';
import type { WeekdayName } from '#domain/availability/seasons.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { addDays, staysOverlap } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { BOOKING_MODES } from '#domain/properties.ts';
import type { BookingMode } from '#domain/properties.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { aUser } from '../stays-fixture.ts';

const PROPERTIES = 60;
const ROUNDS = 60;
const FROM = '2027-01-28';
const ZONES = ['Europe/London', 'Asia/Tokyo', 'America/New_York', 'Pacific/Kiritimati'];

interface Home {
  id: PropertyId;
  zone: string;
  capacity: number;
  bookingMode: BookingMode;
  checkInTime: string;
  rules: StayRules;
  /** Kept by its host. */
  blocked: Stay;
}

/** Some of it, each for itself as likely as not. */
function some<T>(chance: Chance, all: readonly T[]): T[] {
  return all.filter(() => chance.between(0, 3) === 0);
}

function days(chance: Chance): WeekdayName[] {
  return chance.between(0, 1) === 0 ? [] : some(chance, WEEKDAYS).slice(0, 6);
}

/** Seasons one after another, some days between them. */
function seasons(chance: Chance): StayRules['seasons'] {
  let next = addDays(FROM, chance.between(-20, 20));
  return Array.from({ length: chance.between(0, 4) }, (_, index) => {
    const from = addDays(next, chance.between(0, 3));
    const to = addDays(from, chance.between(1, 30));
    next = to;
    return { name: `Season ${index.toString()}`, from, to, minimumNights: chance.between(1, 6) };
  });
}

function anyRules(chance: Chance): StayRules {
  const minimumNights = chance.between(1, 6);
  const byArrival = some(chance, WEEKDAYS).map((day) => [day, chance.between(1, 6)] as const);
  return {
    ...DEFAULT_STAY_RULES,
    minimumNights,
    minimumNightsByArrival: Object.fromEntries(byArrival),
    seasons: seasons(chance),
    maximumNights: minimumNights + chance.between(0, 8),
    longerByRequest: chance.oneOf([true, false]),
    noArrivalDays: days(chance),
    noDepartureDays: days(chance),
    advanceNoticeDays: chance.oneOf([0, 0, 1, 3]),
    sameDayLatestTime: chance.oneOf([null, '09:00', '20:30']),
    bookingWindowMonths: chance.between(1, 3),
  };
}

describe('whether a stay is possible', () => {
  const own = useOwnDatabase();

  async function home(db: Db, { hostId, chance }: { hostId: UserId; chance: Chance }): Promise<Home> {
    const facts = {
      zone: chance.oneOf(ZONES),
      capacity: chance.between(1, 5),
      bookingMode: chance.oneOf(BOOKING_MODES),
      checkInTime: chance.oneOf(['15:00', '21:30']),
      rules: chance.between(0, 9) === 0 ? { ...DEFAULT_STAY_RULES } : anyRules(chance),
    };
    const { zone: timeZone, capacity, bookingMode, checkInTime, rules } = facts;
    const checkIn = addDays(FROM, chance.between(0, 60));
    const blocked = { checkIn, checkOut: addDays(checkIn, chance.between(1, 9)) };
    return db.transaction(async (trx) => {
      const { id } = await insertProperty(trx, {
        ...{ hostId, title: 'Flat', roomType: 'entire_home', latitude: 53.48, longitude: -2.24 },
        ...{ timeZone, currency: 'GBP', capacity, bookingMode, checkInTime, nightlyMinor: 10_000 },
      });
      await setStayRules(trx, { id, hostId }, rules);
      await setPublication(trx, { id, hostId }, 'published');
      const nights = `[${blocked.checkIn},${blocked.checkOut})`;
      await trx('stays').insert({ property_id: id, nights, kind: 'block', block_id: newId('block') });
      return { id, ...facts, blocked };
    });
  }

  it('is answered by the search as by the rules of the domain, for thousands of stays', async () => {
    const { db } = own();
    const chance = new Chance(7);
    const hostId = await aUser(db);
    const homes: Home[] = [];
    for (let count = 0; count < PROPERTIES; count++) homes.push(await home(db, { hostId, chance }));
    const counts: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round++) {
      const now = new Date(Date.UTC(2027, 0, 30, chance.between(0, 23), chance.between(0, 59))).toISOString();
      const checkIn = chance.between(0, 3) === 0 ? '2027-01-30' : addDays(FROM, chance.between(0, 70));
      const stay = { checkIn, checkOut: addDays(checkIn, chance.between(1, 14)) };
      const guests = chance.between(1, 4);
      const party = { adults: guests, children: 0, infants: 0, pets: 0 };
      const possible = homes.filter((one) => {
        const bookingMode = bookingModeOf(stay, one);
        const refusal = refusalOf({ ...one, bookingMode, stay, guests: party, at: now });
        const answer = refusal?.rule ?? (staysOverlap(one.blocked, stay) ? 'taken' : 'possible');
        counts[answer] = (counts[answer] ?? 0) + 1;
        return answer === 'possible';
      });
      for (const sort of ['distance', 'price'] as const) {
        const place = { near: { latitude: 53.48, longitude: -2.24 }, radiusMetres: 50_000 };
        const { rows } = await searchProperties(db, {
          ...{ place, sort, guests, limit: PROPERTIES },
          stay: { ...stay, now },
        });
        const ids = rows.map(({ id }) => id).sort();
        assert.deepEqual(ids, possible.map(({ id }) => id).sort(), JSON.stringify({ stay, now, guests }));
      }
    }
    // Every answer there is has been given: none of them was compared with nothing.
    assert.deepEqual(
      Object.keys(counts).sort(),
      [
        'advance_notice',
        'booking_window',
        'capacity',
        'host_answer',
        'maximum_nights',
        'minimum_nights',
        'no_arrival_day',
        'no_departure_day',
        'past',
        'possible',
        'taken',
      ],
      JSON.stringify(counts),
    );
  }).timeout(60_000);

  const CLOCKS = [
    { what: 'that the clocks skip (D4)', day: '2027-03-28', at: '2027-03-28T01:00:00Z' },
    { what: 'that occurs twice, the earlier of them (D5)', day: '2027-10-31', at: '2027-10-31T00:30:00Z' },
  ];
  for (const { what, day, at } of CLOCKS) {
    it(`is answered alike up to a time ${what}`, async () => {
      const { db } = own();
      const hostId = await aUser(db);
      const place = { latitude: 48.86, longitude: 2.35 };
      const facts = {
        ...place,
        hostId,
        title: 'Flat',
        roomType: 'entire_home',
        timeZone: 'Europe/Paris',
      } as const;
      const homes = await Promise.all(
        BOOKING_MODES.map((bookingMode) =>
          db.transaction(async (trx) => {
            const money = { currency: 'EUR', nightlyMinor: 10_000 } as const;
            const { id } = await insertProperty(trx, {
              ...facts,
              ...money,
              capacity: 2,
              bookingMode,
              checkInTime: '02:30',
            });
            const sameDayLatestTime = bookingMode === 'instant' ? '02:30' : null;
            const rules = { ...DEFAULT_STAY_RULES, sameDayLatestTime };
            await setStayRules(trx, { id, hostId }, rules);
            await setPublication(trx, { id, hostId }, 'published');
            return { id, zone: facts.timeZone, capacity: 2, bookingMode, checkInTime: '02:30', rules };
          }),
        ),
      );
      const guests = { adults: 1, children: 0, infants: 0, pets: 0 };
      const stay = { checkIn: day, checkOut: addDays(day, 2) };
      const answers: boolean[][] = [];
      for (const laterMs of [-5_400_000, -1, 0, 1, 1_800_000, 3_600_000, 5_400_000]) {
        const now = new Date(Date.parse(at) + laterMs).toISOString();
        const { rows } = await searchProperties(db, {
          ...{ place: { near: place, radiusMetres: 1_000 }, sort: 'distance', guests: 1, limit: 10 },
          stay: { ...stay, now },
        });
        const found = homes.map(({ id }) => rows.some((row) => row.id === id));
        answers.push(found);
        const allowed = homes.map((home) => refusalOf({ ...home, stay, guests, at: now }) === undefined);
        assert.deepEqual(found, allowed, now);
      }
      // The latest time for the same day is itself in time; the host has until just before check-in.
      const [instant, request] = BOOKING_MODES.map((_, place) => answers.map((each) => each[place]));
      assert.deepEqual(instant, [true, true, true, false, false, false, false]);
      assert.deepEqual(request, [true, true, false, false, false, false, false]);
    });
  }
});
