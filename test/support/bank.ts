import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import type { FaultRule } from '#dev/stripe/controls/faults.ts';
import type { Stack } from '#dev/stack/stack.ts';

type Fault = Partial<FaultRule> & { kind: FaultRule['kind'] };

export interface Delivery {
  /** Signs as of this moment, in seconds since the epoch. */
  at?: number;
  secrets?: string[];
  /** Overwrites the header that would be right. */
  signature?: string;
}

/** The simulated bank of a running stack: what it has on record, its controls, and the payer's browser. */
export class BankDesk {
  readonly #url: string;
  readonly #webhooks: string;
  readonly secret: string;

  constructor(stack: Stack) {
    const { stripeApiBase, api } = stack.addresses;
    assert.ok(stripeApiBase !== undefined);
    this.#url = stripeApiBase;
    this.#webhooks = `${api}/webhooks/stripe`;
    this.secret = stack.environment.STRIPE_WEBHOOK_SECRET ?? '';
  }

  async control(method: 'GET' | 'POST' | 'DELETE', path: string, input?: object): Promise<any> {
    const body = input === undefined ? {} : { body: JSON.stringify(input) };
    const response = await fetch(`${this.#url}/_sim${path}`, { method, ...body });
    const answer: unknown = await response.json();
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
  }

  /** What goes wrong next. Faults that have not struck are taken away by `heal`. */
  async misbehave(...rules: Fault[]): Promise<void> {
    await this.control('POST', '/faults', { rules });
  }

  async heal(): Promise<void> {
    await this.control('DELETE', '/faults');
    await this.control('POST', '/webhooks/resume');
    await this.control('POST', '/settings', { authorization: 'at_once', refunds: 'settle' });
  }

  /** Faults that have not struck yet. */
  async faultsLeft(): Promise<number> {
    return (await this.control('GET', '/faults')).rules.length;
  }

  /** Every intent that the bank has for a booking: one, if all is well. */
  async intentsOf(bookingId: string): Promise<Stripe.PaymentIntent[]> {
    const { data } = await this.control('GET', '/objects/payment_intents');
    return data.filter(({ metadata }: Stripe.PaymentIntent) => metadata.bookingId === bookingId);
  }

  /** The one intent of a booking. */
  async intentOf(bookingId: string): Promise<Stripe.PaymentIntent> {
    const [intent, ...more] = await this.intentsOf(bookingId);
    assert.ok(intent !== undefined && more.length === 0, `${bookingId} has not one intent at the bank`);
    return intent;
  }

  /** Every refund that the bank has given for a booking. */
  async refundsOf(bookingId: string): Promise<Stripe.Refund[]> {
    const intents = (await this.intentsOf(bookingId)).map(({ id }) => id);
    const { data } = await this.control('GET', '/objects/refunds');
    return data.filter(({ payment_intent: id }: Stripe.Refund) => intents.includes(id as string));
  }

  /** The same two of one booking, by the bank's own search: as quick among many bookings as among few. */
  async recordsOf(bookingId: string): Promise<{ intents: Stripe.PaymentIntent[]; refunds: Stripe.Refund[] }> {
    const query = new URLSearchParams({ query: `metadata['bookingId']:'${bookingId}'` });
    const { data: intents } = await this.#asMerchant(`payment_intents/search?${query}`);
    const refunds = await Promise.all(
      (intents as Stripe.PaymentIntent[]).map(({ id }) => this.#asMerchant(`refunds?payment_intent=${id}`)),
    );
    return { intents, refunds: refunds.flatMap(({ data }) => data) };
  }

  async #asMerchant(path: string): Promise<any> {
    const response = await fetch(`${this.#url}/v1/${path}`, {
      headers: { authorization: 'Bearer sk_test_dashboard' },
    });
    assert.equal(response.status, 200);
    return response.json();
  }

  /** The bank's own words about an object, oldest first. */
  async eventsAbout(objectId: string, type?: string): Promise<Stripe.Event[]> {
    const { data } = await this.control('GET', '/objects/events');
    return data.filter(
      (event: Stripe.Event) =>
        (event.data.object as { id?: string }).id === objectId && (type === undefined || event.type === type),
    );
  }

  /** What a payer's page does: with the client secret and the key that everybody may know. Gives the HTTP status. */
  async payInBrowser(clientSecret: string, paymentMethod = 'pm_card_visa'): Promise<number> {
    const intentId = clientSecret.split('_secret_')[0] ?? '';
    const response = await fetch(`${this.#url}/v1/payment_intents/${intentId}/confirm`, {
      method: 'POST',
      headers: {
        'authorization': 'Bearer pk_test_page',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ client_secret: clientSecret, payment_method: paymentMethod }),
    });
    await response.body?.cancel();
    return response.status;
  }

  /** The page on which the payer of an intent answers the issuer's challenge. */
  challengePage(clientSecret: string): string {
    return `${this.#url}/_sim/challenges/${clientSecret}`;
  }

  /** The payer answers the issuer's challenge on the page that the booking named. */
  async passChallenge(nextActionUrl: string, outcome: 'pass' | 'fail' = 'pass'): Promise<void> {
    const response = await fetch(nextActionUrl, { method: 'POST', body: new URLSearchParams({ outcome }) });
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }

  /** Somebody gives a payment back, or a part of it, in the bank's dashboard, past us. */
  async refundByHand(bookingId: string, amountMinor?: number): Promise<void> {
    const { id } = await this.intentOf(bookingId);
    const part = amountMinor === undefined ? {} : { amount: String(amountMinor) };
    await this.#byHand('refunds', { payment_intent: id, ...part });
  }

  /** Somebody takes what is reserved, or a part of it, in the bank's dashboard. */
  async captureByHand(bookingId: string, amountMinor?: number): Promise<void> {
    const { id } = await this.intentOf(bookingId);
    const part = amountMinor === undefined ? {} : { amount_to_capture: String(amountMinor) };
    await this.#byHand(`payment_intents/${id}/capture`, part);
  }

  /** Somebody cancels what is not yet taken in the bank's dashboard, past us. */
  async cancelByHand(bookingId: string): Promise<void> {
    const { intents } = await this.recordsOf(bookingId);
    for (const { id } of intents) await this.#byHand(`payment_intents/${id}/cancel`, {});
  }

  /** The payer is charged once more for what the booking has paid. */
  async chargeByHand(bookingId: string, of?: Stripe.PaymentIntent): Promise<void> {
    const { amount, currency, metadata } = of ?? (await this.intentOf(bookingId));
    const { bookingId: booking = '', paymentId = '' } = metadata;
    await this.#byHand('payment_intents', {
      'amount': String(amount),
      currency,
      'metadata[bookingId]': booking,
      'metadata[paymentId]': paymentId,
      'payment_method': 'pm_card_visa',
      'allowed_payment_method_types[0]': 'card',
      'confirm': 'true',
    });
  }

  /** Money of nobody in particular that is there at once: the balance may be lower than what others have paid for. */
  async topUp(amountMinor: number, currency = 'gbp'): Promise<void> {
    await this.#byHand('payment_intents', {
      'amount': String(amountMinor),
      currency,
      'payment_method': 'pm_card_bypassPending',
      'allowed_payment_method_types[0]': 'card',
      'confirm': 'true',
    });
  }

  /** Somebody is charged in the bank's dashboard, for nothing of ours; gives the bank's id of the charge. */
  async chargeStranger(amountMinor: number): Promise<string> {
    const { latest_charge: charge } = await this.#byHand('payment_intents', {
      'amount': String(amountMinor),
      'currency': 'gbp',
      'capture_method': 'automatic',
      'payment_method': 'pm_card_visa',
      'allowed_payment_method_types[0]': 'card',
      'confirm': 'true',
    });
    return charge;
  }

  /** The payer goes to their own bank about what a booking has paid; gives the bank's id of the dispute. */
  async dispute(bookingId: string, complaint: object = {}): Promise<string> {
    const { latest_charge: charge } = await this.intentOf(bookingId);
    const { id } = await this.control('POST', `/charges/${charge as string}/dispute`, complaint);
    return id;
  }

  async judge(bankDisputeId: string, outcome: 'win' | 'lose' | 'escalate'): Promise<void> {
    await this.control('POST', `/disputes/${bankDisputeId}/verdict`, { outcome });
  }

  /** What the bank has on record of a dispute. */
  async disputeOf(bankDisputeId: string): Promise<Stripe.Dispute> {
    const { data } = await this.control('GET', '/objects/disputes');
    return data.find(({ id }: Stripe.Dispute) => id === bankDisputeId);
  }

  async #byHand(path: string, form: Record<string, string>): Promise<any> {
    const response = await fetch(`${this.#url}/v1/${path}`, {
      method: 'POST',
      headers: {
        'authorization': 'Bearer sk_test_dashboard',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form),
    });
    const answer: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  signatureOf(body: string, { at = Math.floor(Date.now() / 1000), secrets = [this.secret] }: Delivery = {}) {
    const signed = secrets.map(
      (secret) => `v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`,
    );
    return [`t=${at}`, ...signed].join(',');
  }

  /** Delivers an event (or any bytes) to our webhook as the bank would. Gives the HTTP status. */
  async deliver(event: object | string, delivery: Delivery = {}): Promise<number> {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    const response = await fetch(this.#webhooks, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': delivery.signature ?? this.signatureOf(body, delivery),
      },
      body,
    });
    await response.body?.cancel();
    return response.status;
  }
}
