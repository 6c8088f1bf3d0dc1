import type { z } from 'zod';
import type { PaymentRow } from '#db/payments.ts';
import type { Payment } from './schemas.ts';

export function presentPayment(payment: PaymentRow): z.output<typeof Payment> {
  const { failure } = payment;
  return {
    id: payment.id,
    bookingId: payment.bookingId,
    status: payment.status,
    disputed: payment.disputed,
    amount: payment.amountMinor,
    refunded: payment.refundedMinor,
    currency: payment.currency,
    ...(failure !== null && { failure: { code: failure.code, message: failure.message } }),
    createdAt: payment.createdAt,
  };
}
