import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readQuote, signQuote } from '#api/pricing/quotes.ts';
import { ask } from '../api/graphql-fixture.ts';
import { useWorld } from '../support/journeys.ts';
import type { Home, Traveller } from '../support/journeys.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { UNKNOWN, bothRefuse, itIsTheSame } from '../support/refusals.ts';
import type { Asked } from '../support/refusals.ts';

const CREATE_BOOKING = `mutation ($input: NewBooking!, $key: String!) {
  it: createBooking(input: $input, idempotencyKey: $key) { id } }`;
const PAY = `mutation ($input: NewPayment!, $key: String!) { it: pay(input: $input, idempotencyKey: $key) { id } }`;
const CANCEL = `mutation ($id: ID!, $input: NewCancellation, $key: String!) {
  it: cancelBooking(id: $id, input: $input, idempotencyKey: $key) { id } }`;
const QUOTE =
  'mutation ($id: ID!, $input: NewQuote!) { it: createQuote(propertyId: $id, input: $input) { id } }';

describe('a refusal of a booking, by REST and by GraphQL', () => {
  const world = useWorld();
  let guest: Traveller;
  let anyone: Traveller;
  let home: Home;

  before(async () => {
    guest = await world().person();
    anyone = world().anyone();
    home = await world().home();
  });

  const keyed = (variables: Wire) => ({ ...variables, key: randomUUID() });
  const booking = (input: Wire, as = guest): Asked => ({
    as,
    rest: () => as.post('/bookings', input),
    graphql: [CREATE_BOOKING, keyed({ input })],
  });
  const paying = (input: Wire, as = guest): Asked => ({
    as,
    rest: () => as.post('/payments', input),
    graphql: [PAY, keyed({ input })],
  });
  const cancelling = (id: string, as = guest, input: Wire = {}): Asked => ({
    as,
    rest: () => as.post(`/bookings/${id}/cancellation`, input),
    graphql: [CANCEL, keyed({ id, input })],
  });

  const stay = (facts: Wire = {}) => stayRequest({ propertyId: home.property.id, ...facts });

  const span = () => ({ checkIn: inDays(30), checkOut: inDays(33), guests: { adults: 2 } });

  itIsTheSame([
    [
      'a stay with bad fields',
      'invalid_input',
      () => booking(stay({ propertyId: 'what', guests: { adults: 0 }, checkIn: 'soon', noteToHost: '' })),
    ],
    ['a stay that ends before it begins', 'invalid_input', () => booking(stay({ checkOut: inDays(29) }))],
    ['too many guests', 'stay_refused', () => booking(stay({ guests: { adults: 5 } }))],
    ['one’s own property', 'stay_refused', () => booking(stay(), home.host)],
    ['a property that is not there', 'not_found', () => booking(stay({ propertyId: UNKNOWN.property }))],
    [
      'nights that are taken',
      'dates_unavailable',
      async () => {
        const taken = await world().booked();
        return booking(stay({ propertyId: taken.property.id }));
      },
    ],
    [
      'a card that is declined',
      'card_declined',
      () => booking(stay({ paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' })),
    ],
    [
      'a payment method that the bank does not know',
      'invalid_input',
      () => booking(stay({ paymentMethodId: 'pm_nobodys' })),
    ],
    [
      'a price below the bank’s least',
      'amount_too_small',
      async () => {
        const { property } = await world().home({ pricing: { nightly: 1 } });
        return booking(stay({ propertyId: property.id }));
      },
    ],
    [
      'a fourth hold',
      'hold_limit',
      async () => {
        const hoarder = await world().person();
        for (let n = 0; n < 3; n += 1) {
          const { property } = await world().home();
          await hoarder.must(
            201,
            hoarder.post('/bookings', stay({ propertyId: property.id, paymentMethodId: undefined })),
          );
        }
        return booking(stay({ paymentMethodId: undefined }), hoarder);
      },
    ],
    ['a quote that nobody signed', 'invalid_input', () => booking(stay({ quoteId: 'qte_1.what.ever' }))],
    [
      'a quote that has expired',
      'quote_expired',
      async () => {
        const { id } = await guest.must(201, guest.post(`/properties/${home.property.id}/quotes`, span()));
        const secret = world().stack.environment.QUOTE_SECRET ?? '';
        const quote = { ...readQuote(id, secret), expiresAt: '2020-01-01T00:00:00.000Z' };
        return booking(stay({ quoteId: signQuote(quote, secret) }));
      },
    ],
    [
      'a price for too many',
      'stay_refused',
      () => {
        const { id } = home.property;
        const input = { ...span(), guests: { adults: 5 } };
        return {
          as: anyone,
          rest: () => anyone.post(`/properties/${id}/quotes`, input),
          graphql: [QUOTE, { id, input }],
        };
      },
    ],
    [
      'paying for somebody else',
      'not_found',
      async () => paying({ bookingId: (await world().held()).booking.id }),
    ],
    [
      'paying with a card that is declined',
      'card_declined',
      async () => {
        const held = await world().held();
        return paying({ bookingId: held.booking.id, paymentMethodId: 'pm_card_chargeDeclined' }, held.guest);
      },
    ],
    [
      'paying twice',
      'booking_state',
      async () => {
        const booked = await world().booked();
        return paying({ bookingId: booked.booking.id, paymentMethodId: 'pm_card_visa' }, booked.guest);
      },
    ],
    [
      'cancelling what is over',
      'booking_state',
      async () => {
        const booked = await world().booked();
        await booked.guest.must(200, booked.guest.post(`/bookings/${booked.booking.id}/cancellation`));
        return cancelling(booked.booking.id, booked.guest);
      },
    ],
    [
      'cancelling as the host of a request',
      'booking_state',
      async () => {
        const requested = await world().requested();
        return cancelling(requested.booking.id, requested.host);
      },
    ],
    [
      'overriding the policy as a guest',
      'forbidden',
      async () => {
        const booked = await world().booked();
        return cancelling(booked.booking.id, booked.guest, { override: { refund: 'full' } });
      },
    ],
    [
      'cancelling as an operator without a reason',
      'invalid_input',
      async () => {
        const booked = await world().booked();
        return cancelling(booked.booking.id, await world().operator(), { override: { refund: 5 } });
      },
    ],
    [
      'cancelling for somebody else',
      'not_found',
      async () => cancelling((await world().booked()).booking.id),
    ],
    [
      'cancelling with too many words',
      'invalid_input',
      async () => {
        const booked = await world().booked();
        return cancelling(booked.booking.id, booked.guest, { reason: 'x'.repeat(501) });
      },
    ],
    [
      'a booking of somebody else',
      'not_found',
      async () => {
        const { id } = (await world().booked()).booking;
        return {
          as: guest,
          rest: () => guest.get(`/bookings/${id}`),
          graphql: [`{ it: booking(id: "${id}") { id } }`],
        };
      },
    ],
    [
      'a payment of somebody else',
      'not_found',
      async () => {
        const { id } = (await world().booked()).booking.payment;
        return {
          as: guest,
          rest: () => guest.get(`/payments/${id}`),
          graphql: [`{ it: payment(id: "${id}") { id } }`],
        };
      },
    ],
    [
      'bookings without a session',
      'unauthenticated',
      () => ({
        as: anyone,
        rest: () => anyone.get('/bookings'),
        graphql: ['{ it: bookings { nextCursor } }'],
      }),
    ],
    [
      'a cursor of another list',
      'invalid_input',
      () => ({
        as: guest,
        rest: () => guest.get('/bookings?cursor=what'),
        graphql: ['{ it: bookings(cursor: "what") { nextCursor } }'],
      }),
    ],
    [
      'pages that are too long',
      'invalid_input',
      () => ({
        as: guest,
        rest: () => guest.get('/payments?limit=101'),
        graphql: ['{ it: payments(limit: 101) { nextCursor } }'],
      }),
    ],
  ]);
  describe('for its key (M23)', () => {
    const CREATE_INTENT = { method: 'POST', path: '/v1/payment_intents' };

    it('is the same when the key came with another call', async () => {
      const key = randomUUID();
      const { property } = await world().home();
      await guest.must(201, guest.post('/bookings', stay({ propertyId: property.id }), key));
      const other = stay({ propertyId: property.id, guests: { adults: 1 } });
      const { code } = await bothRefuse({
        as: guest,
        rest: () => guest.post('/bookings', other, key),
        graphql: [CREATE_BOOKING, { input: other, key }],
      });
      assert.equal(code, 'idempotency_key_reused');
    });

    it('is the same while the first call with it is running', async () => {
      const { property } = await world().home();
      const request = stay({ propertyId: property.id });
      const codes = [];
      for (const [as, call] of [
        [await world().person(), (person: Traveller) => person.post('/bookings', request, 'k')],
        [
          await world().person(),
          (person: Traveller) => ask(person, CREATE_BOOKING, { input: request, key: 'k' }),
        ],
      ] as const) {
        await world().bank.misbehave({ kind: 'latency', match: CREATE_INTENT, delayMs: 2_000 });
        const first = call(as);
        await world().recorded(as.id);
        const meanwhile: Wire = await call(as);
        codes.push(meanwhile.body?.code ?? meanwhile.errors[0].extensions.code);
        await first;
        await world().bank.heal();
        const { data } = await as.must(200, as.get('/bookings'));
        await as.must(200, as.post(`/bookings/${data[0].id}/cancellation`));
      }
      assert.deepEqual(codes, ['idempotency_in_progress', 'idempotency_in_progress']);
    });

    it('is the same when there is none, or only an empty one', async () => {
      for (const [path, query, variables] of [
        ['/bookings', CREATE_BOOKING, { input: stay() }],
        ['/payments', PAY, { input: { bookingId: UNKNOWN.booking } }],
        [`/bookings/${UNKNOWN.booking}/cancellation`, CANCEL, { id: UNKNOWN.booking }],
      ] as const) {
        const rest = await guest.post(path, variables, '');
        const { errors } = await ask(guest, query, { ...variables, key: '' });
        assert.deepEqual(
          [rest.body.code, errors[0].extensions.code],
          Array(2).fill('idempotency_key_missing'),
        );
        const without = await ask(
          guest,
          query.replace(', $key: String!', '').replace(/,? idempotencyKey: \$key/, ''),
          variables,
        );
        assert.equal(without.errors[0].extensions.code, 'invalid_input');
      }
    });
  });
});
