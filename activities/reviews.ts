import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { discardDraftsOf, takeDraft } from '#db/review-drafts.ts';
import { endReviewWindow, lockReviewWindow, noteReminder, openReviewWindow } from '#db/review-windows.ts';
import type { ReviewWindowRow } from '#db/review-windows.ts';
import {
  editReview,
  findReview,
  findReviewsOf,
  insertReview,
  publishReviewsOf,
  withdrawReview,
} from '#db/reviews.ts';
import { inTransaction } from '#db/transaction.ts';
import { notFound } from '#domain/errors.ts';
import type { BookingId, DraftId, ReviewId } from '#domain/ids.ts';
import { reviewWindowOf } from '#domain/review-windows.ts';
import { reviewNotEligible, REVIEW_SIDES } from '#domain/reviews.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { collectReviewsOrder } from '#workflows/reviews.contract.ts';
import type { Taken } from '#workflows/reviews.contract.ts';

/** The booking whose window it is, and the window's now: records carry it as the business instant. */
interface At {
  bookingId: BookingId;
  at: string;
}

/** A booking and its window, as they stand while the transaction lasts. */
interface Locked {
  booking: BookingRow;
  window: ReviewWindowRow;
}

export type ReviewActivities = ReturnType<typeof createReviewActivities>;

/**
 * The database steps of a review window: one transaction each, and each may run more than once. They lock the booking
 * and then its window, so that whatever they find there stays as it is until they are through.
 */
export function createReviewActivities({ db, workflows }: { db: Db; workflows: Workflows }) {
  return {
    /**
     * Opens the window of a stay that is over, if there is something to review, and starts its workflow. Never a child:
     * it runs for weeks, and the booking's time must be free to jump.
     */
    async openReviews({ bookingId }: { bookingId: BookingId }): Promise<void> {
      const opened = await inTransaction(db, async (trx) => {
        const booking = await lockBooking(trx, bookingId);
        const due = reviewWindowOf(booking);
        return due && { booking, window: await openReviewWindow(trx, booking, due) };
      });
      if (opened?.window.status === 'open') await workflows.start(orderOf(opened));
    },

    /** Takes a review. The second of a stay reveals both in the same transaction: never are both in and one hidden. */
    async submitReview({ bookingId, reviewId, at }: At & { reviewId: ReviewId }): Promise<Taken> {
      return inTransaction(db, async (trx) => {
        const { booking, window } = await lock(trx, bookingId);
        const known = await findReview(trx, reviewId);
        if (known !== undefined) return { isPublic: known.publishedAt !== null };
        const draft = await takeDraft(trx, reviewId);
        if (draft === undefined) throw notFound('review');
        requireOpen(window);
        const others = await findReviewsOf(trx, bookingId);
        if (others.some(({ authorId }) => authorId === draft.authorId)) throw reviewNotEligible('written');
        await insertReview(trx, booking, { draft, at });
        const isLast = others.length + 1 === REVIEW_SIDES.length;
        if (isLast) await reveal(trx, window, at);
        return { isPublic: isLast };
      });
    },

    /** Changes a hidden review by its draft. */
    async editReview({
      bookingId,
      reviewId,
      draftId,
      at,
    }: At & { reviewId: ReviewId; draftId: DraftId }): Promise<Taken> {
      return inTransaction(db, async (trx) => {
        const { window } = await lock(trx, bookingId);
        requireOpen(window, 'published');
        const draft = await takeDraft(trx, draftId);
        if ((await findReview(trx, reviewId)) === undefined) throw notFound('review');
        if (draft !== undefined) await editReview(trx, draft, at);
        return { isPublic: false };
      });
    },

    /** Takes a hidden review back. */
    async withdrawReview({ bookingId, reviewId, at }: At & { reviewId: ReviewId }): Promise<Taken> {
      return inTransaction(db, async (trx) => {
        const { window } = await lock(trx, bookingId);
        const review = await findReview(trx, reviewId);
        if (review === undefined) return { isPublic: false };
        requireOpen(window, 'published');
        await withdrawReview(trx, review, at);
        return { isPublic: false };
      });
    },

    /** Has whoever has not written yet reminded, for the so-manieth time. */
    async remindReviewers({ bookingId, nth, at }: At & { nth: number }): Promise<void> {
      await inTransaction(db, async (trx) => {
        const window = await lockReviewWindow(trx, bookingId);
        await noteReminder(trx, window, { nth, at });
      });
    },

    /** The window is over: makes public what is in. */
    async revealReviews({ bookingId, at }: At): Promise<void> {
      await inTransaction(db, async (trx) => {
        const { window } = await lock(trx, bookingId);
        if (window.status === 'open') await reveal(trx, window, at);
      });
    },
  };
}

function orderOf({ booking, window: { opensAt, closesAt } }: Locked) {
  const { id: bookingId, propertyId, guestId, hostId, checkIn, checkOut } = booking;
  return collectReviewsOrder({
    bookingId,
    opensAt,
    closesAt,
    propertyId,
    guestId,
    hostId,
    checkIn,
    checkOut,
  });
}

async function lock(trx: Transaction, bookingId: BookingId): Promise<Locked> {
  const booking = await lockBooking(trx, bookingId);
  return { booking, window: await lockReviewWindow(trx, bookingId) };
}

/** The workflow has judged by its clock; what stands here is the last line. */
function requireOpen({ status }: ReviewWindowRow, otherwise: 'closed' | 'published' = 'closed'): void {
  if (status !== 'open') throw reviewNotEligible(otherwise);
}

async function reveal(trx: Transaction, window: ReviewWindowRow, at: string): Promise<void> {
  const published = await publishReviewsOf(trx, window.bookingId, at);
  await discardDraftsOf(trx, window.bookingId);
  await endReviewWindow(trx, window, { published: published.map(({ id }) => id), at });
}
