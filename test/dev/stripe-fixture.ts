import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import type { SimulatorOptions } from '#dev/stripe/server.ts';
import { startSimulator } from '#dev/stripe/server.ts';

const PATIENCE_MS = 5000;
export const SECRET = 'whsec_simulated';

/** The real SDK, pointed at a simulator the way the gateway does it. */
export function sdk(port: number, key = 'sk_test_stayward'): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

export interface TestBank extends AsyncDisposable {
  stripe: Stripe;
  url: string;
  port: number;
  /** Uses one of the simulator's controls, and answers what it did. */
  control: (method: 'DELETE' | 'GET' | 'POST', path: string, input?: object) => Promise<unknown>;
}

/** A bank of its own for a test, in memory unless told otherwise. */
export async function openBank(options: Partial<SimulatorOptions> = {}): Promise<TestBank> {
  const simulator = await startSimulator({ port: 0, ...options });
  return {
    stripe: sdk(simulator.port),
    url: simulator.url,
    port: simulator.port,
    async control(method, path, input) {
      const response = await fetch(`${simulator.url}/_sim${path}`, {
        method,
        ...(input !== undefined && { body: JSON.stringify(input) }),
      });
      const answer: unknown = await response.json();
      assert.ok(response.ok, JSON.stringify(answer));
      return answer;
    },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

export interface Receiver extends AsyncDisposable {
  url: string;
  /** Events whose signature holds, in the order of arrival. */
  events: Stripe.Event[];
  signatures: string[];
  /** What it believes: another one for an endpoint that the bank gave one of its own. */
  secret: string;
  /** The status of the next answers; 200 when there is none left. */
  refuseWith: number[];
}

/** A webhook endpoint that believes nothing unsigned. */
export async function openReceiver(): Promise<Receiver> {
  const { webhooks } = sdk(1);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = request.headers['stripe-signature'] as string;
      receiver.signatures.push(signature);
      receiver.events.push(webhooks.constructEvent(Buffer.concat(chunks), signature, receiver.secret));
      response.writeHead(receiver.refuseWith.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`,
    events: [],
    signatures: [],
    secret: SECRET,
    refuseWith: [],
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
  return receiver;
}

/** Waits for something to become true; fails when it does not within a few seconds. */
export async function eventually(fact: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await fact())) {
    assert.ok(Date.now() < deadline, `not within ${PATIENCE_MS} ms: ${fact.toString()}`);
    await sleep(10);
  }
}

/** What the least payment needs. */
export const PAYMENT = {
  amount: 12_300,
  currency: 'gbp',
  payment_method: 'pm_card_visa',
  allowed_payment_method_types: ['card'],
  capture_method: 'automatic',
  confirm: true,
} satisfies Stripe.PaymentIntentCreateParams;

/** The error that a call ends with. */
export async function failure(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof Stripe.errors.StripeError, String(error));
    return error;
  }
  assert.fail('the call succeeded');
}
