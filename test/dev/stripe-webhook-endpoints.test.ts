import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import type { Receiver, TestBank } from './stripe-fixture.ts';
import { eventually, failure, openBank, openReceiver, PAYMENT, SECRET } from './stripe-fixture.ts';

type Events = Stripe.WebhookEndpointCreateParams['enabled_events'];

describe('the simulated bank: webhook endpoints', () => {
  let own: Receiver;
  let other: Receiver;
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    own = await openReceiver();
    other = await openReceiver();
    bank = await openBank({ webhook: { url: own.url, secrets: [SECRET] } });
    stripe = bank.stripe;
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  /** An endpoint at the other receiver, which from then on believes its secret. */
  async function add(events: Events, at = bank): Promise<Stripe.WebhookEndpoint> {
    const endpoint = await at.stripe.webhookEndpoints.create({ url: other.url, enabled_events: events });
    other.secret = endpoint.secret ?? '';
    return endpoint;
  }
  const types = (receiver: Receiver) => receiver.events.map(({ type }) => type).sort();
  const areDelivered = async () => (await stripe.events.list({ delivery_success: false })).data.length === 0;

  it('hear what they asked for, under a secret of their own', async () => {
    await add(['charge.succeeded', 'payment_intent.succeeded']);
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(areDelivered);
    assert.deepEqual(types(other), ['charge.succeeded', 'payment_intent.succeeded']);
    assert.deepEqual(types(own), ['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded']);
  });

  it('are waited for one by one', async () => {
    await add(['*']);
    await bank.control('POST', '/webhooks/pause');
    await stripe.paymentIntents.create(PAYMENT);
    const pending = async () => (await stripe.events.list()).data.map((event) => event.pending_webhooks);
    assert.deepEqual(await pending(), [2, 2, 2]);
    other.refuseWith.push(500, 503);
    await bank.control('POST', '/webhooks/resume');
    await eventually(areDelivered);
    assert.deepEqual(await pending(), [0, 0, 0]);
    assert.deepEqual([own.events.length, other.events.length], [3, 5]);
  });

  it('tell their secret once', async () => {
    const { id, secret } = await add(['*']);
    assert.match(secret ?? '', /^whsec_/);
    assert.equal((await stripe.webhookEndpoints.retrieve(id)).secret, undefined);
    const { data } = await stripe.webhookEndpoints.list();
    assert.deepEqual(
      data.map((each) => [each.id, each.secret, each.url]),
      [[id, undefined, other.url]],
    );
  });

  it('change what they want, fall silent, and are gone', async () => {
    const { id } = await add(['charge.succeeded']);
    const changed = await stripe.webhookEndpoints.update(id, {
      enabled_events: ['payment_intent.created'],
      metadata: { of: 'stayward' },
    });
    assert.deepEqual(changed.enabled_events, ['payment_intent.created']);
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(areDelivered);
    assert.deepEqual(types(other), ['payment_intent.created']);
    await bank.control('POST', '/webhooks/pause');
    await stripe.paymentIntents.create(PAYMENT);
    assert.equal((await stripe.webhookEndpoints.update(id, { disabled: true })).status, 'disabled');
    await bank.control('POST', '/webhooks/resume');
    await stripe.paymentIntents.create(PAYMENT);
    await eventually(areDelivered);
    assert.deepEqual(types(other), ['payment_intent.created']);
    assert.equal((await stripe.webhookEndpoints.del(id)).deleted, true);
    assert.equal((await failure(stripe.webhookEndpoints.retrieve(id))).code, 'resource_missing');
    assert.equal(own.events.length, 9);
  });

  it('are sixteen at most, each with an address and a wish', async () => {
    for (let n = 0; n < 16; n++) await add(['refund.created']);
    assert.equal((await failure(add(['refund.created']))).statusCode, 400);
    const create = (url: string, events: Events) =>
      failure(stripe.webhookEndpoints.create({ url, enabled_events: events }));
    assert.equal((await create('nowhere', ['*'])).param, 'url');
    assert.equal((await create('file:///etc/passwd', ['*'])).param, 'url');
    assert.equal((await create(other.url, [])).param, 'enabled_events');
  });

  it('outlive a restart, with what they had not taken', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stayward-bank-'));
    const first = await openBank({ directory });
    await add(['*'], first);
    await first.control('POST', '/webhooks/pause');
    await first.stripe.paymentIntents.create(PAYMENT);
    await first[Symbol.asyncDispose]();
    assert.equal(other.events.length, 0);
    {
      await using _second = await openBank({ directory });
      await eventually(() => other.events.length === 3);
    }
    await rm(directory, { recursive: true, force: true });
  });
});
