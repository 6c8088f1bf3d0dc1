import { defineSearchAttributeKey } from '@temporalio/common';
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Rejection, StayAct } from '#domain/bookings.ts';
import type { CancelledBy, Override } from '#domain/cancellation.ts';
import type { AlterationId, BookingId, PaymentId, UserId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { PaymentFailure } from '#domain/payments.ts';
import type { Guests } from '#domain/pricing.ts';
import type { BookingMode } from '#domain/properties.ts';

export const BOOKINGS_QUEUE = 'bookings';
export const BOOK_STAY = 'bookStay';

export const bookStayId = (bookingId: BookingId): string => `booking:${bookingId}`;

/** What a booking is found by in the Temporal UI. The server is told of these names when it is set up. */
export const SEARCH = {
  status: defineSearchAttributeKey('BookingStatus', 'KEYWORD'),
  property: defineSearchAttributeKey('PropertyId', 'KEYWORD'),
  guest: defineSearchAttributeKey('GuestId', 'KEYWORD'),
  host: defineSearchAttributeKey('HostId', 'KEYWORD'),
  checkIn: defineSearchAttributeKey('CheckIn', 'DATETIME'),
  checkOut: defineSearchAttributeKey('CheckOut', 'DATETIME'),
} as const;

/** A recorded request to be carried out. Amounts in minor units, instants RFC 3339 UTC. */
export interface BookStay {
  bookingId: BookingId;
  paymentId: PaymentId;
  /** What is paid with the booking: the whole price, or the first of several instalments. */
  amountMinor: number;
  currency: Currency;
  isInInstalments?: true;
  bookingMode: BookingMode;
  /** With one, the booking is one act: a decline ends it. Without, the nights wait for the payer. */
  paymentMethodId?: string;
  requestedAt: string;
  checkInAt: string;
  checkOutAt: string;
}

/** The facts of a recorded request that its workflow is started with. */
export interface Requested {
  id: BookingId;
  paymentId: PaymentId;
  propertyId: string;
  guestId: string;
  hostId: string;
  totalMinor: number;
  upfrontMinor: number | null;
  currency: Currency;
  bookingMode: BookingMode;
  paymentMethodId: string | null;
  requestedAt: string;
  checkIn: string;
  checkOut: string;
  checkInAt: string;
  checkOutAt: string;
}

/** How a recorded request is started, whoever does it: the API at once, or the schedule for what was left. */
export function bookStayOrder(booking: Requested) {
  const { id: bookingId, paymentId, paymentMethodId, requestedAt, checkInAt, checkOutAt } = booking;
  const input: BookStay = {
    bookingId,
    paymentId,
    amountMinor: booking.upfrontMinor ?? booking.totalMinor,
    currency: booking.currency,
    ...(booking.upfrontMinor !== null && { isInInstalments: true as const }),
    bookingMode: booking.bookingMode,
    ...(paymentMethodId !== null && { paymentMethodId }),
    requestedAt,
    checkInAt,
    checkOutAt,
  };
  return {
    workflow: BOOK_STAY,
    id: bookStayId(bookingId),
    queue: BOOKINGS_QUEUE,
    input,
    summary: `Stay ${booking.checkIn} to ${booking.checkOut} at ${booking.propertyId}`,
    searchAttributes: [
      { key: SEARCH.status, value: 'requested' },
      { key: SEARCH.property, value: booking.propertyId },
      { key: SEARCH.guest, value: booking.guestId },
      { key: SEARCH.host, value: booking.hostId },
      { key: SEARCH.checkIn, value: new Date(checkInAt) },
      { key: SEARCH.checkOut, value: new Date(checkOutAt) },
    ],
  };
}

/** How the request came out, once nights and money agree. A rejection is told when the nights are free again. */
export type Reservation =
  | { status: 'confirmed' }
  | { status: 'awaiting_host' }
  | { status: 'held' }
  | { status: 'cancelled' }
  | { status: 'rejected'; rejection: Rejection };

/** What became of the booking when its workflow ended. */
export interface BookingOutcome {
  status: 'completed' | 'cancelled' | 'expired' | 'declined' | 'rejected';
}

/** Answers when the request is settled or waits for the payer. Asked once a booking: the update's id is the booking's. */
export const reserveStay = defineUpdate<Reservation, [{ bookingId: BookingId }]>('reserveStay');

export interface Pay {
  /** Without one the bank is only asked what it knows. */
  paymentMethodId?: string;
  /** Tells one try from the next; the same try is paid once. */
  attempt: string;
}
export type PayResult =
  | { status: 'confirmed' }
  | { status: 'awaiting_host' }
  | { status: 'held' }
  /** An instalment: paid, or still due. */
  | { status: 'paid' | 'due' }
  | { status: 'declined'; failure: PaymentFailure };

/** The payer tries (again). @throws `booking_state` when the booking waits for no payment. */
export const payBooking = defineUpdate<PayResult, [Pay]>('payBooking');

/** A host cancels only what is certain: before that they refuse. An operator gives at least what the policy does. */
export interface Cancel {
  by: CancelledBy;
  /** `system` for the platform. */
  actorId: UserId | 'system';
  reason?: string;
  override?: Override;
}
export interface Cancelled {
  refundMinor: number;
}

/** Judged by the workflow's clock. @throws `booking_state` when there is nothing to cancel any more. */
export const cancelBooking = defineUpdate<Cancelled, [Cancel]>('cancelBooking');

/** Another card for the instalments that are still to come. */
export interface ReplaceCard {
  paymentMethodId: string;
  /** Tells one try from the next. */
  attempt: string;
}
export type CardReplaced =
  | { status: 'saved' }
  /** Its holder has to pass a challenge; then it is saved by itself. */
  | { status: 'requires_action'; clientSecret?: string; nextActionUrl?: string }
  | { status: 'declined'; failure: PaymentFailure }
  /** The bank does not say. */
  | { status: 'unknown' };

/** @throws `booking_state` where no instalment is to come. */
export const replaceCard = defineUpdate<CardReplaced, [ReplaceCard]>('replaceCard');

export interface HostAnswer {
  accepts: boolean;
  actorId: UserId;
}
export interface HostAnswered {
  status: 'confirmed' | 'declined';
}

/**
 * The host accepts or refuses a request. Answers when the money is in, or the nights are free again.
 * @throws `booking_state` when the booking waits for no host (any more), or the bank had let go of the money.
 */
export const answerRequest = defineUpdate<HostAnswered, [HostAnswer]>('answerRequest');

export interface StayAsked {
  act: StayAct;
  by: 'guest' | 'host';
  actorId: UserId;
}
export interface StayRecorded {
  status: 'in_stay' | 'completed';
}

/** What a side has to say of the stay. Judged by the workflow's clock. @throws `booking_state` before its time, or after */
export const recordStay = defineUpdate<StayRecorded, [StayAsked]>('recordStay');

/** What a side has to say of changing the booking. Each names the proposal that it is about. */
export type Alter = { alterationId: AlterationId; by: 'guest' | 'host'; actorId: UserId } & (
  | { act: 'propose'; checkIn: string; checkOut: string; guests: Guests; paymentMethodId?: string }
  | { act: 'accept'; paymentMethodId?: string }
  | { act: 'decline' }
  | { act: 'withdraw' }
);
/** `accepted`: the added nights wait for their payment. */
export type Altered =
  | { status: 'proposed' | 'accepted' | 'altered' | 'declined' | 'withdrawn' }
  | { status: 'failed'; failure: { code: string; message: string; declineCode?: string } };

/**
 * A side proposes to change a certain booking, or answers such a proposal. Judged by the workflow's clock.
 * @throws `booking_state` for what is not open, or not any more; `stay_refused`, `dates_unavailable`, `amount_too_small`,
 * `invalid_input`
 */
export const alterBooking = defineUpdate<Altered, [Alter]>('alterBooking');

/** Zone data has moved the instants of this booking; what they are now is read from its row. */
export const stayRetimed = defineSignal('stayRetimed');

/** The bank has spoken of this booking's payment; what it is now is read from the bank itself. */
export const bankSpoke = defineSignal('bankSpoke');
