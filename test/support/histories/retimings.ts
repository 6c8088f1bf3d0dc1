import { bookStayId } from '#workflows/bookings.contract.ts';
import type { World } from '../journeys.ts';
import type { Wire } from '../people.ts';
import { until } from '../virtual-time.ts';
import { AN_HOUR_EARLIER, AN_HOUR_LATER, goesByItsRow, reckonedByOlder, retimeStays } from '../zones.ts';
import type { Courses } from './courses.ts';

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

async function moves(world: World, booking: Wire, timeZone: string): Promise<void> {
  await reckonedByOlder(world, booking, timeZone);
  await retimeStays(world);
  await goesByItsRow(world, booking);
}

async function isLived(world: World, { id, checkOutAt }: Wire): Promise<string> {
  const workflowId = bookStayId(id);
  await world.temporal.advanceTo(workflowId, Date.parse(checkOutAt) + 2 * DAY_MS);
  await until(`${id} is over`, async () => (await world.temporal.statusOf(workflowId)) === 'COMPLETED');
  return workflowId;
}

/** Each course of a booking whose clocks turn out to go otherwise than zone data knew. */
export const RETIMED_STAYS: Courses = {
  'it-begins-and-ends-at-other-instants': async (world) => {
    const { booking, guest } = await world.booked();
    await moves(world, booking, AN_HOUR_EARLIER);
    await world.passTo(booking, booking.checkInAt, -HOUR_MS);
    await world.sees(guest, booking.id, 'in_stay');
    await moves(world, booking, AN_HOUR_LATER);
    return isLived(world, booking);
  },

  'its-guest-has-left-when-it-is-to-end-later': async (world) => {
    const { booking, guest } = await world.booked();
    await world.passTo(booking, booking.checkInAt, DAY_MS);
    await world.sees(guest, booking.id, 'in_stay');
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-out`));
    await moves(world, booking, AN_HOUR_LATER);
    return isLived(world, booking);
  },

  'its-row-has-heard-first-that-it-begins-later': async (world) => {
    const { booking, guest } = await world.booked();
    const later = new Date(Date.parse(booking.checkInAt) + HOUR_MS).toISOString();
    await world.db('bookings').where({ id: booking.id }).update({ check_in_at: later });
    await world.passTo(booking, booking.checkInAt);
    await goesByItsRow(world, booking);
    await world.passTo(booking, later);
    await world.sees(guest, booking.id, 'in_stay');
    return isLived(world, booking);
  },
};

/** Each course of `retimeStays`. */
export const RETIMINGS: Courses = { 'zone-data-is-what-it-was': retimeStays };
