import assert from 'node:assert/strict';
import { lockBooking, moveBooking, guestsOf } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { noteBank, openPayment, postPayment, requestRefund } from '#db/payments.ts';
import { releaseNights, retakeNights, takeNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { holdExpiry } from '#domain/bookings.ts';
import type { BookingStatus, Rejection } from '#domain/bookings.ts';
import { cancellationOutcome, isOfferedPolicy } from '#domain/cancellation.ts';
import type { CancellationOutcome } from '#domain/cancellation.ts';
import { DomainError, isDomainError } from '#domain/errors.ts';
import type { BookingId, RefundId, UserId } from '#domain/ids.ts';
import type { Shares } from '#domain/ledger.ts';
import type { AtBank, Intent } from '#domain/payments.ts';
import type { StayPrice } from '#domain/pricing.ts';

/** Which booking, and the workflow's now: records carry it as the business instant. */
export interface At {
  bookingId: BookingId;
  at: string;
}

export type Hold = { held: true; holdExpiresAt: string } | { held: false; rejection: Rejection };

/** How a hold ends without money. `atBank` is what the bank has of the payment by then, if it was asked in time. */
export interface EndHold extends At {
  to: 'expired' | 'rejected' | 'cancelled';
  rejection?: Rejection;
  cancellation?: Cancellation;
  atBank?: AtBank;
}

export interface Cancellation {
  by: 'guest';
  actorId: UserId;
  reason?: string;
}

/** What money that came in has done: made the stay certain, or, when its nights are gone, turned into a refund. */
export type Accepted = { confirmed: true } | { confirmed: false; refundId?: RefundId };

export interface CancelledStay {
  refundMinor: number;
  refundId?: RefundId;
}

export type BookingActivities = ReturnType<typeof createBookingActivities>;

/**
 * The database steps of a booking: one transaction each, and each may run more than once. They lock the booking first,
 * look at where it stands, and do what is left to do.
 */
export function createBookingActivities({ db }: { db: Db }) {
  return {
    /** Takes the nights and opens the payment. A refusal is recorded as the booking's end and returned, not thrown. */
    async holdNights({ bookingId, at }: At): Promise<Hold> {
      try {
        return await inTransaction(db, (trx) => hold(trx, { bookingId, at }));
      } catch (error) {
        if (!isDomainError(error)) throw error;
        const rejection = { code: error.code, message: error.message, details: error.details };
        return inTransaction(db, (trx) => refuse(trx, { bookingId, at }, rejection));
      }
    },

    /** Makes a stay certain that costs nothing. */
    async confirmFree({ bookingId, at }: At): Promise<void> {
      await inTransaction(db, async (trx) => {
        const booking = await lockBooking(trx, bookingId);
        assert(booking.totalMinor === 0, `${bookingId} has to be paid.`);
        if (booking.status === 'held') await confirm(trx, booking, at);
      });
    },

    /** Keeps what the bank has of the payment while there is no money. */
    async noteBank({ bookingId, atBank }: { bookingId: BookingId; atBank: AtBank }): Promise<void> {
      await inTransaction(db, async (trx) => {
        const booking = await lockBooking(trx, bookingId);
        await noteBank(trx, booking.paymentId, atBank);
      });
    },

    /** Frees the nights of an unpaid booking and ends it. Ended or confirmed before, it stays as it is. */
    async endHold(ending: EndHold): Promise<void> {
      await inTransaction(db, (trx) => endHold(trx, ending));
    },

    /**
     * Money is in. A held booking is confirmed; an expired one takes its nights again if they are free; else, and for
     * a booking that ended otherwise, the whole sum is promised back. Whatever happens, the ledger explains the money.
     */
    async acceptPayment(payment: At & { intent: Intent }): Promise<Accepted> {
      try {
        return await inTransaction(db, (trx) => acceptPayment(trx, { ...payment, retake: true }));
      } catch (error) {
        if (!isDomainError(error, 'dates_unavailable')) throw error;
        return inTransaction(db, (trx) => acceptPayment(trx, { ...payment, retake: false }));
      }
    },

    /** Cancels a paid stay: frees what is left of its nights and promises back what the policy gives at `at`. */
    async cancelStay(cancellation: At & Cancellation): Promise<CancelledStay> {
      return inTransaction(db, (trx) => cancelStay(trx, cancellation));
    },

    /** Timers move a stay on; nobody has to record anything. */
    async beginStay({ bookingId, at }: At): Promise<void> {
      await advance(db, { bookingId, at }, { from: 'confirmed', to: 'in_stay' });
    },

    async completeStay({ bookingId, at }: At): Promise<void> {
      await advance(db, { bookingId, at }, { from: 'in_stay', to: 'completed' });
    },
  };
}

async function hold(trx: Transaction, { bookingId, at }: At): Promise<Hold> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status === 'rejected' && booking.rejection !== null)
    return { held: false, rejection: booking.rejection };
  if (booking.status !== 'requested') return { held: true, holdExpiresAt: booking.holdExpiresAt ?? at };
  const { propertyId, guestId, checkIn, checkOut } = booking;
  await takeNights(trx, { bookingId, propertyId, guestId, checkIn, checkOut, guests: guestsOf(booking), at });
  if (booking.totalMinor > 0) await openPayment(trx, booking);
  const holdExpiresAt = holdExpiry(at);
  await moveBooking(trx, booking, { to: 'held', at, actorId: booking.guestId, set: { holdExpiresAt } });
  return { held: true, holdExpiresAt };
}

async function refuse(trx: Transaction, { bookingId, at }: At, rejection: Rejection): Promise<Hold> {
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

/** In the caller's transaction; ended or confirmed before, a booking stays as it is. */
export async function endHold(trx: Transaction, ending: EndHold): Promise<void> {
  const { bookingId, at, to, rejection, cancellation, atBank } = ending;
  const booking = await lockBooking(trx, bookingId);
  if (atBank !== undefined) await noteBank(trx, booking.paymentId, atBank);
  if (!['requested', 'held', 'awaiting_host'].includes(booking.status)) return;
  await releaseNights(trx, bookingId, at);
  await moveBooking(trx, booking, {
    to,
    at,
    actorId: cancellation?.actorId ?? 'system',
    set: {
      holdExpiresAt: null,
      ...(rejection !== undefined && { rejection }),
      ...(cancellation !== undefined && cancelledColumns(cancellation, at, 0)),
    },
  });
}

function cancelledColumns(
  { by, reason }: Cancellation,
  at: string,
  refundMinor: number,
): Partial<BookingRow> {
  return { cancelledBy: by, cancelledAt: at, cancellationReason: reason ?? null, refundMinor };
}

async function cancelStay(
  trx: Transaction,
  { bookingId, at, ...cancellation }: At & Cancellation,
): Promise<CancelledStay> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.status === 'cancelled') return refundOf(trx, booking);
  const outcome = outcomeOf(booking, at);
  const { refundMinor } = outcome;
  const { actorId } = cancellation;
  await releaseNights(trx, bookingId, at);
  await moveBooking(trx, booking, {
    to: 'cancelled',
    at,
    actorId,
    set: cancelledColumns(cancellation, at, refundMinor),
    data: { refund: refundMinor, kept: outcome.keptMinor },
  });
  if (refundMinor === 0) return { refundMinor };
  const refundId = newId('refund');
  const shares = sharesOf(outcome);
  await requestRefund(trx, {
    id: refundId,
    booking,
    reason: 'cancellation',
    amountMinor: refundMinor,
    shares,
    at,
    actorId,
  });
  return { refundMinor, refundId };
}

interface Acceptance extends At {
  intent: Intent;
  /** Whether an expired booking may have its nights again, if they are free. */
  retake: boolean;
}

/** In the caller's transaction. @throws DomainError `dates_unavailable` when the nights of an expired booking are gone */
export async function acceptPayment(
  trx: Transaction,
  { bookingId, intent, at, retake }: Acceptance,
): Promise<Accepted> {
  const booking = await lockBooking(trx, bookingId);
  const posted = await postPayment(trx, { booking, intent, shares: paidShares(booking.price), at });
  if (!posted) return acceptedBefore(trx, booking);
  if (booking.status === 'held' || (booking.status === 'expired' && retake)) {
    if (booking.status === 'expired') {
      const { propertyId, guestId, checkIn, checkOut } = booking;
      await retakeNights(trx, { bookingId, propertyId, guestId, checkIn, checkOut });
    }
    await confirm(trx, booking, at);
    return { confirmed: true };
  }
  const refundId = newId('refund');
  await requestRefund(trx, {
    id: refundId,
    booking,
    reason: 'late_payment',
    amountMinor: booking.totalMinor,
    shares: paidShares(booking.price),
    at,
    actorId: 'system',
  });
  return { confirmed: false, refundId };
}

async function confirm(trx: Transaction, booking: BookingRow, at: string): Promise<void> {
  const set = { confirmedAt: at, holdExpiresAt: null };
  await moveBooking(trx, booking, { to: 'confirmed', at, actorId: 'system', set });
}

async function acceptedBefore(trx: Transaction, booking: BookingRow): Promise<Accepted> {
  if (booking.confirmedAt !== null) return { confirmed: true };
  const { refundId } = await refundOf(trx, booking);
  return { confirmed: false, ...(refundId !== undefined && { refundId }) };
}

async function refundOf(trx: Transaction, booking: BookingRow): Promise<CancelledStay> {
  const row = await trx('refunds')
    .where({ booking_id: booking.id })
    .first<{ id: RefundId } | undefined>('id');
  return { refundMinor: booking.refundMinor ?? 0, ...(row !== undefined && { refundId: row.id }) };
}

async function advance(
  db: Db,
  { bookingId, at }: At,
  edge: { from: BookingStatus; to: BookingStatus },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const booking = await lockBooking(trx, bookingId);
    if (booking.status !== edge.from) return;
    await moveBooking(trx, booking, { to: edge.to, at, actorId: 'system' });
  });
}

function outcomeOf(booking: BookingRow, at: string): CancellationOutcome {
  const {
    cancellationPolicy: policy,
    confirmedAt,
    checkIn,
    checkOut,
    price,
    checkInTime,
    timeZone: zone,
  } = booking;
  if (confirmedAt === null || (booking.status !== 'confirmed' && booking.status !== 'in_stay')) {
    const { status: bookingStatus } = booking;
    const message = `A booking that is ${bookingStatus} cannot be cancelled.`;
    throw new DomainError('booking_state', message, { bookingStatus });
  }
  if (!isOfferedPolicy(policy))
    throw new Error(`${booking.id} has the policy ${policy}, which nobody can carry out.`);
  return cancellationOutcome({
    policy,
    price,
    stay: { checkIn, checkOut },
    checkInTime,
    zone,
    confirmedAt,
    at,
    by: 'guest',
  });
}

/** Whose money a whole payment is. */
function paidShares(price: StayPrice): Shares {
  return {
    hostMinor: price.hostPayoutMinor,
    platformMinor: price.guestServiceFeeMinor + price.hostServiceFeeMinor,
    taxesMinor: price.taxMinor,
  };
}

function sharesOf({ refundSplit }: CancellationOutcome): Shares {
  return {
    hostMinor: refundSplit.fromHostPayable,
    platformMinor: refundSplit.fromGuestFee + refundSplit.fromHostFee,
    taxesMinor: refundSplit.fromTaxes,
  };
}
