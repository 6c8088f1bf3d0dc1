import type { UpdateDefinition } from '@temporalio/common';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { claim } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import { discardDraft, writeDraft } from '#db/review-drafts.ts';
import type { Draft, ReviewChanges, ReviewContent } from '#db/review-drafts.ts';
import { findReviewWindow } from '#db/review-windows.ts';
import { findReview } from '#db/reviews.ts';
import type { ReviewRow } from '#db/reviews.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError, isDomainError } from '#domain/errors.ts';
import type { BookingId, ReviewId, UserId } from '#domain/ids.ts';
import { AUTHOR_OF, reviewNotEligible } from '#domain/reviews.ts';
import type { ReviewRefusal, ReviewSide } from '#domain/reviews.ts';
import type { Ask, Workflows } from '#gateways/workflows.ts';
import { collectReviewsId, editReview, submitReview, withdrawReview } from '#workflows/reviews.contract.ts';
import type { Taken } from '#workflows/reviews.contract.ts';
import type { PublishedProperties } from '../properties/cache.ts';

/** How long a window may take to take what is said, and then to answer. */
const PATIENCE = { acceptWithinMs: 2_500, answerWithinMs: 15_000 };

export interface NewReview {
  booking: BookingRow;
  side: ReviewSide;
  authorId: UserId;
  content: ReviewContent;
}

/** What is asked of a review window, and judged there. @throws DomainError `review_not_eligible`, `unavailable` */
export interface Reviews {
  submit(review: NewReview, once: Once | undefined): Promise<ReviewRow>;
  edit(review: ReviewRow, changes: ReviewChanges): Promise<ReviewRow>;
  withdraw(review: ReviewRow): Promise<void>;
}

interface Deps {
  db: Db;
  workflows: Workflows;
  properties: PublishedProperties;
}

export function createReviews(deps: Deps): Reviews {
  return {
    submit: (review, once) => submit(deps, review, once),
    edit: (review, changes) => edit(deps, review, changes),
    withdraw: (review) => withdraw(deps, review),
  };
}

async function submit(deps: Deps, review: NewReview, once: Once | undefined): Promise<ReviewRow> {
  const { db, workflows, properties } = deps;
  const { id: bookingId, propertyId } = review.booking;
  const reviewId = await record(db, review, once);
  await withDraft(db, reviewId, () =>
    say(workflows, bookingId, { update: submitReview, updateId: `submit:${reviewId}`, input: { reviewId } }),
  );
  // Whatever the answer was: what the window has taken is there.
  const taken = await findReview(db, reviewId);
  if (taken === undefined) throw await untaken(db, bookingId, 'closed');
  if (taken.publishedAt !== null) await properties.drop(propertyId);
  return taken;
}

/** The draft and its idempotency row, or neither. An heir goes on with what the earlier call recorded. */
async function record(
  db: Db,
  { booking, side, authorId, content }: NewReview,
  once: Once | undefined,
): Promise<ReviewId> {
  return inTransaction(db, async (trx) => {
    const { fresh, resourceId } = await claim(trx, once, newId('review'));
    const id = resourceId as ReviewId;
    const draft: Draft = { id, reviewId: id, bookingId: booking.id, authorId, content };
    if (fresh) await writeDraft(trx, draft, side);
    return id;
  });
}

async function edit({ db, workflows }: Deps, review: ReviewRow, changes: ReviewChanges): Promise<ReviewRow> {
  const { id: reviewId, bookingId, authorId } = review;
  if (review.publishedAt !== null || authorId === null) throw reviewNotEligible('published');
  const draftId = newId('draft');
  const draft: Draft = { id: draftId, reviewId, bookingId, authorId, content: changes };
  await inTransaction(db, (trx) => writeDraft(trx, draft, AUTHOR_OF[review.subject]));
  const isTaken = await withDraft(db, draftId, () =>
    say(workflows, bookingId, {
      update: editReview,
      updateId: `edit:${draftId}`,
      input: { reviewId, draftId },
    }),
  );
  const edited = isTaken ? await findReview(db, reviewId) : undefined;
  if (edited === undefined) throw await untaken(db, bookingId, 'published');
  return edited;
}

async function withdraw({ db, workflows }: Deps, review: ReviewRow): Promise<void> {
  const { id: reviewId, bookingId } = review;
  if (review.publishedAt !== null) throw reviewNotEligible('published');
  const isTaken = await say(workflows, bookingId, {
    update: withdrawReview,
    updateId: `withdraw:${reviewId}`,
    input: { reviewId },
  });
  if (!isTaken) throw await untaken(db, bookingId, 'published');
}

interface Said<Input> extends Pick<Ask<Input>, 'updateId' | 'input'> {
  update: UpdateDefinition<Taken, [Input]>;
}

/** Says something to a stay's window. False: it has ended, or was never there. */
async function say<Input>(
  workflows: Workflows,
  bookingId: BookingId,
  { update, ...said }: Said<Input>,
): Promise<boolean> {
  const answer = await workflows.ask(collectReviewsId(bookingId), update, { ...PATIENCE, ...said });
  if (answer.is === 'answered') return true;
  if (answer.is === 'gone') return false;
  throw notNow();
}

/** A draft that was refused is not kept. One whose fate is unknown may be taken yet; its window lets none outlive it. */
async function withDraft<T>(db: Db, id: Draft['id'], act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (isDomainError(error) && error.code !== 'unavailable') await discardDraft(db, id);
    throw error;
  }
}

/** Nobody was there to take it: the window has ended meanwhile, or its workflow is yet to come. */
async function untaken(db: Db, bookingId: BookingId, ended: ReviewRefusal): Promise<DomainError> {
  const window = await findReviewWindow(db, bookingId);
  return window?.status === 'open' ? notNow() : reviewNotEligible(ended);
}

function notNow(): DomainError {
  return new DomainError('unavailable', 'Reviews cannot be taken right now. Try again soon.');
}
