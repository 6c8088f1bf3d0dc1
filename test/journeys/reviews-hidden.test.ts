import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { Person } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { toReview, write } from '../support/reviews.ts';

const UNKNOWN_REVIEW = 'rev_00000000000000000000000000';

type Role = 'anyone' | 'guest' | 'otherGuest' | 'host' | 'otherHost' | 'operator';
type Cast = Record<Role, Traveller>;

describe('a review that is hidden', () => {
  const world = useWorld();

  /** Everybody who could be curious: two couples of guest and host, an operator, and the public. */
  async function cast() {
    const [mine, theirs] = [await toReview(world()), await world().booked()];
    const people: Cast = {
      anyone: world().anyone(),
      guest: mine.guest,
      host: mine.host,
      otherGuest: theirs.guest,
      otherHost: theirs.host,
      operator: await world().operator(),
    };
    return { people, booking: mine.booking, property: mine.property };
  }

  async function statuses(
    people: Partial<Cast>,
    act: (person: Traveller) => Promise<{ status: number }>,
  ): Promise<Partial<Record<Role, number>>> {
    const entries: [string, number][] = [];
    for (const [role, person] of Object.entries(people)) entries.push([role, (await act(person)).status]);
    return Object.fromEntries(entries);
  }

  const remove = (person: Traveller, id: string) =>
    person.call(`/reviews/${id}`, { method: 'DELETE', body: { reason: 'Off topic.' } });
  const respond = (person: Traveller, id: string) =>
    person.post(`/reviews/${id}/response`, { comment: 'Well.' });
  const edit = (person: Traveller, id: string) => person.patch(`/reviews/${id}`, { rating: 1 });

  /** GraphQL is not in `openapi.json`, so it takes a person who believes other answers too. */
  async function byGraphql({ token, id, email }: Traveller, document: object): Promise<Wire> {
    const session = token === undefined ? undefined : { token, id, email };
    const answer = await new Person(world().api, session).post('/graphql', document);
    return answer.body;
  }

  /** All that could change for anyone but the author when somebody writes a review. */
  async function everythingElse(people: Cast, { booking, property }: { booking: Wire; property: Wire }) {
    const query = `query ($id: ID!) { property(id: $id) { updatedAt rating { average count } host { rating { count } } } }`;
    const graph = { query, variables: { id: property.id } };
    const paths = [
      `/properties/${property.id}`,
      `/properties?near=53.4808,-2.2426&radiusKm=1&sort=rating&limit=100`,
      `/users/${people.guest.id}`,
      `/users/${people.host.id}`,
      `/reviews?propertyId=${property.id}`,
      `/reviews?userId=${people.guest.id}`,
      `/reviews?userId=${people.host.id}`,
    ];
    const seen: Record<string, unknown> = {};
    for (const role of ['anyone', 'host', 'otherGuest', 'operator'] as const) {
      for (const path of paths) {
        const { status, body, headers } = await people[role].get(path);
        const own = path.startsWith('/properties?')
          ? body.data.find(({ id }: Wire) => id === property.id)
          : body;
        seen[`${role} ${path}`] = [status, own, headers.get('etag')];
      }
      seen[`${role} graphql`] = (await byGraphql(people[role], graph)).data;
    }
    for (const role of ['host', 'operator'] as const)
      seen[`${role} booking`] = (await people[role].get(`/bookings/${booking.id}`)).body;
    const subjects = [booking.id, property.id, people.guest.id, people.host.id];
    seen.events = await world().db('events').whereIn('subject_id', subjects).orderBy('id').select('id');
    return seen;
  }

  it('changes nothing that anyone else can see: no count, average, entity tag, field or event (R9)', async () => {
    const { people, ...stay } = await cast();
    const before = await everythingElse(people, stay);
    const said = { rating: 1, comment: 'Damp and loud.', privateNote: 'Sorry.' };
    const { id } = await people.guest.must(201, write(people.guest, stay.booking.id, said));
    assert.deepEqual(await everythingElse(people, stay), before);
    await people.guest.must(200, edit(people.guest, id));
    assert.deepEqual(await everythingElse(people, stay), before);
    await people.guest.must(204, people.guest.delete(`/reviews/${id}`));
    assert.deepEqual(await everythingElse(people, stay), before);
    // And all of it would have shown in what was looked at.
    for (const person of [people.guest, people.host]) await person.must(201, write(person, stay.booking.id));
    const after = await everythingElse(people, stay);
    const shown = Object.keys(before).filter((what) => !isDeepStrictEqual(before[what], after[what]));
    for (const what of ['properties', 'reviews', 'users', 'graphql', 'events', 'booking'])
      assert.ok(
        shown.some((changed) => changed.includes(what)),
        what,
      );
    const told: { data: unknown; kind: string }[] = await world().db('events').where({ subject_id: id });
    assert.deepEqual(told.map(({ kind, data }) => [kind, data]).sort(), [
      ['review.edited', {}],
      ['review.submitted', {}],
      ['review.withdrawn', {}],
    ]);
  });

  it('is in no history and no list of Temporal, not a word of it (R9)', async () => {
    const { people, booking } = await cast();
    const said = { rating: 1, comment: 'Damp and loud.', privateNote: 'Sorry about that.' };
    const { id } = await people.guest.must(201, write(people.guest, booking.id, said));
    await people.guest.must(200, people.guest.patch(`/reviews/${id}`, { comment: 'Dark and cold.' }));
    const handle = world().temporal.client.workflow.getHandle(`review-window:${booking.id}`);
    const [history, { raw }] = [await handle.fetchHistory(), await handle.describe()];
    const payloads: string[] = [];
    // Payloads are bytes: read them, wherever they are.
    JSON.stringify([history, raw], (_, value: unknown) => {
      if (value instanceof Uint8Array) payloads.push(Buffer.from(value).toString('utf8'));
      else if (typeof value === 'string') payloads.push(value);
      return value;
    });
    const text = payloads.join('\n');
    assert.ok(text.includes(id));
    for (const secret of ['Damp', 'Dark', 'Sorry', 'rating', people.guest.email])
      assert.ok(!text.includes(secret), secret);
  });

  it('is there for its author alone (S1)', async () => {
    const { people, booking } = await cast();
    const { id } = await people.guest.must(201, write(people.guest, booking.id));
    const { guest, ...others } = people;
    const hidden = { otherGuest: 404, host: 404, otherHost: 404, operator: 404 };
    const acts = [
      (person: Traveller) => edit(person, id),
      (person: Traveller) => remove(person, id),
      (person: Traveller) => respond(person, id),
    ];
    assert.deepEqual(await statuses(people, (person) => person.get(`/reviews/${id}`)), {
      ...hidden,
      anyone: 404,
      guest: 200,
    });
    for (const act of acts) assert.deepEqual(await statuses(others, act), { ...hidden, anyone: 401 });
    assert.equal((await respond(guest, id)).status, 403);
    assert.equal((await guest.get(`/reviews/${id}`)).body.rating, 5);
  });

  it('looks as if it were not there (S1)', async () => {
    const { people, booking } = await cast();
    const { id } = await people.guest.must(201, write(people.guest, booking.id));
    for (const person of [people.host, people.operator]) {
      const { requestId: _, ...told } = (await person.get(`/reviews/${id}`)).body;
      const { requestId: __, ...expected } = (await person.get(`/reviews/${UNKNOWN_REVIEW}`)).body;
      assert.deepEqual(told, expected);
    }
  });

  it('tells the other side nothing when they write, change or look (R9)', async () => {
    const { people, booking } = await cast();
    const { host } = people;
    await people.guest.must(201, write(people.guest, booking.id));
    assert.deepEqual((await host.must(200, host.get(`/bookings/${booking.id}`))).reviewBy, booking.reviewBy);
    assert.deepEqual((await host.must(200, host.get(`/reviews?userId=${host.id}`))).data, []);
  });

  it('is written by the two of its stay, and nobody else (S1)', async () => {
    const { people, booking } = await cast();
    const { guest, host, ...others } = people;
    assert.deepEqual(await statuses(others, (person) => write(person, booking.id)), {
      anyone: 401,
      otherGuest: 404,
      otherHost: 404,
      operator: 403,
    });
    assert.deepEqual(await statuses({ guest, host }, (person) => write(person, booking.id)), {
      guest: 201,
      host: 201,
    });
  });

  it('once public is read by all, and fixed for all but an operator with a reason (S1)', async () => {
    const { people, booking } = await cast();
    const { guest, host, operator } = people;
    const { id } = await guest.must(201, write(guest, booking.id));
    await host.must(201, write(host, booking.id));
    const strangers = { anyone: 401, otherGuest: 403, otherHost: 403 };
    assert.deepEqual(await statuses(people, (person) => person.get(`/reviews/${id}`)), {
      anyone: 200,
      guest: 200,
      host: 200,
      otherGuest: 200,
      otherHost: 200,
      operator: 200,
    });
    assert.deepEqual(await statuses(people, (person) => edit(person, id)), {
      ...strangers,
      guest: 409,
      host: 403,
      operator: 403,
    });
    const { host: _, ...allButHost } = people;
    assert.deepEqual(await statuses(allButHost, (person) => respond(person, id)), {
      ...strangers,
      guest: 403,
      operator: 403,
    });
    assert.equal((await respond(host, id)).status, 201);
    const { operator: __, ...allButOperator } = people;
    assert.deepEqual(await statuses(allButOperator, (person) => remove(person, id)), {
      ...strangers,
      guest: 409,
      host: 403,
    });
    assert.equal((await remove(operator, id)).status, 204);
    assert.deepEqual(await statuses(people, (person) => person.get(`/reviews/${id}`)), {
      anyone: 404,
      guest: 404,
      host: 404,
      otherGuest: 404,
      otherHost: 404,
      operator: 404,
    });
  });

  describe('says only what is its author’s to say (S4)', () => {
    const bad: [string, Record<string, unknown>, string][] = [
      ['who wrote it', { authorId: 'usr_00000000000000000000000000' }, 'authorId'],
      ['when it is public', { publishedAt: '2027-01-01T00:00:00.000Z' }, 'publishedAt'],
      ['what it is about', { subject: 'guest' }, 'subject'],
      ['no star', { rating: 0 }, 'rating'],
      ['six stars', { rating: 6 }, 'rating'],
      ['half a star', { rating: 4.5 }, 'rating'],
      ['a category of the other subject', { categories: { houseRules: 5 } }, 'categories.houseRules'],
      ['a category that is none', { categories: { breakfast: 5 } }, 'categories.breakfast'],
      ['six stars in a category', { categories: { value: 6 } }, 'categories.value'],
      ['nothing', { comment: '   ' }, 'comment'],
      ['too much', { comment: 'x'.repeat(2_001) }, 'comment'],
      ['what is no text', { comment: 'a\u0000b' }, 'comment'],
      ['half a character', { comment: 'a\ud800b' }, 'comment'],
      ['too much in private', { privateNote: 'x'.repeat(1_001) }, 'privateNote'],
    ];

    it('and each mistake is named', async () => {
      const { people, booking } = await cast();
      const { guest } = people;
      for (const [what, said, path] of bad) {
        const { status, body } = await write(guest, booking.id, said);
        assert.deepEqual([status, body.code, body.errors?.[0].path], [400, 'invalid_input', path], what);
      }
      const longest = { comment: 'x'.repeat(2_000), privateNote: 'x'.repeat(1_000) };
      const { id } = await guest.must(201, write(guest, booking.id, longest));
      for (const [what, said, path] of bad) {
        const { status, body } = await guest.patch(`/reviews/${id}`, said);
        assert.deepEqual([status, body.code, body.errors?.[0].path], [400, 'invalid_input', path], what);
      }
      const elsewhere = await guest.patch(`/reviews/${id}`, { bookingId: booking.id });
      assert.deepEqual([elsewhere.status, elsewhere.body.errors[0].path], [400, 'bookingId']);
    });

    it('and a list is of a property or of a guest', async () => {
      const anyone = world().anyone();
      const [prp, usr] = [`propertyId=prp_${'0'.repeat(26)}`, `userId=usr_${'0'.repeat(26)}`];
      for (const query of ['', `?${prp}&${usr}`, '?propertyId=1', `?${prp}&cursor=abc`])
        assert.equal((await anyone.get(`/reviews${query}`)).status, 400, query);
      for (const query of [prp, usr])
        assert.deepEqual((await anyone.must(200, anyone.get(`/reviews?${query}`))).data, []);
    });
  });
});
