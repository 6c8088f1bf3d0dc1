import assert from 'node:assert/strict';
import { lockBooking, moveBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { findRefundOf, postPayment, requestRefund } from '#db/payments.ts';
import { retakeNights } from '#db/stays.ts';
import { canBegin } from '#domain/availability.ts';
import type { RefundId } from '#domain/ids.ts';
import type { Shares } from '#domain/ledger.ts';
import type { Intent } from '#domain/payments.ts';
import type { StayPrice } from '#domain/pricing.ts';
import type { At } from './at.ts';

/** What money that came in has done: made the stay certain, or, when its nights are gone, turned into a refund. */
export type Accepted = { confirmed: true } | { confirmed: false; refundId?: RefundId };

export interface Acceptance extends At {
  intent: Intent;
  /** The host who accepted; nobody, where none was asked. */
  actorId?: string;
  /** Whether an expired booking may have its nights again, if they are free. */
  retake: boolean;
}

/** In the caller's transaction. @throws DomainError `dates_unavailable` when the nights of an expired booking are gone */
export async function acceptPayment(trx: Transaction, acceptance: Acceptance): Promise<Accepted> {
  const { bookingId, intent, at, actorId } = acceptance;
  const booking = await lockBooking(trx, bookingId);
  const shares = paidShares(booking.price);
  const posted = await postPayment(trx, { booking, intent, shares, at });
  if (!posted) return acceptedBefore(trx, booking);
  if (isToBeConfirmed(booking, acceptance)) {
    if (booking.status === 'expired') await retake(trx, booking);
    await confirm(trx, booking, { at, actorId });
    return { confirmed: true };
  }
  const refundId = newId('refund');
  await requestRefund(trx, {
    id: refundId,
    booking,
    reason: 'late_payment',
    amountMinor: booking.totalMinor,
    shares,
    at,
    actorId: 'system',
  });
  return { confirmed: false, refundId };
}

async function retake(trx: Transaction, booking: BookingRow): Promise<void> {
  const { id: bookingId, propertyId, guestId, checkIn, checkOut } = booking;
  await retakeNights(trx, { bookingId, propertyId, guestId, checkIn, checkOut });
}

/**
 * A request becomes certain only by its host's word; an instant booking by money, if need be by late money, as long as the
 * stay can still be begun.
 */
function isToBeConfirmed(booking: BookingRow, { retake, at }: Acceptance): boolean {
  if (booking.bookingMode === 'request') return booking.status === 'awaiting_host';
  if (booking.status === 'held') return true;
  return booking.status === 'expired' && retake && canBegin(booking, { zone: booking.timeZone, at });
}

export async function confirmFree(
  trx: Transaction,
  { bookingId, at, actorId }: At & { actorId?: string },
): Promise<void> {
  const booking = await lockBooking(trx, bookingId);
  assert(booking.totalMinor === 0, `${bookingId} has to be paid.`);
  const waiting = booking.bookingMode === 'request' ? 'awaiting_host' : 'held';
  if (booking.status === waiting) await confirm(trx, booking, { at, actorId });
}

async function confirm(
  trx: Transaction,
  booking: BookingRow,
  { at, actorId = 'system' }: { at: string; actorId?: string | undefined },
): Promise<void> {
  const set = { confirmedAt: at, holdExpiresAt: null };
  await moveBooking(trx, booking, { to: 'confirmed', at, actorId, set });
}

async function acceptedBefore(trx: Transaction, booking: BookingRow): Promise<Accepted> {
  if (booking.confirmedAt !== null) return { confirmed: true };
  const refundId = await findRefundOf(trx, booking.id);
  return { confirmed: false, ...(refundId !== undefined && { refundId }) };
}

/** Whose money a whole payment is. */
function paidShares(price: StayPrice): Shares {
  return {
    hostMinor: price.hostPayoutMinor,
    platformMinor: price.guestServiceFeeMinor + price.hostServiceFeeMinor,
    taxesMinor: price.taxMinor,
  };
}
