import { z } from 'zod';
import { NIGHT_REASONS } from '#domain/calendar.ts';
import { daysBetween, isCalendarDate } from '#domain/nights.ts';
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
export const SPAN = {
  from: Night.meta({ description: 'The first night.' }),
  to: Night.meta({
    description: 'The morning after the last night: itself not included.',
    example: '2027-05-04',
  }),
};

/** Refuses a span that ends before it begins, or holds more nights than `most`. */
export function spanOf<T extends { from: string; to: string }>(most: number) {
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
  available: z
    .boolean()
    .meta({ description: 'Free, and neither too near nor too far ahead to be booked now.' }),
  price: MinorUnits.meta({ description: 'The night alone, for one guest, before fees and discounts.' }),
  minimumNights: z.int().meta({ description: 'How long a stay that begins on this night must be.' }),
  arrivalAllowed: z.boolean().meta({ description: 'Whether a stay may begin on this day of the week.' }),
  departureAllowed: z.boolean().meta({ description: 'Whether a stay may end on this day of the week.' }),
  reason: z
    .enum(NIGHT_REASONS)
    .optional()
    .meta({ description: 'Why the night is not available; for the host alone.' }),
});

export const Calendar = z
  .strictObject({ propertyId: IdOf('property'), currency: CurrencyCode, nights: z.array(CalendarNight) })
  .meta({ id: 'Calendar' });
