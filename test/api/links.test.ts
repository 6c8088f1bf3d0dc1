import assert from 'node:assert/strict';
import { linkEndpoints } from '#api/availability/link-routes.ts';
import { availabilityEndpoints } from '#api/availability/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { newId } from '#db/ids.ts';
import { grantRole } from '#db/users.ts';
import { inTransaction } from '#db/transaction.ts';
import { MAX_ROOMS_OF_HOME } from '#domain/availability/links.ts';
import type { UserId } from '#domain/ids.ts';
import { aProperty, aUser, NOW, take } from '../db/stays-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { newPerson, Person } from '../support/people.ts';
import type { Answer, Call, Wire } from '../support/people.ts';

describe('the rooms of a home', () => {
  const api = useLocalApi(
    [...userEndpoints, ...sessionEndpoints, ...availabilityEndpoints, ...linkEndpoints],
    { now: () => new Date(NOW) },
  );
  let host: Person;

  before(async () => {
    host = await newPerson(api().url);
  });

  async function call(person: Person, path: string, request: Call = {}): Promise<Answer<Wire>> {
    const { method = 'GET' } = request;
    const answer = await person.call(path, request);
    const contentType = answer.headers.get('content-type');
    assertConforms({ method, url: path }, { status: answer.status, contentType, body: answer.body });
    return answer;
  }
  const property = () => aProperty(api().db, { hostId: host.id as UserId });
  const put = (id: string, roomIds: readonly string[], person = host) =>
    call(person, `/properties/${id}/links`, { method: 'PUT', body: { roomIds } });
  const links = (id: string, person = host) => call(person, `/properties/${id}/links`);

  it('are set, all of them, and known at both ends (A13)', async () => {
    const [home, room, other] = [await property(), await property(), await property()];
    const roomIds = [room.id, other.id].sort();
    assert.deepEqual((await links(home.id)).body, { propertyId: home.id, roomIds: [] });
    const set = await put(home.id, roomIds.toReversed());
    assert.deepEqual([set.status, set.body], [200, { propertyId: home.id, roomIds }]);
    assert.deepEqual((await links(room.id)).body, { propertyId: room.id, homeId: home.id, roomIds: [] });
    assert.deepEqual((await put(home.id, [room.id])).body.roomIds, [room.id]);
    assert.deepEqual((await links(other.id)).body, { propertyId: other.id, roomIds: [] });
    const told = await api()
      .db('events')
      .where({ subject_id: home.id, kind: 'property.rooms_set' })
      .pluck('data');
    assert.deepEqual(told, [
      { before: [], after: roomIds },
      { before: roomIds, after: [room.id] },
    ]);
  });

  it('show the host in their calendar that a stay is in the home, and everyone else only that they are taken (A13)', async () => {
    const [home, room] = [await property(), await property()];
    await put(home.id, [room.id]);
    const guestId = await aUser(api().db);
    await take(api().db, { propertyId: home.id, guestId, checkIn: '2027-03-02', checkOut: '2027-03-03' });
    const calendar = async (person: Person) => {
      const { body } = await call(person, `/properties/${room.id}/calendar?from=2027-03-02&to=2027-03-04`);
      return body.nights.map(({ available, reason }: Wire) => [available, reason]);
    };
    assert.deepEqual(await calendar(host), [
      [false, 'linked'],
      [true, undefined],
    ]);
    assert.deepEqual(await calendar(new Person(api().url)), [
      [false, undefined],
      [true, undefined],
    ]);
  });

  it('are not set where bookings lie on each other’s nights, which are named (A13)', async () => {
    const { db } = api();
    const [home, room] = [await property(), await property()];
    const guestId = await aUser(db);
    const nights = { guestId, checkIn: '2027-03-02', checkOut: '2027-03-03' };
    const bookingIds = [newId('booking'), newId('booking')];
    await take(db, { propertyId: home.id, bookingId: bookingIds[0] ?? assert.fail(), ...nights });
    await take(db, { propertyId: room.id, bookingId: bookingIds[1] ?? assert.fail(), ...nights });
    const { status, body } = await put(home.id, [room.id]);
    assert.deepEqual([status, body.code, body.bookingIds], [409, 'dates_unavailable', bookingIds.sort()]);
    assert.deepEqual((await links(home.id)).body.roomIds, []);
  });

  it('are named where they are wrong: somebody else’s, twice, or too many', async () => {
    const [home, room] = [await property(), await property()];
    const { id: theirs } = await aProperty(api().db);
    const many = Array.from({ length: MAX_ROOMS_OF_HOME + 1 }, () => newId('property'));
    for (const [roomIds, path] of [
      [[room.id, theirs], 'roomIds.1'],
      [[room.id, room.id], 'roomIds'],
      [many, 'roomIds'],
      [['room'], 'roomIds.0'],
    ] as const) {
      const { status, body } = await put(home.id, roomIds);
      assert.deepEqual([status, body.errors.map((error: Wire) => error.path)], [400, [path]]);
    }
  });

  it('are the host’s business, and an operator’s to read (S1)', async () => {
    const home = await property();
    const [stranger, operator] = [await newPerson(api().url), await newPerson(api().url)];
    await inTransaction(api().db, (trx) =>
      grantRole(trx, { userId: operator.id as UserId, role: 'operator', actorId: 'system' }),
    );
    assert.equal((await links(home.id, stranger)).status, 404);
    assert.equal((await put(home.id, [], stranger)).status, 404);
    assert.equal((await links(home.id, new Person(api().url))).status, 401);
    assert.equal((await links(home.id, operator)).status, 200);
    assert.equal((await put(home.id, [], operator)).status, 404);
  });
});
