import assert from 'node:assert/strict';
import { createReviewActivities } from '#activities/reviews.ts';
import type { BookingRow } from '#db/bookings.ts';
import { findReviewWindow } from '#db/review-windows.ts';
import { findReview, findReviewsOf } from '#db/reviews.ts';
import type { ReviewRow } from '#db/reviews.ts';
import { isDomainError } from '#domain/errors.ts';
import type { ReviewId } from '#domain/ids.ts';
import { MAX_DRAFTS_PER_SIDE } from '#domain/reviews.ts';
import type { ReviewSide } from '#domain/reviews.ts';
import { aChange, aDraft, aStayToReview, CLOSES, ratingOf, SAID } from '../db/reviews-fixture.ts';
import { aProperty, aUser } from '../db/stays-fixture.ts';
import { useOwnDatabase } from '../support/database.ts';
import { eventsOf } from '../support/ledger.ts';

const LATER = '2027-02-06T11:00:00.000Z';
const TIMES = 20;

describe('the database steps of a review window', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  /** Without Temporal: the step that starts the workflow is told of in test/workflows/reviews.test.ts. */
  const steps = () => createReviewActivities({ db: db(), workflows: undefined as never });

  async function submitted(
    booking: BookingRow,
    said: { side: ReviewSide; rating?: number; comment?: string },
  ): Promise<ReviewId> {
    const reviewId = await aDraft(db(), booking, said);
    await steps().submitReview({ bookingId: booking.id, reviewId, at: SAID });
    return reviewId;
  }

  async function reviewOf(id: ReviewId): Promise<ReviewRow> {
    const review = await findReview(db(), id);
    assert.ok(review);
    return review;
  }

  const statusOf = async ({ id }: BookingRow) => (await findReviewWindow(db(), id))?.status;
  const reviewByOf = async ({ id }: BookingRow): Promise<string | null> =>
    (await db()('bookings').where({ id }).first('review_by')).review_by;
  const kindsOf = async (id: string) => (await eventsOf(db(), id)).map(({ kind }) => kind);
  const drafts = async ({ id }: BookingRow) => (await db()('review_drafts').where({ booking_id: id })).length;
  const refusedFor = (reason: string) => (error: unknown) =>
    isDomainError(error, 'review_not_eligible') && error.details.reason === reason;

  describe('taking a review', () => {
    it('done twice keeps one, hidden, and counts it for nothing (R9)', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await aDraft(db(), booking, { side: 'guest', rating: 1 });
      const step = { bookingId: booking.id, reviewId, at: SAID };
      assert.deepEqual(await steps().submitReview(step), { isPublic: false });
      assert.deepEqual(await steps().submitReview({ ...step, at: LATER }), { isPublic: false });
      const { publishedAt, submittedAt, subject, authorId, reviewedId } = await reviewOf(reviewId);
      assert.deepEqual([publishedAt, submittedAt, subject], [null, SAID, 'property']);
      assert.deepEqual([authorId, reviewedId], [booking.guestId, booking.hostId]);
      assert.deepEqual(await ratingOf(db(), booking.propertyId), [null, 0]);
      assert.deepEqual([await statusOf(booking), await drafts(booking)], ['open', 0]);
    });

    it('tells of it under its own id, and of nothing else (R9)', async () => {
      const booking = await aStayToReview(db());
      const { version } = await db()('properties').where({ id: booking.propertyId }).first('version');
      const subjects = [booking.id, booking.propertyId, booking.guestId, booking.hostId];
      const before = await Promise.all(subjects.map(kindsOf));
      const reviewId = await submitted(booking, { side: 'guest', rating: 1, comment: 'Damp and loud.' });
      assert.deepEqual(await Promise.all(subjects.map(kindsOf)), before);
      const told = await eventsOf(db(), reviewId);
      assert.deepEqual(
        told.map(({ kind, actor_id, data }) => [kind, actor_id, data]),
        [['review.submitted', booking.guestId, {}]],
      );
      const after = await db()('properties').where({ id: booking.propertyId }).first('version');
      assert.equal(after.version, version);
    });

    it('of the second side makes both public at one instant', async () => {
      const booking = await aStayToReview(db());
      const first = await submitted(booking, { side: 'host', rating: 4 });
      const second = await aDraft(db(), booking, { side: 'guest', rating: 2 });
      const step = { bookingId: booking.id, reviewId: second, at: LATER };
      assert.deepEqual(await steps().submitReview(step), { isPublic: true });
      assert.deepEqual(await steps().submitReview(step), { isPublic: true });
      for (const id of [first, second]) assert.equal((await reviewOf(id)).publishedAt, LATER);
      assert.deepEqual(await ratingOf(db(), booking.propertyId), [2, 1]);
      assert.deepEqual(await ratingOf(db(), booking.guestId), [4, 1]);
      assert.deepEqual([await statusOf(booking), await reviewByOf(booking)], ['revealed', null]);
      assert.deepEqual(await kindsOf(booking.id), ['reviews.opened', 'reviews.revealed']);
      assert.deepEqual(await kindsOf(second), ['review.submitted', 'review.published']);
    });

    it('refuses a second one of the same side', async () => {
      const booking = await aStayToReview(db());
      await submitted(booking, { side: 'guest' });
      const reviewId = await aDraft(db(), booking, { side: 'guest' });
      const step = { bookingId: booking.id, reviewId, at: SAID };
      await assert.rejects(steps().submitReview(step), refusedFor('written'));
      assert.equal((await findReviewsOf(db(), booking.id)).length, 1);
    });

    it('of both sides in the same moment reveals once, with exact sums, twenty times over (R1)', async () => {
      const [property, guestId] = [await aProperty(db()), await aUser(db())];
      const stars: { property: number; guest: number }[] = [];
      for (let time = 0; time < TIMES; time += 1) {
        const booking = await aStayToReview(db(), { propertyId: property.id, guestId });
        const rated = { property: 1 + (time % 5), guest: 1 + ((time * 3) % 5) };
        stars.push(rated);
        const ids = [
          await aDraft(db(), booking, { side: 'guest', rating: rated.property }),
          await aDraft(db(), booking, { side: 'host', rating: rated.guest }),
        ];
        const taken = await Promise.all(
          ids.map((reviewId) => steps().submitReview({ bookingId: booking.id, reviewId, at: SAID })),
        );
        assert.deepEqual(taken.map(({ isPublic }) => isPublic).sort(), [false, true]);
        assert.deepEqual(await kindsOf(booking.id), ['reviews.opened', 'reviews.revealed']);
        const sum = (of: 'property' | 'guest') => stars.reduce((total, one) => total + one[of], 0);
        assert.deepEqual(await ratingOf(db(), property.id), [sum('property') / (time + 1), time + 1]);
        assert.deepEqual(await ratingOf(db(), guestId), [sum('guest') / (time + 1), time + 1]);
      }
    }).timeout(120_000);
  });

  describe('changing a review', () => {
    it('changes what is given, done twice as well as once', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await submitted(booking, { side: 'guest', rating: 3, comment: 'Fine.' });
      const draftId = await aChange(db(), reviewId, {
        booking,
        content: { rating: 4, privateNote: 'The tap drips.' },
      });
      const step = { bookingId: booking.id, reviewId, draftId, at: LATER };
      assert.deepEqual(await steps().editReview(step), { isPublic: false });
      assert.deepEqual(await steps().editReview(step), { isPublic: false });
      const { rating, comment, privateNote, submittedAt } = await reviewOf(reviewId);
      assert.deepEqual([rating, comment, privateNote, submittedAt], [4, 'Fine.', 'The tap drips.', SAID]);
      assert.deepEqual(await kindsOf(reviewId), ['review.submitted', 'review.edited']);
    });

    it('by nothing changes nothing, and tells of nothing', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await submitted(booking, { side: 'guest' });
      const before = await reviewOf(reviewId);
      const draftId = await aChange(db(), reviewId, { booking, content: {} });
      await steps().editReview({ bookingId: booking.id, reviewId, draftId, at: LATER });
      assert.deepEqual(await reviewOf(reviewId), before);
      assert.deepEqual(await kindsOf(reviewId), ['review.submitted']);
    });

    it('is refused once the other side has written (R3)', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await submitted(booking, { side: 'guest', rating: 2 });
      const draftId = await aChange(db(), reviewId, { booking, content: { rating: 5 } });
      await submitted(booking, { side: 'host' });
      const step = { bookingId: booking.id, reviewId, draftId, at: LATER };
      await assert.rejects(steps().editReview(step), refusedFor('published'));
      // And a new draft is not even written down.
      await assert.rejects(
        aChange(db(), reviewId, { booking, content: { rating: 5 } }),
        refusedFor('closed'),
      );
      assert.equal((await reviewOf(reviewId)).rating, 2);
    });

    it('against the other side’s writing is either in before it or not at all (R3)', async () => {
      for (let time = 0; time < TIMES; time += 1) {
        const booking = await aStayToReview(db());
        const reviewId = await submitted(booking, { side: 'guest', rating: 2 });
        const draftId = await aChange(db(), reviewId, { booking, content: { rating: 5 } });
        const other = await aDraft(db(), booking, { side: 'host' });
        const [edited] = await Promise.allSettled([
          steps().editReview({ bookingId: booking.id, reviewId, draftId, at: SAID }),
          steps().submitReview({ bookingId: booking.id, reviewId: other, at: SAID }),
        ]);
        assert.equal(await statusOf(booking), 'revealed');
        const { rating } = await reviewOf(reviewId);
        if (edited.status === 'rejected') assert.ok(refusedFor('published')(edited.reason));
        assert.equal(rating, edited.status === 'fulfilled' ? 5 : 2);
        assert.deepEqual(await ratingOf(db(), booking.propertyId), [rating, 1]);
      }
    }).timeout(60_000);

    it('can be done so many times by a side, which takes nothing from the other', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await submitted(booking, { side: 'guest' });
      for (let n = 1; n < MAX_DRAFTS_PER_SIDE; n += 1)
        await aChange(db(), reviewId, { booking, content: { rating: 1 + (n % 5) } });
      const another = aChange(db(), reviewId, { booking, content: { rating: 1 } });
      await assert.rejects(another, refusedFor('changed_too_often'));
      await submitted(booking, { side: 'host' });
      assert.equal(await statusOf(booking), 'revealed');
    });
  });

  describe('taking a review back', () => {
    it('done twice takes it once, and another may be written', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await submitted(booking, { side: 'guest' });
      for (const at of [SAID, LATER]) await steps().withdrawReview({ bookingId: booking.id, reviewId, at });
      assert.equal(await findReview(db(), reviewId), undefined);
      assert.deepEqual(await kindsOf(reviewId), ['review.submitted', 'review.withdrawn']);
      const again = await submitted(booking, { side: 'guest', rating: 1 });
      assert.equal((await reviewOf(again)).rating, 1);
    });

    it('is refused once it is public', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await submitted(booking, { side: 'guest' });
      await submitted(booking, { side: 'host' });
      const step = { bookingId: booking.id, reviewId, at: LATER };
      await assert.rejects(steps().withdrawReview(step), refusedFor('published'));
      assert.deepEqual(await ratingOf(db(), booking.propertyId), [5, 1]);
    });
  });

  describe('reminding', () => {
    it('is told of once for each time, and alike whoever has written (R9)', async () => {
      const [silent, half] = [await aStayToReview(db()), await aStayToReview(db())];
      await submitted(half, { side: 'host' });
      for (const { id } of [silent, half])
        for (const nth of [1, 1, 2, 1, 2]) await steps().remindReviewers({ bookingId: id, nth, at: LATER });
      const told = async ({ id }: BookingRow) =>
        (await eventsOf(db(), id)).slice(1).map(({ kind, actor_id, data }) => [kind, actor_id, data]);
      assert.deepEqual(await told(silent), [
        ['reviews.reminded', 'system', { nth: 1 }],
        ['reviews.reminded', 'system', { nth: 2 }],
      ]);
      assert.deepEqual(await told(half), await told(silent));
    });

    it('is over with the window', async () => {
      const booking = await aStayToReview(db());
      await steps().revealReviews({ bookingId: booking.id, at: CLOSES });
      await steps().remindReviewers({ bookingId: booking.id, nth: 1, at: CLOSES });
      assert.deepEqual(await kindsOf(booking.id), ['reviews.opened', 'reviews.lapsed']);
    });
  });

  describe('the end of the window', () => {
    it('makes public what is in, and done twice does it once', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await submitted(booking, { side: 'host', rating: 3 });
      for (const at of [CLOSES, '2027-02-20T00:00:00.000Z'])
        await steps().revealReviews({ bookingId: booking.id, at });
      assert.equal((await reviewOf(reviewId)).publishedAt, CLOSES);
      assert.deepEqual(await ratingOf(db(), booking.guestId), [3, 1]);
      assert.deepEqual(await ratingOf(db(), booking.propertyId), [null, 0]);
      assert.deepEqual(await kindsOf(booking.id), ['reviews.opened', 'reviews.revealed']);
      assert.equal(await reviewByOf(booking), null);
    });

    it('without a word leaves nothing but that', async () => {
      const booking = await aStayToReview(db());
      const { version } = await db()('properties').where({ id: booking.propertyId }).first('version');
      await steps().revealReviews({ bookingId: booking.id, at: CLOSES });
      assert.equal(await statusOf(booking), 'lapsed');
      const after = await db()('properties').where({ id: booking.propertyId }).first('version');
      assert.equal(after.version, version);
    });

    it('leaves no draft, and takes none any more', async () => {
      const booking = await aStayToReview(db());
      const reviewId = await aDraft(db(), booking, { side: 'guest' });
      await steps().revealReviews({ bookingId: booking.id, at: CLOSES });
      assert.equal(await drafts(booking), 0);
      const step = { bookingId: booking.id, reviewId, at: CLOSES };
      await assert.rejects(steps().submitReview(step), (error) => isDomainError(error, 'not_found'));
      await assert.rejects(aDraft(db(), booking, { side: 'guest' }), refusedFor('closed'));
      assert.deepEqual(await findReviewsOf(db(), booking.id), []);
    });

    it('of many stays at one property at once counts each, and none waits for another for ever', async () => {
      const [property, guestId] = [await aProperty(db()), await aUser(db())];
      const bookings: BookingRow[] = [];
      for (let n = 0; n < TIMES; n += 1) {
        const booking = await aStayToReview(db(), { propertyId: property.id, guestId });
        // Odd ones have only the guest's side, so that the order of what is counted differs.
        await submitted(booking, { side: n % 2 === 0 ? 'host' : 'guest', rating: 1 + (n % 5) });
        bookings.push(booking);
      }
      await Promise.all(bookings.map(({ id }) => steps().revealReviews({ bookingId: id, at: CLOSES })));
      const stars = (parity: number) => bookings.flatMap((_, n) => (n % 2 === parity ? [1 + (n % 5)] : []));
      const expected = (given: number[]) => [given.reduce((a, b) => a + b, 0) / given.length, given.length];
      assert.deepEqual(await ratingOf(db(), property.id), expected(stars(1)));
      assert.deepEqual(await ratingOf(db(), guestId), expected(stars(0)));
    });
  });
});
