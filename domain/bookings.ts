import type { Instant } from './nights.ts';

/** The life of a booking as data. The database changes a status only along these edges, by guarded updates. */
export const BOOKING_STATUSES = [
  'requested',
  'held',
  'awaiting_host',
  'confirmed',
  'in_stay',
  'completed',
  'rejected',
  'declined',
  'expired',
  'cancelled',
] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

/**
 * Every way on. `expired → confirmed` is the one exit from an end: money that arrived late while its nights were
 * still free.
 */
export const TRANSITIONS: Readonly<Record<BookingStatus, readonly BookingStatus[]>> = {
  requested: ['held', 'rejected', 'cancelled'],
  held: ['awaiting_host', 'confirmed', 'rejected', 'expired', 'cancelled'],
  awaiting_host: ['confirmed', 'declined', 'expired', 'cancelled', 'rejected'],
  confirmed: ['in_stay', 'cancelled'],
  in_stay: ['completed', 'cancelled'],
  completed: [],
  rejected: [],
  declined: [],
  expired: ['confirmed'],
  cancelled: [],
};

/** The statuses from which a booking may become `status`: the `where` of a guarded update. */
export function statusesBefore(status: BookingStatus): BookingStatus[] {
  return BOOKING_STATUSES.filter((from) => TRANSITIONS[from].includes(status));
}

/** Whether a booking that is `from` may come to be `to` one day. There is no way round in a circle: what is past never is. */
export function canBecome(from: BookingStatus, to: BookingStatus): boolean {
  return TRANSITIONS[from].some((next) => next === to || canBecome(next, to));
}

/** Statuses in which the booking's nights are its own. */
export const HOLDING_STATUSES = ['held', 'awaiting_host', 'confirmed', 'in_stay'] as const;

/** Paid, or free, and not over: the guest is expected, or there. */
export function isCertain(status: BookingStatus): boolean {
  return status === 'confirmed' || status === 'in_stay';
}

/** Statuses from which nothing more happens, late money aside. */
export function isEnded(status: BookingStatus): boolean {
  return status === 'expired' || TRANSITIONS[status].length === 0;
}

/** RULES.md "Holds": how long nights wait for their payment. The instant of the end itself is outside the hold. */
export const HOLD_MINUTES = 15;
/** How long at most, from the taking of the nights, while the payer is passing the issuer's challenge. */
export const CHALLENGED_HOLD_MINUTES = 30;
export const MAX_LIVE_HOLDS_PER_GUEST = 3;
/** How many of a guest's requests may wait for hosts at a time. */
export const MAX_REQUESTS_PER_GUEST = 5;

/**
 * How often the payer of a booking may try, with a payment method or by asking how it stands. Each try is a message to the
 * booking's workflow, which takes 2,000 in its life: the payer may not use them up for the host.
 */
export const MAX_PAYMENT_TRIES = 50;

export function holdExpiry(heldAt: Instant): Instant {
  return later(heldAt, HOLD_MINUTES * MINUTE_MS);
}

/** The end of the hold once its payer has been sent to a challenge. */
export function challengedHoldExpiry(holdExpiresAt: Instant): Instant {
  return later(holdExpiresAt, (CHALLENGED_HOLD_MINUTES - HOLD_MINUTES) * MINUTE_MS);
}

/** RULES.md "Booking by request or at once": how long a host may think, and when they are reminded. */
export const HOST_ANSWER_HOURS = 24;
export const HOST_REMINDER_HOURS = 12;
/** So long before the bank lets go of the money the wait ends: time enough to take it. */
export const CAPTURE_MARGIN_HOURS = 1;

/**
 * Until when a host who is asked at `at` may answer, that instant included: a day, but never past check-in nor into
 * the time that taking the money needs before the bank's own `captureBefore`.
 */
export function respondBy({ at, checkInAt, captureBefore }: AskedHost): Instant {
  const ends = [later(at, HOST_ANSWER_HOURS * HOUR_MS), checkInAt];
  if (captureBefore !== undefined) ends.push(later(captureBefore, -CAPTURE_MARGIN_HOURS * HOUR_MS));
  return ends.reduce(earlierOf);
}

export function earlierOf(one: Instant, other: Instant): Instant {
  return Date.parse(other) < Date.parse(one) ? other : one;
}

export interface AskedHost {
  at: Instant;
  checkInAt: Instant;
  captureBefore?: Instant | undefined;
}

/** RULES.md "Stay": a host may record that nobody came from so many hours after the check-in instant on. */
export const NO_SHOW_AFTER_HOURS = 12;

export function noShowFrom(checkInAt: Instant): Instant {
  return later(checkInAt, NO_SHOW_AFTER_HOURS * HOUR_MS);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function later(instant: Instant, byMs: number): Instant {
  return new Date(Date.parse(instant) + byMs).toISOString();
}

/** What the two sides can put on record of a stay. */
export const STAY_ACTS = ['check_in', 'check_out', 'no_show'] as const;
export type StayAct = (typeof STAY_ACTS)[number];

/** The booking's own now: the wall clock, but for one whose time was moved on in the sandbox. */
export function bookingNow({ clockOffsetMs }: { clockOffsetMs: number }, wall: Date): Instant {
  return new Date(wall.getTime() + clockOffsetMs).toISOString();
}

/** What is on record of a stay. */
export interface StayOnRecord {
  checkedInAt: Instant | null;
  checkedOutAt: Instant | null;
  noShow: boolean;
}

/** Whether it is so already, by this very call before or by the other side: then it needs no second record. */
export function isOnRecord({ checkedInAt, checkedOutAt, noShow }: StayOnRecord, act: StayAct): boolean {
  if (act === 'check_in') return checkedInAt !== null;
  return act === 'check_out' ? checkedOutAt !== null : noShow;
}

/** Why a booking was refused: the error's code and what goes with it (`rule`, `declineCode`, …). */
export interface Rejection {
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>>;
}
