import { addDays, addMonths, nightCount, weekdayOf } from './nights.ts';
import type { CalendarDate, Stay } from './nights.ts';

/** How many days before or after the dates they ask for guests may let a stay begin. */
export const MAX_FLEXIBLE_DAYS = 3;

/** What may be asked for in a month: Friday to Sunday, or seven nights from any day. */
export const LENGTHS_IN_A_MONTH = ['weekend', 'week'] as const;
export type LengthInAMonth = (typeof LENGTHS_IN_A_MONTH)[number];

/** So many stays are asked about at most: the weeks of a month of 31 days. */
export const MAX_STAYS_ASKED = 25;

const FRIDAY = 5;
const WEEKEND_NIGHTS = 2;
const WEEK_NIGHTS = 7;

/** The stay itself, then those as long that begin up to so many days off: the nearest first, the earlier of two. */
export function staysAround(stay: Stay, flexibleDays: number): Stay[] {
  const shifts = [0];
  for (let days = 1; days <= flexibleDays; days++) shifts.push(-days, days);
  return shifts.map((days) => stayFrom(addDays(stay.checkIn, days), nightCount(stay)));
}

/**
 * The weekends that begin in a month, or the weeks whose nights all lie in it, the earliest first.
 * @param firstOfMonth its first day
 */
export function staysInMonth(firstOfMonth: CalendarDate, length: LengthInAMonth): Stay[] {
  const nextMonth = addMonths(firstOfMonth, 1);
  const stays: Stay[] = [];
  for (let checkIn = firstOfMonth; checkIn < nextMonth; checkIn = addDays(checkIn, 1)) {
    const stay = stayFrom(checkIn, length === 'weekend' ? WEEKEND_NIGHTS : WEEK_NIGHTS);
    const fits = length === 'weekend' ? weekdayOf(checkIn) === FRIDAY : stay.checkOut <= nextMonth;
    if (fits) stays.push(stay);
  }
  return stays;
}

function stayFrom(checkIn: CalendarDate, nights: number): Stay {
  return { checkIn, checkOut: addDays(checkIn, nights) };
}
