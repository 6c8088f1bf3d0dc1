import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ask, codesOf } from '../api/graphql-fixture.ts';
import { useWorld } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { Person, inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';

const BOOKING = `id status propertyId guestId hostId checkIn checkOut nights
  guests { adults children infants pets } lines { kind label quantity amount } total { amount currency }
  cancellationPolicy holdExpiresAt payment { id status clientSecret nextActionUrl } rejection { code }
  cancellation { by at refund { amount currency } reason } checkInAt checkOutAt noteToHost createdAt updatedAt`;
const PAYMENT = 'id bookingId status disputed amount refunded currency failure { code message } createdAt';

const CREATE = `mutation ($input: NewBooking!, $key: String!) {
  createBooking(input: $input, idempotencyKey: $key) { ${BOOKING} } }`;
const PAY = `mutation ($input: NewPayment!, $key: String!) { pay(input: $input, idempotencyKey: $key) { ${PAYMENT} } }`;
const CANCEL = `mutation ($id: ID!, $key: String!, $input: NewCancellation) {
  cancelBooking(id: $id, idempotencyKey: $key, input: $input) { ${BOOKING} } }`;

/** REST leaves out what is not there; GraphQL says null. */
const asBooking = (body: Wire): Wire => ({
  holdExpiresAt: null,
  rejection: null,
  noteToHost: null,
  ...body,
  cancellation: body.cancellation === undefined ? null : { reason: null, ...body.cancellation },
  payment: { clientSecret: null, nextActionUrl: null, ...body.payment },
});
const asPayment = (body: Wire): Wire => ({ failure: null, ...body });

describe('a stay by GraphQL alone', () => {
  const world = useWorld();

  async function must(person: Person, query: string, variables: Wire = {}): Promise<Wire> {
    const { data, errors } = await ask(person, query, variables);
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  }

  /** Whether the answer says that it repeats what came of the same call before. */
  async function isReplay(person: Person, query: string, variables: Wire): Promise<boolean> {
    const { headers } = await person.call('/graphql', { method: 'POST', body: { query, variables } });
    return headers.get('idempotent-replayed') === 'true';
  }

  it('is offered, priced, held, paid, seen by both, and cancelled', async () => {
    const anyone = world().anyone();
    const newcomer = async (name: string): Promise<Person> => {
      const email = `${randomUUID()}@example.org`;
      const { register, signIn } = await must(
        anyone,
        `mutation ($new: NewUser!, $known: Credentials!) {
          register(input: $new) { id } signIn(input: $known) { token user { id } } }`,
        {
          new: { email, name, password: 'correct horse battery staple' },
          known: { email, password: 'correct horse battery staple' },
        },
      );
      assert.equal(register.id, signIn.user.id);
      return new Person(world().api, { token: signIn.token, id: register.id, email });
    };
    const [host, guest] = [await newcomer('Hattie Host'), await newcomer('Ada Traveller')];

    const { createProperty } = await must(
      host,
      `mutation ($input: NewProperty!) { createProperty(input: $input) { id } }`,
      {
        input: {
          title: 'Lock-keeper’s cottage',
          roomType: 'entire_home',
          location: { latitude: 53.48, longitude: -2.24 },
          timeZone: 'Europe/London',
          currency: 'GBP',
          capacity: 2,
          pricing: { nightly: 10_000 },
        },
      },
    );
    const propertyId = createProperty.id;
    await must(host, `mutation { publishProperty(id: "${propertyId}") { status } }`);

    const stay = { checkIn: inDays(30), checkOut: inDays(33), guests: { adults: 2 } };
    const quoteKey = randomUUID();
    const quote = async () =>
      (
        await must(
          guest,
          `mutation ($id: ID!, $input: NewQuote!, $key: String) {
            createQuote(propertyId: $id, input: $input, idempotencyKey: $key) {
              id propertyId checkIn checkOut guests { adults } lines { kind amount } total { amount currency } expiresAt } }`,
          { id: propertyId, input: stay, key: quoteKey },
        )
      ).createQuote;
    const price = await quote();
    assert.deepEqual(await quote(), price);
    assert.deepEqual([price.checkIn, price.total.currency], [stay.checkIn, 'GBP']);

    const request = { input: { propertyId, quoteId: price.id, ...stay }, key: randomUUID() };
    const { createBooking: held } = await must(guest, CREATE, request);
    assert.deepEqual([held.status, held.total, held.payment.status], ['held', price.total, 'pending']);
    assert.ok(await isReplay(guest, CREATE, request));

    const bad = {
      input: { bookingId: held.id, paymentMethodId: 'pm_card_chargeDeclined' },
      key: randomUUID(),
    };
    for (const replayed of [false, true]) {
      const declined = await ask(guest, PAY, bad);
      assert.deepEqual(codesOf(declined), ['card_declined'], `replayed: ${replayed}`);
    }
    const { payments } = await must(
      guest,
      `{ payments(bookingId: "${held.id}") { data { ${PAYMENT} } nextCursor } }`,
    );
    assert.equal(payments.data[0].failure.code, 'card_declined');
    const good = { input: { bookingId: held.id, paymentMethodId: 'pm_card_visa' }, key: randomUUID() };
    const { pay } = await must(guest, PAY, good);
    assert.deepEqual([pay.status, pay.amount], ['posted', price.total.amount]);
    assert.ok(await isReplay(guest, PAY, good));
    assert.equal((await movementsOf(world().db, held.id)).length, 1);
    const rest = await guest.must(200, guest.get(`/payments/${pay.id}`));
    assert.deepEqual(pay, asPayment(rest));
    const { payment } = await must(
      guest,
      `{ payment(id: "${pay.id}") { ${PAYMENT} booking { id status } } }`,
    );
    assert.deepEqual(payment, { ...asPayment(rest), booking: { id: held.id, status: 'confirmed' } });

    for (const [person, as] of [
      [guest, 'guest'],
      [host, 'host'],
    ] as const) {
      const list = `{ bookings(as: ${as}, status: confirmed) { data { ${BOOKING} } nextCursor } }`;
      const { data, nextCursor } = await person.must(200, person.get(`/bookings?as=${as}&status=confirmed`));
      assert.deepEqual((await must(person, list)).bookings, { data: data.map(asBooking), nextCursor });
      assert.deepEqual(
        data.map(({ id }: Wire) => id),
        [held.id],
      );
    }
    assert.deepEqual((await must(host, '{ bookings { data { id } } }')).bookings.data, []);

    const calledOff = { id: held.id, input: { reason: 'A cold' }, key: randomUUID() };
    const { cancelBooking } = await must(guest, CANCEL, calledOff);
    assert.deepEqual(
      [cancelBooking.status, cancelBooking.cancellation.by, cancelBooking.cancellation.reason],
      ['cancelled', 'guest', 'A cold'],
    );
    assert.ok(await isReplay(guest, CANCEL, calledOff));
    assert.deepEqual(cancelBooking, asBooking(await guest.must(200, guest.get(`/bookings/${held.id}`))));
    await world().refunded(held.id, { reason: 'cancellation' });
  });

  it('is not cancelled under the key of another booking (M23)', async () => {
    const first = await world().booked();
    const { guest } = first;
    const { property } = await world().home();
    const request = {
      propertyId: property.id,
      checkIn: inDays(30),
      checkOut: inDays(31),
      guests: { adults: 1 },
    };
    const { createBooking } = await must(guest, CREATE, { input: request, key: randomUUID() });
    const key = randomUUID();
    await must(guest, CANCEL, { id: first.booking.id, key });
    const refused = await ask(guest, CANCEL, { id: createBooking.id, key });
    assert.deepEqual(codesOf(refused), ['idempotency_key_reused']);
    assert.equal((await guest.get(`/bookings/${createBooking.id}`)).body.status, 'held');
  });
});
