import type { z } from 'zod';
import type { DisputeRow } from '#db/disputes.ts';
import type { PaymentRow } from '#db/payments.ts';
import type { RefundRow } from '#db/refunds.ts';
import type { Dispute } from './dispute-schemas.ts';
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

export function presentDispute(dispute: DisputeRow): z.output<typeof Dispute> {
  const { dueBy, statement, evidenceSubmittedAt, closedAt } = dispute;
  return {
    id: dispute.id,
    bankDisputeId: dispute.bankDisputeId,
    bookingId: dispute.bookingId,
    paymentId: dispute.paymentId,
    status: dispute.status,
    reason: dispute.reason,
    amount: dispute.amountMinor,
    fee: dispute.feeMinor - dispute.feeReinstatedMinor,
    currency: dispute.currency,
    ...(dueBy !== null && { dueBy }),
    ...(statement !== null && { statement }),
    ...(evidenceSubmittedAt !== null && { evidenceSubmittedAt }),
    openedAt: dispute.openedAt,
    ...(closedAt !== null && { closedAt }),
  };
}
