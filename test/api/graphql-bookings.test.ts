import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ENDPOINTS } from '#api/endpoints.ts';
import { createCache } from '#gateways/cache.ts';
import { Person, newPerson, newProperty, stayRequest } from '#test/support/people.ts';
import type { StayFacts, Wire } from '#test/support/people.ts';
import { useStack } from '#test/support/stack.ts';
import { useLocalApi } from '#test/support/api.ts';
import { ask, codesOf, countStatements, serveWithGraphql } from './graphql-fixture.ts';

const WHOLE = `id status propertyId guestId hostId checkIn checkOut nights
  guests { adults children infants pets } lines { kind label quantity amount } total { amount currency }
  cancellationPolicy holdExpiresAt payment { id status clientSecret nextActionUrl } rejection { code }
  cancellation { by at refund { amount currency } reason } checkInAt checkOutAt noteToHost createdAt updatedAt`;
const CREATE = `mutation ($input: NewBooking!, $key: String!) {
  createBooking(input: $input, idempotencyKey: $key) { ${WHOLE} } }`;
const READ = `query ($id: ID!) { booking(id: $id) { ${WHOLE} } }`;

/** REST leaves out what is not there; GraphQL says null. */
function restView(body: Wire): Wire {
  const absent = { holdExpiresAt: null, rejection: null, cancellation: null, noteToHost: null };
  return { ...absent, ...body, payment: { clientSecret: null, nextActionUrl: null, ...body.payment } };
}

describe('GraphQL bookings', () => {
  const stack = useStack();
  const local = useLocalApi(ENDPOINTS, { cache: createCache({}) });
  let api: string;
  let host: Person;
  let guest: Person;
  let other: Person;

  before(async () => {
    api = stack().addresses.api;
    host = await newPerson(api, 'Hattie Host');
    guest = await newPerson(api);
    other = await newPerson(api);
  });

  const book = (person: Person, facts: StayFacts, key: string = randomUUID()) =>
    ask(person, CREATE, { input: stayRequest(facts), key });

  it('books and pays in one call, and the booking reads as in REST', async () => {
    const { id: propertyId } = await newProperty(host);
    const { data } = await book(guest, { propertyId, noteToHost: 'We come late.' });
    const booking = data.createBooking;
    assert.equal(booking.status, 'confirmed');
    assert.equal(booking.payment.status, 'posted');
    const rest = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    assert.deepEqual(booking, restView(rest));
    assert.deepEqual((await ask(guest, READ, { id: booking.id })).data.booking, restView(rest));
  });

  it('gives the same booking for the same key, and says that it is a replay (M23)', async () => {
    const { id: propertyId } = await newProperty(host);
    const key = randomUUID();
    const first = await book(guest, { propertyId }, key);
    const again = await guest.call('/graphql', {
      method: 'POST',
      body: {
        query: CREATE,
        variables: { key, input: { ...stayRequest({ propertyId }), noteToHost: null } },
      },
    });
    assert.equal(again.body.data.createBooking.id, first.data.createBooking.id);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const otherwise = await book(guest, { propertyId, guests: { adults: 1 } }, key);
    assert.deepEqual(codesOf(otherwise), ['idempotency_key_reused']);
    const byRest = await guest.post('/bookings', stayRequest({ propertyId }), key);
    assert.equal(byRest.body.code, 'idempotency_key_reused');
  });

  it('refuses with the codes and facts of REST', async () => {
    const { id: propertyId } = await newProperty(host, { capacity: 2 });
    const declined = await book(guest, { propertyId, paymentMethodId: 'pm_card_chargeDeclined' });
    assert.equal(declined.data.createBooking, null);
    assert.deepEqual(codesOf(declined), ['card_declined']);
    assert.equal(declined.errors[0].extensions.declineCode, 'generic_decline');
    assert.deepEqual(declined.errors[0].path, ['createBooking']);

    const crowded = await book(guest, { propertyId, guests: { adults: 3 } });
    assert.deepEqual(codesOf(crowded), ['stay_refused']);
    assert.equal(crowded.errors[0].extensions.rule, 'capacity');

    await book(guest, { propertyId });
    assert.deepEqual(codesOf(await book(other, { propertyId })), ['dates_unavailable']);
    assert.deepEqual(codesOf(await book(other, { propertyId: `prp_${'0'.repeat(26)}` })), ['not_found']);
  });

  it('names bad fields as REST does, from the root of the input', async () => {
    const refused = await ask(guest, CREATE, {
      key: randomUUID(),
      input: { ...stayRequest({ propertyId: 'what' }), guests: { adults: 0 }, checkIn: 'soon' },
    });
    assert.deepEqual(codesOf(refused), ['invalid_input']);
    assert.deepEqual(
      refused.errors[0].extensions.errors.map(({ path }: Wire) => path),
      ['propertyId', 'checkIn', 'guests.adults'],
    );
    const oddlyKeyed = await ask(guest, CREATE, { key: 'ä', input: stayRequest({ propertyId: 'what' }) });
    assert.equal(oddlyKeyed.errors[0].extensions.errors[0].path, 'idempotencyKey');
  });

  it('books nothing for who is not signed in', async () => {
    const { id: propertyId } = await newProperty(host);
    const response = await fetch(`${api}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: CREATE, variables: { input: stayRequest({ propertyId }), key: 'k' } }),
    });
    assert.deepEqual(codesOf(await response.json()), ['unauthenticated']);
  });

  it('keeps the payment’s secret and an unpaid booking to the guest', async () => {
    const { id: propertyId } = await newProperty(host);
    const { data } = await book(guest, { propertyId, paymentMethodId: null });
    const { id, status, payment } = data.createBooking;
    assert.equal(status, 'held');
    assert.match(payment.clientSecret, /^pi_/);
    for (const person of [host, other]) {
      const refused = await ask(person, READ, { id });
      assert.deepEqual([refused.data.booking, codesOf(refused)], [null, ['not_found']]);
    }
  });

  it('shows guest, host and property of a booking, each as the viewer may see them', async () => {
    const { id: propertyId } = await newProperty(host, {
      location: { latitude: 53.4808, longitude: -2.2426, address: '1 Canal Street' },
    });
    const { data } = await book(guest, { propertyId });
    const query = `query ($id: ID!) { booking(id: $id) {
      guest { id name } host { id name } property { id location { address } host { id } } } }`;
    const seenBy = async (person: Person) =>
      (await ask(person, query, { id: data.createBooking.id })).data.booking;
    const people = {
      guest: { id: guest.id, name: 'Ada Traveller' },
      host: { id: host.id, name: 'Hattie Host' },
    };
    const property = { id: propertyId, host: { id: host.id } };
    assert.deepEqual(await seenBy(host), {
      ...people,
      property: { ...property, location: { address: '1 Canal Street' } },
    });
    const { location } = await guest.must(200, guest.get(`/properties/${propertyId}`));
    assert.deepEqual((await seenBy(guest)).property.location, { address: location.address ?? null });

    await host.call(`/properties/${propertyId}/publication`, { method: 'DELETE' });
    // Who is expected there still has to find the place, whether it is published or not.
    assert.deepEqual((await seenBy(guest)).property.location, { address: '1 Canal Street' });
    const cancelled = await guest.post(`/bookings/${data.createBooking.id}/cancellation`);
    assert.equal(cancelled.status, 200);
    assert.deepEqual(await seenBy(guest), { ...people, property: null });
  });

  it('reads many bookings with as many statements as one', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { id: propertyId } = await newProperty(n % 2 === 0 ? host : other);
      ids.push((await book(await newPerson(api), { propertyId })).data.createBooking.id as string);
    }
    await using watched = await serveWithGraphql(local().deps);
    // None of the guests and hosts may see all four: an operator may.
    await local()
      .db('users')
      .where({ id: guest.id })
      .update({ roles: ['guest', 'operator'] });
    const operator = new Person(watched.url, { token: guest.token ?? '', id: guest.id, email: guest.email });
    const statements = (some: string[]) => {
      const fields =
        'status payment { status } guest { name } host { name } property { title host { name } }';
      const query = some.map((id, n) => `b${n}: booking(id: "${id}") { ${fields} }`).join(' ');
      return countStatements(local().db, async () => {
        const { data } = await ask(operator, `{ ${query} }`);
        assert.deepEqual(
          Object.values(data).map(({ status }: Wire) => status),
          some.map(() => 'confirmed'),
        );
      });
    };
    const few = await statements(ids.slice(0, 1));
    assert.equal(await statements(ids), few);
  });
});
