import assert from 'node:assert/strict';
import { availabilityEndpoints } from '#api/availability/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { newId } from '#db/ids.ts';
import { setPublication } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { releaseNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import {
  MAX_SEASON_NAME_CHARACTERS,
  MAX_SEASON_NIGHTS,
  MAX_SEASONS,
  WEEKDAYS,
} from '#domain/availability/seasons.ts';
import type { Season } from '#domain/availability/seasons.ts';
import type { UserId } from '#domain/ids.ts';
import { addDays, addMonths } from '#domain/nights.ts';
import { aHeldBooking, aProperty, aUser, NOW, take } from '../db/stays-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { newPerson, Person } from '../support/people.ts';
import type { Answer, Call, Wire } from '../support/people.ts';

const BY_THE_YEAR: Partial<StayRules> = {
  seasons: [{ name: 'Summer', from: '2027-07-01', to: '2027-09-01', minimumNights: 7 }],
  minimumNightsByArrival: { friday: 3, sunday: 2 },
  longerByRequest: true,
  noArrivalDays: ['tuesday', 'sunday'],
  noDepartureDays: ['monday'],
};

/** One a month, each as long as a month is at least. */
const manySeasons = (count: number): Season[] =>
  Array.from({ length: count }, (_, month) => {
    const from = addMonths('2027-01-01', month);
    return { name: `Month ${month.toString()}`, from, to: addDays(from, 28), minimumNights: 2 };
  });

describe('availability', () => {
  const api = useLocalApi([...userEndpoints, ...sessionEndpoints, ...availabilityEndpoints], {
    now: () => new Date(NOW),
  });
  let host: Person;
  let stranger: Person;
  const anyone = () => new Person(api().url);

  async function call(person: Person, path: string, request: Call = {}): Promise<Answer<Wire>> {
    const { method = 'GET' } = request;
    const answer = await person.call(path, request);
    const contentType = answer.headers.get('content-type');
    assertConforms({ method, url: path }, { status: answer.status, contentType, body: answer.body });
    return answer;
  }
  const propertyOfHost = (rules?: Partial<StayRules>): Promise<PropertyRow> =>
    aProperty(api().db, { hostId: host.id as UserId, weekendMinor: 120_00, ...(rules && { rules }) });
  const block = (person: Person, propertyId: string, body: object) =>
    call(person, `/properties/${propertyId}/blocks`, { method: 'POST', body });
  const calendar = (person: Person, propertyId: string, [from, to]: readonly [string, string]) =>
    call(person, `/properties/${propertyId}/calendar?from=${from}&to=${to}`);
  const eventsOf = (propertyId: string, kind: string) =>
    api().db('events').where({ subject_id: propertyId, kind }).select('actor_id', 'data');

  before(async () => {
    host = await newPerson(api().url);
    stranger = await newPerson(api().url);
  });

  describe('blocks', () => {
    const NIGHTS = { from: '2027-03-01', to: '2027-03-04' };

    it('keep nights from being booked until they are removed, and tell of both (A3)', async () => {
      const { id, hostId } = await propertyOfHost();
      const stay = {
        propertyId: id,
        guestId: await aUser(api().db),
        checkIn: '2027-03-03',
        checkOut: '2027-03-05',
      };
      const made = await block(host, id, { ...NIGHTS, note: 'Painting' });
      assert.equal(made.status, 201);
      assert.deepEqual(
        { ...made.body, id: '', createdAt: '' },
        { id: '', propertyId: id, ...NIGHTS, note: 'Painting', createdAt: '' },
      );
      assert.equal(await take(api().db, stay), 'dates_unavailable');

      const path = `/properties/${id}/blocks/${made.body.id}`;
      assert.equal((await call(host, path, { method: 'DELETE' })).status, 204);
      assert.equal((await call(host, path, { method: 'DELETE' })).status, 404);
      assert.equal(await take(api().db, stay), 'taken');
      const told = { actor_id: hostId, data: { blockId: made.body.id, ...NIGHTS } };
      assert.deepEqual(await eventsOf(id, 'property.nights_blocked'), [told]);
      assert.deepEqual(await eventsOf(id, 'property.nights_unblocked'), [told]);
    });

    it('cannot lie on a booked night, but on each other (A3)', async () => {
      const { id } = await propertyOfHost();
      const guestId = await aUser(api().db);
      await take(api().db, { propertyId: id, guestId, checkIn: '2027-03-03', checkOut: '2027-03-05' });
      const refused = await block(host, id, NIGHTS);
      assert.deepEqual([refused.status, refused.body.code], [409, 'dates_unavailable']);
      assert.equal((await block(host, id, { from: '2027-03-05', to: '2027-03-08' })).status, 201);
      assert.equal((await block(host, id, { from: '2027-03-06', to: '2027-03-07' })).status, 201);
    });

    it('are made once for one key', async () => {
      const { id } = await propertyOfHost();
      const request = { method: 'POST', body: NIGHTS, key: 'one-key' };
      const first = await call(host, `/properties/${id}/blocks`, request);
      const again = await call(host, `/properties/${id}/blocks`, request);
      assert.deepEqual([again.status, again.body], [201, first.body]);
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      assert.equal((await call(host, `/properties/${id}/blocks`)).body.data.length, 1);
    });

    it('are listed in pages, oldest first', async () => {
      const { id } = await propertyOfHost();
      const made = [];
      for (const day of ['11', '12', '13']) {
        made.push((await block(host, id, { from: `2027-03-${day}`, to: '2027-03-20' })).body);
      }
      const first = (await call(host, `/properties/${id}/blocks?limit=2`)).body;
      const second = (await call(host, `/properties/${id}/blocks?limit=2&cursor=${first.nextCursor}`)).body;
      assert.deepEqual([...first.data, ...second.data], made);
      assert.equal(second.nextCursor, null);
    });

    it('of a property are no one else\u2019s business (S1)', async () => {
      const { id } = await propertyOfHost();
      const { body } = await block(host, id, NIGHTS);
      const tries: [string, Call][] = [
        ['', {}],
        ['', { method: 'POST', body: NIGHTS }],
        [`/${body.id}`, { method: 'DELETE' }],
      ];
      for (const [path, request] of tries) {
        assert.equal((await call(stranger, `/properties/${id}/blocks${path}`, request)).status, 404);
        assert.equal((await call(anyone(), `/properties/${id}/blocks${path}`, request)).status, 401);
      }
    });

    it('cannot be removed by way of another property', async () => {
      const [one, other] = [await propertyOfHost(), await propertyOfHost()];
      const { body } = await block(host, one.id, NIGHTS);
      const removal = call(host, `/properties/${other.id}/blocks/${body.id}`, { method: 'DELETE' });
      assert.equal((await removal).status, 404);
    });

    it('need a first night before the last morning, real dates, and an end (D1)', async () => {
      const { id } = await propertyOfHost();
      for (const [body, path] of [
        [{ from: '2027-03-04', to: '2027-03-04' }, 'to'],
        [{ from: '2027-03-04', to: '2027-03-01' }, 'to'],
        [{ from: '2027-03-04', to: '2030-03-04' }, 'to'],
        [{ from: '2027-02-29', to: '2027-03-04' }, 'from'],
        [{ from: '2027-03-01', to: 'tomorrow' }, 'to'],
        [{ from: '2027-03-01' }, 'to'],
        [{ ...NIGHTS, kind: 'booking' }, 'kind'],
      ] as const) {
        const { status, body: problem } = await block(host, id, body);
        assert.equal(status, 400, JSON.stringify(body));
        assert.deepEqual(
          problem.errors.map((error: Wire) => error.path),
          [path],
        );
      }
    });
  });

  describe('rules', () => {
    const put = (person: Person, id: string, body: object) =>
      call(person, `/properties/${id}/rules`, { method: 'PUT', body });

    it('are the defaults until the host sets others, for everyone to read', async () => {
      const { id } = await propertyOfHost();
      assert.deepEqual((await call(anyone(), `/properties/${id}/rules`)).body, DEFAULT_STAY_RULES);
      const rules = {
        ...DEFAULT_STAY_RULES,
        ...BY_THE_YEAR,
        minimumNights: 3,
        sameDayLatestTime: '18:00',
        preparationNightsAfter: 1,
      };
      const set = await put(host, id, rules);
      assert.deepEqual([set.status, set.body], [200, rules]);
      assert.deepEqual((await call(anyone(), `/properties/${id}/rules`)).body, rules);
      assert.deepEqual(await eventsOf(id, 'property.rules_set'), [
        { actor_id: host.id, data: { before: DEFAULT_STAY_RULES, after: rules } },
      ]);
    });

    it('that are left out go back to their defaults', async () => {
      const { id } = await propertyOfHost({ minimumNights: 5, maximumPets: 0 });
      assert.deepEqual((await put(host, id, { minimumNights: 2 })).body, {
        ...DEFAULT_STAY_RULES,
        minimumNights: 2,
      });
    });

    it('stay within their bounds, and every bad one is named', async () => {
      const { id } = await propertyOfHost();
      const { status, body } = await put(host, id, {
        minimumNights: 0,
        maximumNights: 366,
        sameDayLatestTime: '24:00',
        preparationNightsBefore: 1.5,
        capacity: 9,
      });
      assert.equal(status, 400);
      assert.deepEqual(body.errors.map((error: Wire) => error.path).sort(), [
        'capacity',
        'maximumNights',
        'minimumNights',
        'preparationNightsBefore',
        'sameDayLatestTime',
      ]);
      const crossed = await put(host, id, { minimumNights: 8, maximumNights: 7 });
      assert.deepEqual(
        crossed.body.errors.map((error: Wire) => error.path),
        ['maximumNights'],
      );
    });

    it('name what is wrong with a season, or a day of the week', async () => {
      const { id } = await propertyOfHost();
      const season = { name: 'Summer', from: '2027-07-01', to: '2027-08-01', minimumNights: 7 };
      const tries: [body: object, path: string][] = [
        [{ seasons: [season, { ...season, from: '2027-07-31', to: '2027-08-02' }] }, 'seasons.1'],
        [{ seasons: [{ ...season, to: season.from }] }, 'seasons.0.to'],
        [{ seasons: [{ ...season, from: '2027-02-29' }] }, 'seasons.0.from'],
        [{ seasons: [{ ...season, to: addDays(season.from, MAX_SEASON_NIGHTS + 1) }] }, 'seasons.0.to'],
        [{ seasons: [{ ...season, name: ' ' }] }, 'seasons.0.name'],
        [{ seasons: [{ ...season, name: 'S'.repeat(MAX_SEASON_NAME_CHARACTERS + 1) }] }, 'seasons.0.name'],
        [{ seasons: [season], maximumNights: 6 }, 'seasons.0.minimumNights'],
        [{ seasons: manySeasons(MAX_SEASONS + 1) }, 'seasons'],
        [{ minimumNightsByArrival: { friday: 0 } }, 'minimumNightsByArrival.friday'],
        [{ minimumNightsByArrival: { friday: 8 }, maximumNights: 7 }, 'minimumNightsByArrival.friday'],
        [{ minimumNightsByArrival: { someday: 2 } }, 'minimumNightsByArrival.someday'],
        [{ noArrivalDays: WEEKDAYS }, 'noArrivalDays'],
        [{ noDepartureDays: ['monday', 'monday'] }, 'noDepartureDays'],
        [{ noDepartureDays: ['Monday'] }, 'noDepartureDays.0'],
      ];
      for (const [body, path] of tries) {
        const answer = await put(host, id, body);
        const paths = (answer.body.errors as Wire[] | undefined)?.map((error) => error.path as string);
        assert.deepEqual([answer.status, paths], [400, [path]], JSON.stringify(body));
      }
    });

    it('may be as many seasons, and go as far, as the bounds let them', async () => {
      const { id } = await propertyOfHost();
      const seasons = manySeasons(MAX_SEASONS);
      const rules = {
        ...DEFAULT_STAY_RULES,
        seasons,
        minimumNightsByArrival: Object.fromEntries(WEEKDAYS.map((day) => [day, 365])),
        noArrivalDays: WEEKDAYS.slice(1),
        noDepartureDays: WEEKDAYS.slice(0, -1),
      };
      const set = await put(host, id, { ...rules, seasons: seasons.toReversed() });
      assert.deepEqual([set.status, set.body], [200, rules]);
      assert.deepEqual((await call(anyone(), `/properties/${id}/rules`)).body, rules);
      assert.deepEqual((await put(host, id, {})).body, DEFAULT_STAY_RULES);
    });

    it('are set by the host alone (S1)', async () => {
      const { id } = await propertyOfHost();
      assert.equal((await put(stranger, id, {})).status, 404);
      assert.equal((await put(anyone(), id, {})).status, 401);
    });
  });

  describe('the calendar', () => {
    const nightsOf = async (person: Person, id: string, span: readonly [string, string]) => {
      const { status, body } = await calendar(person, id, span);
      assert.equal(status, 200);
      return body.nights as Wire[];
    };
    const reasons = async (person: Person, id: string, span: readonly [string, string]) =>
      Object.fromEntries(
        (await nightsOf(person, id, span)).map(({ date, available, reason }) => [
          date.slice(5),
          available ? 'free' : reason,
        ]),
      );

    it('prices each night and tells how long a stay must be', async () => {
      const { id } = await propertyOfHost({ minimumNights: 2 });
      const night = { available: true, minimumNights: 2, arrivalAllowed: true, departureAllowed: true };
      assert.deepEqual((await calendar(anyone(), id, ['2027-03-04', '2027-03-07'])).body, {
        propertyId: id,
        currency: 'GBP',
        nights: [
          { date: '2027-03-04', price: 100_00, ...night },
          { date: '2027-03-05', price: 120_00, ...night },
          { date: '2027-03-06', price: 120_00, ...night },
        ],
      });
    });

    it('tells by season and day of the week how long a stay must be, and whether it can begin or end (A9)', async () => {
      const { id } = await propertyOfHost({
        minimumNights: 2,
        seasons: [{ name: 'Easter', from: '2027-03-26', to: '2027-03-30', minimumNights: 4 }],
        minimumNightsByArrival: { friday: 3, sunday: 5 },
        noArrivalDays: ['saturday'],
        noDepartureDays: ['saturday', 'sunday'],
      });
      const nights = await nightsOf(anyone(), id, ['2027-03-25', '2027-03-31']);
      assert.deepEqual(
        nights.map((night) => [
          night.date,
          night.minimumNights,
          night.arrivalAllowed,
          night.departureAllowed,
        ]),
        [
          ['2027-03-25', 2, true, true],
          ['2027-03-26', 4, true, true],
          ['2027-03-27', 4, false, false],
          ['2027-03-28', 5, true, false],
          ['2027-03-29', 4, true, true],
          ['2027-03-30', 2, true, true],
        ],
      );
      assert.ok(nights.every(({ available }) => available));
    });

    it('tells the host why a night is not available, and everyone else only that it is not', async () => {
      const { db } = api();
      const property = await propertyOfHost({ preparationNightsAfter: 1 });
      const { id } = property;
      const guestId = await aUser(db);
      await take(db, { propertyId: id, guestId, checkIn: '2027-03-02', checkOut: '2027-03-04' });
      const bookingId = await aHeldBooking(db, property, guestId);
      await take(db, { propertyId: id, guestId, bookingId, checkIn: '2027-03-07', checkOut: '2027-03-08' });
      await block(host, id, { from: '2027-03-08', to: '2027-03-10' });
      const span = ['2027-03-01', '2027-03-11'] as const;
      assert.deepEqual(await reasons(host, id, span), {
        '03-01': 'preparation', // A stay with this night would have to be followed by one to prepare.
        '03-02': 'booked',
        '03-03': 'booked',
        '03-04': 'preparation',
        '03-05': 'free',
        '03-06': 'preparation',
        '03-07': 'held',
        '03-08': 'blocked',
        '03-09': 'blocked',
        '03-10': 'free',
      });
      for (const person of [stranger, anyone()]) {
        const nights = await nightsOf(person, id, span);
        assert.ok(nights.every((night) => !('reason' in night)));
        assert.deepEqual(nights.map(({ available }) => available).filter(Boolean).length, 2);
      }
    });

    it('says of every night what taking that night alone would say (D3)', async () => {
      const { db } = api();
      const property = await propertyOfHost({ preparationNightsBefore: 1, preparationNightsAfter: 2 });
      const guestId = await aUser(db);
      for (const [checkIn, checkOut] of [
        ['2027-03-05', '2027-03-07'],
        ['2027-03-12', '2027-03-13'],
      ] as const) {
        assert.equal(await take(db, { propertyId: property.id, guestId, checkIn, checkOut }), 'taken');
      }
      await block(host, property.id, { from: '2027-03-17', to: '2027-03-19' });
      const nights = await nightsOf(anyone(), property.id, ['2027-03-01', '2027-03-22']);
      for (const [index, { date, available }] of nights.entries()) {
        const next = nights[index + 1];
        if (next === undefined) break;
        const stay = { propertyId: property.id, guestId, checkIn: date, checkOut: next.date };
        const bookingId = newId('booking');
        const outcome = await take(db, { ...stay, bookingId });
        await releaseNights(db, bookingId, NOW);
        assert.equal(outcome === 'taken', available, date);
      }
    });

    it('ends where stays can be booked: before the notice that is asked for, and after the booking window (D12)', async () => {
      const { id } = await propertyOfHost({ advanceNoticeDays: 2, bookingWindowMonths: 1 });
      assert.deepEqual(await reasons(host, id, ['2027-01-09', '2027-01-13']), {
        '01-09': 'past',
        '01-10': 'advance_notice',
        '01-11': 'advance_notice',
        '01-12': 'free',
      });
      assert.deepEqual(await reasons(host, id, ['2027-02-09', '2027-02-12']), {
        '02-09': 'free',
        '02-10': 'free',
        '02-11': 'booking_window',
      });
    });

    it('of what is not published is the host\u2019s alone', async () => {
      const { id, hostId } = await propertyOfHost();
      await inTransaction(api().db, (trx) => setPublication(trx, { id, hostId }, 'closed'));
      const span = ['2027-03-01', '2027-03-02'] as const;
      assert.equal((await calendar(host, id, span)).status, 200);
      assert.equal((await calendar(stranger, id, span)).status, 404);
      assert.equal((await call(stranger, `/properties/${id}/rules`)).status, 404);
    });

    it('shows a year and no more', async () => {
      const { id } = await propertyOfHost();
      assert.equal((await nightsOf(anyone(), id, ['2027-03-01', '2028-03-01'])).length, 366);
      for (const [from, to] of [
        ['2027-03-01', '2028-03-02'],
        ['2027-03-01', '2027-03-01'],
        ['2027-03-01', 'tomorrow'],
      ] as const) {
        assert.equal((await calendar(anyone(), id, [from, to])).status, 400);
      }
    });
  });
});
