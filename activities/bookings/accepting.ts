import assert from 'node:assert/strict';
import { lockBooking, moveBooking, upfrontMinorOf } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { findPaymentByIntent } from '#db/payments.ts';
import { explainPosting, markPosted, postAnother } from '#db/postings.ts';
import type { Posting } from '#db/postings.ts';
import { promiseLateBack } from '#db/promised-refunds.ts';
import { findLateRefund } from '#db/refunds.ts';
import { takeUpAgain } from '#db/relay.ts';
import { retakeNights } from '#db/stays.ts';
import { together } from '#db/transaction.ts';
import { canBegin } from '#domain/availability.ts';
import type { Preparation } from '#domain/availability.ts';
import { isEnded } from '#domain/bookings.ts';
import type { Rejection } from '#domain/bookings.ts';
import type { RefundId } from '#domain/ids.ts';
import type { Intent } from '#domain/payments.ts';
import { beginInstalments, sharesOfFirst } from '../instalments/accepting.ts';
import type { At } from './at.ts';
import { endHold } from './holding.ts';

/** What money that came in has done: made the stay certain, or, when its nights are gone, turned into a refund. */
export type Accepted =
  | { confirmed: true }
  | {
      confirmed: false;
      refundId?: RefundId;
      /** It was less than the price: a booking that had not ended is rejected. */
      isShort?: true;
    };

export interface Acceptance extends At {
  intent: Intent;
  /** The host who accepted; nobody, where none was asked. */
  actorId?: string;
  /** Whether an expired booking may have its nights again, if they are free. */
  retake: boolean;
}

/** In the caller's transaction. @throws DomainError `dates_unavailable` when the nights of an expired booking are gone */
export async function acceptPayment(trx: Transaction, acceptance: Acceptance): Promise<Accepted> {
  const { bookingId, intent, at } = acceptance;
  const booking = await lockBooking(trx, bookingId);
  const shares = await sharesOfFirst(trx, booking, intent);
  const posting = { booking, intent, shares, at };
  if (!(await markPosted(trx, posting))) return acceptedBefore(trx, posting);
  const [, accepted] = await together([explainPosting(trx, posting), decide(trx, posting, acceptance)]);
  return accepted;
}

/** What becomes of the booking whose payment has just been posted. */
async function decide(trx: Transaction, posting: Posting, acceptance: Acceptance): Promise<Accepted> {
  const { booking, intent, at } = posting;
  const { bookingId, actorId } = acceptance;
  if (isEnded(booking.status)) await takeUpAgain(trx, intent.id);
  const isWhole = intent.amountMinor === upfrontMinorOf(booking);
  if (isWhole && isToBeConfirmed(booking, acceptance)) {
    const preparation = booking.status === 'expired' ? await retake(trx, booking) : undefined;
    await together([
      confirm(trx, booking, { at, actorId, preparation }),
      beginInstalments(trx, booking, { intent, at }),
    ]);
    return { confirmed: true };
  }
  if (!isWhole) await endHold(trx, { bookingId, at, to: 'rejected', rejection: TAKEN_IN_PART });
  return sentBack(isWhole, await promiseLateBack(trx, posting, booking.paymentId));
}

/** Somebody took less than the price by hand: the stay is not to be had for it. */
const TAKEN_IN_PART: Rejection = {
  code: 'card_declined',
  message: 'Only a part of the price was taken. It goes back to the card.',
  details: { declineCode: 'partial_capture' },
};

async function retake(trx: Transaction, booking: BookingRow): Promise<Preparation> {
  const { id: bookingId, propertyId, guestId, checkIn, checkOut } = booking;
  return retakeNights(trx, { bookingId, propertyId, guestId, checkIn, checkOut });
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

interface Confirmation {
  at: string;
  actorId?: string | undefined;
  /** Where its nights were taken again. */
  preparation?: Preparation | undefined;
}

async function confirm(
  trx: Transaction,
  booking: BookingRow,
  { at, actorId = 'system', preparation }: Confirmation,
): Promise<void> {
  const set = { confirmedAt: at, holdExpiresAt: null, ...preparation };
  await moveBooking(trx, booking, { to: 'confirmed', at, actorId, set });
}

/** The payment was posted before: by this very money, or by other money, and then this goes back. */
async function acceptedBefore(trx: Transaction, posting: Posting): Promise<Accepted> {
  const { booking, intent } = posting;
  const payment = await findPaymentByIntent(trx, intent.id);
  if (payment === undefined) {
    const another = await postAnother(trx, posting);
    return { confirmed: false, refundId: await promiseLateBack(trx, posting, another) };
  }
  if (payment.id === booking.paymentId && booking.confirmedAt !== null) return { confirmed: true };
  const isWhole = payment.amountMinor === upfrontMinorOf(booking);
  return sentBack(isWhole, await findLateRefund(trx, payment.id));
}

function sentBack(isWhole: boolean, refundId: RefundId | undefined): Accepted {
  return {
    confirmed: false,
    ...(refundId !== undefined && { refundId }),
    ...(!isWhole && { isShort: true as const }),
  };
}
