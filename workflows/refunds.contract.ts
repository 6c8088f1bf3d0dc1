import { defineSignal } from '@temporalio/workflow';
import type { PaymentId, RefundId } from '#domain/ids.ts';
import type { Collection } from '#domain/payments.ts';

export const PAYMENTS_QUEUE = 'payments';
export const REFUND_PAYMENT = 'refundPayment';

export const refundPaymentId = (refundId: RefundId): string => `refund:${refundId}`;
export const latePaymentId = (moneyId: string): string => `refund:${moneyId}`;
export const madeRefundId = (bankRefundId: string): string => `refund:${bankRefundId}`;

export const returnedRefundId = (refundId: RefundId): string => `${refundPaymentId(refundId)}:returned`;

/** A refund that somebody made at the bank, by hand. */
export interface MadeByHand {
  paymentId: PaymentId;
  bankRefundId: string;
}

/**
 * A refund that was promised; one that was given and has come back; one that was made at the bank by hand; or a payment
 * that came in for a booking nobody conducts any more, to be taken into the ledger and given back whole.
 */
export type RefundPayment =
  { refundId: RefundId; hasComeBack?: true } | { made: MadeByHand } | { late: Late };

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

/** The bank had given a refund and tells that the money is here again. */
export function returnedRefundOrder(refundId: RefundId) {
  const input: RefundPayment = { refundId, hasComeBack: true };
  const summary = 'Refund that has come back';
  return { ...refundOrder(refundId), id: returnedRefundId(refundId), input, summary };
}

export function madeRefundOrder(made: MadeByHand) {
  const input: RefundPayment = { made };
  return {
    workflow: REFUND_PAYMENT,
    id: madeRefundId(made.bankRefundId),
    queue: PAYMENTS_QUEUE,
    input,
    summary: `Refund made at the bank, of ${made.paymentId}`,
  };
}

/** With an intent: money that came in beside that of the payment. */
export type Late = Collection & { intentId?: string };

export function latePaymentOrder(late: Late) {
  const input: RefundPayment = { late };
  const summary = `Late payment of ${late.bookingId}, to be given back`;
  return {
    workflow: REFUND_PAYMENT,
    id: latePaymentId(late.intentId ?? late.paymentId),
    queue: PAYMENTS_QUEUE,
    input,
    summary,
  };
}

/** The bank has spoken of this refund. */
export const refundSpoke = defineSignal('refundSpoke');
