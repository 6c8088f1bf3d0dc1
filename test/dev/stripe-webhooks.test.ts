import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { Receiver, TestBank } from './stripe-fixture.ts';
import { eventually, openBank, openReceiver, PAYMENT, SECRET } from './stripe-fixture.ts';

describe('the simulated bank: webhooks', () => {
  let receiver: Receiver;
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    receiver = await openReceiver();
    bank = await openBank({ webhook: { url: receiver.url, secrets: [SECRET] } });
    stripe = bank.stripe;
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  const types = () => receiver.events.map(({ type }) => type);
  const undelivered = async () => (await stripe.events.list({ delivery_success: false })).data.length;
  const ofPayment = ['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded'];
  const fault = (rule: object) => bank.control('POST', '/faults', { rules: [rule] });

  it('tell, signed, what happened to the object as it was then', async () => {
    const intent = await stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'bkg_1:pay:1' });
    await eventually(() => receiver.events.length === 3);
    assert.deepEqual(types().sort(), ofPayment);
    const created = receiver.events.find(({ type }) => type === 'payment_intent.created');
    assert.ok(created !== undefined);
    assert.equal((created.data.object as Stripe.PaymentIntent).status, 'requires_confirmation');
    assert.deepEqual(created.request, { id: intent.lastResponse.requestId, idempotency_key: 'bkg_1:pay:1' });
    await eventually(async () => (await undelivered()) === 0);
    const listed = await stripe.events.retrieve(created.id);
    assert.equal(listed.pending_webhooks, 0);
  });

  it('come again until they are taken', async () => {
    receiver.refuseWith.push(500, 500, 500, 500, 503);
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(async () => (await undelivered()) === 0);
    assert.equal(receiver.events.length, 3 + 5);
    assert.equal(new Set(receiver.events.map(({ id }) => id)).size, 3);
  });

  it('wait while they are paused', async () => {
    await bank.control('POST', '/webhooks/pause');
    await stripe.paymentIntents.create(PAYMENT);
    assert.equal(await undelivered(), 3);
    assert.deepEqual(types(), []);
    await bank.control('POST', '/webhooks/resume');
    await eventually(async () => (await undelivered()) === 0);
    assert.deepEqual(types().sort(), ofPayment);
  });

  it('are signed twice while a secret is replaced', async () => {
    await bank.control('POST', '/webhooks/secrets', { secrets: ['whsec_new', SECRET] });
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(() => receiver.events.length === 3);
    assert.match(receiver.signatures[0] ?? '', /^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
  });

  it('come twice when a rule duplicates them', async () => {
    await fault({ kind: 'duplicate', match: { event: 'charge.*' } });
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(async () => (await undelivered()) === 0);
    assert.deepEqual(types().sort(), ['charge.succeeded', ...ofPayment]);
  });

  it('come late when a rule delays them, and again when it drops them', async () => {
    await fault({ kind: 'delay', match: { event: 'payment_intent.created' }, delayMs: 100 });
    await fault({ kind: 'drop', match: { event: 'charge.succeeded' } });
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(async () => (await undelivered()) === 0);
    assert.equal(types()[0], 'payment_intent.succeeded');
    assert.deepEqual(types().sort(), ofPayment);
  });

  it('are overtaken when a rule reorders them', async () => {
    await fault({ kind: 'reorder', match: { event: 'payment_intent.created' }, delayMs: 5000 });
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(async () => (await undelivered()) === 0);
    assert.notEqual(types()[0], 'payment_intent.created');
    assert.deepEqual(types().sort(), ofPayment);
  });

  it('tell only what the endpoint wants to hear', async () => {
    const webhook = {
      url: receiver.url,
      secrets: [SECRET],
      events: ['payment_intent.succeeded', 'refund.*'],
    };
    await using picky = await openBank({ webhook });
    const { id } = await picky.stripe.paymentIntents.create(PAYMENT);
    await picky.stripe.refunds.create({ payment_intent: id });
    await eventually(() => receiver.events.length === 2);
    assert.deepEqual(types().sort(), ['payment_intent.succeeded', 'refund.created']);
  });
});
