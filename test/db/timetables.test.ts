import assert from 'node:assert/strict';
import { retimeSome } from '#db/timetables.ts';
import { inTransaction } from '#db/transaction.ts';
import type { BookingId } from '#domain/ids.ts';
import { aHeldBooking, aProperty, aUser, NOW, useDatabase } from './stays-fixture.ts';

/** What the fixture's booking has on its wall, in London. */
const ON_THE_WALL = { check_in_at: '2027-02-01T15:00:00.000Z', check_out_at: '2027-02-02T11:00:00.000Z' };

describe('the timetables of bookings', () => {
  const db = useDatabase();
  const ids: BookingId[] = [];

  /** Held, with instants that are not those of their wall. */
  before('book', async () => {
    const property = await aProperty(db());
    for (let n = 0; n < 5; n += 1) ids.push(await aHeldBooking(db(), property, await aUser(db())));
  });

  const look = (zoneData: string, limit: number) =>
    inTransaction(db(), (trx) => retimeSome(trx, { zoneData, now: new Date(NOW), limit }));
  const marked = (zoneData: string) =>
    db()('bookings').whereIn('id', ids).update({ zone_data: zoneData, check_in_at: NOW, check_out_at: NOW });
  const told = async () =>
    (await db()('events').where({ kind: 'booking.retimed' }).whereIn('subject_id', ids)).length;

  it('are looked through some at a time, going on where that came to, until none is left (D7)', async () => {
    await marked('2025b');
    const looks = [];
    for (let n = 0; n < 4; n += 1) looks.push(await look('2026a', 2));
    const [both, one, none] = [2, 1, 0].map((seen) => ({ seen, moved: seen }));
    assert.deepEqual(looks, [both, both, one, none]);
    const rows = await db()('bookings').whereIn('id', ids).select('zone_data', 'check_in_at', 'check_out_at');
    assert.deepEqual(rows, Array(5).fill({ zone_data: '2026a', ...ON_THE_WALL }));
    assert.equal(await told(), 5);
  });

  it('are left as they are by data that is older, or the same (D7)', async () => {
    await marked('2026b');
    assert.deepEqual(await look('2026a', 10), { seen: 0, moved: 0 });
    assert.deepEqual(await look('2026b', 10), { seen: 0, moved: 0 });
    assert.deepEqual(await look('2026c', 10), { seen: 5, moved: 5 });
  });

  it('move once, however many look at the same time (D7)', async () => {
    for (let time = 0; time < 20; time += 1) {
      await marked('2026d');
      const before = await told();
      const looks = await Promise.all(Array.from({ length: 8 }, () => look('2026e', 10)));
      assert.equal(
        looks.reduce((sum, { moved }) => sum + moved, 0),
        5,
      );
      assert.equal((await told()) - before, 5);
    }
  });

  it('that are only requested wait until they have nights, and so a workflow that can be told (D7)', async () => {
    await marked('2026f');
    await db()('bookings').whereIn('id', ids).update({ status: 'requested' });
    assert.deepEqual(await look('2026g', 10), { seen: 0, moved: 0 });
    await db()('bookings').whereIn('id', ids).update({ status: 'held' });
    assert.deepEqual(await look('2026g', 10), { seen: 5, moved: 5 });
  });

  it('are found right without being changed (D7)', async () => {
    await db()('bookings')
      .whereIn('id', ids)
      .update({ zone_data: '2026h', ...ON_THE_WALL });
    const touched = () => db()('bookings').whereIn('id', ids).orderBy('id').pluck('updated_at');
    const before = await touched();
    assert.deepEqual(await look('2026i', 10), { seen: 5, moved: 0 });
    assert.deepEqual(await touched(), before);
  });
});
