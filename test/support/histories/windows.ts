import type { BookingId } from '#domain/ids.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import type { World } from '../journeys.ts';
import { toReview, write } from '../reviews.ts';
import type { Reviewable } from '../reviews.ts';
import { until } from '../virtual-time.ts';
import type { Courses } from './courses.ts';

/** To the end of the time that there is, both reminders on the way. */
async function comesToItsEnd(world: World, { booking }: Reviewable): Promise<string> {
  const id = collectReviewsId(booking.id);
  await world.temporal.advanceTo(id, Date.parse(booking.reviewBy));
  return isOver(world, booking.id);
}

async function isOver(world: World, bookingId: BookingId): Promise<string> {
  const id = collectReviewsId(bookingId);
  await until(`${id} is over`, async () => (await world.temporal.statusOf(id)) === 'COMPLETED');
  return id;
}

/** Each course of `collectReviews`. */
export const WINDOWS: Courses = {
  'both-sides-write': async (world) => {
    const { booking, guest, host } = await toReview(world);
    await guest.must(201, write(guest, booking.id));
    await host.must(201, write(host, booking.id));
    return isOver(world, booking.id);
  },

  'a-side-changes-what-it-wrote-before-the-other-writes': async (world) => {
    const { booking, guest, host } = await toReview(world);
    const { id } = await guest.must(201, write(guest, booking.id));
    await guest.must(200, guest.patch(`/reviews/${id}`, { rating: 4 }));
    await host.must(201, write(host, booking.id));
    return isOver(world, booking.id);
  },

  'a-side-writes-anew-and-the-other-never': async (world) => {
    const stay = await toReview(world);
    const { booking, guest } = stay;
    const { id } = await guest.must(201, write(guest, booking.id));
    await guest.must(204, guest.delete(`/reviews/${id}`));
    await guest.must(201, write(guest, booking.id));
    return comesToItsEnd(world, stay);
  },

  'nobody-writes': async (world) => comesToItsEnd(world, await toReview(world)),
};
