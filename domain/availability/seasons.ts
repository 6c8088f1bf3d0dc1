import { addDays, weekdayOf } from '../nights.ts';
import type { CalendarDate } from '../nights.ts';

/** In the order of ISO, Monday = 1. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type WeekdayName = (typeof WEEKDAYS)[number];

/** A time of the year with a minimum of its own. It speaks of the stays that begin in it, `to` excluded. */
export interface Season {
  name: string;
  from: CalendarDate;
  to: CalendarDate;
  minimumNights: number;
}

/** How many seasons a property may have: two years of them, one for each month. */
export const MAX_SEASONS = 24;
export const MAX_SEASON_NIGHTS = 366;
export const MAX_SEASON_NAME_CHARACTERS = 60;

/** How long a stay must be, and by what. */
export interface MinimumNights {
  minimumNights: number;
  /** For arrivals on that day of the week. */
  minimumNightsByArrival: Partial<Record<WeekdayName, number | undefined>>;
  /** By their beginning; no two share a day. */
  seasons: Season[];
}

export function weekdayNameOf(date: CalendarDate): WeekdayName {
  return WEEKDAYS[weekdayOf(date) - 1] ?? 'monday';
}

/**
 * How many nights a stay that begins on this date must have at least. The date of arrival alone decides, also for a stay
 * that goes on into another season: a guest sees one number per day, and the calendar can show it. Where its season or
 * its day of the week has a minimum, the property's own has no say; where both have one, the longer holds.
 */
export function minimumNightsFrom(
  arrival: CalendarDate,
  { minimumNights, minimumNightsByArrival, seasons }: MinimumNights,
): number {
  const season = seasons.find(({ from, to }) => from <= arrival && arrival < to);
  const ofSeason = season?.minimumNights ?? 0;
  const ofDay = minimumNightsByArrival[weekdayNameOf(arrival)] ?? 0;
  return Math.max(ofSeason, ofDay) || minimumNights;
}

/** The date itself, or the first after it that is none of these days of the week; all seven leave none. */
export function nextDayBeside(days: readonly WeekdayName[], date: CalendarDate): CalendarDate {
  const week = WEEKDAYS.map((_, later) => addDays(date, later));
  return week.find((day) => !days.includes(weekdayNameOf(day))) ?? date;
}

/** The first season, by its place in the list, that shares a day with one before it in time; -1 where none does. */
export function overlappingSeason(seasons: readonly Season[]): number {
  return seasons.findIndex((season, index) =>
    seasons.some(
      (other, otherIndex) => otherIndex < index && season.from < other.to && other.from < season.to,
    ),
  );
}
