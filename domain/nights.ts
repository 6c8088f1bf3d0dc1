import { Temporal as CalendarLibrary } from 'temporal-polyfill';
import { invalidInput } from './errors.ts';

/** A day of the Gregorian calendar, `YYYY-MM-DD`. Such dates sort, and compare with `<`, as text. */
export type CalendarDate = string;

/** A time of day on the wall, `HH:MM`, of 24 hours. */
export type LocalTime = string;

/** A name of the IANA time zone database, `Europe/London`. */
export type TimeZone = string;

/**
 * A moment, RFC 3339 in UTC with milliseconds, exactly as `Date.prototype.toISOString` writes it
 * (`2026-11-23T15:00:00.000Z`): so equal moments are equal strings, and moments sort as text.
 */
export type Instant = string;

/** A stay is the nights `[checkIn, checkOut)`, dates in the property's own time zone. */
export interface Stay {
  checkIn: CalendarDate;
  checkOut: CalendarDate;
}

/** A date and a time on the wall of one zone: the form in which deadlines are kept until they are needed. */
export interface LocalMoment {
  date: CalendarDate;
  time: LocalTime;
  zone: TimeZone;
}

/** ISO weekday, Monday = 1. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

const DAY_MS = 86_400_000;
const DATE_SHAPE = /^(?:19|2\d)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME_SHAPE = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const ZONE_SHAPE = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/** A real day from 1900 to 2999: the bounds leave room for arithmetic within four-digit years. */
export function isCalendarDate(value: unknown): value is CalendarDate {
  return typeof value === 'string' && DATE_SHAPE.test(value) && dateOfDay(dayOf(value)) === value;
}

export function isLocalTime(value: unknown): value is LocalTime {
  return typeof value === 'string' && TIME_SHAPE.test(value);
}

/** Whether this machine's zone data knows the name. Bare offsets such as `+01:00` are not zones. */
export function isTimeZone(value: unknown): value is TimeZone {
  if (typeof value !== 'string' || !ZONE_SHAPE.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** @throws DomainError `invalid_input` unless both are dates and check-out is at least a day after check-in. */
export function newStay(checkIn: CalendarDate, checkOut: CalendarDate): Stay {
  if (!isCalendarDate(checkIn)) throw invalidInput('checkIn', 'Must be a date, YYYY-MM-DD.');
  if (!isCalendarDate(checkOut)) throw invalidInput('checkOut', 'Must be a date, YYYY-MM-DD.');
  if (checkOut <= checkIn) throw invalidInput('checkOut', 'Must be after the check-in date.');
  return { checkIn, checkOut };
}

export function nightCount(stay: Stay): number {
  return daysBetween(stay.checkIn, stay.checkOut);
}

/** The dates on whose evening the guest goes to bed there: check-in included, check-out not. */
export function nightsOf(stay: Stay): CalendarDate[] {
  const first = dayOf(stay.checkIn);
  return Array.from({ length: nightCount(stay) }, (_, index) => dateOfDay(first + index));
}

/** Whether the stays share a night. One may begin on the day the other ends. */
export function staysOverlap(a: Stay, b: Stay): boolean {
  return a.checkIn < b.checkOut && b.checkIn < a.checkOut;
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return dateOfDay(dayOf(date) + days);
}

/** The same day of another month, or that month's last day where it is shorter: 31 January + 1 is 28 February. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const monthIndex = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  const year = Math.floor(monthIndex / 12);
  const month = monthIndex - year * 12;
  const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dateOfDay(Date.UTC(year, month, Math.min(Number(date.slice(8)), daysInMonth)) / DAY_MS);
}

/** Days from the first date to the second: negative when the second comes first. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return dayOf(to) - dayOf(from);
}

export function weekdayOf(date: CalendarDate): Weekday {
  const sinceThursday = (dayOf(date) + 3) % 7; // 1970-01-01 was a Thursday.
  return (((sinceThursday + 7) % 7) + 1) as Weekday;
}

/**
 * When a wall in that zone shows that date and time. A time that the clocks skip becomes the first one after the
 * gap (on a day that the zone skips whole: the start of the next day); of a time that occurs twice, the earlier.
 * Depends on the machine's zone data, so workflow code must not call it: ask in an activity.
 */
export function instantOf(date: CalendarDate, time: LocalTime, zone: TimeZone): Instant {
  const wall = CalendarLibrary.PlainDateTime.from(`${date}T${time}`);
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(wall)) return toInstant(earlier.epochMilliseconds);
  // In a gap the earlier reading lies before the clocks change, and the first valid time is the change itself.
  const change = earlier.getTimeZoneTransition('next');
  return toInstant((change ?? earlier).epochMilliseconds);
}

/** The deadline so many days before a moment, counted on the wall: across a clock change the hour stays the same. */
export function deadlineBefore({ date, time, zone }: LocalMoment, days: number): Instant {
  return instantOf(addDays(date, -days), time, zone);
}

/** The date in that zone at a moment: "today", when the moment is now. */
export function todayIn(zone: TimeZone, at: Instant): CalendarDate {
  return zonedAt(zone, at).toPlainDate().toString();
}

/** The time on the wall in that zone at a moment, to the minute begun. */
export function localTimeIn(zone: TimeZone, at: Instant): LocalTime {
  return zonedAt(zone, at).toPlainTime().toString({ smallestUnit: 'minute' });
}

/** A moment so many hours of elapsed time later, whatever the clocks do. */
export function addHours(at: Instant, hours: number): Instant {
  return toInstant(millisecondsOf(at) + hours * 3_600_000);
}

function zonedAt(zone: TimeZone, at: Instant): CalendarLibrary.ZonedDateTime {
  return CalendarLibrary.Instant.fromEpochMilliseconds(millisecondsOf(at)).toZonedDateTimeISO(zone);
}

/** Moments that come from elsewhere may lack the milliseconds, or carry an offset: compare them by this number. */
export function millisecondsOf(at: Instant): number {
  const milliseconds = Date.parse(at);
  if (Number.isNaN(milliseconds)) throw new RangeError(`Not an instant: ${at}`);
  return milliseconds;
}

function toInstant(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString();
}

/** Days since 1970-01-01. Dates are reckoned as integers because search and pricing do it for every row and night. */
function dayOf(date: CalendarDate): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8))) / DAY_MS;
}

function dateOfDay(day: number): CalendarDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
