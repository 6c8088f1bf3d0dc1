import { z } from 'zod';
import { ALTERATION_STATUSES } from '#domain/alterations.ts';
import { PRICE_LINE_KINDS } from '#domain/pricing.ts';
import { Guests, IncludedTax, PriceLine } from '../pricing/schemas.ts';
import { paymentBeside } from './payment-schemas.ts';
import { CalendarDate, IdOf, Instant, MinorUnits, Money } from '../schemas.ts';

export const PaymentMethodId = z
  .string()
  .regex(/^pm_\w{1,250}$/, 'Must be a payment method of the bank, pm_….');

export const NewAlteration = z
  .strictObject({
    checkIn: CalendarDate.optional(),
    checkOut: CalendarDate.optional(),
    guests: Guests.optional(),
    paymentMethodId: PaymentMethodId.optional().meta({
      description:
        'Of a guest: charged when the host accepts what costs more. Without one the guest pays then.',
      example: 'pm_card_visa',
    }),
  })
  .meta({
    id: 'NewAlteration',
    description: 'What changes; the rest stays.',
    example: { checkOut: '2027-05-06' },
  });

export const AlterationAcceptance = z
  .strictObject({
    paymentMethodId: PaymentMethodId.optional().meta({
      description:
        'Of a guest: charged for what it costs more. Without one the added nights wait to be paid.',
      example: 'pm_card_visa',
    }),
  })
  .meta({ id: 'AlterationAcceptance' });

export const Alteration = z
  .strictObject({
    id: IdOf('alteration'),
    bookingId: IdOf('booking'),
    status: z.enum(ALTERATION_STATUSES),
    proposedBy: z.enum(['guest', 'host']),
    checkIn: CalendarDate,
    checkOut: CalendarDate,
    nights: z.int(),
    guests: Guests,
    lines: z.array(PriceLine).meta({ description: 'What the booking would be billed from then on.' }),
    includedTaxes: z.array(IncludedTax).optional(),
    total: Money,
    changes: z
      .array(z.strictObject({ kind: z.enum(PRICE_LINE_KINDS), before: MinorUnits, after: MinorUnits }))
      .meta({ description: 'What each kind of line comes to before and after.' }),
    charge: Money.meta({ description: 'What the guest pays on top.' }),
    refund: Money.meta({ description: 'What goes back to the guest.' }),
    payBy: Instant.optional().meta({ description: 'While `accepted`: until when the guest can pay.' }),
    payment: paymentBeside('For the guest’s browser, while it waits to be paid.').optional(),
    failure: z.strictObject({ code: z.string(), declineCode: z.string().optional() }).optional(),
    proposedAt: Instant,
    endedAt: Instant.optional(),
  })
  .meta({
    id: 'Alteration',
    description:
      'What one side of a booking proposes to change of it. Until it is `altered` the booking is as it was.',
  });
