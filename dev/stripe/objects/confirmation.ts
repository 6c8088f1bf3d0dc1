import type Stripe from 'stripe';
import { postToBalance } from './balance.ts';
import type { Bank } from '../bank.ts';
import type { Decline } from './cards.ts';
import { cardOf } from './cards.ts';
import type { Attempt } from './charges.ts';
import { authorizedCharge, failedCharge, pendingCharge } from './charges.ts';
import { conflict, Declined, docUrl, invalid } from '../protocol/errors.ts';
import { asksForHolder, attach, setUp } from './saved-methods.ts';
import { idOf } from '../state/store.ts';

/** How a confirmation is asked for. */
export interface Manner {
  offSession: boolean;
  errorOnRequiresAction: boolean;
  returnUrl: string | null;
}

const CONFIRMABLE: readonly string[] = [
  'requires_action',
  'requires_confirmation',
  'requires_payment_method',
];

const NEEDS_AUTHENTICATION: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

const LATE_DECLINE: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
};

/** Attempts the payment: it succeeds, is held, is declined, or asks its cardholder for a challenge first. */
export function confirm(
  bank: Bank,
  intent: Stripe.PaymentIntent,
  manner: Manner,
): Stripe.PaymentIntent | Declined {
  const method = bank.store.paymentMethods.get(idOf(intent.payment_method) ?? '');
  if (!CONFIRMABLE.includes(intent.status)) throw wrongState(intent, 'confirmed', CONFIRMABLE);
  if (method === undefined)
    throw conflict(
      'payment_intent_unexpected_state',
      "You cannot confirm this PaymentIntent because it's missing a payment method.",
      { payment_intent: intent },
    );
  if (manner.offSession && intent.setup_future_usage !== null)
    throw invalid(
      'You cannot confirm with `off_session=true` when `setup_future_usage` is also set on the PaymentIntent. ' +
        'The customer needs to be on-session to perform the steps which may be required to set it up.',
      'off_session',
    );
  const card = cardOf(method);
  const attempt: Attempt = { intent, method, card, offSession: manner.offSession, authenticated: false };
  if (!asksForHolder(bank, attempt)) return charge(bank, attempt);
  if (manner.offSession || manner.errorOnRequiresAction)
    return decline(bank, attempt, { why: NEEDS_AUTHENTICATION });
  return challenge(bank, intent, manner.returnUrl);
}

/** The cardholder's answer to a challenge. A failed one leaves the intent ready for another attempt. */
export function answerChallenge(
  bank: Bank,
  intent: Stripe.PaymentIntent,
  passed: boolean,
): Stripe.PaymentIntent | Declined {
  const method = bank.store.paymentMethods.get(idOf(intent.payment_method) ?? '');
  if (intent.status !== 'requires_action' || method === undefined)
    throw wrongState(intent, 'authenticated', ['requires_action']);
  const attempt: Attempt = { intent, method, card: cardOf(method), offSession: false, authenticated: true };
  if (passed) return charge(bank, attempt);
  const failure: Stripe.PaymentIntent.LastPaymentError = {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    doc_url: docUrl('payment_intent_authentication_failure'),
    message: 'The cardholder could not be authenticated. Choose another payment method or try again.',
    payment_method: method,
  };
  return refuse(bank, intent, failure);
}

/** The end of a payment that was `processing`. */
export function settlePayment(
  bank: Bank,
  intent: Stripe.PaymentIntent,
  outcome: 'fail' | 'succeed',
): Stripe.PaymentIntent | Declined {
  const pending = bank.store.charges.get(idOf(intent.latest_charge) ?? '');
  const method = bank.store.paymentMethods.get(idOf(intent.payment_method) ?? '');
  if (intent.status !== 'processing' || pending === undefined || method === undefined)
    throw wrongState(intent, 'settled', ['processing']);
  bank.store.agenda.delete(intent.id);
  const attempt: Attempt = { intent, method, card: cardOf(method), offSession: false, authenticated: false };
  if (outcome === 'succeed' && attempt.card.decline === undefined) return succeed(bank, attempt, pending);
  return decline(bank, attempt, { why: attempt.card.decline ?? LATE_DECLINE, pending });
}

/** `payment_intent_unexpected_state`, in words that name the states which would do. */
export function wrongState(intent: Stripe.PaymentIntent, act: string, allowed: readonly string[]): Error {
  return conflict(
    'payment_intent_unexpected_state',
    `This PaymentIntent could not be ${act} because it has a status of ${intent.status}. ` +
      `Only one with the status ${allowed.join(', ')} may be.`,
    { payment_intent: intent },
  );
}

function challenge(bank: Bank, intent: Stripe.PaymentIntent, returnUrl: string | null): Stripe.PaymentIntent {
  const waiting = bank.store.paymentIntents.put({
    ...intent,
    status: 'requires_action',
    last_payment_error: null,
    next_action: nextAction(bank.baseUrl, intent, returnUrl),
  });
  bank.emit('payment_intent.requires_action', waiting);
  return waiting;
}

/** Where the browser goes to pass the challenge: the address alone opens it, as a bank's would. */
export function nextAction(
  baseUrl: string,
  { client_secret: secret }: Pick<Stripe.PaymentIntent, 'client_secret'>,
  returnUrl: string | null,
): Stripe.PaymentIntent.NextAction & Stripe.SetupIntent.NextAction {
  const url = `${baseUrl}/_sim/challenges/${secret ?? ''}`;
  return { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } };
}

function charge(bank: Bank, attempt: Attempt): Stripe.PaymentIntent | Declined {
  if (bank.settings.authorization === 'processing') return take(bank, attempt);
  if (attempt.card.decline !== undefined) return decline(bank, attempt, { why: attempt.card.decline });
  return succeed(bank, attempt);
}

/** The payment is under way; its end is on the agenda. */
function take(bank: Bank, attempt: Attempt): Stripe.PaymentIntent {
  const { intent } = attempt;
  const pending = pendingCharge(bank, attempt);
  const dueAt = bank.now(intent) + bank.settings.processingSeconds;
  bank.schedule({ id: intent.id, act: 'settle_payment', paymentIntent: intent.id, dueAt });
  const processing = bank.store.paymentIntents.put({
    ...intent,
    status: 'processing',
    latest_charge: pending.id,
    last_payment_error: null,
    next_action: null,
  });
  bank.emit('charge.pending', pending);
  bank.emit('payment_intent.processing', processing);
  return processing;
}

function succeed(bank: Bank, attempt: Attempt, pending?: Stripe.Charge): Stripe.PaymentIntent {
  const { intent, method, card } = attempt;
  const held = intent.capture_method === 'manual';
  let taken = authorizedCharge(bank, attempt, pending);
  if (intent.capture_method === 'automatic') taken = postToBalance(bank, taken, card);
  if (intent.capture_method === 'automatic_async')
    bank.schedule({ id: taken.id, act: 'post_balance', paymentIntent: intent.id, dueAt: taken.created + 1 });
  const customer = idOf(intent.customer);
  if (intent.setup_future_usage !== null && customer !== undefined) attach(bank, method, customer);
  if (intent.setup_future_usage === 'off_session') setUp(bank, method);
  const done = bank.store.paymentIntents.put({
    ...intent,
    status: held ? 'requires_capture' : 'succeeded',
    amount_capturable: held ? intent.amount : 0,
    amount_received: held ? 0 : intent.amount,
    latest_charge: taken.id,
    last_payment_error: null,
    next_action: null,
  });
  bank.emit('charge.succeeded', taken);
  bank.emit(held ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', done);
  return done;
}

function decline(
  bank: Bank,
  attempt: Attempt,
  { why, pending }: { why: Decline; pending?: Stripe.Charge },
): Declined {
  const failed = failedCharge(bank, { attempt, why, ...(pending !== undefined && { pending }) });
  bank.emit('charge.failed', failed);
  const failure: Stripe.PaymentIntent.LastPaymentError = {
    type: 'card_error',
    charge: failed.id,
    code: why.code,
    decline_code: why.declineCode,
    doc_url: docUrl(why.code),
    message: why.message,
    payment_method: attempt.method,
  };
  const refused = refuse(bank, { ...attempt.intent, latest_charge: failed.id }, failure);
  return new Declined({
    type: 'card_error',
    charge: failed.id,
    code: why.code,
    decline_code: why.declineCode,
    doc_url: docUrl(why.code),
    message: why.message,
    payment_intent: refused,
    payment_method: attempt.method,
  });
}

/** Back to the start: the payment method is spent, the reason stays to be read. */
function refuse(
  bank: Bank,
  intent: Stripe.PaymentIntent,
  failure: Stripe.PaymentIntent.LastPaymentError,
): Stripe.PaymentIntent {
  const refused = bank.store.paymentIntents.put({
    ...intent,
    status: 'requires_payment_method',
    last_payment_error: failure,
    next_action: null,
    payment_method: null,
  });
  bank.emit('payment_intent.payment_failed', refused);
  return refused;
}
