import { z } from 'zod';
import { ACT_NAMES, CAUSE_NAMES, RESOLUTIONS } from '#domain/reconciliation.ts';
import { CurrencyCode, IdOf, Instant, MinorUnits, OpenQuery, PageQuery } from '../schemas.ts';

export const MAX_REASON_CHARACTERS = 1_000;

export const DISCREPANCY_STATUSES = ['open', 'resolving', 'resolved'] as const;

export const DiscrepanciesQuery = z.strictObject({ ...PageQuery.shape, ...OpenQuery.shape });

export const NewResolution = z
  .strictObject({
    act: z.enum(ACT_NAMES).meta({ description: 'One of the discrepancy’s `acts`.' }),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(MAX_REASON_CHARACTERS)
      .meta({
        description: 'Why, for whoever looks at the books later.',
        example: 'Charged by hand, by mistake.',
      }),
  })
  .meta({ id: 'NewResolution' });

export const Discrepancy = z
  .strictObject({
    id: IdOf('discrepancy'),
    cause: z.enum(CAUSE_NAMES),
    status: z.enum(DISCREPANCY_STATUSES),
    ageSeconds: z.int().meta({ description: 'How long it is, or was, open.' }),
    acts: z.array(z.enum(ACT_NAMES)).meta({ description: 'What can be done about it now.' }),
    bankTransactionId: z.string().optional().meta({ description: 'The bank’s own id of the movement.' }),
    bankType: z.string().optional().meta({ description: 'The bank’s word for it.', example: 'charge' }),
    bankObjectId: z.string().optional().meta({ description: 'The charge, refund, … that caused it.' }),
    ledgerStep: z.string().optional().meta({ description: 'The step of the ledger that it is about.' }),
    bookingId: IdOf('booking').optional(),
    bankAmount: MinorUnits.optional().meta({
      description: 'What the bank has; absent where it has nothing.',
    }),
    ledgerAmount: MinorUnits.optional().meta({ description: 'What the ledger has, likewise.' }),
    currency: CurrencyCode,
    act: z
      .enum(ACT_NAMES)
      .optional()
      .meta({ description: 'What an operator has asked for, until it is done.' }),
    reason: z.string().optional().meta({ description: 'Why, in the operator’s words.' }),
    failure: z.string().optional().meta({ description: 'Why what was asked for could not be done.' }),
    resolvedAs: z.enum(RESOLUTIONS).optional(),
    openedAt: Instant,
    resolvedAt: Instant.optional(),
  })
  .meta({
    id: 'Discrepancy',
    description:
      'Something that bank and ledger do not agree about. What went out is negative. Amounts in minor units.',
  });
