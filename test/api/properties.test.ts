import assert from 'node:assert/strict';
import { propertyEndpoints } from '#api/properties/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { newId } from '#db/ids.ts';
import { grantRole } from '#db/users.ts';
import { OFFERED_POLICIES } from '#domain/cancellation/policies.ts';
import type { UserId } from '#domain/ids.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { Person, inDays, newPerson } from '../support/people.ts';
import type { Answer, Call, Wire } from '../support/people.ts';

const EXACT = { latitude: 53.4808, longitude: -2.2426, address: '1 Canal Street' };
const FLAT = {
  title: 'Canal-side flat',
  roomType: 'entire_home',
  location: EXACT,
  timeZone: 'Europe/London',
  currency: 'GBP',
  capacity: 4,
  pricing: { nightly: 10_000 },
};

describe('properties', () => {
  const api = useLocalApi([...propertyEndpoints, ...userEndpoints, ...sessionEndpoints]);
  let host: Person;
  let guest: Person;
  const nobody = () => new Person(api().url);

  before('sign in', async () => {
    host = await newPerson(api().url, 'Hugo');
    guest = await newPerson(api().url, 'Gwen');
  });

  async function call(person: Person, path: string, request: Call = {}): Promise<Answer<Wire>> {
    const { method = 'GET' } = request;
    const answer = await person.call(path, request);
    const contentType = answer.headers.get('content-type');
    assertConforms({ method, url: path }, { status: answer.status, contentType, body: answer.body });
    return answer;
  }
  const offer = (body: object, person = host, key?: string) =>
    call(person, '/properties', { method: 'POST', body, ...(key !== undefined && { key }) });
  const change = (id: string, body: object, person = host) =>
    call(person, `/properties/${id}`, { method: 'PATCH', body });
  const publish = (id: string, person = host) =>
    call(person, `/properties/${id}/publication`, { method: 'PUT' });
  const close = (id: string, person = host) =>
    call(person, `/properties/${id}/publication`, { method: 'DELETE' });
  const remove = (id: string, person = host) => call(person, `/properties/${id}`, { method: 'DELETE' });
  const read = (id: string, person = nobody()) => call(person, `/properties/${id}`);
  const pathsOf = ({ body }: Answer<Wire>): string[] => body.errors.map(({ path }: Wire) => path).sort();

  async function draft(facts: object = {}): Promise<Wire> {
    const { status, body } = await offer({ ...FLAT, ...facts });
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }
  async function published(facts: object = {}): Promise<Wire> {
    const { id } = await draft(facts);
    return (await publish(id)).body;
  }
  async function eventsOf(id: string): Promise<{ kind: string; data: Wire; actor_id: string }[]> {
    return api().db('events').where({ subject_id: id }).orderBy('recorded_at');
  }

  describe('offering', () => {
    it('makes a draft with defaults, and its host a host', async () => {
      const person = await newPerson(api().url);
      const { status, body, headers } = await offer(FLAT, person);
      assert.equal(status, 201);
      assert.equal(headers.get('location'), `/properties/${body.id}`);
      const { id, createdAt, updatedAt, ...rest } = body;
      assert.ok(id.startsWith('prp_') && createdAt === updatedAt);
      assert.deepEqual(rest, {
        ...FLAT,
        hostId: person.id,
        description: '',
        bedrooms: 1,
        beds: 1,
        bathrooms: 1,
        amenities: [],
        photos: [],
        checkInTime: '15:00',
        checkOutTime: '11:00',
        bookingMode: 'instant',
        cancellationPolicy: 'flexible',
        pricing: {
          nightly: 10_000,
          cleaningFee: 0,
          extraGuestFee: 0,
          guestsIncluded: 1,
          petFee: 0,
          weeklyDiscountPercent: 0,
          monthlyDiscountPercent: 0,
        },
        status: 'draft',
        rating: { average: null, count: 0 },
      });
      assert.deepEqual((await person.get('/users/me')).body.roles, ['guest', 'host']);
      assert.deepEqual(
        (await eventsOf(id)).map(({ kind }) => kind),
        ['property.created'],
      );
    });

    it('makes one of two calls with the same key', async () => {
      const first = await offer(FLAT, host, 'once-1');
      const second = await offer(FLAT, host, 'once-1');
      assert.deepEqual([first.status, second.status], [201, 201]);
      assert.equal(second.body.id, first.body.id);
      assert.equal(second.headers.get('idempotent-replayed'), 'true');
    });

    it('needs somebody signed in', async () => assert.equal((await offer(FLAT, nobody())).status, 401));

    it('names every bad field', async () => {
      const answer = await offer({
        ...FLAT,
        title: ' ',
        roomType: 'castle',
        location: { latitude: 91, longitude: 0 },
        timeZone: 'Mars/Olympus',
        currency: 'XXX',
        capacity: 0,
        bathrooms: 1.2,
        checkInTime: '24:00',
        amenities: [''],
        photos: ['ftp://example.com/a'],
        pricing: { nightly: 10.5, weeklyDiscountPercent: 101 },
      });
      assert.equal(answer.status, 400);
      assert.deepEqual(pathsOf(answer), [
        'amenities.0',
        'bathrooms',
        'capacity',
        'checkInTime',
        'currency',
        'location.latitude',
        'photos.0',
        'pricing.nightly',
        'pricing.weeklyDiscountPercent',
        'roomType',
        'timeZone',
        'title',
      ]);
    });

    it('refuses what is not the caller’s to say (S4)', async () => {
      const answer = await offer({
        ...FLAT,
        hostId: guest.id,
        status: 'published',
        rating: { average: 5, count: 9 },
        version: 9,
      });
      assert.deepEqual(pathsOf(answer), ['hostId', 'rating', 'status', 'version']);
    });

    it('takes every policy that a host may choose, and refuses the one of long stays', async () => {
      for (const cancellationPolicy of OFFERED_POLICIES) {
        const answer = await offer({ ...FLAT, cancellationPolicy });
        assert.deepEqual([answer.status, answer.body.cancellationPolicy], [201, cancellationPolicy]);
      }
      const answer = await offer({ ...FLAT, cancellationPolicy: 'long_term' });
      assert.deepEqual([answer.status, pathsOf(answer)], [400, ['cancellationPolicy']]);
    });

    it('takes either way of booking', async () => {
      for (const bookingMode of ['instant', 'request']) {
        const answer = await offer({ ...FLAT, bookingMode });
        assert.deepEqual([answer.status, answer.body.bookingMode], [201, bookingMode]);
      }
    });

    it('refuses prices that the bank could not charge, in the currency’s own measure (M1)', async () => {
      const yen = await offer({
        ...FLAT,
        currency: 'JPY',
        pricing: { nightly: 12_000, cleaningFee: 100_000_000 },
      });
      assert.deepEqual(pathsOf(yen), ['pricing.cleaningFee']);
      const rupiah = await draft({ currency: 'IDR', pricing: { nightly: 100_000_000 } });
      assert.equal(rupiah.pricing.nightly, 100_000_000);
      assert.deepEqual(pathsOf(await change(rupiah.id, { currency: 'GBP' })), ['pricing.nightly']);
    });
  });

  describe('reading', () => {
    it('shows the exact place to the host, and everyone else one that is some 150 m off and has no address', async () => {
      const { id } = await published();
      assert.deepEqual((await read(id, host)).body.location, EXACT);
      const seen = (await read(id)).body.location;
      assert.deepEqual(Object.keys(seen), ['latitude', 'longitude']);
      assert.ok(Math.abs(seen.latitude - EXACT.latitude) < 0.002);
      assert.notDeepEqual(seen, { latitude: EXACT.latitude, longitude: EXACT.longitude });
      for (const person of [guest, nobody()]) assert.deepEqual((await read(id, person)).body.location, seen);
    });

    it('shows what is not published to its host and to operators only', async () => {
      const { id } = await draft();
      const operator = await newPerson(api().url);
      await grantRole(api().db, { userId: operator.id as UserId, role: 'operator', actorId: 'system' });
      const signedInAnew = await newOperatorSession(operator);
      for (const [person, status] of [
        [host, 200],
        [signedInAnew, 200],
        [guest, 404],
        [nobody(), 404],
      ] as const) {
        assert.equal((await read(id, person)).status, status);
      }
      assert.equal('address' in (await read(id, signedInAnew)).body.location, false);
    });

    async function newOperatorSession(person: Person): Promise<Person> {
      const { body } = await nobody().post('/sessions', {
        email: person.email,
        password: 'correct horse battery staple',
      });
      return new Person(api().url, { token: body.token, id: person.id, email: person.email });
    }

    it('answers 304 to whoever has this version, and 200 once it has changed', async () => {
      const { id } = await published();
      const first = await read(id);
      const etag = first.headers.get('etag') ?? assert.fail('no ETag');
      assert.doesNotMatch(etag, /^W/);
      assert.equal(first.headers.get('cache-control'), 'public, no-cache');
      assert.equal(first.headers.get('vary'), 'Authorization');
      const again = (known: string) =>
        nobody().call(`/properties/${id}`, { headers: { 'if-none-match': known } });
      const same = await again(etag);
      assert.deepEqual([same.status, same.body, same.headers.get('etag')], [304, '', etag]);
      await change(id, { title: 'Another' });
      const other = await again(etag);
      assert.deepEqual([other.status, other.body.title], [200, 'Another']);
    });

    it('keeps the host’s own view out of every cache', async () => {
      const { id } = await published();
      const { headers } = await read(id, host);
      assert.deepEqual([headers.get('cache-control'), headers.get('etag')], ['no-store', null]);
    });

    it('knows nothing of an id that is none, or of nothing', async () => {
      for (const id of ['prp_1', newId('property'), newId('user')])
        assert.equal((await read(id)).status, 404);
    });
  });

  describe('changing', () => {
    it('leaves what is not named, and takes away what is null', async () => {
      const { id, updatedAt } = await draft({
        pricing: { nightly: 10_000, weekend: 12_000, cleaningFee: 500 },
      });
      const { status, body } = await change(id, {
        title: 'New',
        location: { address: null },
        pricing: { weekend: null, petFee: 100 },
      });
      assert.equal(status, 200);
      assert.equal(body.title, 'New');
      assert.deepEqual(body.location, { latitude: EXACT.latitude, longitude: EXACT.longitude });
      const { nightly, weekend, cleaningFee, petFee } = body.pricing;
      assert.deepEqual([nightly, weekend, cleaningFee, petFee], [10_000, undefined, 500, 100]);
      assert.ok(body.updatedAt > updatedAt);
    });

    it('moves the public point by the same shift as the exact one', async () => {
      const { id } = await published();
      const before = (await read(id)).body.location;
      await change(id, { location: { latitude: EXACT.latitude + 0.5, longitude: EXACT.longitude } });
      const after = (await read(id)).body.location;
      assert.equal((after.latitude - before.latitude).toFixed(5), '0.50000');
    });

    it('tells which fields changed and never where the property lies; nothing when nothing did', async () => {
      const { id } = await draft();
      await change(id, { title: FLAT.title, location: { latitude: 10, longitude: 20 } });
      await change(id, { location: { latitude: 10, longitude: 20 } });
      const [, updated, ...more] = await eventsOf(id);
      assert.deepEqual([updated?.kind, updated?.actor_id, more], ['property.updated', host.id, []]);
      assert.deepEqual(updated?.data.changed, ['latitude', 'longitude']);
      assert.doesNotMatch(JSON.stringify(updated.data), /\b[12]0\b/);
    });

    it('needs latitude and longitude together', async () => {
      const { id } = await draft();
      assert.deepEqual(pathsOf(await change(id, { location: { latitude: 1 } })), ['location']);
    });

    it('is the host’s alone: for others there is no such property (S1)', async () => {
      const { id } = await published();
      const acts = [
        change(id, { title: 'Mine' }, guest),
        publish(id, guest),
        close(id, guest),
        remove(id, guest),
      ];
      for (const answer of await Promise.all(acts)) {
        assert.deepEqual([answer.status, answer.body.code], [404, 'not_found']);
      }
      assert.equal((await change(id, { title: 'Mine' }, nobody())).status, 401);
      assert.equal((await read(id)).body.title, FLAT.title);
    });
  });

  describe('publishing and closing', () => {
    it('makes it found and read by all, and by none again', async () => {
      const { id } = await draft();
      assert.deepEqual([(await publish(id)).body.status, (await read(id)).status], ['published', 200]);
      assert.deepEqual([(await close(id)).body.status, (await read(id)).status], ['closed', 404]);
      assert.equal((await publish(id)).body.status, 'published');
      assert.deepEqual(
        (await eventsOf(id)).map(({ kind }) => kind),
        ['property.created', 'property.published', 'property.closed', 'property.published'],
      );
    });

    it('does nothing twice', async () => {
      const { id, updatedAt } = await published();
      assert.equal((await publish(id)).body.updatedAt, updatedAt);
      assert.equal((await eventsOf(id)).length, 2);
    });

    it('is refused while an operator has it suspended', async () => {
      const { id } = await published();
      await api().db('properties').where({ id }).update({ status: 'suspended' });
      assert.deepEqual([(await publish(id)).status, (await close(id)).status], [403, 403]);
    });
  });

  describe('deleting', () => {
    const booked = (id: string, checkIn: string, checkOut: string) =>
      api()
        .db('stays')
        .insert({
          property_id: id,
          nights: `[${checkIn},${checkOut})`,
          kind: 'booking',
          booking_id: newId('booking'),
        });

    it('takes it away for all, its host too', async () => {
      const { id } = await published();
      assert.equal((await remove(id)).status, 204);
      for (const person of [host, guest, nobody()]) assert.equal((await read(id, person)).status, 404);
      assert.equal((await publish(id)).status, 404);
      const { body } = await host.get('/properties?hostId=me&limit=100');
      assert.ok(!body.data.some((property: Wire) => property.id === id));
    });

    it('is refused while nights to come are booked or held, and not for those of the past', async () => {
      const { id } = await published();
      await booked(id, inDays(-9), inDays(-5));
      const other = await published();
      await booked(other.id, inDays(5), inDays(9));
      const refused = await remove(other.id);
      assert.deepEqual([refused.status, refused.body.code], [409, 'property_in_use']);
      assert.equal((await read(other.id)).status, 200);
      assert.equal((await remove(id)).status, 204);
    });
  });

  it('lists one’s own of any status, page by page, and nobody else’s', async () => {
    const owner = await newPerson(api().url);
    const made: string[] = [];
    for (let count = 0; count < 5; count++) made.push((await offer(FLAT, owner)).body.id);
    await publish(made[2] ?? '', owner);
    const listed: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await call(owner, `/properties?hostId=me&limit=2${cursor}`);
      listed.push(...body.data.map(({ id }: Wire) => id));
      assert.equal(body.data[0].location.address, EXACT.address);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    assert.deepEqual(listed, made);
    assert.equal((await call(nobody(), '/properties?hostId=me')).status, 401);
    assert.deepEqual(pathsOf(await call(owner, '/properties?hostId=me&guests=2')), ['guests']);
    assert.deepEqual(pathsOf(await call(owner, `/properties?hostId=${guest.id}`)), ['hostId']);
  });
});
