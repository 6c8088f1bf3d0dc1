import { z } from 'zod';
import { isCalendarDate } from '#domain/nights.ts';
import { MOVEMENT_KINDS, STATEMENT_MAX_DAYS, STATEMENT_ZONE, daysOf } from '#domain/statements.ts';
import type { MovementKind, Period } from '#domain/statements.ts';
import { CalendarDate, CurrencyCode, IdOf, Instant, MinorUnits, PageQuery } from '../schemas.ts';

/** Aborts at a bad date: what reckons with dates then sees only good ones. */
const Day = z
  .string()
  .refine(isCalendarDate, { error: 'Must be a date of the years 1900 to 2999, YYYY-MM-DD.', abort: true });

/** Refuses a period that ends before it begins, or is longer than a statement may be. */
function isPeriod<T extends Period>({ value, issues }: z.core.ParsePayload<T>): void {
  const days = daysOf(value);
  if (days >= 1 && days <= STATEMENT_MAX_DAYS) return;
  const message =
    days < 1 ? 'Must not be before `from`.' : `A statement is of ${STATEMENT_MAX_DAYS} days at most.`;
  issues.push({ code: 'custom', path: ['to'], message, input: value.to });
}

export const StatementQuery = z
  .strictObject({
    from: Day.meta({ format: 'date', description: 'The first day, in UTC.', example: '2027-05-01' }),
    to: Day.meta({
      format: 'date',
      description: 'The last day, in UTC: itself included.',
      example: '2027-05-31',
    }),
    currency: CurrencyCode.optional().meta({
      description: 'May be left out by a host who has ever had one alone. A refusal names those there are.',
      example: 'GBP',
    }),
    hostId: IdOf('user')
      .optional()
      .meta({ description: 'Whose: for operators; anyone else’s is their own.' }),
    ...PageQuery.shape,
  })
  .check(isPeriod);

const MovementKindName = z.enum(Object.keys(MOVEMENT_KINDS) as [MovementKind, ...MovementKind[]]);

export const StatementMovement = z
  .strictObject({
    id: z
      .string()
      .meta({
        description: 'What the ledger calls it, the same for ever.',
        example: 'payout:pyo_01jz3v9qk8w5xw7d2m4n6p8r0t:1',
      }),
    at: Instant,
    date: CalendarDate.meta({ description: 'In UTC.' }),
    kind: MovementKindName,
    bookingId: IdOf('booking'),
    propertyId: IdOf('property'),
    property: z.string().meta({ description: 'Its title, as it is today.' }),
    amount: MinorUnits.meta({ description: 'Above nothing in the host’s favour.' }),
    debtNetted: MinorUnits.optional().meta({
      description: 'Of a payout: what of the host’s share paid their debts, which had been taken off before.',
    }),
    balance: MinorUnits.meta({ description: 'After it.' }),
  })
  .meta({ id: 'StatementMovement', description: 'What the host’s balance went up or down by.' });

export const Statement = z
  .strictObject({
    hostId: IdOf('user'),
    from: CalendarDate,
    to: CalendarDate,
    timeZone: z.literal(STATEMENT_ZONE),
    currency: CurrencyCode,
    openingBalance: MinorUnits.meta({
      description: 'What the host was owed before the period; below nothing what they owed.',
    }),
    closingBalance: MinorUnits.meta({ description: 'The same at its end.' }),
    totals: z
      .array(z.strictObject({ kind: MovementKindName, count: z.int(), amount: MinorUnits }))
      .meta({
        description: 'Of the whole period, whichever page this is; what did not occur is not listed.',
      }),
    movements: z.array(StatementMovement),
    nextCursor: z.string().nullable().meta({ description: 'For the next page; null on the last.' }),
  })
  .meta({
    id: 'Statement',
    description:
      'A host’s account in one currency, in minor units. Always: `openingBalance`, and all `movements`, or all `totals`, ' +
      'add up to `closingBalance`.',
  });
