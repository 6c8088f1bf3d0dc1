import { BookingRow, guestsOf, lockBooking, moveBooking } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { scheduleInstalments } from '#db/instalments.ts';
import { noteBank, openPayment } from '#db/payments.ts';
import { releaseNights, takeNights } from '#db/stays.ts';
import { together } from '#db/transaction.ts';
import { holdExpiry } from '#domain/bookings.ts';
import type { Rejection } from '#domain/bookings.ts';
import type { BookingId } from '#domain/ids.ts';
import type { AtBank } from '#domain/payments.ts';
import type { At } from './at.ts';
import { cancelledColumns } from './cancelling.ts';
import type { Cancellation } from './cancelling.ts';

export type Hold = { held: true; holdExpiresAt: string } | { held: false; rejection: Rejection };

/** How a hold, or a request, ends without money. `atBank` is what the bank has of it by then, if it was asked in time. */
export interface EndHold extends At {
  to: 'expired' | 'rejected' | 'declined' | 'cancelled';
  rejection?: Rejection;
  cancellation?: Cancellation;
  /** The host who declined. */
  actorId?: string;
  atBank?: AtBank;
}

export interface BankNote extends At {
  atBank: AtBank;
  /** The hold's end from now on, where the payer's challenge has put it off. */
  holdExpiresAt?: string;
}

/** In the caller's transaction, as all of these. @throws DomainError as `takeNights` */
export async function hold(trx: Transaction, { bookingId, at }: At): Promise<Hold> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status === 'rejected' && booking.rejection !== null)
    return { held: false, rejection: booking.rejection };
  if (booking.status !== 'requested') return { held: true, holdExpiresAt: booking.holdExpiresAt ?? at };
  const { propertyId, guestId, checkIn, checkOut, bookingMode } = booking;
  const stay = { bookingId, propertyId, guestId, checkIn, checkOut };
  const preparation = await takeNights(trx, { ...stay, guests: guestsOf(booking), bookingMode, at });
  const holdExpiresAt = holdExpiry(at);
  const set = { holdExpiresAt, ...preparation };
  await together([
    booking.totalMinor > 0 && openPayment(trx, booking),
    booking.upfrontMinor !== null && scheduleInstalments(trx, booking),
    moveBooking(trx, booking, { to: 'held', at, actorId: booking.guestId, set }),
  ]);
  return { held: true, holdExpiresAt };
}

export async function refuse(trx: Transaction, { bookingId, at }: At, rejection: Rejection): Promise<Hold> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status === 'requested') {
    await moveBooking(trx, booking, {
      to: 'rejected',
      at,
      actorId: 'system',
      set: { rejection },
      data: { code: rejection.code },
    });
  }
  return { held: false, rejection };
}

export async function noteFromBank(
  trx: Transaction,
  { bookingId, at, atBank, holdExpiresAt }: BankNote,
): Promise<void> {
  const booking = await lockBooking(trx, bookingId);
  await noteBank(trx, { booking, atBank, at });
  if (holdExpiresAt !== undefined && booking.status === 'held')
    await setHoldEnd(trx, bookingId, holdExpiresAt);
}

async function setHoldEnd(trx: Transaction, bookingId: BookingId, holdExpiresAt: string): Promise<void> {
  await BookingRow.query(trx).findById(bookingId).patch({ holdExpiresAt });
}

/** Ended or confirmed before, a booking stays as it is. */
export async function endHold(trx: Transaction, ending: EndHold): Promise<void> {
  const { bookingId, at, to, rejection, cancellation, atBank } = ending;
  const booking = await lockBooking(trx, bookingId);
  if (atBank !== undefined) await noteBank(trx, { booking, atBank, at });
  if (!['requested', 'held', 'awaiting_host'].includes(booking.status)) return;
  await releaseNights(trx, bookingId, at);
  await moveBooking(trx, booking, {
    to,
    at,
    actorId: ending.actorId ?? cancellation?.actorId ?? 'system',
    set: {
      holdExpiresAt: null,
      ...(rejection !== undefined && { rejection }),
      ...(cancellation !== undefined && cancelledColumns(cancellation, at, 0)),
    },
  });
}
