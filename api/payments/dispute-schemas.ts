import { z } from 'zod';
import { DISPUTE_STATUSES } from '#domain/disputes.ts';
import { CurrencyCode, IdOf, Instant, MinorUnits } from '../schemas.ts';

export const MAX_STATEMENT_CHARACTERS = 5_000;

export const NewEvidence = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1)
      .max(MAX_STATEMENT_CHARACTERS)
      .meta({
        description: 'For the payer’s bank to read.',
        example: 'The guest stayed for three nights and thanked the host on leaving.',
      }),
  })
  .meta({ id: 'NewEvidence' });

export const Dispute = z
  .strictObject({
    id: IdOf('dispute'),
    bankDisputeId: z.string().meta({ description: 'The bank’s own id.', example: 'du_1PgafyB7WZ01zgkWc0' }),
    bookingId: IdOf('booking'),
    paymentId: IdOf('payment'),
    status: z.enum(DISPUTE_STATUSES),
    reason: z.string().meta({ description: 'The bank’s word for it.', example: 'product_not_received' }),
    amount: MinorUnits,
    fee: MinorUnits.meta({ description: 'What the bank has charged for it, less what it has given back.' }),
    currency: CurrencyCode,
    dueBy: Instant.optional(),
    statement: z.string().optional().meta({ description: 'What an operator has to say to it.' }),
    evidenceSubmittedAt: Instant.optional(),
    openedAt: Instant,
    closedAt: Instant.optional(),
  })
  .meta({
    id: 'Dispute',
    description:
      'A payer has gone to their own bank. An inquiry only asks; what is `opened` has taken the amount and a fee back. ' +
      'Amounts in minor units.',
  });
