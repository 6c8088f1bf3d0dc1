import { lockBooking, moveBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { lapseAlteration } from '#db/alterations.ts';
import { lockProperty } from '#db/property-lock.ts';
import { findCancellationRefunds } from '#db/refunds.ts';
import { releaseNights } from '#db/stays.ts';
import { cancellationOutcome } from '#domain/cancellation.ts';
import type {
  CancellationOutcome,
  CancelledBy,
  Cancellation as Judged,
  Override,
} from '#domain/cancellation.ts';
import { cancellationOf, hostFeeOf } from '#domain/cancellation/booked.ts';
import type { RefundId, UserId } from '#domain/ids.ts';
import type { Shares } from '#domain/ledger.ts';
import { reviewWindowOf } from '#domain/review-windows.ts';
import { lapseInstalments } from '../instalments/noting.ts';
import type { At } from './at.ts';
import { paidMinorOf, promiseBack } from './giving-back.ts';
import { holdHostToIt } from './host-cancelling.ts';

export interface Cancellation {
  by: CancelledBy;
  /** `system` for the platform. */
  actorId: UserId | 'system';
  reason?: string;
  /** Of an operator. */
  override?: Override;
}

export interface CancelledStay {
  refundMinor: number;
  /** Of the newest payment that something goes back of, and of those before it. */
  refundId?: RefundId;
  otherRefundIds?: RefundId[];
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
  const { actorId, by, override } = cancellation;
  if (by === 'host') await lockProperty(trx, booking.propertyId); // For the block that follows.
  const paidMinor = await paidMinorOf(trx, booking);
  const judged = cancellationOf(booking, { at, by, paidMinor, ...(override && { override }) });
  const outcome = cancellationOutcome(judged);
  const owed = { refundMinor: outcome.refundMinor, like: sharesOf(outcome) };
  const { refundMinor, refundIds } = await promiseBack(trx, booking, { owed, at, actorId });
  const hostFeeMinor = by === 'host' ? hostFeeOf(judged) : null;
  await lapseInstalments(trx, { bookingId, at });
  await releaseNights(trx, bookingId, at);
  await moveBooking(trx, booking, {
    to: 'cancelled',
    at,
    actorId,
    set: { ...cancelledColumns(cancellation, at, refundMinor), keptMinor: outcome.keptMinor, hostFeeMinor },
    data: { by, refund: refundMinor, kept: outcome.keptMinor, ...overrideOnRecord(judged) },
  });
  if (hostFeeMinor !== null) await holdHostToIt(trx, booking, { at, feeMinor: hostFeeMinor });
  await lapseAlteration(trx, booking, at);
  return { refundMinor, ...named(refundIds), isReviewable: isReviewableAfter(booking, at) };
}

/** What an operator has given beyond the policy, and what that would have been. */
function overrideOnRecord({ override, ...judged }: Judged): Readonly<Record<string, unknown>> {
  return override === undefined ? {} : { override, owed: cancellationOutcome(judged).refundMinor };
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
  const refundIds = await findCancellationRefunds(trx, booking.id);
  const isReviewable = isReviewableAfter(booking, booking.cancelledAt ?? booking.updatedAt);
  return { refundMinor: booking.refundMinor ?? 0, ...named(refundIds), isReviewable };
}

function named([refundId, ...others]: RefundId[]): Pick<CancelledStay, 'refundId' | 'otherRefundIds'> {
  return {
    ...(refundId !== undefined && { refundId }),
    ...(others.length > 0 && { otherRefundIds: others }),
  };
}

function sharesOf({ refundSplit }: CancellationOutcome): Shares {
  return {
    hostMinor: refundSplit.fromHostPayable,
    platformMinor: refundSplit.fromGuestFee + refundSplit.fromHostFee,
    taxesMinor: refundSplit.fromTaxes,
  };
}
