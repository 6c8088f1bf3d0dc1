import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { readConfig } from '#config';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { stayRequest } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const LONG_MS = 120_000;

describe('an outage', function () {
  this.timeout(3 * LONG_MS);
  const world = useWorld();

  async function becomesConfirmed(guest: Traveller, bookingId: string): Promise<void> {
    const status = async () => (await guest.must(200, guest.get(`/bookings/${bookingId}`))).status;
    await until(`${bookingId} is confirmed`, async () => (await status()) === 'confirmed', LONG_MS);
  }

  for (const part of ['temporal', 'worker'] as const) {
    it(`of the ${part} leaves reads alone, and a booking taken meanwhile completes by itself (L17)`, async () => {
      const { property } = await world().home();
      const guest = await world().person();
      const [key, request] = [randomUUID(), stayRequest({ propertyId: property.id })];
      await world().stack.part(part).hold('SIGKILL');
      let bookingId: string;
      try {
        assert.equal((await guest.get(`/properties/${property.id}`)).status, 200);
        assert.equal((await guest.get('/bookings')).status, 200);
        const taken = await guest.post('/bookings', request, key);
        assert.deepEqual([taken.status, taken.body.status], [202, 'requested']);
        bookingId = taken.body.id;
        assert.equal(taken.headers.get('location'), `/bookings/${bookingId}`);
      } finally {
        await world().stack.part(part).release();
      }
      await becomesConfirmed(guest, bookingId);
      const again = await guest.post('/bookings', request, key);
      assert.deepEqual([again.status, again.body.id], [201, bookingId]);
      assert.equal((await world().bank.intentsOf(bookingId)).length, 1);
    });
  }

  it('of Redis costs nothing but time (L17)', async () => {
    const { property } = await world().home();
    const guest = await world().person();
    await guest.must(200, guest.get(`/properties/${property.id}`));
    await world().stack.part('redis').hold('SIGKILL');
    try {
      await guest.must(200, guest.get(`/properties/${property.id}`));
      assert.ok((await world().person()).token !== undefined);
      const booking = await guest.must(
        201,
        guest.post('/bookings', stayRequest({ propertyId: property.id })),
      );
      assert.equal(booking.status, 'confirmed');
    } finally {
      await world().stack.part('redis').release();
    }
    await guest.must(200, guest.get(`/properties/${property.id}`));
  });

  it('of all that Redis remembered changes no answer', async () => {
    const { guest, booking, property } = await world().booked();
    const before = await guest.must(200, guest.get(`/properties/${property.id}`));
    const redis = new Redis(readConfig(world().stack.environment).redisUrl ?? '');
    try {
      await redis.flushall();
    } finally {
      redis.disconnect();
    }
    assert.deepEqual(await guest.must(200, guest.get(`/properties/${property.id}`)), before);
    assert.equal((await guest.must(200, guest.get(`/bookings/${booking.id}`))).status, 'confirmed');
  });
});
