import assert from 'node:assert/strict';
import { createReviewActivities } from '#activities/reviews.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Finding } from '#db/doctor/checks.ts';
import { checksOfReviews } from '#db/doctor/reviews.ts';
import { checksOfWorkflows } from '#db/doctor/workflows.ts';
import type { ReviewId } from '#domain/ids.ts';
import { useOwnDatabase } from '../support/database.ts';
import { aDraft, aLivedStay, aStayToReview, SAID } from './reviews-fixture.ts';

describe('the doctor, of reviews,', () => {
  const own = useOwnDatabase();
  const db = () => own().db;

  /** A stay of which the guest has written, and then, unless the window is still open, the host. */
  async function reviewed(sides: 1 | 2): Promise<{ booking: BookingRow; reviewId: ReviewId }> {
    const booking = await aStayToReview(db());
    const steps = createReviewActivities({ db: db(), workflows: undefined as never });
    const ids: ReviewId[] = [];
    for (const side of (['guest', 'host'] as const).slice(0, sides)) {
      const reviewId = await aDraft(db(), booking, { side });
      await steps.submitReview({ bookingId: booking.id, reviewId, at: SAID });
      ids.push(reviewId);
    }
    const [reviewId] = ids;
    assert.ok(reviewId);
    return { booking, reviewId };
  }

  /** What is found by now, by invariant; what holds is not listed. */
  async function found({ isConducted = false } = {}): Promise<Record<string, string[]>> {
    const runs = {
      booking: () => Promise.resolve(isConducted),
      refund: isTrue,
      bulkCancellation: isTrue,
      payout: () => Promise.resolve(true),
      dispute: isTrue,
      reviewWindow: isFalse,
    };
    const entries: [string, Finding[]][] = [];
    for (const { invariant, breaches } of [...checksOfReviews(db()), ...checksOfWorkflows(db(), runs)])
      entries.push([invariant, await breaches()]);
    return Object.fromEntries(
      entries
        .filter(([, findings]) => findings.length > 0)
        .map(([invariant, findings]) => [invariant, findings.map(({ id }) => id)]),
    );
  }
  const isTrue = () => Promise.resolve(true);
  const isFalse = () => Promise.resolve(false);

  beforeEach('empty the tables', () =>
    db().raw('truncate bookings, review_windows, reviews, review_drafts cascade'),
  );
  beforeEach('count nothing', async () => {
    for (const table of ['properties', 'users']) await db()(table).update({ review_count: 0, review_sum: 0 });
  });

  it('finds nothing where all is well, but that nobody works on an open window', async () => {
    await reviewed(2);
    assert.deepEqual(await found(), {});
    const { booking } = await reviewed(1);
    assert.deepEqual(await found(), { 'Each review window has ended or has its workflow': [booking.id] });
  });

  it('finds a stay that nobody was asked about', async () => {
    const { id } = await aLivedStay(db());
    const invariant = 'A stay that was lived has had its review window or has its workflow';
    assert.deepEqual(await found(), { [invariant]: [id] });
  });

  it('finds nothing in one whose guest has left early, while it waits for its scheduled end', async () => {
    await aLivedStay(db());
    assert.deepEqual(await found({ isConducted: true }), {});
  });

  const breaks: {
    invariant: string;
    breach: (stay: { booking: BookingRow; reviewId: ReviewId }) => PromiseLike<unknown>;
    id: (stay: { booking: BookingRow; reviewId: ReviewId }) => string;
  }[] = [
    {
      invariant: 'A review is by one side of its stay, about the other',
      breach: ({ reviewId, booking }) =>
        db()('reviews')
          .where({ id: reviewId })
          .update({ author_id: booking.hostId, reviewed_id: booking.guestId }),
      id: ({ reviewId }) => reviewId,
    },
    {
      invariant: 'What a window has revealed is public, and nothing else is',
      breach: ({ reviewId, booking }) =>
        db().transaction(async (trx) => {
          await trx('reviews').where({ id: reviewId }).update({ published_at: null });
          await trx('properties')
            .where({ id: booking.propertyId })
            .update({ review_count: 0, review_sum: 0 });
        }),
      id: ({ reviewId }) => reviewId,
    },
    {
      invariant: 'No draft of a review outlives its window',
      breach: ({ reviewId, booking }) =>
        db()('review_drafts').insert({
          id: 'drf_1',
          review_id: reviewId,
          booking_id: booking.id,
          author_id: booking.guestId,
          content: '{}',
        }),
      id: () => 'drf_1',
    },
    {
      invariant: 'A booking says until when it may be reviewed as its window does',
      breach: ({ booking }) => db()('bookings').where({ id: booking.id }).update({ review_by: SAID }),
      id: ({ booking }) => booking.id,
    },
    {
      invariant: 'A property has the stars of its public reviews',
      breach: ({ booking }) => db()('properties').where({ id: booking.propertyId }).update({ review_sum: 4 }),
      id: ({ booking }) => booking.propertyId,
    },
    {
      invariant: 'A guest has the stars of their public reviews',
      breach: ({ booking }) =>
        db()('users').where({ id: booking.guestId }).update({ review_count: 0, review_sum: 0 }),
      id: ({ booking }) => booking.guestId,
    },
  ];
  for (const { invariant, breach, id } of breaks) {
    it(`finds where this is broken: ${invariant}`, async () => {
      const stay = await reviewed(2);
      await breach(stay);
      assert.deepEqual(await found(), { [invariant]: [id(stay)] });
    });
  }

  it('finds a window that has outlived its end, or the second review', async () => {
    const [late, full] = [await reviewed(1), await reviewed(2)];
    const { id } = late.booking;
    await db()('review_windows')
      .where({ booking_id: id })
      .update({ opens_at: '2026-01-01', closes_at: '2026-01-15' });
    await db()('review_windows')
      .where({ booking_id: full.booking.id })
      .update({ status: 'open', ended_at: null });
    const { 'No review window outlives its end, or the second review': outlived } = await found();
    assert.deepEqual(outlived?.sort(), [id, full.booking.id].sort());
  });
});
