import assert from 'node:assert/strict';
import { booked } from './crash-telling.ts';
import type { Story } from './crash-telling.ts';
import { AN_HOUR_EARLIER, goesByItsRow, reckonedByOlder, retimeStays, timesIn } from './zones.ts';

/** Zone data has changed since the booking was made. */
const retimed: Story = {
  end: 'confirmed',
  paid: 1,
  refunded: 0,
  answer: 201,
  prepare: (world) => booked(world),
  async act(world, told) {
    await reckonedByOlder(world, await told.booking(), AN_HOUR_EARLIER);
    await retimeStays(world);
  },
  async settle(world, told) {
    const [checkInAt, checkOutAt] = timesIn(AN_HOUR_EARLIER, await told.booking());
    await retimeStays(world);
    const { id, ...seen } = await told.booking();
    assert.deepEqual([seen.checkInAt, seen.checkOutAt], [checkInAt, checkOutAt]);
    await goesByItsRow(world, { id });
    const events = await world.db('events').where({ subject_id: id, kind: 'booking.retimed' });
    assert.equal(events.length, 1);
  },
};

/** The story of what is done when clocks turn out to go otherwise. */
export const RETIMING_STORIES: Readonly<Record<'retimeStays' | 'readTimers', Story>> = {
  retimeStays: retimed,
  readTimers: retimed,
};
