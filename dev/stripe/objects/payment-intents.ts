import type Stripe from 'stripe';
import { postToBalance } from './balance.ts';
import type { Bank } from '../bank.ts';
import { cardOf } from './cards.ts';
import { captured } from './charges.ts';
import { confirm, wrongState } from './confirmation.ts';
import { checkAmount, checkUnit, currencyOf } from './currencies.ts';
import { findCustomer } from './customers.ts';
import type { Call } from '../protocol/endpoint.ts';
import type { Declined } from '../protocol/errors.ts';
import { invalid, missing } from '../protocol/errors.ts';
import {
  blankIntent,
  checkReturnUrl,
  checkSecret,
  publicView,
  readCaptureMethod,
  readDetails,
  readManner,
  readMethodTypes,
  withMethod,
} from './intent-fields.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import { readPayment } from './payment-methods.ts';
import { releaseHold } from './refunds.ts';
import { searchIntents } from './search.ts';
import { idOf } from '../state/store.ts';

const CANCELLATION_REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;
const CANCELABLE: readonly string[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];
const UNTRIED: readonly string[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export function createPaymentIntent({ bank, params }: Call): Stripe.PaymentIntent | Declined {
  const amount = params.requiredInteger('amount');
  const currency = currencyOf(params.requiredText('currency'));
  const details = readDetails(params);
  const metadata = params.metadata();
  const methodTypes = readMethodTypes(params);
  const capture = readCaptureMethod(params);
  const payment = readPayment(params);
  const confirmed = params.flag('confirm') ?? false;
  const manner = readManner(params);
  params.oneOf('confirmation_method', ['automatic']);
  params.done();
  checkAmount(amount, currency);
  if (manner.offSession && !confirmed)
    throw invalid('off_session can only be used when confirm is true.', 'off_session');
  if (details.customer !== undefined && details.customer !== null) findCustomer(bank, details.customer);
  if (confirmed) checkReturnUrl(methodTypes, manner.returnUrl);
  const method = payment(bank);
  const intent: Stripe.PaymentIntent = {
    ...blankIntent(),
    amount,
    currency,
    capture_method: capture,
    ...methodTypes,
    ...details,
    metadata,
    ...withMethod(method, details.customer ?? null),
  };
  const created = bank.store.paymentIntents.put({ ...intent, created: bank.now(intent) });
  bank.emit('payment_intent.created', created);
  return confirmed ? confirm(bank, created, manner) : created;
}

export function retrievePaymentIntent({
  bank,
  params,
  id,
  publishable,
}: Call): Partial<Stripe.PaymentIntent> {
  const intent = findIntent(bank, id);
  checkSecret(intent, params, publishable);
  params.done();
  return publishable ? publicView(intent) : intent;
}

export function updatePaymentIntent({ bank, params, id }: Call): Stripe.PaymentIntent {
  const intent = findIntent(bank, id);
  const amount = params.integer('amount') ?? intent.amount;
  const currency = currencyOf(params.text('currency') ?? intent.currency);
  const details = readDetails(params);
  const metadata = params.metadata(intent.metadata);
  const payment = readPayment(params);
  params.done();
  if (details.customer !== undefined && details.customer !== null) findCustomer(bank, details.customer);
  const repriced = amount !== intent.amount || currency !== intent.currency;
  if (repriced) checkAmount(amount, currency);
  const method = payment(bank);
  if ((repriced || method !== undefined) && !UNTRIED.includes(intent.status))
    throw wrongState(intent, 'updated', UNTRIED);
  const customer = details.customer ?? idOf(intent.customer) ?? null;
  const interrupted = repriced && intent.status === 'requires_action';
  return bank.store.paymentIntents.put({
    ...intent,
    amount,
    currency,
    ...details,
    metadata,
    ...(interrupted && { status: 'requires_confirmation', next_action: null }),
    ...(method !== undefined && { ...withMethod(method, customer), next_action: null }),
  });
}

export function confirmPaymentIntent({ bank, params, id, publishable }: Call): object | Declined {
  const intent = findIntent(bank, id);
  checkSecret(intent, params, publishable);
  const payment = readPayment(params);
  const manner = readManner(params);
  const receiptEmail = params.nullableText('receipt_email') ?? intent.receipt_email;
  params.done();
  checkReturnUrl(intent, manner.returnUrl);
  const method = payment(bank);
  const ready: Stripe.PaymentIntent = {
    ...intent,
    receipt_email: receiptEmail,
    ...(method !== undefined && withMethod(method, idOf(intent.customer) ?? null)),
    // A new method does not revive an intent that is over: `confirm` judges the status it had.
    status: intent.status,
  };
  const outcome = confirm(bank, ready, manner);
  return publishable && 'object' in outcome ? publicView(outcome) : outcome;
}

export function cancelPaymentIntent({ bank, params, id }: Call): Stripe.PaymentIntent {
  const intent = findIntent(bank, id);
  const reason = params.oneOf('cancellation_reason', CANCELLATION_REASONS) ?? null;
  params.done();
  if (!CANCELABLE.includes(intent.status)) throw wrongState(intent, 'canceled', CANCELABLE);
  return endIntent(bank, intent, reason);
}

/** Ends an intent unpaid. What was held is released. */
export function endIntent(
  bank: Bank,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent {
  if (intent.status === 'requires_capture') releaseHold(bank, intent, reason === 'automatic');
  bank.store.agenda.delete(intent.id);
  const canceled = bank.store.paymentIntents.put({
    ...intent,
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: bank.now(intent),
    cancellation_reason: reason,
    next_action: null,
  });
  bank.emit('payment_intent.canceled', canceled);
  return canceled;
}

/** Takes what is held, or less: the rest is released, and there is no second capture. */
export function capturePaymentIntent({ bank, params, id }: Call): Stripe.PaymentIntent {
  const intent = findIntent(bank, id);
  const amount = params.integer('amount_to_capture') ?? intent.amount_capturable;
  const metadata = params.metadata(intent.metadata);
  params.done();
  const charge = bank.store.charges.get(idOf(intent.latest_charge) ?? '');
  const method = bank.store.paymentMethods.get(idOf(intent.payment_method) ?? '');
  if (intent.status !== 'requires_capture' || charge === undefined || method === undefined)
    throw wrongState(intent, 'captured', ['requires_capture']);
  if (amount < 1 || amount > intent.amount_capturable)
    throw invalid(
      `The amount to capture must be between 1 and ${intent.amount_capturable}.`,
      'amount_to_capture',
      amount < 1 ? 'parameter_invalid_integer' : 'amount_too_large',
    );
  checkUnit(amount, intent.currency, 'amount_to_capture');
  bank.store.agenda.delete(intent.id);
  const taken = postToBalance(bank, captured(charge, amount), cardOf(method));
  const done = bank.store.paymentIntents.put({
    ...intent,
    metadata,
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: amount,
  });
  bank.emit('charge.captured', taken);
  bank.emit('payment_intent.succeeded', done);
  return done;
}

export function listPaymentIntents({ bank, params }: Call): Stripe.ApiList<Stripe.PaymentIntent> {
  const customer = params.text('customer');
  const created = createdFilter(params);
  const intents =
    customer === undefined
      ? bank.store.paymentIntents.newestFirst()
      : bank.store.paymentIntents.by('customer', customer).reverse();
  return page(intents.filter(created), params, '/v1/payment_intents');
}

export function searchPaymentIntents({ bank, params }: Call): Stripe.ApiSearchResult<Stripe.PaymentIntent> {
  return searchIntents(bank, params);
}

export function findIntent(bank: Bank, id: string, param = 'id'): Stripe.PaymentIntent {
  const intent = bank.store.paymentIntents.get(id);
  if (intent === undefined) throw missing('payment_intent', id, param);
  return intent;
}
