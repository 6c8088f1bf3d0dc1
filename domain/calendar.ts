import { refusalOf } from './availability.ts';
import type { StayRefusalRule, StayRules } from './availability.ts';
import { minimumNightsFrom, nextDayBeside } from './availability/seasons.ts';
import { addDays, nightsOf, todayIn } from './nights.ts';
import type { CalendarDate, Instant, Stay, TimeZone } from './nights.ts';
import { nightToday } from './pricing/nights.ts';
import type { NightPrices } from './pricing/nights.ts';
import type { Currency } from './money.ts';

/** What may lie on a night, the weightier first: of several the host is told one. */
export const TAKEN_BY = ['booked', 'held', 'blocked', 'imported', 'linked', 'preparation'] as const;
export type TakenBy = (typeof TAKEN_BY)[number];

/** Those of them that somebody sleeps in, there or in a part of it. */
const STAYS: readonly TakenBy[] = ['booked', 'held', 'linked'];

/** Why a night cannot be had. Its host may know; to everyone else it is simply not available. */
export const NIGHT_REASONS = [...TAKEN_BY, 'past', 'advance_notice', 'booking_window'] as const;
export type NightReason = (typeof NIGHT_REASONS)[number];

/** Nights that something lies on, the last one's morning excluded, as always. */
export interface TakenNights extends Stay {
  by: TakenBy;
}

export interface CalendarNight {
  date: CalendarDate;
  /** Nothing when the night can be had. */
  reason: NightReason | undefined;
  /** The night alone, for one guest, in minor units: no fees, no discounts, no taxes. */
  priceMinor: number;
  /** Of a stay that begins on this date. */
  minimumNights: number;
  /** Whether a stay may begin, or end, on this day of the week. */
  arrivalAllowed: boolean;
  departureAllowed: boolean;
}

export interface CalendarRequest {
  /** The nights to show. */
  span: Stay;
  taken: readonly TakenNights[];
  rules: StayRules;
  pricing: NightPrices;
  currency: Currency;
  zone: TimeZone;
  at: Instant;
}

/** A property night by night. A night is available when it is free and neither too near nor too far ahead. */
export function calendarOf(request: CalendarRequest): CalendarNight[] {
  const taken = takenByNight(request);
  const { today, earliest, latest } = arrivalWindow(request);
  const { rules } = request;
  return nightsOf(request.span).map((date) => ({
    date,
    reason: date < today ? 'past' : (taken.get(date) ?? outside(date, { earliest, latest })),
    priceMinor: nightToday(date, request.pricing).rateMinor,
    minimumNights: minimumNightsFrom(date, rules),
    arrivalAllowed: nextDayBeside(rules.noArrivalDays, date) === date,
    departureAllowed: nextDayBeside(rules.noDepartureDays, date) === date,
  }));
}

function outside(
  date: CalendarDate,
  { earliest, latest }: { earliest: CalendarDate; latest: CalendarDate },
): NightReason | undefined {
  if (date < earliest) return 'advance_notice';
  return date > latest ? 'booking_window' : undefined;
}

/**
 * Beside a booking also the nights are taken after which, or before which, there would be no room left to prepare:
 * a stay with them in it is refused.
 */
function takenByNight({ span, taken, rules }: CalendarRequest): Map<CalendarDate, TakenBy> {
  const stays = taken.filter(({ by }) => STAYS.includes(by));
  const besides = stays.map(({ checkIn, checkOut }) => ({
    by: 'preparation' as const,
    checkIn: addDays(checkIn, -rules.preparationNightsAfter),
    checkOut: addDays(checkOut, rules.preparationNightsBefore),
  }));
  const weightiestLast = [...taken, ...besides].sort(
    (a, b) => TAKEN_BY.indexOf(b.by) - TAKEN_BY.indexOf(a.by),
  );
  const byNight = new Map<CalendarDate, TakenBy>();
  for (const { by, checkIn, checkOut } of weightiestLast) {
    const first = checkIn > span.checkIn ? checkIn : span.checkIn;
    const end = checkOut < span.checkOut ? checkOut : span.checkOut;
    for (const night of first < end ? nightsOf({ checkIn: first, checkOut: end }) : [])
      byNight.set(night, by);
  }
  return byNight;
}

/** The first and last date on which a stay may begin: asked of the rules, so that they and the calendar agree. */
function arrivalWindow({
  rules,
  zone,
  at,
}: CalendarRequest): Record<'today' | 'earliest' | 'latest', CalendarDate> {
  const today = todayIn(zone, at);
  const bound = (checkIn: CalendarDate): CalendarDate => {
    const stay = { checkIn, checkOut: addDays(checkIn, 1) };
    const alone = { guests: ONE_GUEST, capacity: 1, bookingMode: 'instant', checkInTime: '00:00' } as const;
    const refusal = refusalOf({ ...alone, stay, rules, zone, at }, OF_ARRIVAL);
    return refusal === undefined ? checkIn : String(refusal.limit);
  };
  return { today, earliest: bound(today), latest: bound(FAR_FUTURE) };
}

const OF_ARRIVAL: readonly StayRefusalRule[] = ['past', 'advance_notice', 'booking_window'];
const ONE_GUEST = { adults: 1, children: 0, infants: 0, pets: 0 };
const FAR_FUTURE = '2999-12-30';
