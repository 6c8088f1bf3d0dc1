import type Stripe from 'stripe';
import { newId, unguessable } from '../bank.ts';
import type { Manner } from './confirmation.ts';
import { invalid } from '../protocol/errors.ts';
import type { Params } from '../protocol/params.ts';

const SECRET_CHARACTERS = 25;
const CAPTURE_METHODS = ['automatic', 'automatic_async', 'manual'] as const;
/** Without the holder: whether, or in what course of business. */
const OFF_SESSION = ['true', 'false', 'one_off', 'recurring'] as const;
const FUTURE_USAGES = ['off_session', 'on_session', ''] as const;

/** What a browser may see with a publishable key. */
const PUBLIC_FIELDS: readonly (keyof Stripe.PaymentIntent)[] = [
  'id',
  'object',
  'amount',
  'automatic_payment_methods',
  'canceled_at',
  'cancellation_reason',
  'capture_method',
  'client_secret',
  'confirmation_method',
  'created',
  'currency',
  'description',
  'last_payment_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_types',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'status',
];

/** A new intent that nothing is known of yet but its id and its secret. */
export function blankIntent(): Stripe.PaymentIntent {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: 0,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${unguessable(SECRET_CHARACTERS)}`,
    confirmation_method: 'automatic',
    created: 0,
    currency: '',
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
}

/** The part of an intent that a client may set at any time. */
type Details = Partial<
  Pick<
    Stripe.PaymentIntent,
    'description' | 'receipt_email' | 'setup_future_usage' | 'statement_descriptor' | 'transfer_group'
  > & { customer: string | null; statement_descriptor_suffix: string | null }
>;

export function readDetails(params: Params): Details {
  const details: Details = {};
  for (const name of [
    'customer',
    'description',
    'receipt_email',
    'statement_descriptor',
    'statement_descriptor_suffix',
    'transfer_group',
  ] as const) {
    const value = params.nullableText(name);
    if (value !== undefined) details[name] = value;
  }
  const usage = params.oneOf('setup_future_usage', FUTURE_USAGES);
  if (usage !== undefined) details.setup_future_usage = usage === '' ? null : usage;
  return details;
}

export function readCaptureMethod(params: Params): Stripe.PaymentIntent.CaptureMethod {
  return params.oneOf('capture_method', CAPTURE_METHODS) ?? 'automatic_async';
}

type MethodTypes = Pick<
  Stripe.PaymentIntent,
  'allowed_payment_method_types' | 'automatic_payment_methods' | 'payment_method_types'
>;

/** Named types, or else whatever the account has enabled, which may include methods that redirect. */
export function readMethodTypes(params: Params): MethodTypes {
  const allowed = params.texts('allowed_payment_method_types');
  const automatic = params.nested('automatic_payment_methods');
  const enabled = automatic?.flag('enabled') ?? allowed === undefined;
  const allowRedirects = automatic?.oneOf('allow_redirects', ['always', 'never']) ?? 'always';
  if (allowed !== undefined && !allowed.includes('card'))
    throw invalid('The simulator takes cards only.', 'allowed_payment_method_types');
  return {
    allowed_payment_method_types: (allowed as MethodTypes['allowed_payment_method_types']) ?? null,
    automatic_payment_methods: enabled ? { allow_redirects: allowRedirects, enabled: true } : null,
    payment_method_types: ['card'],
  };
}

export function readManner(params: Params): Manner {
  for (const name of ['payment_method_options', 'use_stripe_sdk']) params.accept(name);
  return {
    offSession: ![undefined, 'false'].includes(params.oneOf('off_session', OFF_SESSION)),
    errorOnRequiresAction: params.flag('error_on_requires_action') ?? false,
    returnUrl: params.nullableText('return_url') ?? null,
  };
}

/** An intent open to methods that redirect can be confirmed only with an address to come back to. */
export function checkReturnUrl(
  types: Pick<
    Stripe.PaymentIntent | Stripe.SetupIntent,
    'allowed_payment_method_types' | 'automatic_payment_methods'
  >,
  returnUrl: string | null,
): void {
  const onlyCards = types.allowed_payment_method_types?.every((type) => type === 'card') === true;
  const redirects = types.automatic_payment_methods?.allow_redirects === 'always' && !onlyCards;
  if (redirects && returnUrl === null)
    throw invalid(
      'This intent accepts payment methods that may redirect your customer: give a `return_url`, ' +
        'or create it with `automatic_payment_methods[allow_redirects]=never` or `allowed_payment_method_types`.',
      'return_url',
    );
}

/** A browser proves by the secret that the intent is its own; a server need not, but must not be wrong. */
export function checkSecret(
  intent: Pick<Stripe.PaymentIntent, 'client_secret'>,
  params: Params,
  publishable: boolean,
): void {
  const secret = params.text('client_secret');
  if (secret === undefined ? publishable : secret !== intent.client_secret)
    throw invalid('The client_secret provided does not match that of this intent.', 'client_secret');
}

/** Whom a payment method belongs to decides whose intent it may be for. */
export function withMethod(
  method: Stripe.PaymentMethod | undefined,
  customer: string | null,
): { payment_method: string; status: 'requires_confirmation' } | undefined {
  if (method === undefined) return undefined;
  if (method.customer !== null && method.customer !== customer)
    throw invalid(
      'The payment method belongs to a customer that this intent does not name.',
      'payment_method',
    );
  return { payment_method: method.id, status: 'requires_confirmation' };
}

export function publicView(intent: Stripe.PaymentIntent): Partial<Stripe.PaymentIntent> {
  return Object.fromEntries(PUBLIC_FIELDS.map((field) => [field, intent[field]]));
}
