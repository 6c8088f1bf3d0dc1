import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import type { Listening } from '#api/app.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { SCHEMA, printedSchema } from '#api/graphql/schema.ts';
import { Person, inDays, newPerson, newProperty } from '#test/support/people.ts';
import type { Wire } from '#test/support/people.ts';
import { useLocalApi } from '#test/support/api.ts';
import { ask, codesOf, countStatements, serveWithGraphql } from './graphql-fixture.ts';

describe('schema.graphql', () => {
  it('says what the fields state; else run `npm run schema`', async () => {
    const checkedIn = await readFile(new URL('../../api/graphql/schema.graphql', import.meta.url), 'utf8');
    assert.equal(checkedIn, printedSchema());
  });

  it('describes everything that is public', () => {
    const silent: string[] = [];
    const note = (name: string, { description }: { description?: string | null | undefined }) => {
      if (!description) silent.push(name);
    };
    for (const type of Object.values(SCHEMA.getTypeMap())) {
      if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
      note(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
      if (!isObjectType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field);
        if ('args' in field)
          for (const arg of field.args) note(`${type.name}.${field.name}.${arg.name}`, arg);
      }
    }
    assert.deepEqual(silent, []);
  });
});

describe('GraphQL reads', () => {
  const local = useLocalApi(ENDPOINTS);
  let api: Listening;
  let host: Person;
  let guest: Person;
  let nobody: Person;
  let property: Wire;

  before(async () => {
    api = await serveWithGraphql(local().deps);
    nobody = new Person(api.url);
    host = await newPerson(api.url, 'Hattie Host');
    guest = await newPerson(api.url);
    property = await newProperty(host, { title: 'A lighthouse', amenities: ['Wifi', 'Sea, view'] });
  });
  after(() => api[Symbol.asyncDispose]());

  it('gives me my own account, and nobody another one', async () => {
    const query = '{ me { id name email roles createdAt } }';
    const rest = await guest.must(200, guest.get('/users/me'));
    assert.deepEqual(await ask(guest, query), { data: { me: rest } });
    const refused = await ask(nobody, query);
    assert.deepEqual(refused.data, { me: null });
    assert.deepEqual(codesOf(refused), ['unauthenticated']);
  });

  const WHOLE = `id hostId title description roomType location { latitude longitude address } timeZone currency
    capacity bedrooms beds bathrooms amenities checkInTime checkOutTime bookingMode cancellationPolicy
    pricing { nightly weekend cleaningFee extraGuestFee guestsIncluded petFee weeklyDiscountPercent
      monthlyDiscountPercent }
    status rating { average count } photos createdAt updatedAt`;
  /** REST leaves out what is not there; GraphQL says null. */
  const restView = (body: Wire): Wire => ({
    ...body,
    location: { address: null, ...body.location },
    pricing: { weekend: null, ...body.pricing },
  });

  it('shows a property as REST does: exact to its host, blurred to others', async () => {
    const query = `query ($id: ID!) { property(id: $id) { ${WHOLE} } }`;
    for (const person of [host, guest, nobody]) {
      const rest = await person.must(200, person.get(`/properties/${property.id}`));
      const { data } = await ask(person, query, { id: property.id });
      assert.deepEqual(data.property, restView(rest));
    }
    const { data } = await ask(guest, query, { id: property.id });
    assert.notEqual(data.property.location.latitude, property.location.latitude);
  });

  it('has no draft for anyone but its host, and no property for an id that is none', async () => {
    const closed = await newProperty(host);
    await host.must(200, host.call(`/properties/${closed.id}/publication`, { method: 'DELETE' }));
    const query = 'query ($id: ID!) { property(id: $id) { status } }';
    assert.equal((await ask(host, query, { id: closed.id })).data.property.status, 'closed');
    for (const id of [closed.id, `prp_${'0'.repeat(26)}`, 'what', guest.id]) {
      const refused = await ask(guest, query, { id });
      assert.equal(refused.data.property, null);
      assert.deepEqual(codesOf(refused), ['not_found']);
    }
  });

  it('lists my own properties page by page', async () => {
    const owner = await newPerson(api.url);
    const ids = [await newProperty(owner), await newProperty(owner)].map(({ id }) => id as string);
    const query =
      'query ($cursor: String) { me { properties(limit: 1, cursor: $cursor) { data { id } nextCursor } } }';
    const first = (await ask(owner, query)).data.me.properties;
    const second = (await ask(owner, query, { cursor: first.nextCursor })).data.me.properties;
    assert.deepEqual(
      [...first.data, ...second.data].map(({ id }: Wire) => id),
      ids,
    );
    assert.equal(second.nextCursor, null);
  });

  it('finds what GET /properties finds, page by page', async () => {
    const here = await newPerson(api.url, 'Hubert Host');
    const prices = [12_000, 9_000, 3_000_000_000, 15_000];
    for (const nightly of prices) {
      await newProperty(here, {
        currency: 'IDR',
        pricing: { nightly, guestsIncluded: 4 },
        location: { latitude: -8.65, longitude: 115.2 },
        amenities: ['Free parking', 'Sea, view'],
      });
    }
    const rest = await guest.must(
      200,
      guest.get(
        '/properties?near=-8.65,115.2&radiusKm=5&guests=3&amenities=free%20parking,sea%20view&sort=-price&limit=10' +
          `&checkIn=${inDays(30)}&checkOut=${inDays(33)}&minPrice=31000&currency=IDR&roomType=entire_home&q=canal`,
      ),
    );
    const query = `query ($cursor: String, $dates: [CalendarDate!]) {
      properties(near: { latitude: -8.65, longitude: 115.2 }, radiusKm: 5, guests: 3, minPrice: 31000, currency: "IDR",
        amenities: ["free parking", "Sea, view"], sort: price_descending, roomType: entire_home, q: "canal",
        checkIn: "${inDays(30)}", checkOut: "${inDays(33)}", limit: 2, cursor: $cursor) {
        data { ${WHOLE} stay { checkIn checkOut nights total { amount currency } } host { id name rating { count } } } nextCursor } }`.replace(
      ', $dates: [CalendarDate!]',
      '',
    );
    const found: Wire[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { data } = await ask(guest, query, { cursor });
      found.push(...data.properties.data);
      cursor = data.properties.nextCursor as string | null;
    }
    assert.deepEqual(
      found.map(({ pricing }) => pricing.nightly),
      [3_000_000_000, 15_000, 12_000],
    );
    const withHost = (entry: Wire) => ({
      ...restView(entry),
      host: { id: here.id, name: 'Hubert Host', rating: { count: 0 } },
    });
    assert.deepEqual(found, rest.data.map(withHost));
  });

  it('takes amounts beyond 2^31, and no others than whole ones', async () => {
    const query =
      'query ($most: MinorUnits) { properties(maxPrice: $most, currency: "XTS") { data { id } } }';
    assert.deepEqual((await ask(guest, query, { most: 2 ** 40 })).data.properties.data, []);
    assert.deepEqual(codesOf(await ask(guest, query, { most: 1.5 })), ['invalid_input']);
    assert.deepEqual(codesOf(await ask(guest, query, { most: '12' })), ['invalid_input']);
    assert.deepEqual(codesOf(await ask(guest, query, { most: 2 ** 53 })), ['invalid_input']);
    const literal = await ask(guest, '{ properties(maxPrice: 4294967296, currency: "XTS") { nextCursor } }');
    assert.deepEqual(literal.data.properties, { nextCursor: null });
  });

  it('names every bad argument in the words of REST, beside the fields that went well', async () => {
    const answer = await ask(
      guest,
      `{ me { id } properties(guests: 0, limit: 101, checkIn: "2027-02-30", near: { latitude: 91, longitude: 0 })
        { nextCursor } }`,
    );
    assert.deepEqual(answer.data, { me: { id: guest.id }, properties: null });
    assert.deepEqual(codesOf(answer), ['invalid_input']);
    const [{ extensions, path }] = answer.errors;
    assert.deepEqual(path, ['properties']);
    assert.deepEqual(extensions.errors.map((error: Wire) => error.path).sort(), [
      'checkIn',
      'guests',
      'limit',
      'near',
    ]);
    assert.match(extensions.requestId, /^[\w-]{36}$/);
  });

  it('asks no more of the database for a longer page', async () => {
    const owners = await Promise.all([1, 2, 3].map(() => newPerson(api.url)));
    for (const owner of owners) {
      for (let n = 0; n < 3; n += 1)
        await newProperty(owner, { title: 'Nine alike', pricing: { nightly: 7_000 } });
    }
    const statements = (limit: number) =>
      countStatements(local().db, async () => {
        const { data } = await ask(
          nobody,
          `{ properties(q: "nine alike", limit: ${limit}) { data { id host { name } hostAgain: host { id } } } }`,
        );
        assert.equal(data.properties.data.length, limit);
      });
    assert.equal(await statements(1), 2); // The search and the hosts.
    assert.equal(await statements(9), 2);
  });
});
