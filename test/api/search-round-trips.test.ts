import assert from 'node:assert/strict';
import { ENDPOINTS } from '#api/endpoints.ts';
import { createCache } from '#gateways/cache.ts';
import { useLocalApi } from '../support/api.ts';
import { Person, inDays, newPerson, newProperty } from '../support/people.ts';
import { ask, countStatements, serveWithGraphql } from './graphql-fixture.ts';

/** In the middle of the Indian Ocean, where no other test looks. */
const AT = { latitude: -30.5, longitude: 75.25 };
const PROPERTIES = 12;

describe('a page of a search', () => {
  const local = useLocalApi(ENDPOINTS, { cache: createCache({}) });

  before('offer some', async () => {
    const host = await newPerson(local().url);
    for (let count = 0; count < PROPERTIES; count++) await newProperty(host, { location: AT });
  });

  const dates = { checkIn: inDays(20), checkOut: inDays(22) };
  const month = inDays(60).slice(0, 7);

  for (const [what, query] of [
    ['by place', ''],
    ['by dates', `&checkIn=${dates.checkIn}&checkOut=${dates.checkOut}`],
    ['by flexible dates', `&checkIn=${dates.checkIn}&checkOut=${dates.checkOut}&flexibleDays=3&sort=price`],
    ['by a month', `&month=${month}&stay=week&sort=rating`],
    ['by words', '&q=canla'],
    ['with counts', '&facets=roomType,bookingMode,cancellationPolicy,amenities,price'],
  ]) {
    it(`is one statement ${what}, whatever its length`, async () => {
      for (const limit of [2, PROPERTIES]) {
        let length = 0;
        const statements = await countStatements(local().db, async () => {
          const at = `near=${AT.latitude},${AT.longitude}&limit=${limit}`;
          const { body } = await new Person(local().url).get(`/properties?${at}${query}`);
          length = body.data.length;
        });
        assert.deepEqual({ statements, length }, { statements: 1, length: limit });
      }
    });
  }

  it('is one statement of GraphQL too', async () => {
    await using api = await serveWithGraphql(local().deps);
    const query = `query ($checkIn: CalendarDate!, $checkOut: CalendarDate!) {
      properties(near: { latitude: ${AT.latitude}, longitude: ${AT.longitude} }, checkIn: $checkIn, checkOut: $checkOut,
                 flexibleDays: 2, instantOnly: true, cancellationPolicy: [flexible, firm], facets: [roomType, price]) {
        data { id title rating { average } stay { checkIn checkOut nights total { amount currency } } }
        facets { count isExact roomType { value count } amenities { value count } price { currency least most count } }
      } }`;
    let answer;
    const statements = await countStatements(local().db, async () => {
      answer = await ask(new Person(api.url), query, dates);
    });
    const { data, errors } = answer as any;
    assert.equal(errors, undefined);
    assert.equal(statements, 1);
    assert.equal(data.properties.data.length, PROPERTIES);
    assert.deepEqual(data.properties.data[0].stay, {
      ...dates,
      nights: 2,
      total: { amount: 28_500, currency: 'GBP' },
    });
    assert.deepEqual(data.properties.facets, {
      count: PROPERTIES,
      isExact: true,
      roomType: [{ value: 'entire_home', count: PROPERTIES }],
      amenities: null,
      price: [{ currency: 'GBP', least: 28_500, most: 28_500, count: PROPERTIES }],
    });
  });
});
