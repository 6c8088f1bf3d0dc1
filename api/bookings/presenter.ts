import type { z } from 'zod';
import { guestsOf } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { InstalmentWithPayment } from '#db/instalments.ts';
import type { PaymentRow } from '#db/payments.ts';
import type { Cancellation, CancellationOutcome, CancellingSide } from '#domain/cancellation.ts';
import { hostFeeOf } from '#domain/cancellation/booked.ts';
import { policyFor } from '#domain/cancellation/policies.ts';
import type { UserId } from '#domain/ids.ts';
import { priceShares, sharesOf } from '#domain/ledger.ts';
import { nightCount } from '#domain/nights.ts';
import { sideOf } from '#domain/permissions.ts';
import type { Instalment } from './instalment-schemas.ts';
import { isGuestOf, presentAlteration } from './alteration-presenter.ts';
import type { AlterationWithPayment } from './alteration-presenter.ts';
import type { CancellationQuote } from './cancellation-schemas.ts';
import type { Booking } from './schemas.ts';

/** A booking and the payment that goes with it, once there is one. */
export interface BookingWithPayment {
  booking: BookingRow;
  payment: PaymentRow | undefined;
  /** Where its price is not paid at once. */
  instalments?: readonly InstalmentWithPayment[] | undefined;
  /** The proposal to change it that is open, where it was looked up. */
  alteration?: AlterationWithPayment | undefined;
}

/** A booking as its guest, its host or an operator sees it. The payment's secret is the guest's alone, while it is held. */
export function presentBooking(
  { booking, payment, instalments, alteration }: BookingWithPayment,
  viewer: { id: UserId },
): z.output<typeof Booking> {
  const { currency } = booking;
  return {
    id: booking.id,
    status: booking.status,
    propertyId: booking.propertyId,
    guestId: booking.guestId,
    hostId: booking.hostId,
    checkIn: booking.checkIn,
    checkOut: booking.checkOut,
    nights: nightCount(booking),
    guests: guestsOf(booking),
    lines: booking.price.lines,
    ...(booking.price.includedTaxes && { includedTaxes: booking.price.includedTaxes }),
    total: { amount: booking.totalMinor, currency },
    cancellationPolicy: policyFor(booking.cancellationPolicy, booking),
    ...(booking.holdExpiresAt !== null && { holdExpiresAt: booking.holdExpiresAt }),
    ...(booking.respondBy !== null && { respondBy: booking.respondBy }),
    ...(payment !== undefined && { payment: presentPaymentOf(booking, payment, viewer) }),
    ...(instalments !== undefined && {
      instalments: instalments.map((each) => presentInstalment(booking, each, viewer)),
    }),
    ...(booking.rejection !== null && { rejection: { code: booking.rejection.code } }),
    ...(booking.cancelledBy !== null &&
      booking.cancelledAt !== null && {
        cancellation: {
          by: booking.cancelledBy,
          at: booking.cancelledAt,
          refund: { amount: booking.refundMinor ?? 0, currency },
          ...(booking.cancellationReason !== null && { reason: booking.cancellationReason }),
          ...(booking.hostFeeMinor !== null &&
            viewer.id !== booking.guestId && { fee: { amount: booking.hostFeeMinor, currency } }),
        },
      }),
    ...(alteration !== undefined && {
      alteration: presentAlteration(alteration, isGuestOf(booking, viewer)),
    }),
    checkInAt: booking.checkInAt,
    checkOutAt: booking.checkOutAt,
    ...(booking.checkedInAt !== null && { checkedInAt: booking.checkedInAt }),
    ...(booking.checkedOutAt !== null && { checkedOutAt: booking.checkedOutAt }),
    ...(booking.noShow && { noShow: true as const }),
    ...(booking.arrivalTime !== null && { arrivalTime: booking.arrivalTime }),
    ...(booking.reviewBy !== null && sideOf(booking, viewer) !== undefined && { reviewBy: booking.reviewBy }),
    ...(booking.noteToHost !== null && { noteToHost: booking.noteToHost }),
    ...(booking.guestNames.length > 0 && { guestNames: booking.guestNames }),
    ...(booking.sandbox && { sandbox: true as const }),
    createdAt: booking.createdAt,
    updatedAt: booking.updatedAt,
  };
}

function presentPaymentOf(booking: BookingRow, payment: PaymentRow, viewer: { id: UserId }) {
  const pays = booking.status === 'held' && viewer.id === booking.guestId;
  return { id: payment.id, status: payment.status, ...(pays && secretsOf(payment)) };
}

/** The secret is the guest's alone, while there is something to pay. */
function presentInstalment(
  { currency, guestId }: BookingRow,
  { instalment, payment }: InstalmentWithPayment,
  viewer: { id: UserId },
): z.output<typeof Instalment> {
  const { n, checkIn, checkOut, amountMinor, status } = instalment;
  const pays = status === 'due' && viewer.id === guestId;
  return {
    n,
    checkIn,
    checkOut,
    amount: { amount: amountMinor, currency },
    ...(n > 1 && { dueAt: instalment.beginsAt }),
    status,
    ...(status === 'due' && instalment.payBy !== null && { payBy: instalment.payBy }),
    ...(payment !== undefined && { paymentId: payment.id }),
    ...(pays && secretsOf(payment)),
  };
}

/** The host's share of what has been paid. */
function hostPaidMinor({ price, paidMinor = price.total.amount }: Cancellation): number {
  return sharesOf(paidMinor, priceShares(price)).hostMinor;
}

function secretsOf(payment: PaymentRow | undefined): { clientSecret?: string; nextActionUrl?: string } {
  const { clientSecret = null, nextActionUrl = null } = payment ?? {};
  return { ...(clientSecret !== null && { clientSecret }), ...(nextActionUrl !== null && { nextActionUrl }) };
}

interface SupposedCancellation {
  booking: BookingRow;
  cancellation: Cancellation & { by: CancellingSide };
  outcome: CancellationOutcome;
}

/** What the host is left with, and owes, is none of the guest's business. */
export function presentCancellationQuote(
  { booking, cancellation, outcome }: SupposedCancellation,
  viewer: { id: UserId },
): z.output<typeof CancellationQuote> {
  const { at, by } = cancellation;
  const money = (amount: number) => ({ amount, currency: booking.currency });
  return {
    bookingId: booking.id,
    at,
    by,
    policy: policyFor(cancellation.policy, cancellation.stay),
    reason: outcome.reason,
    lines: outcome.lines.map(({ kind, refundMinor, keptMinor }) => ({
      kind,
      refund: refundMinor,
      kept: keptMinor,
    })),
    refund: money(outcome.refundMinor),
    kept: money(outcome.keptMinor),
    ...(sideOf(booking, viewer) !== 'guest' && {
      payout: money(hostPaidMinor(cancellation) - outcome.refundSplit.fromHostPayable),
      ...(by === 'host' && { fee: money(hostFeeOf(cancellation)) }),
    }),
  };
}
