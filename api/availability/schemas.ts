import { z } from 'zod';
import { DEFAULT_STAY_RULES, STAY_RULE_LIMITS } from '#domain/availability.ts';
import { NIGHT_REASONS } from '#domain/calendar.ts';
import { daysBetween, isCalendarDate, isLocalTime } from '#domain/nights.ts';
import { CalendarDate, CurrencyCode, IdOf, Instant, MinorUnits } from '../schemas.ts';

export const MAX_CALENDAR_NIGHTS = 366;
export const MAX_BLOCK_NIGHTS = 731;
const MAX_NOTE_CHARACTERS = 500;

/** Aborts at a bad date: what compares dates then sees only good ones. */
const Night = z
  .string()
  .refine(isCalendarDate, { error: 'Must be a date of the years 1900 to 2999, YYYY-MM-DD.', abort: true })
  .meta({ format: 'date', example: '2027-05-01' });

/** The nights from `from` to `to`, as both the blocks and the calendar spell them. */
const SPAN = {
  from: Night.meta({ description: 'The first night.' }),
  to: Night.meta({
    description: 'The morning after the last night: itself not included.',
    example: '2027-05-04',
  }),
};

/** Refuses a span that ends before it begins, or holds more nights than `most`. */
function spanOf<T extends { from: string; to: string }>(most: number) {
  return ({ value, issues }: z.core.ParsePayload<T>) => {
    const nights = daysBetween(value.from, value.to);
    if (nights >= 1 && nights <= most) return;
    const message = nights < 1 ? 'Must be after `from`.' : `Must be at most ${most} nights after \`from\`.`;
    issues.push({ code: 'custom', path: ['to'], message, input: value.to });
  };
}

export const NewBlock = z
  .strictObject({
    ...SPAN,
    note: z
      .string()
      .trim()
      .max(MAX_NOTE_CHARACTERS)
      .optional()
      .meta({ description: 'For the host alone.', example: 'Painting the hall' }),
  })
  .check(spanOf(MAX_BLOCK_NIGHTS));

export const Block = z
  .strictObject({
    id: IdOf('block'),
    propertyId: IdOf('property'),
    ...SPAN,
    note: z.string().optional(),
    cancelledBookingId: IdOf('booking')
      .optional()
      .meta({
        description:
          'The booking whose nights these were until the host cancelled it: an operator alone frees them.',
      }),
    createdAt: Instant,
  })
  .meta({ id: 'Block', description: 'Nights that a host keeps for themselves.' });

export const CalendarQuery = z.strictObject(SPAN).check(spanOf(MAX_CALENDAR_NIGHTS));

export const CalendarNight = z.strictObject({
  date: CalendarDate,
  available: z.boolean().meta({ description: 'Free, and can be the first night of a stay booked now.' }),
  price: MinorUnits.meta({ description: 'The night alone, for one guest, before fees and discounts.' }),
  minimumNights: z.int().meta({ description: 'How long a stay that begins on this night must be.' }),
  reason: z
    .enum(NIGHT_REASONS)
    .optional()
    .meta({ description: 'Why the night is not available; for the host alone.' }),
});

export const Calendar = z
  .strictObject({ propertyId: IdOf('property'), currency: CurrencyCode, nights: z.array(CalendarNight) })
  .meta({ id: 'Calendar' });

function within({ least, most }: { least: number; most: number }) {
  return z.int().min(least).max(most);
}

const RULES = {
  minimumNights: within(STAY_RULE_LIMITS.minimumNights),
  maximumNights: within(STAY_RULE_LIMITS.maximumNights),
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
    maximumNights: RULES.maximumNights.default(DEFAULT_STAY_RULES.maximumNights),
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
  });
