import { minimumNightsFrom, nextDayBeside, weekdayNameOf } from './availability/seasons.ts';
import type { MinimumNights, WeekdayName } from './availability/seasons.ts';
import { DomainError } from './errors.ts';
import type { CalendarDate, Instant, LocalTime, Stay, TimeZone } from './nights.ts';
import { addDays, addMonths, instantOf, millisecondsOf, nightCount, todayIn } from './nights.ts';
import type { Guests } from './pricing.ts';
import type { BookingMode } from './properties.ts';

/** What a host asks of a stay, per property. */
export interface StayRules extends MinimumNights {
  maximumNights: number;
  /** Whether a guest may ask the host for a longer stay, also where bookings are made at once. */
  longerByRequest: boolean;
  /** Days of the week on which no stay begins, or ends. */
  noArrivalDays: WeekdayName[];
  noDepartureDays: WeekdayName[];
  /** How many days before check-in, in the property's zone, a stay must be booked. 0: on the same day too. */
  advanceNoticeDays: number;
  /** With no advance notice: until when on the day itself. `null`: all day. */
  sameDayLatestTime: LocalTime | null;
  /** How many months ahead a stay may begin. */
  bookingWindowMonths: number;
  /** Nights kept empty around each stay. Those of two stays may overlap; those of one and another stay may not. */
  preparationNightsBefore: number;
  preparationNightsAfter: number;
  maximumPets: number;
}

export const DEFAULT_STAY_RULES: Readonly<StayRules> = {
  minimumNights: 1,
  minimumNightsByArrival: {},
  seasons: [],
  maximumNights: 365,
  longerByRequest: false,
  noArrivalDays: [],
  noDepartureDays: [],
  advanceNoticeDays: 0,
  sameDayLatestTime: null,
  bookingWindowMonths: 12,
  preparationNightsBefore: 0,
  preparationNightsAfter: 0,
  maximumPets: 2,
};

/** Within which bounds a host may set each number, both included. `maximumNights` is never below `minimumNights`. */
export const STAY_RULE_LIMITS = {
  minimumNights: { least: 1, most: 365 },
  maximumNights: { least: 1, most: 365 },
  advanceNoticeDays: { least: 0, most: 90 },
  bookingWindowMonths: { least: 1, most: 24 },
  preparationNightsBefore: { least: 0, most: 14 },
  preparationNightsAfter: { least: 0, most: 14 },
  maximumPets: { least: 0, most: 10 },
} as const;

/** So many infants come along uncounted; each one more counts as a guest. */
export const INFANTS_NOT_COUNTED = 5;

/** The rules in the order in which they are looked at: a refusal names the first that is broken. */
export const STAY_REFUSAL_RULES = [
  'past',
  'advance_notice',
  'booking_window',
  'no_arrival_day',
  'no_departure_day',
  'minimum_nights',
  'maximum_nights',
  'capacity',
  'pets',
  'host_answer',
] as const;
export type StayRefusalRule = (typeof STAY_REFUSAL_RULES)[number];

/** Why a stay cannot be booked. `limit` is the bound that would do: a number, or the first or last possible date. */
export interface StayRefusal {
  rule: StayRefusalRule;
  message: string;
  limit: number | CalendarDate;
}

/** A stay asked for at a moment. Whether its nights are free is another question, and the database's. */
export interface StayRequest {
  stay: Stay;
  guests: Guests;
  rules: StayRules;
  /** How many guests the property sleeps. */
  capacity: number;
  /** How it is to be booked: `bookingModeOf` says, until the booking does. */
  bookingMode: BookingMode;
  checkInTime: LocalTime;
  zone: TimeZone;
  at: Instant;
}

/** The first of the rules that the stay breaks, or nothing. "Today" is the property's. */
export function refusalOf(
  request: StayRequest,
  rules: readonly StayRefusalRule[] = STAY_REFUSAL_RULES,
): StayRefusal | undefined {
  const today = todayIn(request.zone, request.at);
  for (const rule of rules) {
    const broken = CHECKS[rule](request, today);
    if (broken !== undefined) return { rule, ...broken };
  }
  return undefined;
}

/** What whoever asked is told: `stay_refused`, with `rule` and `limit`. */
export function stayRefused({ rule, message, limit }: StayRefusal): DomainError {
  return new DomainError('stay_refused', message, { rule, limit });
}

/** How a stay is booked: its host is asked where bookings are requests, and for one that is longer than most. */
export function bookingModeOf(
  stay: Stay,
  { bookingMode, rules }: { bookingMode: BookingMode; rules: StayRules },
): BookingMode {
  const isLonger = rules.longerByRequest && nightCount(stay) > rules.maximumNights;
  return isLonger ? 'request' : bookingMode;
}

/** Whether a stay can still be begun at a moment: until its first day is over, in the property's zone. */
export function canBegin({ checkIn }: Stay, { zone, at }: { zone: TimeZone; at: Instant }): boolean {
  return checkIn >= todayIn(zone, at);
}

/** How many of the party count against the capacity. */
export function countedGuests({ adults, children, infants }: Guests): number {
  return adults + children + Math.max(0, infants - INFANTS_NOT_COUNTED);
}

/** How many nights are kept empty around a stay. */
export type Preparation = Pick<StayRules, 'preparationNightsBefore' | 'preparationNightsAfter'>;

/** The nights to keep empty before and after a stay, where the rules ask for any. */
export function preparationOf(stay: Stay, rules: Preparation): { before?: Stay; after?: Stay } {
  const { preparationNightsBefore: before, preparationNightsAfter: after } = rules;
  return {
    ...(before > 0 && { before: { checkIn: addDays(stay.checkIn, -before), checkOut: stay.checkIn } }),
    ...(after > 0 && { after: { checkIn: stay.checkOut, checkOut: addDays(stay.checkOut, after) } }),
  };
}

type Check = (request: StayRequest, today: CalendarDate) => Omit<StayRefusal, 'rule'> | undefined;

const CHECKS: Readonly<Record<StayRefusalRule, Check>> = {
  past({ stay }, today) {
    if (stay.checkIn >= today) return undefined;
    return { message: 'The check-in date has passed.', limit: today };
  },

  advance_notice({ stay, rules, zone, at }, today) {
    const earliest = earliestCheckIn(rules, { zone, at, today });
    if (stay.checkIn >= earliest) return undefined;
    return { message: `The earliest possible check-in is ${earliest}.`, limit: earliest };
  },

  booking_window({ stay, rules }, today) {
    const latest = addMonths(today, rules.bookingWindowMonths);
    if (stay.checkIn <= latest) return undefined;
    return { message: `The latest possible check-in is ${latest}.`, limit: latest };
  },

  no_arrival_day({ stay, rules }) {
    const limit = nextDayBeside(rules.noArrivalDays, stay.checkIn);
    if (limit === stay.checkIn) return undefined;
    return { message: `No stay begins on a ${named(stay.checkIn)}: the next can on ${limit}.`, limit };
  },

  no_departure_day({ stay, rules }) {
    const limit = nextDayBeside(rules.noDepartureDays, stay.checkOut);
    if (limit === stay.checkOut) return undefined;
    return { message: `No stay ends on a ${named(stay.checkOut)}: the next can on ${limit}.`, limit };
  },

  minimum_nights({ stay, rules }) {
    const limit = minimumNightsFrom(stay.checkIn, rules);
    if (nightCount(stay) >= limit) return undefined;
    return { message: `The stay must be at least ${counted(limit, 'night')} long.`, limit };
  },

  maximum_nights({ stay, rules, bookingMode }) {
    const mayBeLonger = rules.longerByRequest && bookingMode === 'request';
    const limit = mayBeLonger ? STAY_RULE_LIMITS.maximumNights.most : rules.maximumNights;
    if (nightCount(stay) <= limit) return undefined;
    return { message: `The stay may be at most ${counted(limit, 'night')} long.`, limit };
  },

  capacity({ guests, capacity: limit }) {
    if (countedGuests(guests) <= limit) return undefined;
    return { message: `The property sleeps ${counted(limit, 'guest')}.`, limit };
  },

  pets({ guests, rules }) {
    const limit = rules.maximumPets;
    if (guests.pets <= limit) return undefined;
    return {
      message: limit === 0 ? 'Pets cannot stay.' : `At most ${counted(limit, 'pet')} can stay.`,
      limit,
    };
  },

  /** A host answers until check-in at the latest: past it there is nobody to ask. */
  host_answer({ stay, bookingMode, checkInTime, zone, at }, today) {
    if (bookingMode === 'instant') return undefined;
    const checkInAt = instantOf(stay.checkIn, checkInTime, zone);
    if (millisecondsOf(at) < millisecondsOf(checkInAt)) return undefined;
    const message = 'The host has to be asked, and could not answer before check-in.';
    return { message, limit: addDays(today, 1) };
  },
};

function earliestCheckIn(
  { advanceNoticeDays, sameDayLatestTime }: StayRules,
  { zone, at, today }: { zone: TimeZone; at: Instant; today: CalendarDate },
): CalendarDate {
  if (advanceNoticeDays > 0 || sameDayLatestTime === null) return addDays(today, advanceNoticeDays);
  const closesAt = instantOf(today, sameDayLatestTime, zone);
  const isOpen = millisecondsOf(at) <= millisecondsOf(closesAt); // The closing instant itself is in time.
  return isOpen ? today : addDays(today, 1);
}

/** A day of the week as English writes it. */
function named(date: CalendarDate): string {
  const name = weekdayNameOf(date);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
