import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { readConfig } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { BankDesk } from '../../support/bank.ts';

/** What can be known of a running stack beside its answers: its tables, its logs and the books of the simulated bank. */
export class Evidence implements AsyncDisposable {
  readonly db: Db;
  readonly bank: BankDesk;
  readonly #logs: string;

  constructor(stack: Stack) {
    this.#logs = stack.logs;
    this.bank = new BankDesk(stack);
    this.db = connect({ databaseUrl: readConfig(stack.environment).databaseUrl, poolSize: 4 });
  }

  /** Every PaymentIntent at the bank that was made for one of these bookings. */
  async intentsOf(bookingIds: string[]): Promise<Stripe.PaymentIntent[]> {
    const { data } = await this.bank.control('GET', '/objects/payment_intents');
    return data.filter(({ metadata }: Stripe.PaymentIntent) => bookingIds.includes(metadata.bookingId ?? ''));
  }

  /** How often PostgreSQL had to break a deadlock since it was started: by its log, which lags behind nothing. */
  async deadlocks(): Promise<number> {
    const log = await readFile(join(this.#logs, 'postgres.log'), 'utf8');
    return log.split('deadlock detected').length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.destroy();
  }
}
