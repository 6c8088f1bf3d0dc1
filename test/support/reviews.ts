import { bookStayId } from '#workflows/bookings.contract.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import type { Home, Traveller, World } from './journeys.ts';
import type { Answer, Wire } from './people.ts';
import { until } from './virtual-time.ts';

export interface Reviewable extends Home {
  guest: Traveller;
  /** As its guest sees it once it may be reviewed. */
  booking: Wire;
}

/** A stay that was lived to its end: its window is open, by its own clock too. */
export async function toReview(world: World, facts: Record<string, unknown> = {}): Promise<Reviewable> {
  const booked = await world.booked(facts);
  const { id, checkOutAt } = booked.booking;
  await world.temporal.advanceTo(bookStayId(id), Date.parse(checkOutAt));
  const booking = await mayReview(world, booked.guest, id);
  await world.temporal.advanceTo(collectReviewsId(id), Date.parse(checkOutAt));
  return { ...booked, booking };
}

/** Waits until somebody may review their stay and there is a workflow to hear them. Gives the stay as they see it. */
export async function mayReview(world: World, person: Traveller, bookingId: string): Promise<Wire> {
  let booking: Wire;
  await until(
    () => `${bookingId} may be reviewed (it is ${booking?.status})`,
    async () => {
      booking = await person.must(200, person.get(`/bookings/${bookingId}`));
      return booking.reviewBy !== undefined;
    },
  );
  // The window is written down a moment before its workflow is started.
  await world.temporal.isStarted(collectReviewsId(booking.id));
  return booking;
}

/** Five stars and a few words, unless said otherwise. */
export function write(
  person: Traveller,
  bookingId: string,
  said: Record<string, unknown> = {},
): Promise<Answer<Wire>> {
  return person.post('/reviews', { bookingId, rating: 5, comment: 'As shown.', ...said });
}

/** Waits until a review is public, and gives it as its author sees it. */
export async function isPublic(author: Traveller, reviewId: string): Promise<Wire> {
  let review: Wire;
  await until(`${reviewId} is public`, async () => {
    review = await author.must(200, author.get(`/reviews/${reviewId}`));
    return review.publishedAt !== null;
  });
  return review;
}
