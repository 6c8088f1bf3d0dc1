import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { readConfig } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import type { Stack } from '#dev/stack/stack.ts';

/** What can be known of a running stack beside its answers: its tables, its logs and the books of the simulated bank. */
export class Evidence implements AsyncDisposable {
  readonly db: Db;
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.db = connect({ databaseUrl: readConfig(stack.environment).databaseUrl, poolSize: 4 });
  }

  /** Every PaymentIntent at the bank that was made for one of these bookings. */
  async intentsOf(...bookingIds: string[]): Promise<Stripe.PaymentIntent[]> {
    const intents = await this.#collection<Stripe.PaymentIntent>('payment_intents');
    return intents.filter(({ metadata }) => bookingIds.includes(metadata.bookingId ?? ''));
  }

  /** Every refund at the bank for one of these intents. */
  async refundsOf(...intents: Stripe.PaymentIntent[]): Promise<Stripe.Refund[]> {
    const ids = intents.map(({ id }) => id);
    const refunds = await this.#collection<Stripe.Refund>('refunds');
    return refunds.filter(({ payment_intent: intent }) => ids.includes(idOf(intent)));
  }

  /** Uses one of the simulated bank's controls (dev/stripe/README.md). */
  async control(method: 'GET' | 'POST' | 'DELETE', path: string, input?: object): Promise<unknown> {
    const response = await fetch(`${this.#stack.addresses.stripeApiBase ?? ''}/_sim${path}`, {
      method,
      ...(input !== undefined && { body: JSON.stringify(input) }),
    });
    const answer: unknown = await response.json();
    assert.equal(response.status, 200, `${method} /_sim${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** How often PostgreSQL had to break a deadlock since it was started: by its log, which lags behind nothing. */
  async deadlocks(): Promise<number> {
    const log = await readFile(join(this.#stack.logs, 'postgres.log'), 'utf8');
    return log.split('deadlock detected').length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.destroy();
  }

  async #collection<T>(name: string): Promise<T[]> {
    const { data } = (await this.control('GET', `/objects/${name}`)) as { data: T[] };
    return data;
  }
}

function idOf(intent: string | Stripe.PaymentIntent | null): string {
  return typeof intent === 'string' ? intent : (intent?.id ?? '');
}
