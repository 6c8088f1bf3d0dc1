import type { BookingId, PaymentId, RefundId } from '#domain/ids.ts';
import type { PaymentStatus } from '#domain/payments.ts';

/** Whose business a bank event is. */
export type Owner =
  | { is: 'booking'; bookingId: BookingId; paymentId: PaymentId; says: PaymentStatus }
  | { is: 'refund'; refundId: RefundId; hasFailed: boolean }
  /** A refund without our id: made at the bank, by hand. */
  | { is: 'refund_by_hand'; bankRefundId: string; intentId: string; hasFailed: boolean }
  | { is: 'dispute'; bankDisputeId: string };

/** What each kind of event says the payment has become. */
const OF_A_PAYMENT = new Map<string, PaymentStatus>([
  ['payment_intent.succeeded', 'posted'],
  ['payment_intent.payment_failed', 'pending'],
  ['payment_intent.processing', 'processing'],
  ['payment_intent.requires_action', 'requires_action'],
  ['payment_intent.amount_capturable_updated', 'reserved'],
  ['payment_intent.canceled', 'voided'],
]);
const OF_A_REFUND = new Set(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']);
/** Its object never carries our ids: the bank is asked which payment it is about. */
const OF_A_DISPUTE = 'charge.dispute.';

/**
 * Which workflow a bank event belongs to, by our own ids in its object's metadata, so that an event which is faster than
 * our own commit still finds its way. Undefined: of a kind, or about an object, that is no business of ours.
 */
export function ownerOf(event: { kind: string; payload: unknown }): Owner | undefined {
  const { id, metadata, status, payment_intent: intentId } = objectOf(event.payload);
  const { bookingId, paymentId, refundId } = metadata ?? {};
  const says = OF_A_PAYMENT.get(event.kind);
  if (says !== undefined && bookingId !== undefined && paymentId !== undefined) {
    return { is: 'booking', bookingId: bookingId as BookingId, paymentId: paymentId as PaymentId, says };
  }
  if (event.kind.startsWith(OF_A_DISPUTE))
    return id === undefined ? undefined : { is: 'dispute', bankDisputeId: id };
  if (!OF_A_REFUND.has(event.kind)) return undefined;
  const hasFailed = FAILED.includes(status);
  if (refundId !== undefined) return { is: 'refund', refundId: refundId as RefundId, hasFailed };
  if (id !== undefined && typeof intentId === 'string')
    return { is: 'refund_by_hand', bankRefundId: id, intentId, hasFailed };
  return undefined;
}

/** How the bank calls a refund that has not reached, or not stayed with, the guest. */
const FAILED: readonly unknown[] = ['failed', 'canceled'];

interface EventObject {
  id?: string;
  metadata?: Readonly<Record<string, string | undefined>> | null;
  status?: unknown;
  payment_intent?: unknown;
}

function objectOf(payload: unknown): EventObject {
  return (payload as { data?: { object?: EventObject } }).data?.object ?? {};
}
