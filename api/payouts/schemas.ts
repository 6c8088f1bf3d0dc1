import { z } from 'zod';
import { FIRST_PAYOUT_HOLD_MAX_DAYS, OBSTACLES, PAYEE_STANDINGS, PAYOUT_STATUSES } from '#domain/payouts.ts';
import { CurrencyCode, IdOf, Instant, MinorUnits, PageQuery } from '../schemas.ts';

export const Payout = z
  .strictObject({
    id: IdOf('payout'),
    bookingId: IdOf('booking'),
    status: z.enum(PAYOUT_STATUSES),
    waitingFor: z.enum(OBSTACLES).optional().meta({ description: 'Where the status is `waiting`.' }),
    heldUntil: Instant.optional().meta({ description: 'Where it waits for `hold`.' }),
    holdReason: z
      .string()
      .optional()
      .meta({ description: 'Why, where it is not the rule for all new hosts.' }),
    amount: MinorUnits.meta({ description: 'What reaches the host: expected until it is paid.' }),
    debtNetted: MinorUnits.meta({ description: 'What of the host’s share paid their debts.' }),
    currency: CurrencyCode,
    dueAt: Instant,
    paidAt: Instant.optional(),
  })
  .meta({ id: 'Payout', description: 'Money to a host for a stay. Amounts in minor units.' });

export const PayoutsQuery = z.strictObject({
  ...PageQuery.shape,
  bookingId: IdOf('booking').optional(),
  status: z.enum(PAYOUT_STATUSES).optional(),
  hostId: IdOf('user').optional().meta({ description: 'Whose: for operators; anyone else’s are their own.' }),
});

export const PayoutAccount = z
  .strictObject({
    status: z.enum(PAYEE_STANDINGS),
    missing: z
      .array(z.string())
      .meta({
        description: 'What the bank still wants to know, in its own words.',
        example: ['external_account'],
      }),
    disabledReason: z.string().optional().meta({ description: 'Why it does not pay, in its own words.' }),
  })
  .meta({ id: 'PayoutAccount', description: 'Whether the bank can pay somebody.' });

const RETURN_URL_MAX_CHARACTERS = 2_000;

export const NewPayoutAccount = z
  .strictObject({
    returnUrl: z
      .url({ protocol: /^https?$/, error: 'Must be an address that begins with https:// or http://.' })
      .max(RETURN_URL_MAX_CHARACTERS)
      .optional()
      .meta({ description: 'Where the bank leads back to; by default to this documentation.' }),
  })
  .meta({ id: 'NewPayoutAccount' });

export const OpenedPayoutAccount = z
  .strictObject({
    ...PayoutAccount.shape,
    onboardingUrl: z
      .string()
      .meta({
        description:
          'The bank’s page for its holder alone; good for a few minutes and one visit. Ask again for another.',
      }),
  })
  .meta({ id: 'OpenedPayoutAccount' });

const HOLD_REASON_MAX_CHARACTERS = 500;

export const NewPayoutHold = z
  .strictObject({
    days: z
      .int()
      .min(0)
      .max(
        FIRST_PAYOUT_HOLD_MAX_DAYS,
        `A first payout is held for ${FIRST_PAYOUT_HOLD_MAX_DAYS} days at most.`,
      )
      .meta({
        description: 'So long after the first payout is due; 0 holds nothing, and lets go of what is held.',
      }),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(HOLD_REASON_MAX_CHARACTERS)
      .meta({ description: 'For the host to read.' }),
  })
  .meta({ id: 'NewPayoutHold' });

export const PayoutHold = z
  .strictObject({
    hostId: IdOf('user'),
    days: z.int(),
    reason: z.string(),
    setBy: IdOf('user').meta({ description: 'The operator.' }),
    setAt: Instant,
  })
  .meta({ id: 'PayoutHold', description: 'How long the first payout of a host is held after it is due.' });
