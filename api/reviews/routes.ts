import { z } from 'zod';
import { findBooking } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { claim } from '#db/idempotency.ts';
import { findReview, listReviews, removeReview, respondToReview } from '#db/reviews.ts';
import type { ReviewRow, ReviewsPage } from '#db/reviews.ts';
import { inTransaction } from '#db/transaction.ts';
import { bookingNow } from '#domain/bookings.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { FieldError } from '#domain/errors.ts';
import type { ReviewId } from '#domain/ids.ts';
import { isOperator, maySeeBooking, maySeeReview, sideOf } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { REVIEW_CATEGORIES, reviewNotEligible, SUBJECT_OF } from '#domain/reviews.ts';
import type { CategoryRatings, ReviewSubject } from '#domain/reviews.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { created, noContent, ok } from '../replies.ts';
import { IdOf, Instant, pageOf } from '../schemas.ts';
import { presentReview } from './presenter.ts';
import { NewResponse, NewReview, Removal, Review, ReviewChanges, ReviewsQuery } from './schemas.ts';

const OfReview = z.strictObject({ id: IdOf('review') });

export const createReview = endpoint({
  method: 'post',
  path: '/reviews',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Review a stay',
  description:
    'By its guest or its host, within 14 days of the scheduled check-out (`reviewBy` of the booking). It is hidden until ' +
    'both have written or the time is up, and can be changed until then.',
  input: NewReview,
  output: { 201: Review },
  problems: ['not_found', 'forbidden', 'review_not_eligible', 'unavailable'],
  async handle({ input, actor, once, db, reviews }) {
    const { bookingId, privateNote = null, ...said } = input;
    const booking = await findBooking(db, bookingId);
    if (booking === undefined || !maySeeBooking(booking, actor)) throw notFound('booking');
    const side = sideOf(booking, actor);
    if (side === undefined) throw new DomainError('forbidden', 'Only its guest and its host review a stay.');
    const categories = categoriesOf(SUBJECT_OF[side], said.categories);
    const content = { ...said, categories, privateNote };
    const review = await reviews.submit({ booking, side, authorId: actor.id, content }, once);
    return created(presentReview(review, actor), { location: `/reviews/${review.id}` });
  },
  async replay({ resourceId, firstStatus, actor, db }) {
    if (firstStatus >= 400) throw reviewNotEligible('refused');
    const review = await reviewFor(db, resourceId as ReviewId, actor);
    return created(presentReview(review, actor), { location: `/reviews/${review.id}` });
  },
});

/** The ratings that were given. @throws DomainError `invalid_input` naming every category that is not of the subject */
function categoriesOf(subject: ReviewSubject, given: { [C in keyof CategoryRatings]?: number | undefined }) {
  const known: readonly string[] = REVIEW_CATEGORIES[subject];
  const entries = Object.entries(given).filter(([, stars]) => stars !== undefined);
  const errors: FieldError[] = entries
    .filter(([category]) => !known.includes(category))
    .map(([category]) => ({
      path: `categories.${category}`,
      message: `This is no category of a ${subject}.`,
    }));
  if (errors.length > 0) throw new DomainError('invalid_input', 'Please check categories.', { errors });
  return Object.fromEntries(entries) as CategoryRatings;
}

export const readReview = endpoint({
  method: 'get',
  path: '/reviews/{id}',
  auth: 'optional',
  summary: 'Read a review',
  description:
    'While it is hidden, only its author can. The private note is for its author and whom it is about.',
  params: OfReview,
  output: { 200: Review },
  async handle({ params, actor, db }) {
    return ok(presentReview(await reviewFor(db, params.id, actor), actor));
  },
});

export const listPublicReviews = endpoint({
  method: 'get',
  path: '/reviews',
  auth: 'optional',
  summary: 'List reviews of a property or of a guest, the latest first',
  query: ReviewsQuery,
  output: { 200: pageOf(Review) },
  async handle({ query, db }) {
    const { limit } = query;
    const after = decodeCursor(z.strictObject({ publishedAt: Instant, id: IdOf('review') }), query.cursor);
    const rows = await listReviews(db, { of: subjectIn(query), after, limit: limit + 1 });
    return ok(
      page(rows, limit, {
        present: (row) => presentReview(row),
        positionOf: ({ publishedAt, id }) => ({ publishedAt, id }),
      }),
    );
  },
});

function subjectIn({ propertyId, userId }: z.output<typeof ReviewsQuery>): ReviewsPage['of'] {
  if (propertyId === undefined && userId !== undefined) return { guestId: userId };
  if (propertyId !== undefined && userId === undefined) return { propertyId };
  throw invalidInput('propertyId', 'Give either `propertyId` or `userId`.');
}

export const changeReview = endpoint({
  method: 'patch',
  path: '/reviews/{id}',
  auth: 'user',
  summary: 'Change your review',
  description: 'While it is hidden: what is left out stays. Null takes the private note away.',
  params: OfReview,
  input: ReviewChanges,
  output: { 200: Review },
  problems: ['forbidden', 'review_not_eligible', 'unavailable'],
  async handle({ params, input, actor, db, reviews }) {
    const review = await reviewFor(db, params.id, actor);
    requireAuthor(review, actor);
    const { categories, ...rest } = input;
    const changes =
      categories === undefined ? rest : { ...rest, categories: categoriesOf(review.subject, categories) };
    return ok(presentReview(await reviews.edit(review, changes), actor));
  },
});

export const deleteReview = endpoint({
  method: 'delete',
  path: '/reviews/{id}',
  auth: 'user',
  summary: 'Take a review back',
  description: 'Its author, while it is hidden; an operator, with a reason, once it is public.',
  params: OfReview,
  input: Removal,
  output: { 204: null },
  problems: ['forbidden', 'review_not_eligible', 'unavailable'],
  async handle({ params, input, actor, db, now, reviews, properties }) {
    const review = await reviewFor(db, params.id, actor);
    if (review.publishedAt !== null && isOperator(actor)) {
      const { reason } = input;
      if (reason === undefined) throw invalidInput('reason', 'Needed to take a public review away.');
      const at = now().toISOString();
      await inTransaction(db, (trx) => removeReview(trx, review.id, { operatorId: actor.id, reason, at }));
      await properties.drop(review.propertyId);
      return noContent();
    }
    requireAuthor(review, actor);
    await reviews.withdraw(review);
    return noContent();
  },
});

export const respond = endpoint({
  method: 'post',
  path: '/reviews/{id}/response',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Respond to a review of you',
  description: 'Once, within 30 days of its publication, for everyone to read.',
  params: OfReview,
  input: NewResponse,
  output: { 201: Review },
  problems: ['forbidden', 'review_not_eligible'],
  async handle({ params, input, actor, once, db, now }) {
    const review = await reviewFor(db, params.id, actor);
    if (review.reviewedId !== actor.id || review.publishedAt === null)
      throw new DomainError('forbidden', 'Only whom it is about can respond to a review.');
    const booking = await findBooking(db, review.bookingId);
    if (booking === undefined) throw notFound('booking');
    const at = bookingNow(booking, now());
    const responded = await inTransaction(db, async (trx) => {
      await claim(trx, once, review.id);
      return respondToReview(trx, review.id, { response: input.comment, at });
    });
    return created(presentReview(responded, actor), { location: `/reviews/${review.id}` });
  },
  async replay({ resourceId, actor, db }) {
    return created(presentReview(await reviewFor(db, resourceId as ReviewId, actor), actor));
  },
});

/** The review, if it is any business of the actor's. */
async function reviewFor(db: Db, id: ReviewId, actor: Actor | undefined): Promise<ReviewRow> {
  const review = await findReview(db, id);
  if (review === undefined || !maySeeReview(review, actor)) throw notFound('review');
  return review;
}

function requireAuthor(review: ReviewRow, actor: Actor): void {
  if (review.authorId !== actor.id) throw new DomainError('forbidden', 'This review is somebody else’s.');
}

export const reviewEndpoints = [
  createReview,
  listPublicReviews,
  readReview,
  changeReview,
  deleteReview,
  respond,
];
