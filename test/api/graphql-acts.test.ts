import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Listening } from '#api/app.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { grantRole } from '#db/users.ts';
import { WEEKDAYS } from '#domain/availability/seasons.ts';
import type { UserId } from '#domain/ids.ts';
import { useLocalApi } from '../support/api.ts';
import { Person, inDays, newPerson, newProperty, signedIn } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { ask, codesOf, serveWithGraphql } from './graphql-fixture.ts';

/** Of a field that has gone well. */
async function must(person: Person, query: string, variables: Wire = {}): Promise<Wire> {
  const { data, errors } = await ask(person, query, variables);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

describe('GraphQL acts', () => {
  const local = useLocalApi(ENDPOINTS);
  let api: Listening;
  let host: Person;
  let guest: Person;
  let nobody: Person;

  before(async () => {
    api = await serveWithGraphql(local().deps);
    nobody = new Person(api.url);
    host = await newPerson(api.url, 'Hattie Host');
    guest = await newPerson(api.url);
  });
  after(() => api[Symbol.asyncDispose]());

  const withToken = (token: string) => new Person(api.url, { token, id: '', email: '' });

  describe('for an account', () => {
    const PASSWORD = 'correct horse battery staple';
    const SIGN_IN = `mutation ($email: String!, $password: String!) {
      signIn(input: { email: $email, password: $password }) {
        token refreshToken expiresAt user { id name email roles createdAt properties { data { id } } } } }`;

    async function account() {
      const email = `${randomUUID()}@example.org`;
      const input = { email: email.toUpperCase(), password: PASSWORD, name: ' Ada ' };
      const query = 'mutation ($input: NewUser!) { register(input: $input) { id name email roles } }';
      return { email, user: (await must(nobody, query, { input })).register };
    }
    const enter = async (email: string, password = PASSWORD) => {
      const { data } = await ask(nobody, SIGN_IN, { email, password });
      return data.signIn;
    };

    it('makes one, and begins a session with it', async () => {
      const { email, user } = await account();
      assert.deepEqual(user, { id: user.id, name: 'Ada', email, roles: ['guest'] });
      const { data, errors } = await ask(nobody, SIGN_IN, { email, password: PASSWORD });
      assert.equal(data.signIn.user.id, user.id);
      // Who asks is who the request came from, not whom it has just signed in.
      assert.deepEqual([data.signIn.user.properties, codesOf({ errors })], [null, ['forbidden']]);
      const { me } = await must(withToken(data.signIn.token), '{ me { id email } }');
      assert.deepEqual(me, { id: user.id, email });
    });

    it('renews a session, and knows a refresh token that comes back', async () => {
      const { email } = await account();
      const { refreshToken } = await enter(email);
      const query =
        'mutation ($t: String!) { refreshSession(input: { refreshToken: $t }) { token user { email } } }';
      const { refreshSession } = await must(nobody, query, { t: refreshToken });
      assert.equal(refreshSession.user.email, email);
      await must(withToken(refreshSession.token), '{ me { id } }');
      assert.deepEqual(codesOf(await ask(nobody, query, { t: 'str_what' })), ['unauthenticated']);
    });

    it('changes it, for whoever knows its password', async () => {
      const { email } = await account();
      const { token } = await enter(email);
      const ada = withToken(token);
      const query = 'mutation ($input: UserChanges!) { updateMe(input: $input) { name } }';
      assert.deepEqual((await must(ada, query, { input: { name: 'Ada L.', email: null } })).updateMe, {
        name: 'Ada L.',
      });
      const keyless = await ask(ada, query, { input: { password: 'another long enough one' } });
      assert.equal(keyless.errors[0].extensions.errors[0].path, 'currentPassword');
      const other = withToken((await enter(email)).token);
      const changes = { password: 'another long enough one', currentPassword: PASSWORD };
      await must(ada, query, { input: changes });
      const ended = await other.call('/graphql', { method: 'POST', body: { query: '{ me { id } }' } });
      assert.equal(ended.status, 401);
      assert.ok((await enter(email, changes.password)).token);
    });

    it('lists its sessions, and ends one, this one, or all', async () => {
      const { email } = await account();
      const [first, second, third] = [await enter(email), await enter(email), await enter(email)];
      const query = '{ sessions { data { id current userAgent createdAt refreshedAt } nextCursor } }';
      const listed = await must(withToken(second.token), query);
      const rest = await withToken(second.token).must(200, withToken(second.token).get('/sessions'));
      assert.deepEqual(listed.sessions, rest);
      const [newest] = listed.sessions.data;
      await must(withToken(second.token), `mutation { endSession(id: "${newest.id}") }`);
      assert.deepEqual(codesOf(await ask(withToken(third.token), query)), ['unauthenticated']);
      const again = await ask(withToken(second.token), `mutation { endSession(id: "${newest.id}") }`);
      assert.deepEqual([again.data.endSession, codesOf(again)], [null, ['not_found']]);
      assert.deepEqual(await must(withToken(second.token), 'mutation { signOut }'), { signOut: true });
      assert.deepEqual(codesOf(await ask(withToken(second.token), query)), ['unauthenticated']);
      await must(withToken(first.token), 'mutation { signOutEverywhere }');
      assert.deepEqual(codesOf(await ask(withToken(first.token), query)), ['unauthenticated']);
    });

    it('lets nobody act on who has signed out in the same query (S6)', async () => {
      const { email } = await account();
      const { token } = await enter(email);
      const { data, errors } = await ask(
        withToken(token),
        'mutation { signOut updateMe(input: { name: "Eve" }) { name } signOutEverywhere }',
      );
      assert.deepEqual(data, { signOut: true, updateMe: null, signOutEverywhere: null });
      assert.deepEqual(codesOf({ errors }), ['unauthenticated', 'unauthenticated']);
      const { user } = await enter(email);
      assert.equal(user.name, 'Ada');
    });

    it('is public by name, and whole for its owner and operators', async () => {
      const { email } = await newPerson(api.url, 'Olga Operator');
      const { id } = await signedIn(api.url, email);
      await grantRole(local().db, { userId: id as UserId, role: 'operator', actorId: 'system' });
      const operator = await signedIn(api.url, email);
      const query = `query ($id: ID!) { user(id: $id) { id name createdAt rating { average count } }
        account(id: $id) { id name email roles createdAt } }`;
      for (const [person, seesAll] of [
        [guest, false],
        [host, true],
        [operator, true],
      ] as const) {
        const { data, errors } = await ask(person, query, { id: host.id });
        const account = await person.must(200, person.get(`/users/${host.id}`));
        const open = await guest.must(200, guest.get(`/users/${host.id}`));
        assert.deepEqual(data, { user: open, account: seesAll ? account : null });
        assert.deepEqual(codesOf({ errors }), seesAll ? [] : ['forbidden']);
      }
      assert.deepEqual(codesOf(await ask(nobody, query, { id: host.id })), ['unauthenticated']);
      assert.deepEqual(codesOf(await ask(guest, query, { id: 'what' })), ['not_found', 'not_found']);
      const all = '{ users(limit: 3) { data { id name email roles createdAt } nextCursor } }';
      const rest = await operator.must(200, operator.get('/users?limit=3'));
      assert.deepEqual((await must(operator, all)).users, rest);
      assert.deepEqual(codesOf(await ask(host, all)), ['forbidden']);
      const others = await ask(operator, `{ account(id: "${host.id}") { properties { data { id } } } }`);
      assert.deepEqual(codesOf(others), ['forbidden']);
    });
  });

  describe('for a property', () => {
    const NEW = {
      title: 'Canal-side flat',
      roomType: 'entire_home',
      timeZone: 'Europe/London',
      currency: 'GBP',
      capacity: 4,
      location: { latitude: 53.4808, longitude: -2.2426, address: '1 Canal Street' },
      pricing: { nightly: 10_000, weekend: 12_000 },
    };
    const CREATE = `mutation ($input: NewProperty!, $key: String) {
      createProperty(input: $input, idempotencyKey: $key) { id status bathrooms pricing { nightly weekend } } }`;
    const created = async (input: Wire = NEW) => (await must(host, CREATE, { input })).createProperty;

    it('offers it as a draft, publishes, closes and deletes it', async () => {
      const { id, ...rest } = await created();
      assert.deepEqual(rest, {
        status: 'draft',
        bathrooms: 1,
        pricing: { nightly: 10_000, weekend: 12_000 },
      });
      const act = async (name: string) =>
        (await must(host, `mutation { it: ${name}(id: "${id}") { status } }`)).it;
      assert.deepEqual(await act('publishProperty'), { status: 'published' });
      assert.deepEqual((await must(nobody, `{ property(id: "${id}") { status } }`)).property, {
        status: 'published',
      });
      assert.deepEqual(await act('closeProperty'), { status: 'closed' });
      assert.equal((await nobody.get(`/properties/${id}`)).status, 404);
      assert.deepEqual(await must(host, `mutation { deleteProperty(id: "${id}") }`), {
        deleteProperty: true,
      });
      assert.equal((await host.get(`/properties/${id}`)).status, 404);
    });

    it('gives the same one for the same key, and others without (M23)', async () => {
      const key = randomUUID();
      const offer = async (variables: Wire) => (await ask(host, CREATE, variables)).data.createProperty?.id;
      const first = await offer({ input: NEW, key });
      assert.equal(await offer({ input: NEW, key }), first);
      assert.equal(await offer({ input: { ...NEW, title: 'Another' }, key }), undefined);
      assert.notEqual(await offer({ input: NEW }), await offer({ input: NEW }));
    });

    it('changes what is named, and takes away what is null', async () => {
      const { id } = await created({ ...NEW, bathrooms: 1.5 });
      const query = `mutation ($id: ID!, $input: PropertyChanges!) { updateProperty(id: $id, input: $input) {
        title bathrooms location { latitude address } pricing { nightly weekend } } }`;
      const change = async (input: Wire) => (await must(host, query, { id, input })).updateProperty;
      const whole = {
        title: 'Canal-side flat',
        bathrooms: 1.5,
        location: { latitude: 53.4808, address: '1 Canal Street' },
        pricing: { nightly: 10_000, weekend: 12_000 },
      };
      // A null where nothing can be taken away is a value left out.
      assert.deepEqual(await change({ title: null, bathrooms: null, pricing: { nightly: null } }), whole);
      assert.deepEqual(
        await change({ title: 'A barge', location: { address: null }, pricing: { weekend: null } }),
        {
          title: 'A barge',
          bathrooms: 1.5,
          location: { latitude: 53.4808, address: null },
          pricing: { nightly: 10_000, weekend: null },
        },
      );
      assert.deepEqual(codesOf(await ask(guest, query, { id, input: { title: 'Mine' } })), ['not_found']);
    });

    it('sees in each act of a query what the one before has done', async () => {
      const { id } = await newProperty(host);
      const { data } = await ask(
        host,
        `mutation ($id: ID!, $input: NewStayRules!) {
          first: updateProperty(id: $id, input: { title: "First" }) { title rules { minimumNights } }
          setRules(propertyId: $id, input: $input) { minimumNights }
          closeProperty(id: $id) { status title rules { minimumNights } } }`,
        { id, input: { minimumNights: 4 } },
      );
      assert.deepEqual(data, {
        first: { title: 'First', rules: { minimumNights: 1 } },
        setRules: { minimumNights: 4 },
        closeProperty: { status: 'closed', title: 'First', rules: { minimumNights: 4 } },
      });
    });

    it('sets its rules, where a null is a rule too', async () => {
      const { id } = await newProperty(host);
      const query = `mutation ($id: ID!, $input: NewStayRules!) { setRules(propertyId: $id, input: $input) {
        minimumNights minimumNightsByArrival { ${WEEKDAYS.join(' ')} } seasons { name from to minimumNights }
        maximumNights longerByRequest noArrivalDays noDepartureDays advanceNoticeDays sameDayLatestTime
        bookingWindowMonths preparationNightsBefore preparationNightsAfter maximumPets } }`;
      const seasons = [{ name: 'Summer', from: '2027-07-01', to: '2027-09-01', minimumNights: 7 }];
      const byTheWeek = { minimumNightsByArrival: { friday: 3, sunday: null }, noArrivalDays: ['sunday'] };
      for (const input of [
        { minimumNights: 2, sameDayLatestTime: '18:00', maximumPets: 1, seasons, ...byTheWeek },
        { sameDayLatestTime: null },
      ]) {
        const { setRules } = await must(host, query, { id, input });
        const rest = await guest.must(200, guest.get(`/properties/${id}/rules`));
        const none = Object.fromEntries(WEEKDAYS.map((day) => [day, null]));
        const minimumNightsByArrival = { ...none, ...rest.minimumNightsByArrival };
        assert.deepEqual(setRules, { ...rest, minimumNightsByArrival });
        assert.equal(setRules.sameDayLatestTime, input.sameDayLatestTime);
      }
      const seen = await must(guest, `{ rules(propertyId: "${id}") { minimumNights } }`);
      assert.deepEqual(seen.rules, { minimumNights: 1 });
      assert.deepEqual(codesOf(await ask(guest, query, { id, input: {} })), ['not_found']);
    });

    it('links its rooms, known to the host alone', async () => {
      const [home, room] = [await newProperty(host), await newProperty(host)];
      const query = `mutation ($id: ID!, $roomIds: [ID!]!) {
        setRooms(propertyId: $id, input: { roomIds: $roomIds }) { propertyId homeId roomIds } }`;
      const { setRooms } = await must(host, query, { id: home.id, roomIds: [room.id] });
      const rest = await host.must(200, host.get(`/properties/${home.id}/links`));
      assert.deepEqual(setRooms, { homeId: null, ...rest });
      const list = `{ links(propertyId: "${room.id}") { propertyId homeId roomIds } }`;
      assert.deepEqual((await must(host, list)).links, { propertyId: room.id, homeId: home.id, roomIds: [] });
      assert.deepEqual(codesOf(await ask(guest, list)), ['not_found']);
    });

    it('blocks nights, which the calendar shows and only the host has explained', async () => {
      const { id } = await newProperty(host);
      const [from, to] = [inDays(10), inDays(12)];
      const add = `mutation ($id: ID!, $from: CalendarDate!, $to: CalendarDate!, $key: String) {
        addBlock(propertyId: $id, input: { from: $from, to: $to, note: "Painting" }, idempotencyKey: $key) {
          id propertyId from to note createdAt } }`;
      const key = randomUUID();
      const { addBlock } = await must(host, add, { id, from, to, key });
      assert.deepEqual((await must(host, add, { id, from, to, key })).addBlock, addBlock);
      const list = `{ blocks(propertyId: "${id}") { data { id propertyId from to note createdAt } nextCursor } }`;
      const { blocks } = await must(host, list);
      assert.deepEqual(blocks, { data: [addBlock], nextCursor: null });
      assert.deepEqual(blocks, await host.must(200, host.get(`/properties/${id}/blocks`)));
      assert.deepEqual(codesOf(await ask(guest, list)), ['not_found']);

      const calendar = `query ($id: ID!, $from: CalendarDate!, $to: CalendarDate!) {
        calendar(propertyId: $id, from: $from, to: $to) {
          propertyId currency nights {
            date available price minimumNights arrivalAllowed departureAllowed reason } } }`;
      const span = { id, from: inDays(9), to: inDays(13) };
      const reasons = async (person: Person) => {
        const seen = (await must(person, calendar, span)).calendar;
        const rest = await person.must(
          200,
          person.get(`/properties/${id}/calendar?from=${span.from}&to=${span.to}`),
        );
        assert.deepEqual(seen, {
          ...rest,
          nights: rest.nights.map((night: Wire) => ({ reason: null, ...night })),
        });
        return seen.nights.map(({ available, reason }: Wire) => reason ?? available);
      };
      assert.deepEqual(await reasons(host), [true, 'blocked', 'blocked', true]);
      assert.deepEqual(await reasons(nobody), [true, false, false, true]);
      const remove = `mutation { removeBlock(propertyId: "${id}", id: "${addBlock.id}") }`;
      assert.deepEqual(codesOf(await ask(guest, remove)), ['not_found']);
      assert.deepEqual(await must(host, remove), { removeBlock: true });
      assert.deepEqual(await reasons(nobody), [true, true, true, true]);
    });
  });
});
