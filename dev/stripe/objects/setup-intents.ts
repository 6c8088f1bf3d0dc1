import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId, unguessable } from '../bank.ts';
import { findCustomer } from './customers.ts';
import { checkReturnUrl, checkSecret, readMethodTypes, withMethod } from './intent-fields.ts';
import type { Call } from '../protocol/endpoint.ts';
import type { Declined } from '../protocol/errors.ts';
import { missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import type { Params } from '../protocol/params.ts';
import { readPayment } from './payment-methods.ts';
import { confirmSetup, wrongSetupState } from './setup-course.ts';
import { idOf } from '../state/store.ts';

const SECRET_CHARACTERS = 25;
const CANCELLATION_REASONS = ['abandoned', 'duplicate', 'requested_by_customer'] as const;
const OPEN: readonly Stripe.SetupIntent.Status[] = [
  'requires_action',
  'requires_confirmation',
  'requires_payment_method',
];
/** What a browser may see with a publishable key. */
const PUBLIC_FIELDS: readonly (keyof Stripe.SetupIntent)[] = [
  'id',
  'object',
  'automatic_payment_methods',
  'cancellation_reason',
  'client_secret',
  'created',
  'description',
  'last_setup_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_types',
  'status',
  'usage',
];

/** Prepares to save a payment method for later, by default for charges without its holder. */
export function createSetupIntent({ bank, params }: Call): Stripe.SetupIntent | Declined {
  const customer = params.nullableText('customer') ?? null;
  const description = params.nullableText('description') ?? null;
  const usage = params.oneOf('usage', ['off_session', 'on_session']) ?? 'off_session';
  const metadata = params.metadata();
  const methodTypes = readMethodTypes(params);
  const payment = readPayment(params);
  const confirmed = params.flag('confirm') ?? false;
  const returnUrl = readReturnUrl(params);
  params.done();
  if (customer !== null) findCustomer(bank, customer);
  if (confirmed) checkReturnUrl(methodTypes, returnUrl);
  const intent: Stripe.SetupIntent = {
    ...blankSetupIntent(),
    ...methodTypes,
    customer,
    description,
    metadata,
    usage,
    ...withMethod(payment(bank), customer),
  };
  const created = bank.store.setupIntents.put({ ...intent, created: bank.now(intent) });
  bank.emit('setup_intent.created', created);
  return confirmed ? confirmSetup(bank, created, returnUrl) : created;
}

export function retrieveSetupIntent({ bank, params, id, publishable }: Call): Partial<Stripe.SetupIntent> {
  const intent = findSetupIntent(bank, id);
  checkSecret(intent, params, publishable);
  params.done();
  return publishable ? publicView(intent) : intent;
}

export function updateSetupIntent({ bank, params, id }: Call): Stripe.SetupIntent {
  const intent = findSetupIntent(bank, id);
  const customer = params.nullableText('customer') ?? idOf(intent.customer) ?? null;
  const description = params.nullableText('description') ?? intent.description;
  const metadata = params.metadata(intent.metadata ?? {});
  const payment = readPayment(params);
  params.done();
  if (customer !== null) findCustomer(bank, customer);
  const method = payment(bank);
  if (method !== undefined && !OPEN.includes(intent.status)) throw wrongSetupState(intent, 'updated');
  return bank.store.setupIntents.put({
    ...intent,
    customer,
    description,
    metadata,
    ...(method !== undefined && { ...withMethod(method, customer), next_action: null }),
  });
}

export function confirmSetupIntent({ bank, params, id, publishable }: Call): object | Declined {
  const intent = findSetupIntent(bank, id);
  checkSecret(intent, params, publishable);
  const payment = readPayment(params);
  const returnUrl = readReturnUrl(params);
  params.done();
  checkReturnUrl(intent, returnUrl);
  const method = payment(bank);
  const ready: Stripe.SetupIntent = {
    ...intent,
    ...(method !== undefined && withMethod(method, idOf(intent.customer) ?? null)),
    // A new method does not revive an intent that is over: `confirmSetup` judges the status it had.
    status: intent.status,
  };
  const outcome = confirmSetup(bank, ready, returnUrl);
  return publishable && 'object' in outcome ? publicView(outcome) : outcome;
}

export function cancelSetupIntent({ bank, params, id }: Call): Stripe.SetupIntent {
  const intent = findSetupIntent(bank, id);
  const reason = params.oneOf('cancellation_reason', CANCELLATION_REASONS) ?? null;
  params.done();
  if (!OPEN.includes(intent.status)) throw wrongSetupState(intent, 'canceled');
  const canceled = bank.store.setupIntents.put({
    ...intent,
    status: 'canceled',
    cancellation_reason: reason,
    next_action: null,
  });
  bank.emit('setup_intent.canceled', canceled);
  return canceled;
}

export function listSetupIntents({ bank, params }: Call): Stripe.ApiList<Stripe.SetupIntent> {
  const customer = params.text('customer');
  const method = params.text('payment_method');
  const created = createdFilter(params);
  const { setupIntents } = bank.store;
  let found = setupIntents.newestFirst();
  if (customer !== undefined) found = setupIntents.by('customer', customer).reverse();
  else if (method !== undefined) found = setupIntents.by('payment_method', method).reverse();
  return page(found.filter(created), params, '/v1/setup_intents');
}

export function findSetupIntent(bank: Bank, id: string): Stripe.SetupIntent {
  const intent = bank.store.setupIntents.get(id);
  if (intent === undefined) throw missing('setup_intent', id);
  return intent;
}

function readReturnUrl(params: Params): string | null {
  for (const name of ['mandate_data', 'payment_method_options', 'use_stripe_sdk']) params.accept(name);
  return params.nullableText('return_url') ?? null;
}

function blankSetupIntent(): Stripe.SetupIntent {
  const id = newId('seti');
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${unguessable(SECRET_CHARACTERS)}`,
    created: 0,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
  };
}

function publicView(intent: Stripe.SetupIntent): Partial<Stripe.SetupIntent> {
  return Object.fromEntries(PUBLIC_FIELDS.map((field) => [field, intent[field]]));
}
