import { z } from 'zod';
import { INSTALMENT_STATUSES } from '#domain/instalments.ts';
import { QuotedInstalment } from '../pricing/schemas.ts';
import { IdOf, Instant } from '../schemas.ts';

export const Instalment = z
  .strictObject({
    n: z.int().min(1),
    ...QuotedInstalment.shape,
    dueAt: Instant.optional().meta({
      description:
        'When its nights begin, and the saved card is charged. The first is paid with the booking.',
    }),
    status: z
      .enum(INSTALMENT_STATUSES)
      .meta({
        description:
          '`due`: the card could not be charged, and the guest has until `payBy`. `lapsed`: nobody has to pay it any more.',
      }),
    payBy: Instant.optional().meta({
      description:
        'Until then, that instant included, the guest can pay what is due: then the stay is called off.',
    }),
    paymentId: IdOf('payment').optional(),
    clientSecret: z.string().optional().meta({ description: 'For the guest’s browser, while it is due.' }),
    nextActionUrl: z.string().optional().meta({ description: 'Where the guest passes the challenge.' }),
  })
  .meta({ id: 'Instalment', description: 'A part of the price of a long stay, and how far it has come.' });

export const NewPaymentMethod = z
  .strictObject({
    paymentMethodId: z
      .string()
      .regex(/^pm_\w+$/, 'Must be a payment method of the bank.')
      .max(255)
      .meta({ description: 'Of the bank, `pm_…`.', example: 'pm_card_mastercard' }),
  })
  .meta({ id: 'NewPaymentMethod' });

export const PaymentMethodKept = z
  .strictObject({
    status: z
      .enum(['saved', 'requires_action'])
      .meta({
        description: '`requires_action`: its holder passes a challenge, and then it is kept by itself.',
      }),
    clientSecret: z.string().optional(),
    nextActionUrl: z.string().optional(),
  })
  .meta({
    id: 'PaymentMethodKept',
    description: 'What has become of a card that is to be charged from now on.',
  });
