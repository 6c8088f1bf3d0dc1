import { lockBooking, moveBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { lapseAlteration } from '#db/alterations.ts';
import { lockPayments, promiseBack } from '#db/promised-refunds.ts';
import { findCancellationRefund, sharesOfBooking } from '#db/refunds.ts';
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
import { sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import { withinShares } from '#domain/refunds.ts';
import { reviewWindowOf } from '#domain/review-windows.ts';
import type { At } from './at.ts';
import { holdHostToIt } from './host-cancelling.ts';

export interface Cancellation {
  by: CancelledBy;
  actorId: UserId;
  reason?: string;
  /** Of an operator. */
  override?: Override;
}

export interface CancelledStay {
  refundMinor: number;
  /** One of those that carry it out; with it the others are started. */
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
  const { actorId, by, override } = cancellation;
  const judged = cancellationOf(booking, { at, by, ...(override && { override }) });
  const outcome = cancellationOutcome(judged);
  const shares = await stillOwed(trx, booking, sharesOf(outcome));
  const refundMinor = sumOf(shares);
  const hostFeeMinor = by === 'host' ? hostFeeOf(judged) : null;
  await releaseNights(trx, bookingId, at);
  await moveBooking(trx, booking, {
    to: 'cancelled',
    at,
    actorId,
    set: { ...cancelledColumns(cancellation, at, refundMinor), hostFeeMinor },
    data: { by, refund: refundMinor, kept: outcome.keptMinor, ...overrideOnRecord(judged) },
  });
  if (hostFeeMinor !== null) await holdHostToIt(trx, booking, { at, feeMinor: hostFeeMinor });
  const isReviewable = isReviewableAfter(booking, at);
  await lapseAlteration(trx, booking, at);
  const [refundId] = await promiseBack(trx, { booking, reason: 'cancellation', shares, at, actorId });
  return { refundMinor, isReviewable, ...(refundId !== undefined && { refundId }) };
}

/** What was given back of free will before counts: nobody gets more back than was paid. */
async function stillOwed(trx: Transaction, booking: BookingRow, owed: Shares): Promise<Shares> {
  if (sumOf(owed) === 0) return owed;
  await lockPayments(trx, booking);
  return withinShares(owed, await sharesOfBooking(trx, booking.id));
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
  const refundId = await findCancellationRefund(trx, booking.id);
  const isReviewable = isReviewableAfter(booking, booking.cancelledAt ?? booking.updatedAt);
  return { refundMinor: booking.refundMinor ?? 0, isReviewable, ...(refundId !== undefined && { refundId }) };
}

function sharesOf({ refundSplit }: CancellationOutcome): Shares {
  return {
    hostMinor: refundSplit.fromHostPayable,
    platformMinor: refundSplit.fromGuestFee + refundSplit.fromHostFee,
    taxesMinor: refundSplit.fromTaxes,
  };
}
