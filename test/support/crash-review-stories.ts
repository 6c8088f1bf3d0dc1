import assert from 'node:assert/strict';
import type { ReviewActivities } from '#activities/reviews.ts';
import { findReviewWindow } from '#db/review-windows.ts';
import { remindersOf } from '#domain/reviews.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import { begun, LONG_MS, passTo } from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import type { Traveller, World } from './journeys.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

/** Each writes to the database, in one transaction. */
export const REVIEW_STEPS = [
  'openReviews',
  'submitReview',
  'editReview',
  'withdrawReview',
  'remindReviewers',
  'revealReviews',
] as const satisfies (keyof ReviewActivities)[];

const COMPLETED = { end: 'completed', paid: 1, refunded: 0, answer: 201 } as const;

/** Waits until the stay may be reviewed. */
async function mayReview(told: Told): Promise<void> {
  const isOpen = async () => (await told.booking()).reviewBy !== undefined;
  await until('the stay may be reviewed', isOpen, LONG_MS);
}

/** Writes, coming again with the same key until the review is taken. */
async function writes(person: Traveller, told: Told): Promise<void> {
  const { id: bookingId } = await told.booking();
  const said = { bookingId, rating: 4, comment: 'As shown.' };
  const isTaken = async () => (await person.post('/reviews', said, 'my review')).status === 201;
  await until('the review is taken', isTaken, LONG_MS);
}

/** The guest's one review; undefined when there is none. */
async function guestsReview(world: World, told: Told): Promise<Wire> {
  const { id } = await told.booking();
  const reviews: Wire[] = await world.db('reviews').where({ booking_id: id, author_id: told.guest.id });
  assert.ok(reviews.length <= 1);
  return reviews[0];
}

/** The guest changes what they wrote, or takes it back, until the answer is one of these statuses. */
async function comesAgain(
  world: World,
  told: Told,
  { act, until: statuses }: { act: (id: string) => Promise<{ status: number }>; until: number[] },
): Promise<void> {
  const review = await guestsReview(world, told);
  if (review === undefined) return;
  const isAnswered = async () => statuses.includes((await act(review.id)).status);
  await until(`the answer is ${statuses.join(' or ')}`, isAnswered, LONG_MS);
}

/** All that was written is public, and counted once. */
async function isRevealed(world: World, told: Told, subjects: string[]): Promise<void> {
  const { id, propertyId } = await told.booking();
  const isOver = async () => (await findReviewWindow(world.db, id))?.status === 'revealed';
  await until('the window is over', isOver, LONG_MS);
  const reviews: Wire[] = await world.db('reviews').where({ booking_id: id }).whereNotNull('published_at');
  assert.deepEqual(reviews.map(({ subject }) => subject).sort(), subjects);
  let rating: Wire;
  await until(
    () => `the property is rated once: ${JSON.stringify(rating)}`,
    async () => {
      ({ rating } = await told.guest.must(200, told.guest.get(`/properties/${propertyId}`)));
      return rating.average === 4 && rating.count === 1;
    },
  );
  assert.equal(await timesTold(world, id, 'reviews.revealed'), 1);
}

async function timesTold(world: World, subjectId: string, kind: string): Promise<number> {
  return (await world.db('events').where({ subject_id: subjectId, kind })).length;
}

async function windowPasses(world: World, told: Told, to: 'reminder' | 'end'): Promise<void> {
  const { id } = await told.booking();
  const window = await findReviewWindow(world.db, id);
  assert.ok(window);
  const [reminder = ''] = remindersOf(window);
  const instant = to === 'reminder' ? reminder : window.closesAt;
  await world.temporal.advanceTo(collectReviewsId(id), Date.parse(instant) + 1_000);
}

/** A lived stay of which the guest has written; its window is open by its own clock too. */
async function reviewed(world: World): Promise<Told> {
  const told = await begun(world);
  await passTo(world, told, 'checkOutAt');
  await mayReview(told);
  const { id, checkOutAt } = await told.booking();
  await world.temporal.isStarted(collectReviewsId(id));
  await world.temporal.advanceTo(collectReviewsId(id), Date.parse(checkOutAt));
  await writes(told.guest, told);
  return told;
}

const edit = (world: World, told: Told) =>
  comesAgain(world, told, { act: (id) => told.guest.patch(`/reviews/${id}`, { rating: 2 }), until: [200] });
const withdraw = (world: World, told: Told) =>
  comesAgain(world, told, { act: (id) => told.guest.delete(`/reviews/${id}`), until: [204, 404] });

/** The story in which each step of a review window is done. */
export const REVIEW_STORIES: Readonly<Record<keyof ReviewActivities, Story>> = {
  openReviews: {
    ...COMPLETED,
    prepare: begun,
    act: (world, told) => passTo(world, told, 'checkOutAt'),
    async settle(world, told) {
      await mayReview(told);
      assert.equal(await timesTold(world, (await told.booking()).id, 'reviews.opened'), 1);
    },
  },
  submitReview: {
    ...COMPLETED,
    prepare: reviewed,
    act: (_, told) => writes(told.host, told),
    async settle(world, told) {
      await writes(told.host, told);
      await isRevealed(world, told, ['guest', 'property']);
    },
  },
  editReview: {
    ...COMPLETED,
    prepare: reviewed,
    act: edit,
    async settle(world, told) {
      await edit(world, told);
      const review = await guestsReview(world, told);
      assert.deepEqual([review?.rating, review?.published_at], [2, null]);
    },
  },
  withdrawReview: {
    ...COMPLETED,
    prepare: reviewed,
    act: withdraw,
    async settle(world, told) {
      await withdraw(world, told);
      assert.equal(await guestsReview(world, told), undefined);
    },
  },
  remindReviewers: {
    ...COMPLETED,
    prepare: reviewed,
    act: (world, told) => windowPasses(world, told, 'reminder'),
    async settle(world, told) {
      await world.mail(told.host, /still time/);
      assert.equal(await timesTold(world, (await told.booking()).id, 'reviews.reminded'), 1);
    },
  },
  revealReviews: {
    ...COMPLETED,
    prepare: reviewed,
    act: (world, told) => windowPasses(world, told, 'end'),
    settle: (world, told) => isRevealed(world, told, ['property']),
  },
};
