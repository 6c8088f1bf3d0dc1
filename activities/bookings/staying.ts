import { BookingRow, lockBooking, moveBooking } from '#db/bookings.ts';
import { lapseAlteration } from '#db/alterations.ts';
import type { Transaction } from '#db/connect.ts';
import { recordEvent } from '#db/events.ts';
import { leaveNights } from '#db/stays.ts';
import { isOnRecord } from '#domain/bookings.ts';
import type { StayAct } from '#domain/bookings.ts';
import type { UserId } from '#domain/ids.ts';
import { todayIn } from '#domain/nights.ts';
import type { At } from './at.ts';

export interface StayRecord extends At {
  act: StayAct;
  by: 'guest' | 'host';
  actorId: UserId;
}

/** Zone data has put the instant off, and the timer has not heard of it yet. */
export interface TooEarly {
  isTooEarly: true;
}

type Turn = { from: 'confirmed'; to: 'in_stay' } | { from: 'in_stay'; to: 'completed' };

/** In the caller's transaction, as all of these. Further on already, a booking stays as it is. */
export async function advance(
  trx: Transaction,
  { bookingId, at }: At,
  { from, to }: Turn,
): Promise<TooEarly | undefined> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status !== from) return undefined;
  const dueAt = to === 'in_stay' ? booking.checkInAt : booking.checkOutAt;
  if (Date.parse(at) < Date.parse(dueAt)) return { isTooEarly: true };
  if (to === 'completed') await lapseAlteration(trx, booking, at);
  await moveBooking(trx, booking, { to, at, actorId: 'system' });
  return undefined;
}

export async function recordStay(trx: Transaction, record: StayRecord): Promise<{ recorded: boolean }> {
  const booking = await lockBooking(trx, record.bookingId);
  if (isOnRecord(booking, record.act)) return { recorded: true };
  if (booking.status !== 'in_stay') return { recorded: false };
  if (record.act === 'no_show' && booking.checkedInAt !== null) return { recorded: false };
  await RECORD[record.act](trx, booking, record);
  return { recorded: true };
}

type Recording = (trx: Transaction, booking: BookingRow, record: StayRecord) => Promise<void>;

const RECORD: Readonly<Record<StayAct, Recording>> = {
  /** Whoever comes after all has come. */
  async check_in(trx, booking, record) {
    await BookingRow.query(trx).findById(booking.id).patch({ checkedInAt: record.at, noShow: false });
    await tell(trx, 'booking.checked_in', record);
  },

  /** Frees the night of the day and those after it; moves no money. */
  async check_out(trx, booking, { at, by, actorId, bookingId }) {
    await lapseAlteration(trx, booking, at);
    await leaveNights(trx, { bookingId, leftOn: todayIn(booking.timeZone, at), at });
    const set = { checkedOutAt: at };
    await moveBooking(trx, booking, { to: 'completed', at, actorId, set, data: { by } });
  },

  async no_show(trx, booking, record) {
    await BookingRow.query(trx).findById(booking.id).patch({ noShow: true });
    await tell(trx, 'booking.no_show', record);
  },
};

async function tell(
  trx: Transaction,
  kind: string,
  { bookingId, at, by, actorId }: StayRecord,
): Promise<void> {
  await recordEvent(trx, { kind, subjectId: bookingId, actorId, occurredAt: at, data: { by } });
}
