import { z } from 'zod';
import { PAYMENT_STATUSES } from '#domain/payments.ts';
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

export const PaymentsQuery = z.strictObject({ ...PageQuery.shape, bookingId: IdOf('booking').optional() });
