import type { BookingId, DraftId, ReviewId, UserId } from '#domain/ids.ts';
import { MAX_DRAFTS_PER_SIDE, reviewNotEligible } from '#domain/reviews.ts';
import type { CategoryRatings, ReviewSide } from '#domain/reviews.ts';
import type { Db, Transaction } from './connect.ts';
import { findReviewWindow } from './review-windows.ts';

/** What somebody says of a stay. */
export interface ReviewContent {
  /** 1 to 5. */
  rating: number;
  categories: CategoryRatings;
  comment: string;
  privateNote: string | null;
}

/** What is left out stays. */
export type ReviewChanges = { [C in keyof ReviewContent]?: ReviewContent[C] | undefined };

/**
 * Words on their way to the window's workflow, which is told their id and never the words themselves. Of a new review
 * the id is the review's own, so that the same call repeated is the same draft.
 */
export interface Draft {
  id: ReviewId | DraftId;
  reviewId: ReviewId;
  bookingId: BookingId;
  authorId: UserId;
  content: ReviewChanges;
}

/**
 * Writes down what is to be taken, while the window is open: the end of the window waits for this, and leaves no draft.
 * @throws DomainError `review_not_eligible`
 */
export async function writeDraft(trx: Transaction, draft: Draft, side: ReviewSide): Promise<void> {
  const counter = side === 'guest' ? 'drafts_by_guest' : 'drafts_by_host';
  const counted = await trx('review_windows')
    .where({ booking_id: draft.bookingId, status: 'open' })
    .increment(counter)
    .returning<Record<string, number>[]>(counter);
  const drafts = counted[0]?.[counter];
  if (drafts === undefined) {
    const window = await findReviewWindow(trx, draft.bookingId);
    throw reviewNotEligible(window === undefined ? 'not_open' : 'closed');
  }
  if (drafts > MAX_DRAFTS_PER_SIDE) throw reviewNotEligible('changed_too_often');
  await trx('review_drafts').insert({
    id: draft.id,
    review_id: draft.reviewId,
    booking_id: draft.bookingId,
    author_id: draft.authorId,
    content: JSON.stringify(draft.content),
  });
}

/** Takes a draft away to be made true: undefined when that was done before. */
export async function takeDraft(trx: Transaction, id: Draft['id']): Promise<Draft | undefined> {
  const [row] = await trx('review_drafts')
    .where({ id })
    .delete()
    .returning<{ review_id: ReviewId; booking_id: BookingId; author_id: UserId; content: ReviewChanges }[]>(
      '*',
    );
  if (row === undefined) return undefined;
  const { review_id: reviewId, booking_id: bookingId, author_id: authorId, content } = row;
  return { id, reviewId, bookingId, authorId, content };
}

/** Nothing is kept of words that were refused. */
export async function discardDraft(db: Db, id: Draft['id']): Promise<void> {
  await db('review_drafts').where({ id }).delete();
}

export async function discardDraftsOf(trx: Transaction, bookingId: BookingId): Promise<void> {
  await trx('review_drafts').where({ booking_id: bookingId }).delete();
}
