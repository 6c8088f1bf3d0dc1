import { z } from 'zod';
import { DEFAULT_STAY_RULES, STAY_RULE_LIMITS } from '#domain/availability.ts';
import {
  MAX_SEASON_NAME_CHARACTERS,
  MAX_SEASON_NIGHTS,
  MAX_SEASONS,
  overlappingSeason,
  WEEKDAYS,
} from '#domain/availability/seasons.ts';
import { isLocalTime } from '#domain/nights.ts';
import { SPAN, spanOf } from './schemas.ts';

function within({ least, most }: { least: number; most: number }) {
  return z.int().min(least).max(most);
}

const Nights = within(STAY_RULE_LIMITS.minimumNights);

export const Season = z
  .strictObject({
    name: z.string().trim().min(1).max(MAX_SEASON_NAME_CHARACTERS).meta({ example: 'Summer' }),
    from: SPAN.from.meta({ description: 'The first date of arrival.', example: '2027-07-01' }),
    to: SPAN.to.meta({ description: 'The day after the last: itself not included.', example: '2027-09-01' }),
    minimumNights: Nights.meta({ description: 'Of a stay that begins in it.', example: 7 }),
  })
  .check(spanOf(MAX_SEASON_NIGHTS))
  .meta({ id: 'Season', description: 'A time of the year with a minimum of its own.' });

export const MinimumNightsByArrival = z
  .strictObject({
    monday: Nights.optional(),
    tuesday: Nights.optional(),
    wednesday: Nights.optional(),
    thursday: Nights.optional(),
    friday: Nights.optional(),
    saturday: Nights.optional(),
    sunday: Nights.optional(),
  })
  .meta({
    id: 'MinimumNightsByArrival',
    description: 'How long a stay must be that begins on that day of the week.',
    example: { friday: 2 },
  });

/** Days of the week, of which one at least is left. */
const SomeDays = z
  .array(z.enum(WEEKDAYS))
  .max(WEEKDAYS.length - 1)
  .refine((days) => new Set(days).size === days.length, 'Must name each day once.');

const RULES = {
  minimumNights: Nights.meta({
    description: 'How long a stay must be, where neither its season nor its day of arrival says otherwise.',
  }),
  minimumNightsByArrival: MinimumNightsByArrival,
  seasons: z
    .array(Season)
    .max(MAX_SEASONS)
    .meta({
      description:
        'The date of arrival decides, also for a stay that goes on into another season. Where season and day of the ' +
        'week both have a minimum, the longer holds. No two may share a day.',
    }),
  maximumNights: within(STAY_RULE_LIMITS.maximumNights),
  longerByRequest: z
    .boolean()
    .meta({ description: 'Whether a guest may ask you for a longer stay than that; off, it is refused.' }),
  noArrivalDays: SomeDays.meta({
    description: 'Days of the week on which no stay begins.',
    example: ['sunday'],
  }),
  noDepartureDays: SomeDays.meta({
    description: 'Days of the week on which no stay ends.',
    example: ['sunday'],
  }),
  advanceNoticeDays: within(STAY_RULE_LIMITS.advanceNoticeDays).meta({
    description:
      "Days before check-in, in the property's zone, by which a stay must be booked. 0: on the day too.",
  }),
  sameDayLatestTime: z
    .string()
    .refine(isLocalTime, 'Must be a time of day, HH:MM.')
    .nullable()
    .meta({
      description: 'Until when a stay can be booked for the same day; null: all day.',
      example: '18:00',
    }),
  bookingWindowMonths: within(STAY_RULE_LIMITS.bookingWindowMonths).meta({
    description: 'How many months ahead a stay may begin.',
  }),
  preparationNightsBefore: within(STAY_RULE_LIMITS.preparationNightsBefore).meta({
    description: 'Nights kept empty before each stay.',
  }),
  preparationNightsAfter: within(STAY_RULE_LIMITS.preparationNightsAfter).meta({
    description: 'Nights kept empty after each stay.',
  }),
  maximumPets: within(STAY_RULE_LIMITS.maximumPets),
};

export const StayRules = z
  .strictObject(RULES)
  .meta({
    id: 'StayRules',
    description: 'What a host asks of a stay. Times and days are those of the property.',
  });

/** All rules anew: what is left out goes back to its default. */
export const NewStayRules = z
  .strictObject({
    minimumNights: RULES.minimumNights.default(DEFAULT_STAY_RULES.minimumNights),
    minimumNightsByArrival: RULES.minimumNightsByArrival.default({}),
    seasons: RULES.seasons.default([]),
    maximumNights: RULES.maximumNights.default(DEFAULT_STAY_RULES.maximumNights),
    longerByRequest: RULES.longerByRequest.default(DEFAULT_STAY_RULES.longerByRequest),
    noArrivalDays: RULES.noArrivalDays.default([]),
    noDepartureDays: RULES.noDepartureDays.default([]),
    advanceNoticeDays: RULES.advanceNoticeDays.default(DEFAULT_STAY_RULES.advanceNoticeDays),
    sameDayLatestTime: RULES.sameDayLatestTime.default(DEFAULT_STAY_RULES.sameDayLatestTime),
    bookingWindowMonths: RULES.bookingWindowMonths.default(DEFAULT_STAY_RULES.bookingWindowMonths),
    preparationNightsBefore: RULES.preparationNightsBefore.default(
      DEFAULT_STAY_RULES.preparationNightsBefore,
    ),
    preparationNightsAfter: RULES.preparationNightsAfter.default(DEFAULT_STAY_RULES.preparationNightsAfter),
    maximumPets: RULES.maximumPets.default(DEFAULT_STAY_RULES.maximumPets),
  })
  .refine(({ minimumNights, maximumNights }) => maximumNights >= minimumNights, {
    path: ['maximumNights'],
    message: 'Must not be below the minimum.',
  })
  .check(({ value, issues }) => {
    const { seasons, minimumNightsByArrival, maximumNights } = value;
    const refuse = (path: PropertyKey[], message: string, input: unknown) =>
      issues.push({ code: 'custom', path, message, input });
    const overlapping = overlappingSeason(seasons);
    if (overlapping !== -1) {
      refuse(['seasons', overlapping], 'Must not share a day with a season before it.', seasons[overlapping]);
    }
    const minima = [
      ...seasons.map((season, index) => [['seasons', index, 'minimumNights'], season.minimumNights] as const),
      ...WEEKDAYS.map((day) => [['minimumNightsByArrival', day], minimumNightsByArrival[day] ?? 1] as const),
    ];
    for (const [path, nights] of minima) {
      if (nights > maximumNights) refuse([...path], 'Must not be above `maximumNights`.', nights);
    }
  });
