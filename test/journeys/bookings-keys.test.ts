import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';

const CREATE = { method: 'POST', path: '/v1/payment_intents' };

describe('an Idempotency-Key (M23)', () => {
  const world = useWorld();

  async function ready() {
    const { property } = await world().home();
    const guest = await world().person();
    return { property, guest, request: stayRequest({ propertyId: property.id }) };
  }

  it('gives the same booking to the same call, however it is spelt', async () => {
    const { guest, request } = await ready();
    const first = await guest.post('/bookings', request, 'once');
    assert.equal(first.status, 201);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    const { propertyId, checkIn, checkOut, paymentMethodId } = request;
    const spelt = {
      paymentMethodId,
      guests: { pets: 0, infants: 0, adults: 2, children: 0 },
      checkOut,
      checkIn,
      propertyId,
    };
    for (const path of ['/bookings', '/bookings/']) {
      const again = await guest.post(path, spelt, 'once');
      assert.equal(again.status, 201);
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      assert.deepEqual(again.body, first.body);
    }
    assert.equal((await guest.get('/bookings')).body.data.length, 1);
    assert.equal((await movementsOf(world().db, first.body.id)).length, 1);
  });

  it('gives the booking as it is today', async () => {
    const { guest, request } = await ready();
    const { body } = await guest.post('/bookings', request, 'once');
    await guest.must(200, guest.post(`/bookings/${body.id}/cancellation`));
    const again = await guest.post('/bookings', request, 'once');
    assert.deepEqual([again.status, again.body.id, again.body.status], [201, body.id, 'cancelled']);
  });

  it('is refused for another body, and for another call', async () => {
    const { guest, request } = await ready();
    const { body: booking } = await guest.post('/bookings', request, 'once');
    const calls = [
      await guest.post('/bookings', { ...request, checkOut: inDays(35) }, 'once'),
      await guest.post('/payments', { bookingId: booking.id }, 'once'),
      await guest.post(`/bookings/${booking.id}/cancellation`, {}, 'once'),
    ];
    for (const { status, body } of calls)
      assert.deepEqual([status, body.code], [422, 'idempotency_key_reused']);
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
  });

  it('makes the second call wait while the first is running, then gives its answer', async () => {
    const { guest, request } = await ready();
    await world().bank.misbehave({ kind: 'latency', match: CREATE, delayMs: 2_000 });
    const first = guest.post('/bookings', request, 'once');
    await world().recorded(guest.id);
    const meanwhile = await guest.post('/bookings', request, 'once');
    assert.deepEqual([meanwhile.status, meanwhile.body.code], [409, 'idempotency_in_progress']);
    assert.ok(Number(meanwhile.headers.get('retry-after')) >= 1);
    const { status, body } = await first;
    assert.equal(status, 201);
    assert.equal((await guest.must(201, guest.post('/bookings', request, 'once'))).id, body.id);
  });

  it('makes one booking of ten calls at the same moment', async () => {
    const { guest, request } = await ready();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => guest.post('/bookings', request, 'once')),
    );
    const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    assert.ok(ids.length >= 1);
    assert.equal(new Set(ids).size, 1);
    for (const { status, body } of answers)
      if (status !== 201) assert.deepEqual([status, body.code], [409, 'idempotency_in_progress']);
    assert.equal((await guest.get('/bookings')).body.data.length, 1);
    assert.equal((await movementsOf(world().db, ids[0])).length, 1);
  });

  it('of somebody else is another key', async () => {
    const [mine, theirs] = [await ready(), await ready()];
    const first = await mine.guest.must(201, mine.guest.post('/bookings', mine.request, 'once'));
    const other = await theirs.guest.post('/bookings', theirs.request, 'once');
    assert.equal(other.status, 201);
    assert.equal(other.headers.get('idempotent-replayed'), null);
    assert.notEqual(other.body.id, first.id);
  });

  it('is not used up by a call that recorded nothing', async () => {
    const { guest, request } = await ready();
    const refused = await guest.post('/bookings', { ...request, guests: { adults: 9 } }, 'once');
    assert.equal(refused.body.rule, 'capacity');
    assert.equal((await guest.must(201, guest.post('/bookings', request, 'once'))).status, 'confirmed');
  });

  it('is asked for where money moves, and has to be printable', async () => {
    const { guest, request, property } = await ready();
    const { body: booking } = await guest.post('/bookings', request);
    const calls = [
      ['/bookings', stayRequest({ propertyId: property.id, checkIn: inDays(40), checkOut: inDays(41) })],
      ['/payments', { bookingId: booking.id }],
      [`/bookings/${booking.id}/cancellation`, {}],
    ] as const;
    for (const [path, body] of calls) {
      for (const [key, code] of [
        ['', 'idempotency_key_missing'],
        ['ä', 'invalid_input'],
        ['x'.repeat(256), 'invalid_input'],
      ] as const) {
        const answer = await guest.post(path, body, key);
        assert.deepEqual([answer.status, answer.body.code], [400, code], `${path} ${key}`);
      }
    }
    assert.equal((await guest.get('/bookings')).body.data.length, 1);
  });
});
