import { bookingNow, earlierOf, HOLDING_STATUSES } from '#domain/bookings.ts';
import type { BookingId } from '#domain/ids.ts';
import { beginsAt } from '#domain/instalments.ts';
import { hasBegun, timetableByNow } from '#domain/timetable.ts';
import type { Timetable } from '#domain/timetable.ts';
import { AlterationRow } from './alterations.ts';
import { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { changeInstalment, listInstalments } from './instalments.ts';

/** What its workflow sets its timers by anew. */
export const RETIMED = 'booking.retimed';

/**
 * Looks through some of the bookings that wait for an instant which older zone data gave, in the caller's transaction, and
 * has each go by the calendar and the wall again. Gives how many were looked at, and of how many an instant has moved.
 */
export async function retimeSome(
  trx: Transaction,
  { zoneData, now, limit }: { zoneData: string; now: Date; limit: number },
): Promise<{ seen: number; moved: number }> {
  const expected = await expectedByOlder(trx, zoneData, limit);
  const left = await leftByOlder(trx, { zoneData, now, limit: limit - expected.length });
  const bookings = [...expected, ...left];
  const moved: BookingId[] = [];
  for (const booking of bookings) {
    if (await retime(trx, booking, { zoneData, now })) moved.push(booking.id);
  }
  const rest = bookings.map(({ id }) => id).filter((id) => !moved.includes(id));
  if (rest.length > 0) await BookingRow.query(trx).findByIds(rest).patch({ zoneData });
  return { seen: bookings.length, moved: moved.length };
}

/**
 * Bookings that have their nights and so a workflow. What is only requested gets its turn when it has them, too: a workflow
 * that is just being started could not be told.
 */
async function expectedByOlder(trx: Transaction, zoneData: string, limit: number): Promise<BookingRow[]> {
  return BookingRow.query(trx)
    .where('zoneData', '<', zoneData)
    .whereIn('status', HOLDING_STATUSES)
    .orderBy(['zoneData', 'id'])
    .limit(limit)
    .forNoKeyUpdate();
}

/** Bookings whose guest has left early, before their scheduled end: that is when they can be reviewed. */
async function leftByOlder(
  trx: Transaction,
  { zoneData, now, limit }: { zoneData: string; now: Date; limit: number },
): Promise<BookingRow[]> {
  if (limit === 0) return [];
  return BookingRow.query(trx)
    .where('status', 'completed')
    .whereNotNull('checkedOutAt')
    .where('checkOutAt', '>', now.toISOString())
    .where('zoneData', '<', zoneData)
    .whereRaw('not exists (select from review_windows w where w.booking_id = bookings.id)')
    .orderBy('checkOutAt')
    .limit(limit)
    .forNoKeyUpdate();
}

/** True when an instant has moved; then the booking tells of it. Money and nights stay what they are. */
async function retime(
  trx: Transaction,
  booking: BookingRow,
  { zoneData, now }: { zoneData: string; now: Date },
): Promise<boolean> {
  const { id, status, checkInAt, checkOutAt, respondBy } = booking;
  const to = timetableByNow(booking);
  const hasMoved = to.checkInAt !== checkInAt || to.checkOutAt !== checkOutAt;
  const haveMonths = await retimeMonths(trx, booking);
  if (!hasMoved && !haveMonths) return false;
  const isAsked = status === 'awaiting_host' && respondBy !== null;
  await BookingRow.query(trx)
    .findById(id)
    .patch({ ...to, zoneData, ...(isAsked && { respondBy: earlierOf(respondBy, to.checkInAt) }) });
  await retimePayment(trx, booking, to);
  await recordEvent(trx, {
    kind: RETIMED,
    subjectId: id,
    actorId: 'system',
    occurredAt: bookingNow(booking, now),
    data: { zoneData, from: { checkInAt, checkOutAt }, to },
  });
  return true;
}

/** Those that have not begun. The first begins with the stay. */
async function retimeMonths(trx: Transaction, booking: BookingRow): Promise<boolean> {
  if (booking.upfrontMinor === null) return false;
  const ahead = (await listInstalments(trx, booking.id)).filter(({ n, status }) =>
    n === 1 ? !hasBegun(booking.status) : status === 'scheduled',
  );
  const moved = ahead.filter((month) => month.beginsAt !== beginsAt(month, booking));
  for (const month of moved) await changeInstalment(trx, month, { beginsAt: beginsAt(month, booking) });
  return moved.length > 0;
}

/** The difference of an alteration can be paid until the next turn of the booking's life, and no longer. */
async function retimePayment(trx: Transaction, booking: BookingRow, to: Timetable): Promise<void> {
  if (booking.alterationId === null) return;
  const payBy = hasBegun(booking.status) ? to.checkOutAt : to.checkInAt;
  await AlterationRow.query(trx)
    .findById(booking.alterationId)
    .where('status', 'accepted')
    .where('payBy', '>', payBy)
    .patch({ payBy });
}

/** What a booking's timers are set by. */
export interface Timers extends Timetable {
  /** Of a stay that is paid for a month at a time: when each begins. */
  months: { n: number; beginsAt: string }[];
}

export async function readTimers(db: Db, bookingId: BookingId): Promise<Timers> {
  const { checkInAt, checkOutAt, upfrontMinor } = await BookingRow.query(db)
    .findById(bookingId)
    .throwIfNotFound();
  const months = upfrontMinor === null ? [] : await listInstalments(db, bookingId);
  return { checkInAt, checkOutAt, months: months.map(({ n, beginsAt: at }) => ({ n, beginsAt: at })) };
}
