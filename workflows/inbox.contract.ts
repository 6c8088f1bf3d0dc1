import type { BookingId, PaymentId, RefundId } from '#domain/ids.ts';
import type { PaymentStatus } from '#domain/payments.ts';

/** Whose business a bank event is. */
export type Owner =
  | { is: 'booking'; bookingId: BookingId; paymentId: PaymentId; says: PaymentStatus }
  /** A card that is to be kept for the instalments of a booking. */
  | { is: 'card'; bookingId: BookingId }
  | { is: 'refund'; refundId: RefundId; hasFailed: boolean }
  /** A refund without our id: made at the bank, by hand. */
  | { is: 'refund_by_hand'; bankRefundId: string; intentId: string; hasFailed: boolean }
  | { is: 'payee'; accountId: string }
  | { is: 'returned_payout'; bankPayoutId: string; accountId: string }
  | { is: 'dispute'; bankDisputeId: string };

/**
 * A booking whose history is as long as this is told by the bank of money alone. In a card that is declined again there is
 * nothing that the end of the hold, when the bank is asked anyway, would not find. A whole life has 150 events at most.
 */
export const MAX_EVENTS_TO_HEAR = 1_000;

/** What each kind of event says the payment has become. */
const OF_A_PAYMENT = new Map<string, PaymentStatus>([
  ['payment_intent.succeeded', 'posted'],
  ['payment_intent.payment_failed', 'pending'],
  ['payment_intent.processing', 'processing'],
  ['payment_intent.requires_action', 'requires_action'],
  ['payment_intent.amount_capturable_updated', 'reserved'],
  ['payment_intent.canceled', 'voided'],
]);
const OF_A_CARD = new Set(['setup_intent.succeeded', 'setup_intent.setup_failed']);
const OF_A_PAYEE = new Set(['account.updated', 'account.application.deauthorized']);
const OF_A_REFUND = new Set(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']);
/** Its object never carries our ids: the bank is asked which payment it is about. */
const OF_A_DISPUTE = 'charge.dispute.';
const OF_A_RETURNED_PAYOUT = 'payout.failed';

/** What has an owner here, so what a webhook endpoint at the bank is subscribed to. Others do no harm, and cost what one of these does. */
export const KINDS_HEARD: readonly string[] = [
  ...OF_A_PAYMENT.keys(),
  ...OF_A_CARD,
  ...OF_A_REFUND,
  `${OF_A_DISPUTE}*`,
  ...OF_A_PAYEE,
  OF_A_RETURNED_PAYOUT,
];

/**
 * Which workflow a bank event belongs to, by our own ids in its object's metadata, so that an event which is faster than
 * our own commit still finds its way. Undefined: of a kind, or about an object, that is no business of ours.
 */
export function ownerOf(event: { kind: string; payload: unknown }): Owner | undefined {
  const { bookingId, paymentId } = objectOf(event.payload).metadata ?? {};
  const says = OF_A_PAYMENT.get(event.kind);
  if (says !== undefined && bookingId !== undefined && paymentId !== undefined) {
    return { is: 'booking', bookingId: bookingId as BookingId, paymentId: paymentId as PaymentId, says };
  }
  if (OF_A_CARD.has(event.kind) && bookingId !== undefined)
    return { is: 'card', bookingId: bookingId as BookingId };
  if (OF_A_REFUND.has(event.kind)) return ownerOfRefund(objectOf(event.payload));
  return event.kind.startsWith(OF_A_DISPUTE)
    ? ownerOfDispute(objectOf(event.payload))
    : ownerOfConnected(event);
}

/** By our own id, or by its payment where somebody has made it at the bank. */
function ownerOfRefund({ id, metadata, status, payment_intent: intentId }: EventObject): Owner | undefined {
  const refundId = metadata?.refundId;
  const hasFailed = FAILED.includes(status);
  if (refundId !== undefined) return { is: 'refund', refundId: refundId as RefundId, hasFailed };
  if (id === undefined || typeof intentId !== 'string') return undefined;
  return { is: 'refund_by_hand', bankRefundId: id, intentId, hasFailed };
}

function ownerOfDispute({ id }: EventObject): Owner | undefined {
  return id === undefined ? undefined : { is: 'dispute', bankDisputeId: id };
}

/** What is told of a host's account at the bank names the account, beside the object. */
function ownerOfConnected({ kind, payload }: { kind: string; payload: unknown }): Owner | undefined {
  const { account: accountId } = payload as { account?: string };
  if (accountId === undefined) return undefined;
  if (OF_A_PAYEE.has(kind)) return { is: 'payee', accountId };
  const { id } = objectOf(payload);
  if (kind === OF_A_RETURNED_PAYOUT && id !== undefined)
    return { is: 'returned_payout', bankPayoutId: id, accountId };
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
