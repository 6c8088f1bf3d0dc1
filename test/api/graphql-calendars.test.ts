import assert from 'node:assert/strict';
import type { Listening } from '#api/app.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { newId } from '#db/ids.ts';
import { useLocalApi } from '../support/api.ts';
import { newPerson, newProperty } from '../support/people.ts';
import type { Person, Wire } from '../support/people.ts';
import { ask, codesOf, serveWithGraphql } from './graphql-fixture.ts';

const FIELDS = `id propertyId name url nights conflicts readAt attemptedAt dueAt fault faultDetail brokenSince
  emptySince createdAt`;

describe('calendars by GraphQL', () => {
  const local = useLocalApi(ENDPOINTS, { calendars: { sync: () => Promise.resolve() } });
  let api: Listening;
  let host: Person;
  let stranger: Person;
  let id: string;

  before(async () => {
    api = await serveWithGraphql(local().deps);
    host = await newPerson(api.url, 'Hattie Host');
    stranger = await newPerson(api.url);
    ({ id } = await newProperty(host));
  });
  after(() => api[Symbol.asyncDispose]());

  async function must(query: string, variables: Wire = {}): Promise<Wire> {
    const { data, errors } = await ask(host, query, { id, ...variables });
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  }

  it('are imported, read, had read and taken away, as by REST', async () => {
    const input = { name: 'Elsewhere', url: 'https://elsewhere.example/a.ics' };
    const add = `mutation ($id: ID!, $input: NewImportedCalendar!) {
      importCalendar(propertyId: $id, input: $input) { ${FIELDS} } }`;
    const { importCalendar: added } = await must(add, { input });
    const calendarId: string = added.id;
    const rest = await host.must(200, host.get(`/properties/${id}/calendars/${calendarId}`));
    const absent = Object.fromEntries(Object.keys(added).map((name) => [name, null]));
    assert.deepEqual(added, { ...absent, ...rest });

    const one = `query ($id: ID!, $calendarId: ID!) {
      importedCalendar(propertyId: $id, calendarId: $calendarId) { ${FIELDS} } }`;
    const list = `query ($id: ID!) { importedCalendars(propertyId: $id) { data { ${FIELDS} } nextCursor } }`;
    assert.deepEqual((await must(one, { calendarId })).importedCalendar, added);
    assert.deepEqual((await must(list)).importedCalendars, { data: [added], nextCursor: null });
    assert.deepEqual(codesOf(await ask(stranger, list, { id })), ['not_found']);

    const sync = `mutation ($id: ID!, $calendarId: ID!) {
      syncImportedCalendar(propertyId: $id, calendarId: $calendarId) { id } }`;
    assert.deepEqual((await must(sync, { calendarId })).syncImportedCalendar, { id: calendarId });
    const remove = `mutation ($id: ID!, $calendarId: ID!) {
      removeImportedCalendar(propertyId: $id, calendarId: $calendarId) }`;
    assert.equal((await must(remove, { calendarId })).removeImportedCalendar, true);
    assert.deepEqual((await must(list)).importedCalendars.data, []);
    const bad = await ask(host, add, { id, input: { ...input, url: 'ftp://elsewhere.example/' } });
    assert.deepEqual(codesOf(bad), ['invalid_input']);
  });

  it('have their conflicts, and acts on them', async () => {
    const list = `query ($id: ID!) { calendarConflicts(propertyId: $id, open: true) {
      data { id calendarId propertyId bookingId from to openedAt resolvedAs resolvedAt } nextCursor } }`;
    assert.deepEqual((await must(list)).calendarConflicts, { data: [], nextCursor: null });
    const keep = `mutation ($id: ID!, $conflictId: ID!) {
      keepConflictingBooking(propertyId: $id, conflictId: $conflictId) { resolvedAs } }`;
    const conflictId = newId('calendarConflict');
    assert.deepEqual(codesOf(await ask(host, keep, { id, conflictId })), ['not_found']);
  });

  it('are told to others by an address that is renewed and withdrawn', async () => {
    const renew = 'mutation ($id: ID!) { renewCalendarAddress(propertyId: $id) { url renewedAt } }';
    const { url } = (await must(renew)).renewCalendarAddress;
    assert.equal((await fetch(url)).status, 200);
    const withdraw = 'mutation ($id: ID!) { withdrawCalendarAddress(propertyId: $id) }';
    assert.equal((await must(withdraw)).withdrawCalendarAddress, true);
    assert.equal((await fetch(url)).status, 404);
  });
});
