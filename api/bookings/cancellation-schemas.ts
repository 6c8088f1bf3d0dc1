import { z } from 'zod';
import { CANCELLATION_REASONS, CANCELLING_SIDES } from '#domain/cancellation.ts';
import { CANCELLED_KINDS } from '#domain/cancellation/division.ts';
import { CANCELLATION_POLICIES } from '#domain/cancellation/policies.ts';
import { IdOf, Instant, MinorUnits, Money } from '../schemas.ts';

export const MAX_REASON_CHARACTERS = 500;

export const CancellationGrounds = z.string().trim().min(1).max(MAX_REASON_CHARACTERS);

export const CancellationOverride = z
  .strictObject({
    refund: z
      .union([z.literal('full'), MinorUnits.min(0)])
      .optional()
      .meta({
        description:
          'What the guest gets back: all of it, or so much in minor units, which is at least what the policy gives.',
      }),
    disruptive: z
      .literal(true)
      .optional()
      .meta({ description: 'Nobody could help it: everything goes back.' }),
  })
  .refine(({ refund, disruptive }) => refund !== undefined || disruptive === true, {
    path: ['refund'],
    message: 'Say what goes back, or that the event is disruptive.',
  })
  .refine(({ refund, disruptive }) => disruptive !== true || typeof refund !== 'number', {
    path: ['refund'],
    message: 'In a disruptive event everything goes back.',
  })
  .meta({ id: 'CancellationOverride' });

export const NewCancellation = z
  .strictObject({
    reason: CancellationGrounds.optional().meta({ description: 'Operators have to give one.' }),
    override: CancellationOverride.optional().meta({
      description: 'Of an operator: more than the policy gives.',
    }),
  })
  .meta({ id: 'NewCancellation' });

export const NewCancellationQuote = z
  .strictObject({
    at: Instant.optional(),
    by: z
      .enum(CANCELLING_SIDES)
      .optional()
      .meta({
        description:
          'Who would cancel; by default the side that asks. An operator gives what the policy does.',
      }),
  })
  .meta({ id: 'NewCancellationQuote' });

const CancelledLine = z
  .strictObject({
    kind: z
      .enum(CANCELLED_KINDS)
      .meta({ description: '`night` stands for nights, extra guests and discounts together.' }),
    refund: MinorUnits.meta({ description: 'What goes back to the guest.' }),
    kept: MinorUnits.meta({ description: 'What does not.' }),
  })
  .meta({ id: 'CancelledLine' });

export const CancellationQuote = z
  .strictObject({
    bookingId: IdOf('booking'),
    at: Instant.meta({ description: 'The moment that it is for.' }),
    by: z.enum(CANCELLING_SIDES).meta({ description: 'Who would cancel.' }),
    policy: z.enum(CANCELLATION_POLICIES).meta({ description: 'The one that the booking is under.' }),
    reason: z.enum(CANCELLATION_REASONS).meta({ description: 'Why the refund is what it is.' }),
    lines: z.array(CancelledLine),
    refund: Money.meta({ description: 'What the guest gets back: the lines add up to it.' }),
    kept: Money.meta({ description: 'The rest of what was paid.' }),
    payout: Money.optional().meta({
      description: 'What the host is left with of the stay, the platform’s fee taken off. Not for the guest.',
    }),
    fee: Money.optional().meta({ description: 'What a host who cancels owes for it. Not for the guest.' }),
  })
  .meta({
    id: 'CancellationQuote',
    description: 'What each side would get, line by line, if a booking were cancelled at a moment.',
  });
