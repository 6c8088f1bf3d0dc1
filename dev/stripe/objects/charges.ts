import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import type { Decline, TestCard } from './cards.ts';
import type { Call } from '../protocol/endpoint.ts';
import { missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
/** How long a network keeps a hold: a cardholder's seven days, but a merchant's on Visa less. */
const HOLD_SECONDS = 7 * DAY_SECONDS;
const MERCHANT_VISA_HOLD_SECONDS = 4 * DAY_SECONDS + 18 * HOUR_SECONDS;

/** What an attempt on a card is made of. */
export interface Attempt {
  intent: Stripe.PaymentIntent;
  method: Stripe.PaymentMethod;
  card: TestCard;
  /** Without the cardholder at hand: by the merchant. */
  offSession: boolean;
  /** The cardholder has passed a 3-D Secure challenge for it. */
  authenticated: boolean;
}

/** An attempt on its way: neither taken nor refused. */
export function pendingCharge(bank: Bank, attempt: Attempt): Stripe.Charge {
  return bank.store.charges.put({
    ...newCharge(bank, attempt),
    status: 'pending',
    paid: false,
    outcome: null,
  });
}

/** An attempt that the issuer refused. `pending` is its charge where it was under way already. */
export function failedCharge(
  bank: Bank,
  { attempt, why, pending }: { attempt: Attempt; why: Decline; pending?: Stripe.Charge },
): Stripe.Charge {
  return bank.store.charges.put({
    ...(pending ?? newCharge(bank, attempt)),
    status: 'failed',
    paid: false,
    failure_code: why.code,
    failure_message: why.message,
    outcome: {
      ...OUTCOME,
      network_status: 'declined_by_network',
      reason: why.declineCode,
      seller_message: 'The bank did not approve the payment.',
      type: 'issuer_declined',
    },
  });
}

/** Money taken, or under manual capture held until `capture_before`. `pending` is the attempt's own charge, if any. */
export function authorizedCharge(bank: Bank, attempt: Attempt, pending?: Stripe.Charge): Stripe.Charge {
  const { intent, offSession, card } = attempt;
  const charge: Stripe.Charge = {
    ...(pending ?? newCharge(bank, attempt)),
    status: 'succeeded',
    paid: true,
    outcome: OUTCOME,
  };
  if (intent.capture_method !== 'manual') return bank.store.charges.put(captured(charge, charge.amount));
  const merchants = offSession && card.brand === 'visa';
  const captureBefore = bank.now(intent) + (merchants ? MERCHANT_VISA_HOLD_SECONDS : HOLD_SECONDS);
  bank.schedule({ id: intent.id, act: 'lapse_hold', paymentIntent: intent.id, dueAt: captureBefore });
  return bank.store.charges.put(withCard(charge, { capture_before: captureBefore }));
}

/** Takes `amount` of what is held. What remains is released, and counts as refunded. */
export function captured(charge: Stripe.Charge, amount: number): Stripe.Charge {
  return {
    ...withCard(charge, { capture_before: undefined }),
    captured: true,
    amount_captured: amount,
    amount_refunded: charge.amount - amount,
  };
}

function withCard(charge: Stripe.Charge, change: { capture_before: number | undefined }): Stripe.Charge {
  const { capture_before: _, ...card } = charge.payment_method_details?.card ?? {};
  const details = change.capture_before === undefined ? card : { ...card, ...change };
  return {
    ...charge,
    payment_method_details: { type: 'card', card: details as Stripe.Charge.PaymentMethodDetails.Card },
  };
}

const OUTCOME: Stripe.Charge.Outcome = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

function newCharge(bank: Bank, { intent, method, authenticated }: Attempt): Stripe.Charge {
  return {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'STAYWARD',
    captured: false,
    created: bank.now(intent),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: OUTCOME,
    paid: true,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: {
      type: 'card',
      card: cardDetails(method, { amount: intent.amount, authenticated }),
    },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
}

function cardDetails(
  method: Stripe.PaymentMethod,
  { amount, authenticated }: { amount: number; authenticated: boolean },
): Stripe.Charge.PaymentMethodDetails.Card {
  const card = method.card;
  if (card === undefined) throw new Error(`${method.id} has no card`);
  return {
    amount_authorized: amount,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_transaction_id: null,
    regulated_status: card.regulated_status,
    three_d_secure: authenticated ? PASSED_CHALLENGE : null,
    transaction_link_id: null,
    wallet: null,
  };
}

const PASSED_CHALLENGE: Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
};

export function retrieveCharge({ bank, params, id }: Call): Stripe.Charge {
  params.done();
  return findCharge(bank, id);
}

export function findCharge(bank: Bank, id: string): Stripe.Charge {
  const charge = bank.store.charges.get(id);
  if (charge === undefined) throw missing('charge', id);
  return charge;
}

export function listCharges({ bank, params }: Call): Stripe.ApiList<Stripe.Charge> {
  const intent = params.text('payment_intent');
  const customer = params.text('customer');
  const group = params.text('transfer_group');
  const created = createdFilter(params);
  const { charges } = bank.store;
  let found = charges.newestFirst();
  if (intent !== undefined) found = charges.by('payment_intent', intent).reverse();
  else if (customer !== undefined) found = charges.by('customer', customer).reverse();
  const wanted = found.filter(
    (charge) => (group === undefined || charge.transfer_group === group) && created(charge),
  );
  return page(wanted, params, '/v1/charges');
}
