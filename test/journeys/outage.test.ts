import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openDoctor } from '#bin/examination.ts';
import { readConfig } from '#config';
import type { BookingId } from '#domain/ids.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { balancesOf } from '../support/ledger.ts';
import { stayRequest } from '../support/people.ts';
import type { Answer, Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const LONG_MS = 120_000;

describe('an outage', function () {
  this.timeout(3 * LONG_MS);
  const world = useWorld('apart');

  /** A guest, and a request of theirs that is sent with one key however often. */
  async function asking(facts: Record<string, unknown> = {}): Promise<Asking> {
    const { property } = await world().home();
    const guest = await world().person();
    const [key, body] = [randomUUID(), stayRequest({ propertyId: property.id, ...facts })];
    return { guest, propertyId: property.id, ask: () => guest.post('/bookings', body, key) };
  }

  async function statusOf(guest: Traveller, bookingId: string): Promise<string> {
    return (await guest.must(200, guest.get(`/bookings/${bookingId}`))).status;
  }

  async function becomes(guest: Traveller, bookingId: string, status: string): Promise<void> {
    let now = '';
    await until(
      () => `${bookingId} is ${status} (it is ${now})`,
      async () => (now = await statusOf(guest, bookingId)) === status,
      LONG_MS,
    );
  }

  /** The guest's one booking, once its nights are held. */
  async function isHeld({ id: guestId }: Traveller): Promise<{ id: BookingId }> {
    const booking = () => world().db('bookings').where({ guest_id: guestId }).first('id', 'status');
    await until('the nights are held', async () => (await booking())?.status === 'held', LONG_MS);
    return booking();
  }

  const isThere = async (table: string, row: object): Promise<boolean> =>
    (await world().db(table).where(row).first()) !== undefined;

  /** Whoever asks again with their key is told of the booking that they made, and it was paid once. */
  async function isTheOneBooking({ guest, ask }: Asking, bookingId: string): Promise<void> {
    const again = await ask();
    assert.deepEqual([again.status, again.body.id, again.body.status], [201, bookingId, 'confirmed']);
    assert.equal((await guest.must(200, guest.get('/bookings'))).data.length, 1);
    const intents = await world().bank.intentsOf(bookingId);
    assert.deepEqual(
      intents.map(({ status }) => status),
      ['succeeded'],
    );
  }

  for (const part of ['temporal', 'worker'] as const) {
    it(`of the ${part} leaves reads alone, and a booking taken meanwhile completes by itself (L17)`, async () => {
      const one = await asking();
      const { guest, propertyId } = one;
      await world().stack.part(part).hold('SIGKILL');
      let bookingId: string;
      try {
        assert.equal((await guest.get(`/properties/${propertyId}`)).status, 200);
        assert.equal((await guest.get('/bookings')).status, 200);
        const taken = await one.ask();
        assert.deepEqual([taken.status, taken.body.status], [202, 'requested']);
        bookingId = taken.body.id;
        assert.equal(taken.headers.get('location'), `/bookings/${bookingId}`);
        const again = await one.ask();
        assert.deepEqual([again.status, again.body.id], [202, bookingId]);
      } finally {
        await world().stack.part(part).release();
      }
      await becomes(guest, bookingId, 'confirmed');
      await isTheOneBooking(one, bookingId);
    });
  }

  it('of a Temporal that is there but answers nothing ends the same way (L17)', async () => {
    const one = await asking();
    world().stack.part('temporal').pause();
    let taken: Answer<Wire>;
    try {
      taken = await one.ask();
    } finally {
      world().stack.part('temporal').resume();
    }
    assert.equal(taken.status, 202);
    await becomes(one.guest, taken.body.id, 'confirmed');
    await isTheOneBooking(one, taken.body.id);
  });

  it('of the bank that is over in time costs a guest nothing but the wait', async () => {
    const one = await asking();
    await world().stack.part('stripe').hold('SIGKILL');
    const asked = one.ask();
    try {
      const { id } = await isHeld(one.guest);
      await world().temporal.isTried(bookStayId(id), 'collectPayment', 3);
    } finally {
      await world().stack.part('stripe').release();
    }
    const { status, body } = await asked;
    assert.ok(status === 201 || status === 202, `${status}: ${JSON.stringify(body)}`);
    await becomes(one.guest, body.id, 'confirmed');
    await isTheOneBooking(one, body.id);
  });

  it('of the bank that is not over in time ends the booking, charges nothing and frees its nights', async () => {
    const one = await asking();
    await world().stack.part('stripe').hold('SIGKILL');
    let taken: Answer<Wire>;
    try {
      taken = await one.ask();
      assert.deepEqual([taken.status, taken.body.status], [202, 'held']);
    } finally {
      await world().stack.part('stripe').release();
    }
    const { id } = taken.body;
    await becomes(one.guest, id, 'rejected');
    const again = await one.ask();
    assert.deepEqual([again.status, again.body.code, again.body.bookingId], [503, 'unavailable', id]);
    assert.deepEqual(await world().bank.intentsOf(id), []);
    // Told so at once instead, a client is to try again: its key, which has no answer worth keeping, books anew.
    const unanswered = { status: null, lease_until: new Date() };
    await world().db('idempotency_keys').where({ resource_id: id }).update(unanswered);
    const anew = await one.ask();
    assert.deepEqual([anew.status, anew.body.status], [201, 'confirmed']);
    assert.notEqual(anew.body.id, id);
    assert.equal((await one.ask()).body.id, anew.body.id);
    await one.guest.must(200, one.guest.post(`/bookings/${anew.body.id}/cancellation`));
    const other = await world().person();
    const request = stayRequest({ propertyId: one.propertyId });
    await other.books(request);
  });

  it('of the bank that acts after all, just as the booking is given up, keeps no money (M24)', async () => {
    const { guest, ask } = await asking();
    const create = { method: 'POST', path: '/v1/payment_intents' };
    await world().bank.misbehave(
      { kind: 'latency', match: create, delayMs: 35_000 },
      { kind: '429', match: create, times: 1_000 },
    );
    const asked = ask();
    const { id } = await isHeld(guest);
    await world().temporal.isTried(bookStayId(id), 'collectPayment', 6);
    // Nothing of the booking can be written down from here until the bank has acted and spoken.
    const lock = await world().db.transaction();
    await lock.raw('set local idle_in_transaction_session_timeout = 0');
    await lock('bookings').where({ id }).forUpdate().first('id');
    try {
      const told = { kind: 'payment_intent.succeeded', delivered_to: bookStayId(id) };
      await until('the booking has been told', () => isThere('bank_events', told), LONG_MS);
    } finally {
      await lock.rollback();
    }
    assert.equal((await asked).status, 202);
    await becomes(guest, id, 'rejected');
    await world().refunded(id, { reason: 'late_payment' });
    assert.deepEqual(await balancesOf(world().db, id), {});
  });

  it('of the bank as the time of a request runs out frees its nights at once, and its money later (L15)', async () => {
    const { booking, guest, property } = await world().requested();
    await world().stack.part('stripe').hold('SIGKILL');
    try {
      await world().passTo(booking, booking.respondBy);
      await becomes(guest, booking.id, 'expired');
      const { checkIn, checkOut } = booking;
      const nights = await world().availability(property.id, checkIn, checkOut);
      assert.deepEqual(new Set(nights), new Set([true]));
    } finally {
      await world().stack.part('stripe').release();
    }
    await until(
      'the bank has let go',
      async () => (await world().bank.intentOf(booking.id)).status === 'canceled',
      LONG_MS,
    );
  });

  it('of PostgreSQL in the middle of a booking loses nothing of it (L17)', async () => {
    const one = await asking();
    await world().bank.misbehave({
      kind: 'latency',
      match: { path: '/v1/payment_intents' },
      delayMs: 3_000,
      times: 1,
    });
    const asked = one.ask();
    const { id } = await isHeld(one.guest);
    await world().stack.part('postgres').hold('SIGQUIT'); // As a crash would end it: nothing is written down.
    try {
      // The bank has answered by then, and there is nowhere to write it.
      await world().temporal.isTried(bookStayId(id), 'acceptPayment', 2);
    } finally {
      await world().stack.part('postgres').release();
    }
    const { status } = await asked;
    assert.ok([201, 202, 503].includes(status), `${status}`);
    await until(
      'the booking can be read again',
      async () => (await one.guest.get(`/bookings/${id}`)).status === 200,
      LONG_MS,
    );
    await becomes(one.guest, id, 'confirmed');
    await until(
      'the key is free to be used again',
      async () => ![409, 503].includes((await one.ask()).status),
      LONG_MS,
    );
    await isTheOneBooking(one, id);
  });

  it('of Redis, and the loss of all that it knew, costs nothing but time (L17)', async () => {
    const { property } = await world().home();
    const guest = await world().person();
    const answers: number[] = [];
    const over = new AbortController();
    const traffic = Array.from({ length: 4 }, async (_, n) => {
      const paths = [`/properties/${property.id}`, '/bookings', '/users/me', '/properties?q=flat'];
      while (!over.signal.aborted) answers.push((await guest.get(paths[n] ?? '')).status);
    });
    const redis = world().stack.part('redis');
    await redis.hold('SIGKILL');
    try {
      const before = answers.length;
      await until('every kind of read has been answered without it', () => answers.length > before + 40);
      assert.ok((await world().person()).token !== undefined, 'one can register and sign in');
      const request = stayRequest({ propertyId: property.id });
      const booking = await guest.books(request);
      assert.equal(booking.status, 'confirmed');
    } finally {
      await redis.release();
    }
    const client = new Redis(readConfig(world().stack.environment).redisUrl ?? '');
    try {
      const before = answers.length;
      for (let time = 0; time < 20; time += 1) {
        await client.flushall();
        await guest.must(200, guest.get(`/properties/${property.id}`));
      }
      await until('reads go on', () => answers.length > before + 40);
    } finally {
      client.disconnect();
      over.abort();
      await Promise.all(traffic);
    }
    assert.deepEqual(new Set(answers), new Set([200]));
  });

  it('leaves every invariant whole, once it is over', async () => {
    await using doctor = openDoctor(readConfig(world().stack.environment));
    const verdicts = await doctor.examine();
    assert.deepEqual(
      verdicts.filter(({ findings }) => findings.length > 0),
      [],
    );
  });
});

interface Asking {
  guest: Traveller;
  propertyId: string;
  ask: () => Promise<Answer<Wire>>;
}
