import { defineUpdate } from '@temporalio/workflow';
import type { BookingId, DraftId, ReviewId } from '#domain/ids.ts';
import { BOOKINGS_QUEUE, SEARCH } from './bookings.contract.ts';

export const COLLECT_REVIEWS = 'collectReviews';

export const collectReviewsId = (bookingId: BookingId): string => `review-window:${bookingId}`;

/** A stay that may be reviewed from an instant until before another, RFC 3339 UTC. */
export interface CollectReviews {
  bookingId: BookingId;
  opensAt: string;
  closesAt: string;
}

/** The facts of a stay and its window that the workflow is started with. */
export interface ToBeReviewed extends CollectReviews {
  propertyId: string;
  guestId: string;
  hostId: string;
  checkIn: string;
  checkOut: string;
}

export function collectReviewsOrder(stay: ToBeReviewed) {
  const { bookingId, opensAt, closesAt } = stay;
  const input: CollectReviews = { bookingId, opensAt, closesAt };
  return {
    workflow: COLLECT_REVIEWS,
    id: collectReviewsId(bookingId),
    queue: BOOKINGS_QUEUE,
    input,
    summary: `Reviews of the stay ${stay.checkIn} to ${stay.checkOut} at ${stay.propertyId}`,
    searchAttributes: [
      { key: SEARCH.property, value: stay.propertyId },
      { key: SEARCH.guest, value: stay.guestId },
      { key: SEARCH.host, value: stay.hostId },
    ],
  };
}

/*
 * What is said to a window. Only ids: a history is read by operators and kept for a day, and what is hidden there stays
 * hidden. Each is judged by the workflow's clock. @throws `review_not_eligible`
 */

/** Whether the review is public by now: it is when it was the second. */
export interface Taken {
  isPublic: boolean;
}

export interface Submit {
  /** The draft's id too. */
  reviewId: ReviewId;
}
export const submitReview = defineUpdate<Taken, [Submit]>('submitReview');

export interface Edit {
  reviewId: ReviewId;
  draftId: DraftId;
}
export const editReview = defineUpdate<Taken, [Edit]>('editReview');

export interface Withdraw {
  reviewId: ReviewId;
}
export const withdrawReview = defineUpdate<Taken, [Withdraw]>('withdrawReview');
