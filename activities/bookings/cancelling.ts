import { lockBooking, moveBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { lockPayment } from '#db/payments.ts';
import { findRefundOf, requestRefund, sharesLeft } from '#db/refunds.ts';
import { releaseNights } from '#db/stays.ts';
import { cancellationOutcome, isOfferedPolicy } from '#domain/cancellation.ts';
import type { CancellationOutcome } from '#domain/cancellation.ts';
import { DomainError } from '#domain/errors.ts';
import type { RefundId, UserId } from '#domain/ids.ts';
import { sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import { withinShares } from '#domain/refunds.ts';
import { reviewWindowOf } from '#domain/review-windows.ts';
import type { At } from './at.ts';

export interface Cancellation {
  by: 'guest';
  actorId: UserId;
  reason?: string;
}

export interface CancelledStay {
  refundMinor: number;
  refundId?: RefundId;
  /** Late enough that there is something to tell of. */
  isReviewable: boolean;
}

/** In the caller's transaction. @throws DomainError `booking_state` for a booking that is not paid, or over */
export async function cancelStay(
  trx: Transaction,
  { bookingId, at, ...cancellation }: At & Cancellation,
): Promise<CancelledStay> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status === 'cancelled') return cancelledBefore(trx, booking);
  const outcome = outcomeOf(booking, at);
  const shares = await stillOwed(trx, booking, sharesOf(outcome));
  const refundMinor = sumOf(shares);
  const { actorId } = cancellation;
  await releaseNights(trx, bookingId, at);
  await moveBooking(trx, booking, {
    to: 'cancelled',
    at,
    actorId,
    set: cancelledColumns(cancellation, at, refundMinor),
    data: { refund: refundMinor, kept: outcome.keptMinor },
  });
  const isReviewable = isReviewableAfter(booking, at);
  if (refundMinor === 0) return { refundMinor, isReviewable };
  const refundId = newId('refund');
  await requestRefund(trx, {
    id: refundId,
    booking,
    paymentId: booking.paymentId,
    reason: 'cancellation',
    amountMinor: refundMinor,
    shares,
    at,
    actorId,
  });
  return { refundMinor, refundId, isReviewable };
}

/** What was given back of free will before counts: nobody gets more back than was paid. */
async function stillOwed(trx: Transaction, booking: BookingRow, owed: Shares): Promise<Shares> {
  if (sumOf(owed) === 0) return owed;
  const payment = await lockPayment(trx, booking.paymentId);
  return withinShares(owed, await sharesLeft(trx, { booking, payment }));
}

function isReviewableAfter(booking: BookingRow, cancelledAt: string): boolean {
  const { confirmedAt, checkIn, checkOutAt, timeZone } = booking;
  const ended = { status: 'cancelled', confirmedAt, cancelledAt, checkIn, checkOutAt, timeZone } as const;
  return reviewWindowOf(ended) !== undefined;
}

export function cancelledColumns(
  { by, reason }: Cancellation,
  at: string,
  refundMinor: number,
): Partial<BookingRow> {
  return { cancelledBy: by, cancelledAt: at, cancellationReason: reason ?? null, refundMinor };
}

async function cancelledBefore(trx: Transaction, booking: BookingRow): Promise<CancelledStay> {
  const refundId = await findRefundOf(trx, booking.paymentId, 'cancellation');
  const isReviewable = isReviewableAfter(booking, booking.cancelledAt ?? booking.updatedAt);
  return { refundMinor: booking.refundMinor ?? 0, isReviewable, ...(refundId !== undefined && { refundId }) };
}

function outcomeOf(booking: BookingRow, at: string): CancellationOutcome {
  const { status: bookingStatus, cancellationPolicy: policy, confirmedAt, price } = booking;
  if (confirmedAt === null || (bookingStatus !== 'confirmed' && bookingStatus !== 'in_stay')) {
    const message = `A booking that is ${bookingStatus} cannot be cancelled.`;
    throw new DomainError('booking_state', message, { bookingStatus });
  }
  if (!isOfferedPolicy(policy))
    throw new Error(`${booking.id} has the policy ${policy}, which nobody can carry out.`);
  const { checkIn, checkOut, checkInTime, timeZone: zone } = booking;
  const stay = { checkIn, checkOut };
  return cancellationOutcome({ policy, price, stay, checkInTime, zone, confirmedAt, at, by: 'guest' });
}

function sharesOf({ refundSplit }: CancellationOutcome): Shares {
  return {
    hostMinor: refundSplit.fromHostPayable,
    platformMinor: refundSplit.fromGuestFee + refundSplit.fromHostFee,
    taxesMinor: refundSplit.fromTaxes,
  };
}
