import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import { invalid } from '../protocol/errors.ts';

/** How the issuer says no. */
export interface Decline {
  code: string;
  declineCode: string;
  message: string;
}

/** A test card: its number, and what it does that an ordinary card does not. */
export interface TestCard {
  number: string;
  brand: 'amex' | 'mastercard' | 'visa';
  funding: 'credit' | 'debit';
  country: string;
  decline?: Decline;
  /** Its issuer refuses payments, but lets the card be saved. */
  savable?: boolean;
  /**
   * When its holder has to pass a 3-D Secure challenge: `always`; `until_set_up`, which for a payment without its
   * holder means unless it was set up for that; or just while the holder is there anyway (`on_session`).
   */
  challenge?: 'always' | 'on_session' | 'until_set_up';
  /** Funds are available at once. */
  bypassPending?: boolean;
  /** `pending_first`: refunds wait, then settle. `fails_later`: they settle, then come back. */
  refunds?: 'pending_first' | 'fails_later';
  /** Its holder disputes what was paid by it, a moment after it was. */
  dispute?: { reason: string; inquiry: boolean };
}

const declined = (declineCode: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  declineCode,
  message,
});
/** Some reasons are codes of their own and not `card_declined`. */
const refused = (code: string, message: string): Decline => ({ code, declineCode: code, message });

const visa = (number: string, behaviour: Partial<TestCard> = {}): TestCard => ({
  number,
  brand: 'visa',
  funding: 'credit',
  country: 'US',
  ...behaviour,
});

const INSUFFICIENT_FUNDS = declined('insufficient_funds', 'Your card has insufficient funds.');

/** By the public names of their payment methods without `pm_card_`, as in Stripe's testing documentation. */
const CARDS: Readonly<Record<string, TestCard>> = {
  visa: visa('4242424242424242'),
  visa_debit: visa('4000056655665556', { funding: 'debit' }),
  mastercard: visa('5555555555554444', { brand: 'mastercard' }),
  amex: visa('378282246310005', { brand: 'amex' }),
  gb: visa('4000008260000000', { country: 'GB' }),
  bypassPending: visa('4000000000000077', { bypassPending: true }),
  pendingRefund: visa('4000000000007726', { refunds: 'pending_first' }),
  refundFail: visa('4000000000005126', { refunds: 'fails_later' }),
  chargeDeclined: visa('4000000000000002', { decline: declined('generic_decline') }),
  chargeDeclinedInsufficientFunds: visa('4000000000009995', { decline: INSUFFICIENT_FUNDS }),
  chargeDeclinedLostCard: visa('4000000000009987', { decline: declined('lost_card') }),
  chargeDeclinedStolenCard: visa('4000000000009979', { decline: declined('stolen_card') }),
  chargeDeclinedExpiredCard: visa('4000000000000069', {
    decline: refused('expired_card', 'Your card has expired.'),
  }),
  chargeDeclinedIncorrectCvc: visa('4000000000000127', {
    decline: refused('incorrect_cvc', "Your card's security code is incorrect."),
  }),
  chargeDeclinedProcessingError: visa('4000000000000119', {
    decline: refused('processing_error', 'The card could not be processed. Try again in a moment.'),
  }),
  chargeDeclinedVelocityLimitExceeded: visa('4000000000006975', {
    decline: declined('card_velocity_exceeded', 'Your card has reached its limit for now.'),
  }),
  chargeCustomerFail: visa('4000000000000341', { decline: declined('generic_decline'), savable: true }),
  createDispute: visa('4000000000000259', { dispute: { reason: 'fraudulent', inquiry: false } }),
  createDisputeProductNotReceived: visa('4000000000002685', {
    dispute: { reason: 'product_not_received', inquiry: false },
  }),
  createDisputeInquiry: visa('4000000000001976', { dispute: { reason: 'fraudulent', inquiry: true } }),
  authenticationRequired: visa('4000002760003184', { challenge: 'always' }),
  authenticationRequiredOnSetup: visa('4000002500003155', { challenge: 'until_set_up' }),
  authenticationRequiredSetupForOffSession: visa('4000003800000446', { challenge: 'on_session' }),
  authenticationRequiredChargeDeclinedInsufficientFunds: visa('4000008260003178', {
    challenge: 'always',
    decline: INSUFFICIENT_FUNDS,
    savable: true,
  }),
};

const BY_NUMBER = new Map(Object.values(CARDS).map((card) => [card.number, card]));
const BY_FINGERPRINT = new Map(Object.values(CARDS).map((card) => [fingerprintOf(card), card]));

/** `pm_card_chargeDeclined` and `pm_card_visa_chargeDeclined` both name the card; so does `tok_chargeDeclined`. */
export function testCardNamed(name: string): TestCard | undefined {
  const short = /^(?:pm_card_|tok_)(.+)$/.exec(name)?.[1];
  if (short === undefined) return undefined;
  return CARDS[short] ?? (short.startsWith('visa_') ? CARDS[short.slice('visa_'.length)] : undefined);
}

/** Refuses a number that is not a test card's: no real number may ever reach a simulator. */
export function testCardNumbered(number: string): TestCard {
  const card = BY_NUMBER.get(number.replaceAll(' ', ''));
  if (card === undefined)
    throw invalid('Your card number is not that of a test card.', 'card[number]', 'incorrect_number');
  return card;
}

/** The card behind a payment method, by the fingerprint that all payment methods of a card share. */
export function cardOf(method: Stripe.PaymentMethod): TestCard {
  const card = BY_FINGERPRINT.get(method.card?.fingerprint ?? '');
  if (card === undefined) throw new Error(`${method.id} is no test card`);
  return card;
}

/** A test name is a recipe: each use makes a payment method of its own, as at Stripe. */
export function newPaymentMethod(bank: Bank, card: TestCard): Stripe.PaymentMethod {
  const created = bank.now();
  return bank.store.paymentMethods.put({
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: card.country,
      display_brand: card.brand,
      exp_month: 12,
      exp_year: new Date(created * 1000).getUTCFullYear() + 3,
      fingerprint: fingerprintOf(card),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  });
}

function fingerprintOf(card: TestCard): string {
  return `sim${card.number}`;
}
