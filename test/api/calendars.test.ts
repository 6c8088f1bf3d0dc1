import assert from 'node:assert/strict';
import ICAL from 'ical.js';
import { calendarEndpoints } from '#api/calendars/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { newId } from '#db/ids.ts';
import { insertBlock } from '#db/blocks.ts';
import { deleteProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { releaseNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { grantRole } from '#db/users.ts';
import type { BookingId, CalendarId, UserId } from '#domain/ids.ts';
import { addHours } from '#domain/nights.ts';
import { aProperty, aUser, NOW, take } from '../db/stays-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { newPerson, Person, signedIn } from '../support/people.ts';
import type { Answer, Call, Wire } from '../support/people.ts';

describe('calendars', () => {
  const asked: CalendarId[] = [];
  let now = NOW;
  const api = useLocalApi([...userEndpoints, ...sessionEndpoints, ...calendarEndpoints], {
    now: () => new Date(now),
    calendars: {
      sync(id) {
        asked.push(id);
        return Promise.resolve();
      },
    },
  });
  let host: Person;
  let stranger: Person;
  let property: PropertyRow;
  const anyone = () => new Person(api().url);

  async function call(person: Person, path: string, request: Call = {}): Promise<Answer<Wire>> {
    const answer = await person.call(path, request);
    const contentType = answer.headers.get('content-type');
    const { method = 'GET' } = request;
    assertConforms({ method, url: path }, { status: answer.status, contentType, body: answer.body });
    return answer;
  }
  const at = (path: string) => `/properties/${property.id}${path}`;
  const add = (body: object, person = host, key?: string) =>
    call(person, at('/calendars'), { method: 'POST', body, ...(key !== undefined && { key }) });
  const ELSEWHERE = { name: 'Elsewhere', url: 'https://elsewhere.example/a.ics?s=secret' };

  before(async () => {
    host = await newPerson(api().url);
    stranger = await newPerson(api().url);
  });
  beforeEach(async () => {
    now = NOW;
    property = await aProperty(api().db, { hostId: host.id as UserId });
  });

  describe('to be imported', () => {
    it('are added, read at once, listed and taken away', async () => {
      const { status, body } = await add(ELSEWHERE);
      assert.equal(status, 201);
      assert.deepEqual(
        { ...body, id: '', createdAt: '' },
        { id: '', propertyId: property.id, ...ELSEWHERE, nights: 0, conflicts: 0, dueAt: NOW, createdAt: '' },
      );
      assert.equal(asked.at(-1), body.id);
      const path = at(`/calendars/${body.id}`);
      assert.deepEqual((await call(host, path)).body, body);
      assert.deepEqual((await call(host, at('/calendars'))).body, { data: [body], nextCursor: null });
      assert.equal((await call(host, path, { method: 'DELETE' })).status, 204);
      assert.equal((await call(host, path, { method: 'DELETE' })).status, 404);
      assert.deepEqual((await call(host, at('/calendars'))).body.data, []);
    });

    it('are added once for a key', async () => {
      const key = newId('event');
      const [first, again] = [await add(ELSEWHERE, host, key), await add(ELSEWHERE, host, key)];
      assert.deepEqual([again.status, again.body], [201, first.body]);
      assert.equal((await call(host, at('/calendars'))).body.data.length, 1);
    });

    it('are read when somebody asks for it', async () => {
      const { body } = await add(ELSEWHERE);
      const count = asked.length;
      assert.equal((await call(host, at(`/calendars/${body.id}/sync`), { method: 'POST' })).status, 202);
      assert.deepEqual(asked.slice(count), [body.id]);
    });

    for (const [what, facts, path] of [
      ['no address', { url: 'elsewhere' }, 'url'],
      ['an address of no kind that is asked', { url: 'ftp://elsewhere.example/' }, 'url'],
      ['an address with a password', { url: 'https://me:secret@elsewhere.example/' }, 'url'],
      ['an address without end', { url: `https://elsewhere.example/${'a'.repeat(2_000)}` }, 'url'],
      ['no name', { name: ' ' }, 'name'],
      ['a name without end', { name: 'a'.repeat(101) }, 'name'],
      ['what nobody asked', { failures: 3 }, 'failures'],
    ] as const) {
      it(`are refused with ${what}`, async () => {
        const { status, body } = await add({ ...ELSEWHERE, ...facts });
        assert.deepEqual([status, body.code], [400, 'invalid_input']);
        assert.equal(body.errors[0].path, path);
      });
    }
  });

  describe('as others read them', () => {
    const renew = async (person = host) => call(person, at('/calendar-address'), { method: 'PUT' });
    const keyOf = async (): Promise<string> =>
      new URL((await renew()).body.url).searchParams.get('key') ?? '';
    const read = (key: string, headers: Record<string, string> = {}) =>
      call(anyone(), at(`/calendar.ics?key=${key}`), { headers });

    async function booked(checkIn: string, checkOut: string): Promise<BookingId> {
      const bookingId = newId('booking');
      const guestId = await aUser(api().db);
      assert.equal(
        await take(api().db, { propertyId: property.id, guestId, bookingId, checkIn, checkOut }),
        'taken',
      );
      return bookingId;
    }
    const eventsIn = (text: string) =>
      new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((component) => {
        const { startDate, endDate, summary, uid } = new ICAL.Event(component);
        return { nights: `${startDate.toString()} ${endDate.toString()}`, summary, uid };
      });

    it('tell what is booked and blocked, and of nobody; not what is over, free again or imported (I5)', async () => {
      const key = await keyOf();
      const { body: elsewhere } = await add(ELSEWHERE);
      await booked('2027-03-01', '2027-03-04');
      await releaseNights(api().db, await booked('2027-05-01', '2027-05-04'), NOW);
      await booked('2027-01-11', '2027-01-12');
      await inTransaction(api().db, (trx) =>
        insertBlock(trx, property, {
          id: newId('block'),
          from: '2027-02-01',
          to: '2027-02-03',
          note: 'Painting',
        }),
      );
      await api()
        .db('stays')
        .insert([
          {
            property_id: property.id,
            kind: 'import',
            calendar_id: elsewhere.id,
            nights: '[2027-04-01,2027-04-03)',
          },
          {
            property_id: property.id,
            kind: 'booking',
            booking_id: newId('booking'),
            nights: '[2027-01-08,2027-01-10)',
          },
        ]);
      const { status, body, headers } = await read(key);
      assert.deepEqual([status, headers.get('content-type')], [200, 'text/calendar; charset=utf-8']);
      assert.deepEqual(
        eventsIn(body).map(({ nights, summary }) => [nights, summary]),
        [
          ['2027-01-11 2027-01-12', 'Reserved'],
          ['2027-02-01 2027-02-03', 'Not available'],
          ['2027-03-01 2027-03-04', 'Reserved'],
        ],
      );
      assert.match(body, /^BEGIN:VCALENDAR\r\n[^]*END:VCALENDAR\r\n$/);
      assert.doesNotMatch(body, /bkg_|blk_|usr_|Ada|Painting/);
      for (const line of body.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
    });

    it('tell no more of what is over where the property is (D9)', async () => {
      // Noon in UTC is two in the morning of the 11th on Kiritimati, and one of the 10th on Pago Pago.
      for (const [timeZone, told] of [
        ['Pacific/Kiritimati', []],
        ['Pacific/Pago_Pago', ['2027-01-09 2027-01-11']],
      ] as const) {
        property = await aProperty(api().db, { hostId: host.id as UserId, timeZone });
        const nights = '[2027-01-09,2027-01-11)';
        const stay = { property_id: property.id, kind: 'booking', booking_id: newId('booking'), nights };
        await api().db('stays').insert(stay);
        const { body } = await read(await keyOf());
        assert.deepEqual(
          eventsIn(body).map((event) => event.nights),
          told,
        );
      }
    });

    it('are the same, byte for byte, until something changes (I10)', async () => {
      const key = await keyOf();
      const takenAt = { created_at: addHours(NOW, -24) };
      const bookingId = await booked('2027-03-01', '2027-03-04');
      await api().db('stays').where({ booking_id: bookingId }).update(takenAt);
      const first = await read(key);
      assert.deepEqual(first.body.match(/^DTSTAMP.*$/gm), ['DTSTAMP:20270109T120000Z']); // Not of the reading.
      now = addHours(NOW, 24);
      const again = await read(key);
      const etag = first.headers.get('etag') ?? '';
      assert.deepEqual([again.body, again.headers.get('etag')], [first.body, etag]);
      assert.equal((await read(key, { 'if-none-match': etag })).status, 304);
      await booked('2027-04-01', '2027-04-03');
      const changed = await read(key, { 'if-none-match': etag });
      assert.equal(changed.status, 200);
      const [before, after] = [eventsIn(first.body), eventsIn(changed.body)];
      assert.deepEqual(after.slice(0, 1), before);
      assert.equal(after.length, 2);
    });

    it('have a new address when their host wants one, and the old one is nobody’s (I7)', async () => {
      const [old, renewed] = [await keyOf(), await keyOf()];
      assert.notEqual(old, renewed);
      assert.deepEqual([(await read(old)).status, (await read(renewed)).status], [404, 200]);
      assert.equal((await call(host, at('/calendar-address'), { method: 'DELETE' })).status, 204);
      assert.equal((await read(renewed)).status, 404);
    });

    it('have an address that nobody guesses, and that is kept nowhere (S7)', async () => {
      const key = await keyOf();
      assert.ok(Buffer.from(key, 'base64url').length * 8 >= 128);
      const wrong = ['', key.slice(1), `${key}a`, key.toLowerCase(), 'a'.repeat(43)];
      for (const guess of wrong) assert.equal((await read(guess)).status, 404, guess);
      const hidden = (await read('wrong')).body;
      property = await aProperty(api().db, { hostId: host.id as UserId });
      const missing = (await read(key)).body;
      assert.deepEqual({ ...hidden, requestId: '' }, { ...missing, requestId: '' });
      assert.equal((await call(anyone(), at('/calendar.ics'))).status, 404);
      const { rows } = await api().db.raw<{ rows: { row: string }[] }>(
        `select cast(a as text) as row from calendar_addresses a
         union all select cast(e as text) from events e where kind like 'property.calendar_address%'`,
      );
      assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(key)));
    });

    it('are there no more when the property is not', async () => {
      const key = await keyOf();
      await inTransaction(api().db, (trx) =>
        deleteProperty(trx, property, { now: NOW, today: () => NOW.slice(0, 10) }),
      );
      assert.equal((await read(key)).status, 404);
    });
  });

  it('are for the host, and for operators to look at (S1)', async () => {
    const { body } = await add(ELSEWHERE);
    const conflict = newId('calendarConflict');
    const acts: [string, string][] = [
      ['GET', '/calendars'],
      ['POST', '/calendars'],
      ['GET', `/calendars/${body.id}`],
      ['POST', `/calendars/${body.id}/sync`],
      ['DELETE', `/calendars/${body.id}`],
      ['GET', '/calendar-conflicts'],
      ['POST', `/calendar-conflicts/${conflict}/keep-booking`],
      ['PUT', '/calendar-address'],
      ['DELETE', '/calendar-address'],
    ];
    for (const [method, path] of acts) {
      const request = { method, ...(method === 'POST' && { body: path === '/calendars' ? ELSEWHERE : {} }) };
      assert.equal((await call(anyone(), at(path), request)).status, 401, `${method} ${path}`);
      assert.equal((await call(stranger, at(path), request)).status, 404, `${method} ${path}`);
    }
    const { id, email } = await newPerson(api().url);
    await grantRole(api().db, { userId: id as UserId, role: 'operator', actorId: 'system' });
    const operator = await signedIn(api().url, email);
    const { url: _, ...shown } = body;
    assert.deepEqual((await call(operator, at('/calendars'))).body.data, [shown]);
    assert.equal((await call(operator, at('/calendar-conflicts'))).status, 200);
    for (const [method, path] of acts
      .filter(([, path]) => /^\/calendar(?:-address|s)$/.test(path))
      .slice(1)) {
      const request = { method, ...(method === 'POST' && { body: ELSEWHERE }) };
      assert.equal((await call(operator, at(path), request)).status, 404, `${method} ${path}`);
    }
    const other = await aProperty(api().db, { hostId: stranger.id as UserId });
    const theirs = `/properties/${other.id}/calendars/${body.id}`;
    assert.equal((await call(stranger, theirs)).status, 404);
    assert.equal((await call(host, at(`/calendars/${body.id}`))).status, 200);
  });
});
