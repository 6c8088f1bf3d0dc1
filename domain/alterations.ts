import { countedGuests, refusalOf, STAY_REFUSAL_RULES, stayRefused } from './availability.ts';
import type { Preparation, StayRefusalRule, StayRules } from './availability.ts';
import { LONG_TERM_FROM_NIGHTS } from './cancellation/policies.ts';
import { DomainError } from './errors.ts';
import type { BookingStatus } from './bookings.ts';
import type { CalendarDate, Instant, LocalTime, Stay, TimeZone } from './nights.ts';
import { nightCount, nightsOf, staysOverlap, todayIn } from './nights.ts';
import type { Guests } from './pricing.ts';
import type { PropertyStatus } from './properties.ts';

/**
 * How far a proposal to change a booking has come. `accepted`: the added nights are held and wait for their payment.
 * Everything after `altered` came to nothing, and the booking is as it was.
 */
export const ALTERATION_STATUSES = [
  'proposed',
  'accepted',
  'altered',
  'declined',
  'withdrawn',
  'replaced',
  'lapsed',
  'failed',
] as const;
export type AlterationStatus = (typeof ALTERATION_STATUSES)[number];

/** Of a booking one at most is one of these. */
export const LIVE_ALTERATION_STATUSES = ['proposed', 'accepted'] as const satisfies AlterationStatus[];

/** How often each side of a booking may propose in its life: each time is a message that its workflow keeps. */
export const MAX_PROPOSALS_PER_SIDE = 20;

/**
 * How long added nights wait for their payment once both sides agree. Longer than a hold, since it is often the host who
 * accepts while the guest is asleep; and both have agreed, so nobody hoards nights by it.
 */
export const ALTERATION_PAYMENT_HOURS = 24;

/** What is to become of a booking: dates and party as they would be, all of them. */
export interface Wanted {
  stay: Stay;
  guests: Guests;
}

/**
 * Until when the difference can be paid, that instant excluded: never past the next turn of the booking's life, at which
 * it is to be certain what the booking is, nor past the check-in that is asked for.
 */
export function payBy({
  at,
  turnAt,
  checkInAt,
}: {
  at: Instant;
  turnAt: Instant;
  checkInAt: Instant;
}): Instant {
  const ends = [Date.parse(at) + ALTERATION_PAYMENT_HOURS * HOUR_MS, Date.parse(turnAt)];
  if (Date.parse(checkInAt) > Date.parse(at)) ends.push(Date.parse(checkInAt));
  return new Date(Math.min(...ends)).toISOString();
}

const HOUR_MS = 3_600_000;

/** The nights of one stay that are not in another: before it, after it, or both. */
export function nightsBeside(stay: Stay, other: Stay): CalendarDate[] {
  const known = new Set(nightsOf(other));
  return nightsOf(stay).filter((night) => !known.has(night));
}

/**
 * From which check-in the deadlines of the policy are counted afterwards: nights that are kept bring the earliest with
 * them that they were ever booked for, else a stay put off by a day would win days for the nights it keeps. Undefined
 * where that is the new check-in.
 */
export function policyCheckInOf(
  { stay, policyCheckIn }: { stay: Stay; policyCheckIn?: CalendarDate | null | undefined },
  to: Stay,
): CalendarDate | undefined {
  const before = policyCheckIn ?? stay.checkIn;
  return staysOverlap(stay, to) && before < to.checkIn ? before : undefined;
}

/**
 * How many nights are kept empty around what a booking becomes: what the property asks now, but beside an end that stays
 * where it is as many as when it was booked. Somebody else may have the next ones.
 */
export function preparationOfAltered(
  booking: Stay & { [Nights in keyof Preparation]: number | null },
  to: Stay,
  { preparationNightsBefore, preparationNightsAfter }: Preparation,
): Preparation {
  const [before, after] = [booking.preparationNightsBefore, booking.preparationNightsAfter];
  return {
    preparationNightsBefore:
      booking.checkIn === to.checkIn ? (before ?? preparationNightsBefore) : preparationNightsBefore,
    preparationNightsAfter:
      booking.checkOut === to.checkOut ? (after ?? preparationNightsAfter) : preparationNightsAfter,
  };
}

export function isSameStay(a: Stay, b: Stay): boolean {
  return a.checkIn === b.checkIn && a.checkOut === b.checkOut;
}

/** What decides whether a booking may become what is wanted, but for the nights themselves being free. */
export interface AlterationAsked {
  booking: Wanted & { status: BookingStatus; zone: TimeZone; checkInTime: LocalTime };
  to: Wanted;
  property: { status: PropertyStatus; capacity: number; rules: StayRules };
  at: Instant;
}

/**
 * Rules that look at when a stay begins or ends, and at how long it is: they have no say where that stays as it is. Nor have
 * those of the party where no more come than were booked for, however few the property takes by now.
 */
const OF_ARRIVAL: readonly StayRefusalRule[] = ['past', 'advance_notice', 'booking_window', 'no_arrival_day'];
const OF_DEPARTURE: readonly StayRefusalRule[] = ['no_departure_day'];
const OF_LENGTH: readonly StayRefusalRule[] = ['minimum_nights', 'maximum_nights'];
/** Its host is asked anyway, and until when they may answer is the proposal's own affair. */
const OF_REQUESTS: readonly StayRefusalRule[] = ['host_answer'];

/**
 * Why a booking may not become what is wanted: `stay_refused` with a `rule` of the property's, `not_published` where
 * nights are added, `begun` where nights have passed that it would change, or `long_term`, since a stay that is paid month by month cannot be altered;
 * `invalid_input` where nothing would change. Depends on zone data: ask in an activity, not in workflow code.
 */
export function alterationRefusal(asked: AlterationAsked): DomainError | undefined {
  const { booking, to, property, at } = asked;
  if (isSameStay(booking.stay, to.stay) && isSameParty(booking.guests, to.guests)) return nothingChanges();
  const longest = Math.max(nightCount(booking.stay), nightCount(to.stay));
  if (longest >= LONG_TERM_FROM_NIGHTS) return tooLong();
  const isLonger = nightsBeside(to.stay, booking.stay).length > 0;
  if (property.status !== 'published' && isLonger) {
    return new DomainError('stay_refused', 'The property takes no bookings.', { rule: 'not_published' });
  }
  const begun = pastNights(asked);
  if (begun !== undefined) return begun;
  const rules = STAY_REFUSAL_RULES.filter((rule) => hasSay(rule, asked));
  const { zone, checkInTime } = booking;
  // Both sides have their say, so a longer stay is one that the host is asked for.
  const request = { ...property, ...to, bookingMode: 'request' as const, zone, checkInTime, at };
  const broken = refusalOf(request, rules);
  return broken && stayRefused(broken);
}

function hasSay(rule: StayRefusalRule, { booking, to }: AlterationAsked): boolean {
  if (OF_REQUESTS.includes(rule)) return false;
  if (OF_ARRIVAL.includes(rule)) return booking.stay.checkIn !== to.stay.checkIn;
  if (OF_DEPARTURE.includes(rule)) return booking.stay.checkOut !== to.stay.checkOut;
  if (rule === 'capacity') return countedGuests(to.guests) > countedGuests(booking.guests);
  if (rule === 'pets') return to.guests.pets > booking.guests.pets;
  return !OF_LENGTH.includes(rule) || !isSameStay(booking.stay, to.stay);
}

/** Once the stay has begun its nights can only be added to, or those ahead left out; the one that has begun is spent. */
function pastNights({ booking, to, at }: AlterationAsked): DomainError | undefined {
  if (booking.status !== 'in_stay') return undefined;
  if (to.stay.checkIn !== booking.stay.checkIn) {
    const message = 'The stay has begun: its check-in can no longer be changed.';
    return new DomainError('stay_refused', message, { rule: 'begun', limit: booking.stay.checkIn });
  }
  const today = todayIn(booking.zone, at);
  if (to.stay.checkOut > today) return undefined;
  const message = `The stay has begun: it can end tomorrow, after ${today}, at the earliest.`;
  return new DomainError('stay_refused', message, { rule: 'begun', limit: today });
}

function tooLong(): DomainError {
  const limit = LONG_TERM_FROM_NIGHTS - 1;
  const message = `Only a booking that is, and stays, at most ${limit} nights long can be altered.`;
  return new DomainError('stay_refused', message, { rule: 'long_term', limit });
}

function nothingChanges(): DomainError {
  const message = 'Dates and guests are those of the booking: nothing would change.';
  return new DomainError('invalid_input', message, { errors: [{ path: '', message }] });
}

function isSameParty(a: Guests, b: Guests): boolean {
  return a.adults === b.adults && a.children === b.children && a.infants === b.infants && a.pets === b.pets;
}
