import assert from 'node:assert/strict';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { World } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Person, Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';
import { ask } from '../api/graphql-fixture.ts';

const HOUR_MS = 3_600_000;

/** What people do on the way, in one of the two languages of the API. Each gives what it is answered with. */
interface Voice {
  book(guest: Person, input: Record<string, unknown>): Promise<Wire>;
  read(person: Person, bookingId: string): Promise<Wire>;
  act(person: Person, bookingId: string, act: keyof typeof ACTS): Promise<Wire>;
  review(person: Person, input: Record<string, unknown>): Promise<Wire>;
  reviewsOf(person: Person, propertyId: string): Promise<Wire[]>;
}

/** Each act by its path in REST and its mutation in GraphQL. */
const ACTS = {
  accept: ['acceptance', 'acceptBooking'],
  checkIn: ['check-in', 'checkIn'],
  checkOut: ['check-out', 'checkOut'],
} as const;

const rest: Voice = {
  book: (guest, input) => guest.books(input),
  read: (person, id) => person.must(200, person.get(`/bookings/${id}`)),
  act: (person, id, act) => person.must(200, person.post(`/bookings/${id}/${ACTS[act][0]}`)),
  review: (person, input) => person.must(201, person.post('/reviews', input)),
  async reviewsOf(person, propertyId) {
    return (await person.must(200, person.get(`/reviews?propertyId=${propertyId}`))).data;
  },
};

const BOOKING = `id status respondBy checkInAt checkOutAt checkedInAt checkedOutAt reviewBy
  total { amount currency } payment { status }`;
const REVIEW = 'id subject rating comment publishedAt';

/** Sends an operation whose one field is aliased `it`, and gives that field. */
async function asked(person: Person, operation: string, variables: Record<string, unknown>): Promise<Wire> {
  const { data, errors } = await ask(person, operation, variables);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data.it;
}

const graphql: Voice = {
  book: (person, input) =>
    asked(
      person,
      `mutation ($input: NewBooking!, $key: String!) { it: createBooking(input: $input, idempotencyKey: $key) { ${BOOKING} } }`,
      { input, key: crypto.randomUUID() },
    ),
  read: (person, id) => asked(person, `query ($id: ID!) { it: booking(id: $id) { ${BOOKING} } }`, { id }),
  act: (person, id, act) =>
    asked(person, `mutation ($id: ID!) { it: ${ACTS[act][1]}(id: $id) { ${BOOKING} } }`, { id }),
  review: (person, input) =>
    asked(person, `mutation ($input: NewReview!) { it: createReview(input: $input) { ${REVIEW} } }`, {
      input,
    }),
  async reviewsOf(person, propertyId) {
    const page = `query ($id: ID!) { it: reviews(propertyId: $id) { data { ${REVIEW} } } }`;
    return (await asked(person, page, { id: propertyId })).data;
  },
};

/** From the request to two reviews that everyone can read, each deadline at its real length. */
async function live(world: World, voice: Voice): Promise<void> {
  const { host, property } = await world.home({ bookingMode: 'request' });
  const guest = await world.person();
  const requested = await voice.book(guest, stayRequest({ propertyId: property.id }));
  const { id, checkInAt, checkOutAt, total } = requested;
  assert.deepEqual([requested.status, requested.payment.status], ['awaiting_host', 'reserved']);

  await world.passTo(requested, requested.respondBy, -2 * HOUR_MS);
  const confirmed = await voice.act(host, id, 'accept');
  assert.deepEqual([confirmed.status, confirmed.payment.status], ['confirmed', 'posted']);

  await world.passTo(requested, checkInAt, 2 * HOUR_MS);
  await until('the stay has begun', async () => (await voice.read(guest, id)).status === 'in_stay');
  assert.ok((await voice.act(guest, id, 'checkIn')).checkedInAt > checkInAt);
  await world.passTo(requested, checkOutAt, -HOUR_MS);
  const left = await voice.act(guest, id, 'checkOut');
  assert.deepEqual([left.status, left.checkedOutAt < checkOutAt], ['completed', true]);
  assert.ok([undefined, null].includes(left.reviewBy), 'the scheduled check-out is still to come');
  assert.deepEqual(await world.availability(property.id, inDays(30), inDays(33)), [false, false, false]);

  await world.passTo(requested, checkOutAt);
  await until('the stay may be reviewed', async () => Boolean((await voice.read(guest, id)).reviewBy));
  const { reviewBy } = await voice.read(host, id);
  assert.equal(Date.parse(reviewBy) - Date.parse(checkOutAt), 14 * 24 * HOUR_MS);
  await world.temporal.isStarted(collectReviewsId(id));
  await world.temporal.advanceTo(collectReviewsId(id), Date.parse(reviewBy) - HOUR_MS);
  const ofGuest = { bookingId: id, rating: 5, comment: 'Left it as they found it.' };
  const ofProperty = { bookingId: id, rating: 4, comment: 'Quiet, and the stairs are steep.' };
  assert.equal((await voice.review(host, ofGuest)).publishedAt, null);
  assert.deepEqual(await voice.reviewsOf(guest, property.id), []);
  const second = await voice.review(guest, ofProperty);
  assert.ok(second.publishedAt !== null);
  const [review, ...more] = await voice.reviewsOf(world.anyone(), property.id);
  assert.deepEqual([review?.comment, review?.rating, more], [ofProperty.comment, 4, []]);

  const { rating } = await guest.must(200, guest.get(`/properties/${property.id}`));
  assert.deepEqual(rating, { average: 4, count: 1 });
  const intent = await world.bank.intentOf(id);
  assert.deepEqual([intent.status, intent.amount_received], ['succeeded', total.amount]);
  assert.equal((await movementsOf(world.db, id)).length, 1);
}

describe('a whole life: requested, accepted, arrived, left, reviewed, revealed', function () {
  this.timeout(120_000);
  const world = useWorld();

  it('by REST', () => live(world(), rest));

  it('by GraphQL', () => live(world(), graphql));
});
