import type { BookingId, PaymentId, RefundId } from '#domain/ids.ts';

/** Whose business a bank event is. */
export type Owner =
  | { is: 'booking'; bookingId: BookingId; paymentId: PaymentId; paid: boolean }
  | { is: 'refund'; refundId: RefundId };

const OF_A_PAYMENT = new Set([
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
]);
const OF_A_REFUND = new Set(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']);

/**
 * Which workflow a bank event belongs to, by our own ids in its object's metadata, so that an event which is faster than
 * our own commit still finds its way. Undefined: of a kind, or about an object, that is no business of ours.
 */
export function ownerOf(event: { kind: string; payload: unknown }): Owner | undefined {
  const { bookingId, paymentId, refundId } = metadataOf(event.payload);
  if (OF_A_PAYMENT.has(event.kind) && bookingId !== undefined && paymentId !== undefined) {
    const paid = event.kind === 'payment_intent.succeeded';
    return { is: 'booking', bookingId: bookingId as BookingId, paymentId: paymentId as PaymentId, paid };
  }
  if (OF_A_REFUND.has(event.kind) && refundId !== undefined)
    return { is: 'refund', refundId: refundId as RefundId };
  return undefined;
}

function metadataOf(payload: unknown): Readonly<Record<string, string | undefined>> {
  const { data } = payload as { data?: { object?: { metadata?: Record<string, string> | null } } };
  return data?.object?.metadata ?? {};
}
