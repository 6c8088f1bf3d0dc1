import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import type { Simulator } from '#dev/stripe/server.ts';
import { startSimulator } from '#dev/stripe/server.ts';

const SECRET = 'whsec_test';

describe('the simulated bank', () => {
  let simulator: Simulator;
  let stripe: Stripe;
  let receiver: Server;
  const received: Stripe.Event[] = [];

  before(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const signature = request.headers['stripe-signature'] ?? '';
        received.push(stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, SECRET));
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    simulator = await startSimulator({ port: 0, webhook: { url, secrets: [SECRET] } });
    stripe = new Stripe('sk_test_1', {
      host: '127.0.0.1',
      port: simulator.port,
      protocol: 'http',
      maxNetworkRetries: 0,
    });
  });

  after(async () => {
    await simulator[Symbol.asyncDispose]();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  it('takes a payment in one call and tells of it by signed events', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 12_300,
      currency: 'gbp',
      payment_method: 'pm_card_visa',
      allowed_payment_method_types: ['card'],
      confirm: true,
      metadata: { bookingId: 'bkg_1' },
    });
    assert.equal(intent.status, 'succeeded');
    assert.equal(intent.amount_received, 12_300);
    const found = await stripe.paymentIntents.search({ query: "metadata['bookingId']:'bkg_1'" });
    assert.deepEqual(
      found.data.map(({ id }) => id),
      [intent.id],
    );
    for (let waits = 0; received.length < 3 && waits < 100; waits++) await sleep(20);
    assert.deepEqual(received.map(({ type }) => type).sort(), [
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
  });
});
