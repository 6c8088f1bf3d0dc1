import { lockBooking, moveBooking } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { hasEvent, recordEvent } from '#db/events.ts';
import { noteBank } from '#db/payments.ts';
import { respondBy } from '#domain/bookings.ts';
import type { Intent } from '#domain/payments.ts';
import type { At } from './at.ts';

export interface AskHost extends At {
  /** What is reserved; nothing for a stay that costs nothing. */
  atBank?: Intent;
}

/** In the caller's transaction, as all of these. Asked before, the host's time is what it was. */
export async function askHost(
  trx: Transaction,
  { bookingId, at, atBank }: AskHost,
): Promise<{ respondBy: string }> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status !== 'held') return { respondBy: booking.respondBy ?? at };
  if (atBank !== undefined) await noteBank(trx, { booking, atBank, at });
  const { checkInAt } = booking;
  const until = respondBy({ at, checkInAt, captureBefore: atBank?.captureBefore });
  await moveBooking(trx, booking, {
    to: 'awaiting_host',
    at,
    actorId: 'system',
    set: { respondBy: until, holdExpiresAt: null },
  });
  return { respondBy: until };
}

export const HOST_REMINDED = 'booking.host_reminded';

export async function remindHost(trx: Transaction, { bookingId, at }: At): Promise<void> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status !== 'awaiting_host' || (await hasEvent(trx, bookingId, HOST_REMINDED))) return;
  await recordEvent(trx, {
    kind: HOST_REMINDED,
    subjectId: bookingId,
    actorId: 'system',
    occurredAt: at,
    data: { respondBy: booking.respondBy },
  });
}
