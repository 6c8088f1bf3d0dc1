import { z } from 'zod';
import { PAYMENT_STATUSES, REFUND_REASONS, REFUND_STATUSES } from '#domain/payments.ts';
import { IdOf, Instant, MinorUnits, CurrencyCode, PageQuery } from '../schemas.ts';
import { NewBooking } from '../bookings/schemas.ts';

export const NewPayment = z
  .strictObject({ bookingId: IdOf('booking'), paymentMethodId: NewBooking.shape.paymentMethodId })
  .meta({ id: 'NewPayment' });

export const Payment = z
  .strictObject({
    id: IdOf('payment'),
    bookingId: IdOf('booking'),
    status: z.enum(PAYMENT_STATUSES),
    disputed: z.boolean(),
    amount: MinorUnits,
    refunded: MinorUnits.meta({
      description: 'Promised back so far; the refunds themselves may be under way.',
    }),
    currency: CurrencyCode,
    failure: z.strictObject({ code: z.string(), message: z.string() }).optional(),
    createdAt: Instant,
  })
  .meta({ id: 'Payment', description: 'An attempt to collect for a booking. Amounts in minor units.' });

export const MAX_REFUND_REASON_CHARACTERS = 500;

export const NewRefund = z
  .strictObject({
    amount: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .meta({ description: 'In minor units. Without one, all that you can give back.', example: 2_500 }),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(MAX_REFUND_REASON_CHARACTERS)
      .optional()
      .meta({ description: 'For the guest to read.', example: 'The heating was out for a night.' }),
  })
  .meta({ id: 'NewRefund' });

export const Refund = z
  .strictObject({
    id: IdOf('refund'),
    paymentId: IdOf('payment'),
    amount: MinorUnits,
    currency: CurrencyCode,
    status: z.enum(REFUND_STATUSES),
    reason: z.enum(REFUND_REASONS),
    note: z.string().optional().meta({ description: 'Why, in the words of whoever gave it.' }),
    createdAt: Instant,
  })
  .meta({ id: 'Refund', description: 'Money back to the guest. The amount in minor units.' });

export const PaymentsQuery = z.strictObject({ ...PageQuery.shape, bookingId: IdOf('booking').optional() });
