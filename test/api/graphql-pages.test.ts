import assert from 'node:assert/strict';
import { ENDPOINTS } from '#api/endpoints.ts';
import { lockBooking } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { openPayment } from '#db/payments.ts';
import type { PropertyRow } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import { createCache } from '#gateways/cache.ts';
import type { UserId } from '#domain/ids.ts';
import { NOW, aHeldBooking, aProperty, aUser } from '../db/stays-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { Person, newPerson, newProperty } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { ask, countStatements, serveWithGraphql } from './graphql-fixture.ts';

const SHORT = 5;
const LONG = 50;
/** What no other property costs, to find these alone. */
const NIGHTLY_MINOR = 7_654_321;

const PROPERTY = 'title host { name rating { count } } rules { minimumNights maximumPets }';
const BOOKING = `status property { ${PROPERTY} } guest { name } host { name } payment { status }`;

const PAGES: [string, (limit: number) => string, (data: Wire) => Wire[]][] = [
  [
    'properties with their hosts and rules',
    (limit) =>
      `{ page: properties(minPrice: ${NIGHTLY_MINOR}, maxPrice: ${NIGHTLY_MINOR}, limit: ${limit}) { data { ${PROPERTY} } } }`,
    ({ page }) => page.data,
  ],
  [
    'one’s own properties',
    (limit) => `{ me { properties(limit: ${limit}) { data { ${PROPERTY} } } } }`,
    ({ me }) => me.properties.data,
  ],
  [
    'the bookings of a guest',
    (limit) => `{ page: bookings(limit: ${limit}) { data { ${BOOKING} } } }`,
    ({ page }) => page.data,
  ],
  [
    'the bookings of a host',
    (limit) => `{ page: bookings(as: host, limit: ${limit}) { data { ${BOOKING} } } }`,
    ({ page }) => page.data,
  ],
  [
    'payments with their bookings',
    (limit) => `{ page: payments(limit: ${limit}) { data { status booking { ${BOOKING} } } } }`,
    ({ page }) => page.data,
  ],
];

describe('a page of GraphQL', () => {
  const local = useLocalApi(ENDPOINTS, { cache: createCache({}) });
  let person: Person;

  /** Somebody who stays at fifty places of fifty hosts, and has fifty places where fifty guests stay. */
  before(async function () {
    this.timeout(60_000);
    const { db, url } = local();
    person = await newPerson(url);
    const me = person.id as UserId;
    for (let n = 0; n < LONG; n += 1) {
      await stayAt(db, await aProperty(db, { nightlyMinor: NIGHTLY_MINOR, rules: { minimumNights: 2 } }), me);
      await stayAt(db, await aProperty(db, { hostId: me }), await aUser(db));
    }
  });

  async function stayAt(db: Db, property: PropertyRow, guestId: UserId): Promise<void> {
    const id = await aHeldBooking(db, property, guestId);
    await db('bookings')
      .where({ id })
      .update({ total_minor: 100_00, confirmed_at: NOW, status: 'confirmed' });
    await inTransaction(db, async (trx) => openPayment(trx, await lockBooking(trx, id)));
    // As the bank calls it: one that it may still call something would be waited for by whoever gives money back by hand.
    await db('payments')
      .where({ booking_id: id })
      .update({ intent_id: `pi_${id}` });
  }

  const at = ({ url }: { url: string }) =>
    new Person(url, { token: person.token ?? '', id: person.id, email: person.email });

  for (const [what, query, entriesOf] of PAGES) {
    it(`of ${what} takes as many statements for ${LONG} as for ${SHORT}`, async () => {
      await using api = await serveWithGraphql(local().deps);
      const statements = (limit: number) =>
        countStatements(local().db, async () => {
          const { data, errors } = await ask(at(api), query(limit));
          assert.equal(errors, undefined);
          const entries = entriesOf(data);
          assert.equal(entries.length, limit);
          assert.doesNotMatch(JSON.stringify(entries), /null/);
        });
      const few = await statements(SHORT);
      assert.ok(few > 1);
      assert.equal(await statements(LONG), few);
    });
  }

  it('shows each viewer what is theirs to see, however closely they ask', async () => {
    await using api = await serveWithGraphql(local().deps);
    const host = await newPerson(api.url);
    const location = { latitude: 53.4808, longitude: -2.2426, address: '1 Canal Street' };
    const { id } = await newProperty(host, { location });
    const query = `{ property(id: "${id}") { location { address } } }`;
    const viewers = [host, at(api), host, at(api)];
    const seen = await Promise.all(viewers.map((viewer) => ask(viewer, query)));
    assert.deepEqual(
      seen.map(({ data }) => data.property.location.address),
      ['1 Canal Street', null, '1 Canal Street', null],
    );
  });
});
