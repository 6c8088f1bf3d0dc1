import type { BookingId, RefundId } from '#domain/ids.ts';
import { BookingRow } from './bookings.ts';
import type { Db } from './connect.ts';
import { tryLeading } from './leadership.ts';
import { RefundRow } from './refunds.ts';
import { findReviewWindow } from './review-windows.ts';

/** Does `act` unless another process is moving this booking's time: then gives false. */
export async function whileNobodyMovesTime(
  db: Db,
  bookingId: BookingId,
  act: () => Promise<void>,
): Promise<boolean> {
  await using lead = await tryLeading(db, `sandbox:${bookingId}`);
  if (lead !== undefined) await act();
  return lead !== undefined;
}

/** Puts a sandbox booking's own time so far ahead of the wall clock. */
export async function setClockOffset(db: Db, bookingId: BookingId, clockOffsetMs: number): Promise<void> {
  await BookingRow.query(db).findById(bookingId).where('sandbox', true).patch({ clockOffsetMs });
}

/** The refunds of a booking that are under way. */
export async function findPendingRefunds(db: Db, bookingId: BookingId): Promise<RefundId[]> {
  const rows = await RefundRow.query(db).where({ bookingId, status: 'pending' }).select('id');
  return rows.map(({ id }) => id);
}

/** Whether a stay that was to end by `at`, however early its guest has left, should be open to reviews, and never was. */
export async function isToBeOpened(
  db: Db,
  { id, status, checkOutAt }: BookingRow,
  at: string,
): Promise<boolean> {
  const isOver = status === 'completed' && Date.parse(checkOutAt) < Date.parse(at);
  return isOver && (await findReviewWindow(db, id)) === undefined;
}

/** Whether a booking's reviews should have been made public by `at`, and were not. */
export async function hasOverdueReviews(db: Db, bookingId: BookingId, at: string): Promise<boolean> {
  const window = await findReviewWindow(db, bookingId);
  return window?.status === 'open' && Date.parse(window.closesAt) < Date.parse(at);
}
