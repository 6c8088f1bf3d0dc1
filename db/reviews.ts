import assert from 'node:assert/strict';
import { notFound } from '#domain/errors.ts';
import type { BookingId, PropertyId, ReviewId, UserId } from '#domain/ids.ts';
import { sideOf } from '#domain/permissions.ts';
import { respondBy, reviewNotEligible, SUBJECT_OF } from '#domain/reviews.ts';
import type { CategoryRatings, ReviewKind, ReviewSubject } from '#domain/reviews.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';
import { rateGuest, rateProperty } from './ratings.ts';
import type { Draft, ReviewContent } from './review-drafts.ts';

export class ReviewRow extends Row {
  static override tableName = 'reviews';
  static override jsonAttributes = ['categories'];
  declare id: ReviewId;
  declare bookingId: BookingId;
  declare propertyId: PropertyId;
  declare kind: ReviewKind;
  declare subject: ReviewSubject;
  /** Nobody's, like its stars, where it is a note. */
  declare authorId: UserId | null;
  declare reviewedId: UserId;
  declare rating: number | null;
  declare categories: CategoryRatings;
  declare comment: string;
  declare privateNote: string | null;
  declare submittedAt: string;
  declare publishedAt: string | null;
  declare response: string | null;
  declare respondedAt: string | null;
  declare removedAt: string | null;
  declare removedBy: UserId | null;
  declare removalReason: string | null;
}

/** Whatever its state. Who may see it is the caller's question. */
export async function findReview(db: Db | Transaction, id: ReviewId): Promise<ReviewRow | undefined> {
  return ReviewRow.query(db).findById(id);
}

/** What has been said of a stay: hidden, public or taken away. */
export async function findReviewsOf(db: Db | Transaction, bookingId: BookingId): Promise<ReviewRow[]> {
  return ReviewRow.query(db).where({ bookingId }).orderBy('id');
}

/** Keeps a new review, hidden, and tells of it, in a transaction that has locked the window. */
export async function insertReview(
  trx: Transaction,
  booking: BookingRow,
  { draft, at }: { draft: Draft; at: string },
): Promise<void> {
  const side = sideOf(booking, { id: draft.authorId });
  assert(side !== undefined, `${draft.authorId} is no side of ${booking.id}.`);
  await ReviewRow.query(trx).insert({
    ...(draft.content as ReviewContent),
    id: draft.reviewId,
    bookingId: booking.id,
    propertyId: booking.propertyId,
    subject: SUBJECT_OF[side],
    authorId: draft.authorId,
    reviewedId: side === 'guest' ? booking.hostId : booking.guestId,
    submittedAt: at,
  });
  await tell(trx, draft.reviewId, { kind: 'review.submitted', actorId: draft.authorId, at });
}

/** Puts a note among the reviews of a booking's property, for everyone to read at once. */
export async function insertAutomaticNote(
  trx: Transaction,
  { id: bookingId, propertyId, hostId }: BookingRow,
  { id, comment, at }: { id: ReviewId; comment: string; at: string },
): Promise<void> {
  const subject = 'property';
  const of = { bookingId, propertyId, subject, reviewedId: hostId } as const;
  await ReviewRow.query(trx).insert({
    id,
    ...of,
    kind: 'automatic',
    comment,
    submittedAt: at,
    publishedAt: at,
  });
  await tell(trx, id, { kind: 'review.published', actorId: 'system', at, data: { bookingId, subject } });
}

/** Changes a hidden review, in a transaction that has locked the window. */
export async function editReview(trx: Transaction, draft: Draft, at: string): Promise<void> {
  const changed = Object.entries(draft.content).filter(([, value]) => value !== undefined);
  if (changed.length === 0) return;
  await hidden(trx, draft.reviewId).patch(Object.fromEntries(changed)).throwIfNotFound();
  await tell(trx, draft.reviewId, { kind: 'review.edited', actorId: draft.authorId, at });
}

/** Takes a hidden review back as if it had never been, in a transaction that has locked the window. */
export async function withdrawReview(trx: Transaction, review: ReviewRow, at: string): Promise<void> {
  await hidden(trx, review.id).delete().throwIfNotFound();
  await tell(trx, review.id, { kind: 'review.withdrawn', actorId: authorOf(review), at });
}

/** Whoever has written it. */
function authorOf({ id, authorId }: ReviewRow): UserId {
  assert(authorId !== null, `${id} is a note, and nobody's.`);
  return authorId;
}

function hidden(trx: Transaction, id: ReviewId) {
  return ReviewRow.query(trx).findById(id).whereNull('publishedAt');
}

/** Makes public and counts all that was said of a stay, in a transaction that has locked the window. Gives what it was. */
export async function publishReviewsOf(
  trx: Transaction,
  bookingId: BookingId,
  at: string,
): Promise<ReviewRow[]> {
  const published = await ReviewRow.query(trx)
    .where({ bookingId })
    .whereNull('publishedAt')
    .patch({ publishedAt: at })
    .returning('*');
  // The property before the guest, as everywhere: two windows that end at once must not wait for each other.
  published.sort((a, b) => b.subject.localeCompare(a.subject));
  for (const review of published) {
    const { subject } = review;
    await tell(trx, review.id, {
      kind: 'review.published',
      actorId: 'system',
      at,
      data: { bookingId, subject },
    });
    await rate(trx, review, at);
  }
  return published;
}

async function rate(trx: Transaction, review: ReviewRow, at: string): Promise<void> {
  await (review.subject === 'property'
    ? rateProperty(trx, review.propertyId, at)
    : rateGuest(trx, review.reviewedId, at));
}

type PublicReview = ReviewRow & { publishedAt: string };

function isPublic(review: ReviewRow): review is PublicReview {
  return review.publishedAt !== null;
}

/** A public review under a lock. @throws DomainError `not_found` */
async function lockPublic(trx: Transaction, id: ReviewId): Promise<PublicReview> {
  const row = await ReviewRow.query(trx).findById(id).whereNull('removedAt').forNoKeyUpdate();
  if (row === undefined || !isPublic(row)) throw notFound('review');
  return row;
}

/**
 * The reviewed side's one answer, public at once.
 * @throws DomainError `not_found` unless the review is public; `review_not_eligible` answered before, or too late
 */
export async function respondToReview(
  trx: Transaction,
  id: ReviewId,
  { response, at }: { response: string; at: string },
): Promise<ReviewRow> {
  const review = await lockPublic(trx, id);
  if (review.respondedAt !== null) throw reviewNotEligible('responded');
  if (at > respondBy(review.publishedAt)) throw reviewNotEligible('response_closed');
  await tell(trx, id, { kind: 'review.responded', actorId: review.reviewedId, at });
  return write(trx, id, { response, respondedAt: at });
}

/** An operator takes a public review away; what it counted for is counted anew. @throws DomainError `not_found` */
export async function removeReview(
  trx: Transaction,
  id: ReviewId,
  { operatorId, reason, at }: { operatorId: UserId; reason: string; at: string },
): Promise<ReviewRow> {
  await lockPublic(trx, id);
  const removed = await write(trx, id, { removedAt: at, removedBy: operatorId, removalReason: reason });
  const { bookingId, subject } = removed;
  await tell(trx, id, { kind: 'review.removed', actorId: operatorId, at, data: { bookingId, subject } });
  await rate(trx, removed, at);
  return removed;
}

async function write(trx: Transaction, id: ReviewId, columns: Partial<ReviewRow>): Promise<ReviewRow> {
  return ReviewRow.query(trx).where({ id }).patch(columns).returning('*').first().throwIfNotFound();
}

interface Told {
  kind: `review.${string}`;
  actorId: string;
  at: string;
  data?: Readonly<Record<string, unknown>>;
}

/**
 * A review is its own subject: while it is hidden, nothing tells of which stay, property or person it is, and whoever
 * may not see it has nothing to see of its events either.
 */
async function tell(trx: Transaction, subjectId: ReviewId, { at, ...told }: Told): Promise<void> {
  await recordEvent(trx, { ...told, subjectId, occurredAt: at });
}

export interface ReviewsPage {
  /** Of what: of a property by its guests, or of a person as a guest by their hosts. */
  of: { propertyId: PropertyId } | { guestId: UserId };
  /** Those that come after this one. */
  after?: { publishedAt: string; id: ReviewId } | undefined;
  limit: number;
}

/** Public reviews, the latest first. */
export async function listReviews(db: Db, { of, after, limit }: ReviewsPage): Promise<ReviewRow[]> {
  const query = ReviewRow.query(db)
    .whereNotNull('publishedAt')
    .whereNull('removedAt')
    .orderBy([
      { column: 'publishedAt', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit);
  if ('propertyId' in of) void query.where({ subject: 'property', propertyId: of.propertyId });
  else void query.where({ subject: 'guest', reviewedId: of.guestId });
  if (after !== undefined) void query.whereRaw('(published_at, id) < (?, ?)', [after.publishedAt, after.id]);
  return query;
}
