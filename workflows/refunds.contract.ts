import { defineSignal } from '@temporalio/workflow';
import type { PaymentId, RefundId } from '#domain/ids.ts';
import type { Collection } from '#domain/payments.ts';

export const PAYMENTS_QUEUE = 'payments';
export const REFUND_PAYMENT = 'refundPayment';

export const refundPaymentId = (refundId: RefundId): string => `refund:${refundId}`;
export const latePaymentId = (paymentId: PaymentId): string => `refund:${paymentId}`;

/**
 * A refund that was promised; or a payment that came in for a booking nobody conducts any more, to be taken into the
 * ledger and given back whole.
 */
export type RefundPayment = { refundId: RefundId } | { late: Collection };

export function refundOrder(refundId: RefundId) {
  const input: RefundPayment = { refundId };
  return {
    workflow: REFUND_PAYMENT,
    id: refundPaymentId(refundId),
    queue: PAYMENTS_QUEUE,
    input,
    summary: 'Refund to the guest',
  };
}

export function latePaymentOrder(late: Collection) {
  const input: RefundPayment = { late };
  const summary = `Late payment of ${late.bookingId}, to be given back`;
  return {
    workflow: REFUND_PAYMENT,
    id: latePaymentId(late.paymentId),
    queue: PAYMENTS_QUEUE,
    input,
    summary,
  };
}

/** The bank has spoken of this refund. */
export const refundSpoke = defineSignal('refundSpoke');
