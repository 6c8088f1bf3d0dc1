import type { BookingId, ReviewId } from '#domain/ids.ts';
import type { ReviewWindow } from '#domain/reviews.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';

/** Open; or ended, with something to reveal or with nothing. */
export type ReviewWindowStatus = 'open' | 'revealed' | 'lapsed';

export class ReviewWindowRow extends Row {
  static override tableName = 'review_windows';
  static override idColumn = 'bookingId';
  declare bookingId: BookingId;
  declare opensAt: string;
  declare closesAt: string;
  declare status: ReviewWindowStatus;
  declare endedAt: string | null;
  declare reminders: number;
}

export async function findReviewWindow(
  db: Db | Transaction,
  bookingId: BookingId,
): Promise<ReviewWindowRow | undefined> {
  return ReviewWindowRow.query(db).findById(bookingId);
}

/** The row under a lock that whoever writes, takes or reveals a review of the stay waits for. */
export async function lockReviewWindow(trx: Transaction, bookingId: BookingId): Promise<ReviewWindowRow> {
  return ReviewWindowRow.query(trx).findById(bookingId).forNoKeyUpdate().throwIfNotFound();
}

/** Opens a stay's window and tells of it, in a transaction that has locked the booking. Opened before, it is given as it is. */
export async function openReviewWindow(
  trx: Transaction,
  booking: BookingRow,
  { opensAt, closesAt }: ReviewWindow,
): Promise<ReviewWindowRow> {
  const known = await findReviewWindow(trx, booking.id);
  if (known !== undefined) return known;
  const window = await ReviewWindowRow.query(trx)
    .insert({ bookingId: booking.id, opensAt, closesAt })
    .returning('*');
  await setReviewBy(trx, booking.id, closesAt);
  const data = { closesAt };
  await tell(trx, booking.id, { kind: 'reviews.opened', at: opensAt, data });
  return window;
}

/** Notes the so-manieth reminder of a locked window and tells of it, once. It is told alike whoever has written. */
export async function noteReminder(
  trx: Transaction,
  window: ReviewWindowRow,
  { nth, at }: { nth: number; at: string },
): Promise<void> {
  if (window.status !== 'open' || window.reminders >= nth) return;
  await ReviewWindowRow.query(trx).findById(window.bookingId).patch({ reminders: nth });
  await tell(trx, window.bookingId, { kind: 'reviews.reminded', at, data: { nth } });
}

/** Ends a locked window, with what has been published of it. */
export async function endReviewWindow(
  trx: Transaction,
  window: ReviewWindowRow,
  { published, at }: { published: readonly ReviewId[]; at: string },
): Promise<void> {
  const status = published.length === 0 ? 'lapsed' : 'revealed';
  await ReviewWindowRow.query(trx).findById(window.bookingId).patch({ status, endedAt: at });
  await setReviewBy(trx, window.bookingId, null);
  await tell(trx, window.bookingId, { kind: `reviews.${status}`, at, data: { reviews: published } });
}

async function setReviewBy(trx: Transaction, id: BookingId, reviewBy: string | null): Promise<void> {
  await trx('bookings').where({ id }).update({ review_by: reviewBy });
}

interface Told {
  kind: `reviews.${string}`;
  at: string;
  data: Readonly<Record<string, unknown>>;
}

/** The window is the booking's: whoever may know of the one may know of the other. */
async function tell(trx: Transaction, subjectId: BookingId, { kind, at, data }: Told): Promise<void> {
  await recordEvent(trx, { kind, subjectId, actorId: 'system', occurredAt: at, data });
}
