import assert from 'node:assert/strict';
import type { Listening } from '#api/app.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { useLocalApi } from '#test/support/api.ts';
import { inDays, newPerson, newProperty, Person } from '#test/support/people.ts';
import { ask, codesOf, serveWithGraphql } from './graphql-fixture.ts';

const SET = `mutation ($id: ID!, $input: NewPrices!) { setPrices(propertyId: $id, input: $input) {
  nightly weekend lowestNightly earlyBird { percent days } lastMinute { percent } serviceFees
  taxes { name charge percent base amount included maxNights exemptOverNights } } }`;
const NIGHTS =
  'mutation ($id: ID!, $input: NewNightPrices!) { it: setNightPrices(propertyId: $id, input: $input) }';
const COPY =
  'mutation ($id: ID!, $input: SeasonCopy!) { it: copyNightPrices(propertyId: $id, input: $input) }';

describe('prices in GraphQL', () => {
  const local = useLocalApi(ENDPOINTS);
  let api: Listening;
  let host: Person;
  let guest: Person;

  before(async () => {
    api = await serveWithGraphql(local().deps);
    host = await newPerson(api.url, 'Hattie Host');
    guest = await newPerson(api.url);
  });
  after(() => api[Symbol.asyncDispose]());

  it('are set at once and read, a null being what is left out, in lists too', async () => {
    const { id } = await newProperty(host);
    const tax = { name: 'City tax', charge: 'per_night', amount: 100, included: null, maxNights: null };
    const input = { nightly: 9_000, weekend: null, earlyBird: { percent: 5, days: 30 }, taxes: [tax] };
    const whole = {
      nightly: 9_000,
      weekend: null,
      lowestNightly: null,
      earlyBird: { percent: 5, days: 30 },
      lastMinute: null,
      serviceFees: 'split',
      taxes: [{ ...tax, included: false, percent: null, base: null, exemptOverNights: null }],
    };
    assert.deepEqual(await ask(host, SET, { id, input }), { data: { setPrices: whole } });
    const read = await ask(
      new Person(api.url),
      `{ prices(propertyId: "${id}") { nightly taxes { amount } } }`,
    );
    assert.deepEqual(read.data.prices, { nightly: 9_000, taxes: [{ amount: 100 }] });
    assert.deepEqual(codesOf(await ask(guest, SET, { id, input })), ['not_found']);
  });

  it('of many nights are set at once and copied, as the calendar then says', async () => {
    const { id } = await newProperty(host);
    const [from, to, start, end] = [inDays(20), inDays(22), inDays(40), inDays(43)];
    const prices = [
      { from, to, price: 12_345 },
      { from, to: inDays(21), price: null },
    ];
    assert.deepEqual(await ask(host, NIGHTS, { id, input: { prices } }), { data: { it: true } });
    assert.deepEqual(await ask(host, COPY, { id, input: { from, to, start } }), { data: { it: true } });
    const { data } = await ask(
      guest,
      `{ calendar(propertyId: "${id}", from: "${start}", to: "${end}") { nights { price } } }`,
    );
    assert.deepEqual(data.calendar.nights, [{ price: 10_000 }, { price: 12_345 }, { price: 10_000 }]);
    for (const [query, input] of [
      [NIGHTS, { prices }],
      [COPY, { from, to, start }],
    ] as const)
      assert.deepEqual(codesOf(await ask(guest, query, { id, input })), ['not_found']);
  });
});
