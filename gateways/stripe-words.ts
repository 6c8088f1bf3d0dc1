import type Stripe from 'stripe';
import type { BankRefundResult, Card, Intent, PaymentStatus } from '#domain/payments.ts';

const STATUSES: Readonly<Record<string, PaymentStatus>> = {
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'reserved',
  succeeded: 'posted',
  canceled: 'voided',
};

/** Whether a secret key moves real money. */
export function isLiveKey(secretKey: string): boolean {
  return /^(sk|rk)_live_/.test(secretKey);
}

/** The bank writes the Ugandan shilling with two decimals, as it was once: a hundred of its units are one of ours. */
function unitsPerMinor(currency: string): number {
  return currency.toUpperCase() === 'UGX' ? 100 : 1;
}

/** An amount in minor units as the bank writes it. */
export function atBank(amountMinor: number, currency: string): number {
  return amountMinor * unitsPerMinor(currency);
}

/** An amount that the bank writes, in minor units. */
export function inMinor(amount: number, currency: string): number {
  return amount / unitsPerMinor(currency);
}

/** What the bank has of a payment, in our words. */
export function intentOf(intent: Stripe.PaymentIntent): Intent {
  const error = intent.last_payment_error;
  const chargeId = typeof intent.latest_charge === 'string' ? intent.latest_charge : intent.latest_charge?.id;
  const card = cardOf(intent);
  const captureBefore = captureBeforeOf(intent);
  const nextActionUrl = intent.next_action?.redirect_to_url?.url ?? undefined;
  const customerId = idOf(intent.customer);
  const savedCardId = savedCardOf(intent);
  return {
    id: intent.id,
    // A status that this API version does not know is neither money nor an end.
    status: STATUSES[intent.status] ?? 'processing',
    amountMinor: inMinor(
      intent.status === 'succeeded' ? intent.amount_received : intent.amount,
      intent.currency,
    ),
    currency: intent.currency.toUpperCase(),
    ...(intent.client_secret !== null && { clientSecret: intent.client_secret }),
    ...(nextActionUrl !== undefined && { nextActionUrl }),
    ...(chargeId !== undefined && { chargeId }),
    ...(card !== undefined && { card }),
    ...(captureBefore !== undefined && { captureBefore }),
    ...(customerId !== undefined && { customerId }),
    ...(savedCardId !== undefined && { savedCardId }),
    ...(error !== null && {
      failure: {
        code: error.code ?? error.type,
        ...(error.decline_code !== undefined && { declineCode: error.decline_code }),
        message: error.message ?? 'The payment failed.',
      },
    }),
  };
}

/** By which card the charge was made; undefined where there is none, or the bank was not asked for more than its id. */
function cardOf({ latest_charge: charge }: Stripe.PaymentIntent): Card | undefined {
  if (charge === null || typeof charge === 'string') return undefined;
  const { brand, last4 } = charge.payment_method_details?.card ?? {};
  return typeof brand === 'string' && typeof last4 === 'string' ? { brand, lastFour: last4 } : undefined;
}

function savedCardOf({ status, setup_future_usage: usage, payment_method: method }: Stripe.PaymentIntent) {
  const isPaid = status === 'succeeded' || status === 'requires_capture';
  return isPaid && usage === 'off_session' ? idOf(method) : undefined;
}

function idOf(object: string | { id: string } | null): string | undefined {
  return typeof object === 'string' ? object : object?.id;
}

/** Read from the charge, never reckoned: each network has an opinion of its own. */
function captureBeforeOf({ status, latest_charge: charge }: Stripe.PaymentIntent): string | undefined {
  if (status !== 'requires_capture' || charge === null || typeof charge === 'string') return undefined;
  const seconds = charge.payment_method_details?.card?.capture_before;
  return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();
}

/** What became of a refund, in our words. */
export function refundOf({ id, status, failure_reason: failure }: Stripe.Refund): BankRefundResult {
  if (status === 'failed' || status === 'canceled')
    return { status: 'failed', id, failure: failure ?? status };
  return { status: status === 'succeeded' ? 'settled' : 'pending', id };
}
