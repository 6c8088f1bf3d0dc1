import type { z } from 'zod';
import type { PaymentRow } from '#db/payments.ts';
import type { RefundRow } from '#db/refunds.ts';
import type { Payment, Refund } from './schemas.ts';

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

export function presentRefund(refund: RefundRow): z.output<typeof Refund> {
  return {
    id: refund.id,
    paymentId: refund.paymentId,
    amount: refund.amountMinor,
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    ...(refund.note !== null && { note: refund.note }),
    createdAt: refund.createdAt,
  };
}
