import type { BookingStatus } from '#domain/bookings.ts';
import type { PaymentStatus } from '#domain/payments.ts';
import type { ReviewSide } from '#domain/reviews.ts';

/*
 * What a booking is, said a second time and as simply as possible: no database, bank, workflow or clock, only what each
 * act is answered with and what it leaves. Figures are written out here on purpose, not taken from domain/: a model
 * that reckons with the product's own rules would be wrong along with them.
 */

/** The property that everybody in a run is after: two guests, and nights numbered from 0. */
export interface Home {
  bookingMode: 'instant' | 'request';
  isFree: boolean;
}

export const GUESTS = ['guest', 'rival'] as const;
export type Guest = (typeof GUESTS)[number];

/** From its first night to before its last number. */
export type Nights = readonly [from: number, to: number];

/** A booking as it ought to be. */
export interface Booked {
  readonly by: Guest;
  readonly stay: Nights;
  /** Those that are its own at the moment. */
  readonly nights: Nights | null;
  readonly status: BookingStatus;
  readonly payment: PaymentStatus | null;
  /** Its payer has the bank's page open, and had a challenge on it once. */
  readonly hasPage: boolean;
  readonly wasChallenged: boolean;
  /** Its host has been asked, or it was certain once: before that it is none of theirs. */
  readonly isTheHosts: boolean;
  readonly hostIsReminded: boolean;
  /** The bank takes no cancelling of its payment any more. */
  readonly staysOpen: boolean;
  /** Its money came too late, and went back whole. */
  readonly isSentBack: boolean;
  /** How far its clock has come, as the last of its instants: hours from check-in. */
  readonly hours: number;
  readonly hasArrived: boolean;
  readonly noShow: boolean;
  /** What its cancellation gives back. */
  readonly refundMinor: number | null;
  readonly window: 'none' | 'open' | 'over';
  readonly reviews: Readonly<Partial<Record<ReviewSide, 'hidden' | 'public'>>>;
}

export interface State {
  readonly home: Home;
  readonly bookings: Readonly<Record<string, Booked>>;
}

const LONG_BEFORE_HOURS = -10_000;
/** Check-in is at 15:00, check-out at 11:00, in a zone that never changes its clocks. */
const CHECK_IN_HOUR = 15;
const CHECK_OUT_BEFORE_CHECK_IN_HOURS = 4;
const DAY_HOURS = 24;
export const FREE_UNTIL_HOURS = -24;
export const ARRIVAL_DAY_HOURS = -15;
export const NO_SHOW_HOURS = 12;

const NIGHTLY_MINOR = 10_000;
/** Divides by two nights and by three. */
const CLEANING_MINOR = 6_000;
const SERVICE_FEE = 0.14;
export const PRICING = { nightly: NIGHTLY_MINOR, cleaningFee: CLEANING_MINOR, guestsIncluded: 4 };

export function nightCount([from, to]: Nights): number {
  return to - from;
}

export function overlap(one: Nights | null, other: Nights | null): boolean {
  return one !== null && other !== null && one[0] < other[1] && other[0] < one[1];
}

export function priceMinor({ isFree }: Home, stay: Nights): number {
  if (isFree) return 0;
  return Math.round((nightCount(stay) * NIGHTLY_MINOR + CLEANING_MINOR) * (1 + SERVICE_FEE));
}

/** Everything until a day before check-in; then the nights but the first, later but those spent and one more. */
export function refundMinor(home: Home, { stay, hours }: Booked): number {
  if (hours < FREE_UNTIL_HOURS || home.isFree) return priceMinor(home, stay);
  const nights = nightCount(stay);
  const spent = hours < 0 ? 0 : Math.floor(hours / DAY_HOURS) + 1;
  return Math.max(0, nights - spent - 1) * (NIGHTLY_MINOR + CLEANING_MINOR / nights);
}

/** What is left of the nights for a guest who goes now: those before today. */
export function nightsSpent({ stay: [from], hours }: Booked): Nights | null {
  const days = Math.floor((CHECK_IN_HOUR + hours) / DAY_HOURS);
  return days === 0 ? null : [from, from + days];
}

export function checkOutHours({ stay }: Booked): number {
  return nightCount(stay) * DAY_HOURS - CHECK_OUT_BEFORE_CHECK_IN_HOURS;
}

/** Asked for a moment ago, and nothing more. */
export function asked(by: Guest, stay: Nights): Booked {
  return {
    by,
    stay,
    nights: stay,
    status: 'held',
    payment: 'pending',
    hasPage: false,
    wasChallenged: false,
    isTheHosts: false,
    hostIsReminded: false,
    staysOpen: false,
    isSentBack: false,
    hours: LONG_BEFORE_HOURS,
    hasArrived: false,
    noShow: false,
    refundMinor: null,
    window: 'none',
    reviews: {},
  };
}

/** Its hold is over, and yet the bank would take the money. */
export function mayBePaidLate({ status, payment }: Booked): boolean {
  return status === 'expired' && (payment === 'pending' || payment === 'requires_action');
}

/** An instant that a booking waits for: by what its row calls it, and hours from there. */
export interface Due {
  at: 'hold_expires_at' | 'respond_by' | 'check_in_at' | 'closes_at';
  plusHours: number;
}

/** The next instant at which something changes for a booking by itself; none where nothing does any more. */
export function nextDue(booked: Booked): Due | undefined {
  const { status, hostIsReminded, hours, window } = booked;
  if (status === 'held') return { at: 'hold_expires_at', plusHours: 0 };
  if (status === 'awaiting_host') return { at: 'respond_by', plusHours: hostIsReminded ? 0 : -12 };
  const end = checkOutHours(booked);
  if (status === 'confirmed' || status === 'in_stay') {
    const instants = [FREE_UNTIL_HOURS, ARRIVAL_DAY_HOURS, 0, NO_SHOW_HOURS, DAY_HOURS, 2 * DAY_HOURS];
    const next = instants.find((instant) => instant > hours && instant < end) ?? end;
    return { at: 'check_in_at', plusHours: next };
  }
  if (status === 'completed' && hours < end) return { at: 'check_in_at', plusHours: end };
  return window === 'open' ? { at: 'closes_at', plusHours: 0 } : undefined;
}
