import assert from 'node:assert/strict';
import { createReviewActivities } from '#activities/reviews.ts';
import type { BookingRow } from '#db/bookings.ts';
import { databaseError } from '#db/constraints.ts';
import { listReviews, removeReview, respondToReview } from '#db/reviews.ts';
import type { ReviewsPage } from '#db/reviews.ts';
import { inTransaction } from '#db/transaction.ts';
import { isDomainError } from '#domain/errors.ts';
import type { ReviewId, UserId } from '#domain/ids.ts';
import { respondBy } from '#domain/reviews.ts';
import { useOwnDatabase } from '../support/database.ts';
import { eventsOf } from '../support/ledger.ts';
import { aDraft, aStayToReview, CLOSES, ratingOf, SAID } from './reviews-fixture.ts';
import type { StayFacts } from './reviews-fixture.ts';
import { aProperty, aUser } from './stays-fixture.ts';

const TIMES = 20;
const after = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

describe('reviews', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  let operatorId: UserId;
  before(async () => {
    operatorId = await aUser(db());
  });

  interface Public {
    booking: BookingRow;
    byGuest: ReviewId;
    byHost: ReviewId;
  }

  /** A stay whose both reviews are public: so many stars for the property, and so many for the guest. */
  async function reviewed(stars: [number, number], facts: StayFacts & { at?: string } = {}): Promise<Public> {
    const { at = SAID, ...stay } = facts;
    const booking = await aStayToReview(db(), stay);
    const byGuest = await aDraft(db(), booking, { side: 'guest', rating: stars[0] });
    const byHost = await aDraft(db(), booking, { side: 'host', rating: stars[1] });
    const steps = createReviewActivities({ db: db(), workflows: undefined as never });
    for (const reviewId of [byGuest, byHost])
      await steps.submitReview({ bookingId: booking.id, reviewId, at });
    return { booking, byGuest, byHost };
  }

  const remove = (id: ReviewId) =>
    inTransaction(db(), (trx) => removeReview(trx, id, { operatorId, reason: 'Names a child.', at: CLOSES }));

  describe('taken away by an operator', () => {
    it('count no more, down to none at all (R6)', async () => {
      const { id: propertyId } = await aProperty(db());
      const guestId = await aUser(db());
      const stays: Public[] = [];
      for (const stars of [
        [5, 1],
        [2, 4],
        [4, 4],
      ] as [number, number][])
        stays.push(await reviewed(stars, { propertyId, guestId }));
      assert.deepEqual(await ratingOf(db(), propertyId), [11 / 3, 3]);
      assert.deepEqual(await ratingOf(db(), guestId), [3, 3]);
      const left: [number | null, number][] = [
        [3, 2],
        [4, 1],
        [null, 0],
      ];
      for (const [index, { byGuest }] of stays.entries()) {
        await remove(byGuest);
        assert.deepEqual(await ratingOf(db(), propertyId), left[index]);
      }
      assert.deepEqual(await ratingOf(db(), guestId), [3, 3]);
    });

    it('say by whom and why, and the property that it has changed', async () => {
      const { booking, byGuest } = await reviewed([1, 5]);
      const removed = await remove(byGuest);
      assert.deepEqual(
        [removed.removedAt, removed.removedBy, removed.removalReason],
        [CLOSES, operatorId, 'Names a child.'],
      );
      const told = (await eventsOf(db(), byGuest)).at(-1);
      assert.deepEqual([told?.kind, told?.actor_id], ['review.removed', operatorId]);
      const kinds = (await eventsOf(db(), booking.propertyId)).map(({ kind }) => kind);
      assert.deepEqual(kinds.filter((kind) => kind === 'property.rated').length, 2);
    });

    it('are not there to be taken away again, nor to be responded to', async () => {
      const { byGuest } = await reviewed([3, 3]);
      await remove(byGuest);
      const isGone = (error: unknown) => isDomainError(error, 'not_found');
      await assert.rejects(remove(byGuest), isGone);
      await assert.rejects(respond(byGuest, CLOSES), isGone);
    });

    it('while others are published leave exact sums, twenty times over (R6)', async () => {
      const { id: propertyId } = await aProperty(db());
      const guestId = await aUser(db());
      let last = await reviewed([1, 1], { propertyId, guestId });
      for (let time = 0; time < TIMES; time += 1) {
        const stars = 1 + (time % 5);
        const [next] = await Promise.all([
          reviewed([stars, stars], { propertyId, guestId }),
          remove(last.byGuest),
          remove(last.byHost),
        ]);
        assert.deepEqual(await ratingOf(db(), propertyId), [stars, 1]);
        assert.deepEqual(await ratingOf(db(), guestId), [stars, 1]);
        last = next;
      }
    }).timeout(120_000);
  });

  const respond = (id: ReviewId, at: string) =>
    inTransaction(db(), (trx) => respondToReview(trx, id, { response: 'Thank you.', at }));
  const refusedFor = (reason: string) => (error: unknown) =>
    isDomainError(error, 'review_not_eligible') && error.details.reason === reason;

  describe('responded to', () => {
    const deadline = respondBy(SAID);

    it('are so once', async () => {
      const { byGuest } = await reviewed([4, 4]);
      const { response, respondedAt } = await respond(byGuest, SAID);
      assert.deepEqual([response, respondedAt], ['Thank you.', SAID]);
      await assert.rejects(respond(byGuest, SAID), refusedFor('responded'));
    });

    it('within thirty days, the last instant included', async () => {
      const [inTime, late] = [await reviewed([4, 4]), await reviewed([4, 4])];
      assert.equal((await respond(inTime.byHost, deadline)).respondedAt, deadline);
      await assert.rejects(respond(late.byHost, after(deadline, 1)), refusedFor('response_closed'));
    });

    it('twice in the same moment are so once', async () => {
      const { byGuest } = await reviewed([4, 4]);
      const outcomes = await Promise.allSettled([respond(byGuest, SAID), respond(byGuest, SAID)]);
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    });
  });

  describe('in a list', () => {
    async function pages(of: ReviewsPage['of'], limit: number): Promise<string[]> {
      const ids: string[] = [];
      for (let after: ReviewsPage['after']; ;) {
        const rows = await listReviews(db(), { of, after, limit });
        ids.push(...rows.map(({ id }) => id));
        const last = rows.at(-1);
        if (last === undefined || rows.length < limit) return ids;
        assert.ok(last.publishedAt);
        after = { publishedAt: last.publishedAt, id: last.id };
      }
    }

    it('come the latest first, page by page, none twice and none left out', async () => {
      const { id: propertyId } = await aProperty(db());
      const guestId = await aUser(db());
      const stays: Public[] = [];
      // Three at each of three moments: the id decides among those.
      for (let n = 0; n < 9; n += 1)
        stays.push(
          await reviewed([3, 3], { propertyId, guestId, at: after(SAID, 1_000 * Math.floor(n / 3)) }),
        );
      stays.reverse();
      assert.deepEqual(
        await pages({ propertyId }, 2),
        stays.map(({ byGuest }) => byGuest),
      );
      assert.deepEqual(
        await pages({ guestId }, 4),
        stays.map(({ byHost }) => byHost),
      );
    });

    it('are neither hidden nor taken away (R9)', async () => {
      const { booking, byGuest, byHost } = await reviewed([3, 3]);
      const { propertyId, guestId } = booking;
      const hidden = await aStayToReview(db(), { propertyId, guestId });
      const steps = createReviewActivities({ db: db(), workflows: undefined as never });
      const reviewId = await aDraft(db(), hidden, { side: 'guest' });
      await steps.submitReview({ bookingId: hidden.id, reviewId, at: SAID });
      assert.deepEqual(await pages({ propertyId }, 10), [byGuest]);
      assert.deepEqual(await pages({ guestId }, 10), [byHost]);
      await remove(byGuest);
      assert.deepEqual(await pages({ propertyId }, 10), []);
      // What is said of a host is said of a property, and no list of what they are like as a guest.
      assert.deepEqual(await pages({ guestId: booking.hostId }, 10), []);
    });
  });

  describe('as the database knows them', () => {
    const violated = (constraint: string) => (error: unknown) =>
      databaseError(error)?.constraint === constraint;
    const rewritten = (id: ReviewId, columns: Record<string, unknown>) =>
      db()('reviews').where({ id }).update(columns);

    const cases: [string, string, (review: Public) => Record<string, unknown>][] = [
      [
        'are never about oneself (R8)',
        'nobody_reviews_themselves',
        ({ booking }) => ({ reviewed_id: booking.guestId }),
      ],
      ['are one of each side', 'a_side_reviews_a_stay_once', () => ({ subject: 'guest' })],
      ['have one star at least', 'reviews_rate_with_one_to_five_stars', () => ({ rating: 0 })],
      ['have five stars at most', 'reviews_rate_with_one_to_five_stars', () => ({ rating: 6 })],
      ['end', 'reviews_are_of_bearable_length', () => ({ comment: 'x'.repeat(2_001) })],
      [
        'are left alone while hidden',
        'hidden_reviews_are_left_alone',
        () => ({ published_at: null, response: 'Hm.', responded_at: CLOSES }),
      ],
      ['go for a reason', 'removals_say_who_and_why', () => ({ removed_at: CLOSES })],
    ];
    for (const [what, constraint, columns] of cases) {
      it(`${what}: ${constraint}`, async () => {
        const review = await reviewed([3, 3]);
        await assert.rejects(async () => rewritten(review.byGuest, columns(review)), violated(constraint));
      });
    }

    it('cannot be of a stay by oneself, for there is none (R8)', async () => {
      const { booking } = await reviewed([3, 3]);
      const own = db()('bookings').where({ id: booking.id }).update({ guest_id: booking.hostId });
      await assert.rejects(async () => own, violated('nobody_books_their_own'));
    });
  });
});
