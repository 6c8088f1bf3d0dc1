import { z } from 'zod';
import { ERROR_CODES } from '#domain/errors.ts';
import { ID_PREFIXES } from '#domain/ids.ts';
import type { Id, IdKind } from '#domain/ids.ts';

/** An id of one kind, as `domain/ids.ts` spells it. */
export function IdOf<K extends IdKind>(kind: K): z.ZodType<Id<K>, string> {
  const prefix = ID_PREFIXES[kind];
  const schema = z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), `Must be an id like ${prefix}_….`)
    .meta({ description: `The id of a ${kind}.`, example: `${prefix}_01jz3v9qk8w5xw7d2m4n6p8r0t` });
  return schema as unknown as z.ZodType<Id<K>, string>;
}

/** An RFC 3339 instant; answers are in UTC. */
export const Instant = z.iso
  .datetime({ offset: true })
  .meta({ description: 'An instant, RFC 3339.', example: '2027-05-01T14:00:00.000Z' });

/** A calendar date in the zone of the property. */
export const CalendarDate = z.iso.date().meta({ description: 'A calendar date.', example: '2027-05-01' });

export const CurrencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, 'Must be an ISO 4217 code in capitals.')
  .meta({ description: 'An ISO 4217 code.', example: 'GBP' });

export const MinorUnits = z
  .int()
  .meta({ description: 'An amount in minor units of the currency.', example: 12300 });

export const Money = z
  .strictObject({ amount: MinorUnits, currency: CurrencyCode })
  .meta({
    id: 'Money',
    description: 'An amount in minor units: 12300 GBP is £123.00, 12300 JPY is ¥12,300.',
  });

/** The fields of every list's query; spread them: `z.strictObject({ ...PageQuery.shape, … })`. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'Entries at most.' }),
  cursor: z.string().min(1).max(500).optional().meta({ description: 'The `nextCursor` of the page before.' }),
});
export type PageQuery = z.output<typeof PageQuery>;

/** For lists of what somebody has to see to; spread it likewise. */
export const OpenQuery = z.strictObject({
  open: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'Only those that are open, or only those that are not.' }),
});

/** The answer of every list. */
export function pageOf<T extends z.ZodType>(entry: T) {
  return z.strictObject({
    data: z.array(entry),
    nextCursor: z.string().nullable().meta({ description: 'For the next page; null on the last.' }),
  });
}

export const FieldError = z.strictObject({
  path: z.string().meta({ description: 'Dotted, from the root of the input.', example: 'guests.adults' }),
  message: z.string(),
});

/** RFC 9457. Not strict: a refusal carries its facts (`rule`, `status`, `declineCode`, …) beside its code. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(ERROR_CODES),
    requestId: z.string(),
    errors: z.array(FieldError).optional().meta({ description: 'Every bad field, for invalid_input.' }),
  })
  .meta({ id: 'Problem', description: 'An RFC 9457 problem. Test `code`; show `detail`.' });
