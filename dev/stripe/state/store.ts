import type Stripe from 'stripe';
import type { AccountEntry } from '../objects/account-balance.ts';
import type { OnboardingLink } from '../objects/account-links.ts';
import type { Exchange } from '../objects/exchange.ts';
import type { Change } from './journal.ts';
import { Journal, readJournal } from './journal.ts';
import type { Identified, Indexes } from './collection.ts';
import { Collection } from './collection.ts';

/** An event that a webhook endpoint has not yet taken: `evt_…` for that of the start, else `evt_…/we_…`. */
export interface Delivery extends Identified {
  readonly type: string;
}

/** Which event is to go where; without an endpoint to that which the simulator was started with. */
export function deliveryOf({ id }: Delivery): { event: string; endpoint: string | undefined } {
  const [event = '', endpoint] = id.split('/');
  return { event, endpoint };
}

/** What a used idempotency key answers, until `keptUntil` (epoch seconds, the bank's clock). */
export interface KeptAnswer extends Identified {
  readonly request: string;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
  readonly keptUntil: number;
}

/** What the bank knows of a payment method beside what it shows. */
export interface MethodHistory extends Identified {
  /** Its holder has agreed to be charged without being there. */
  readonly setUp: boolean;
  /** It was taken from its customer, and pays for nobody any more. */
  readonly detached: boolean;
}

/** Something that happens by itself at `dueAt` (epoch seconds) on the clock of `paymentIntent`. `id` is the object's. */
export interface Due extends Identified {
  readonly act:
    | 'end_dispute'
    | 'fail_refund'
    | 'fund_refund'
    | 'judge_dispute'
    | 'lapse_hold'
    | 'open_dispute'
    | 'post_balance'
    | 'settle_payment'
    | 'settle_payout'
    | 'settle_refund';
  readonly paymentIntent: string;
  readonly dueAt: number;
}

/** How far a clock runs ahead: all of the bank's (`bank`), or that of the intents of one scope. */
export interface ClockOffset extends Identified {
  readonly offsetSeconds: number;
}

/** What a transaction touched first: where a roll-back returns to. */
interface Touched {
  readonly collection: Collection<Identified>;
  readonly id: string;
  readonly before: Identified | undefined;
}

/** Everything the bank knows: in memory for speed, in the journal for good. */
export class Store {
  readonly #touched = new Map<string, Touched>();
  readonly #collections = new Map<string, Collection<Identified>>();
  #directory: string | undefined;
  #journal: Journal | undefined;
  #open = false;

  readonly customers = this.#collection<Stripe.Customer>('customers');
  readonly deletedCustomers = this.#collection<Stripe.DeletedCustomer>('deleted_customers');
  readonly paymentMethods = this.#collection<Stripe.PaymentMethod>('payment_methods', {
    customer: (method) => idsOf(method.customer),
  });
  readonly methodHistories = this.#collection<MethodHistory>('method_histories');
  readonly setupIntents = this.#collection<Stripe.SetupIntent>('setup_intents', {
    customer: (intent) => idsOf(intent.customer),
    payment_method: (intent) => idsOf(intent.payment_method),
  });
  readonly paymentIntents = this.#collection<Stripe.PaymentIntent>('payment_intents', {
    customer: (intent) => idsOf(intent.customer),
    metadata: (intent) => Object.entries(intent.metadata).map(([key, value]) => `${key}\0${value}`),
  });
  readonly charges = this.#collection<Stripe.Charge>('charges', {
    customer: (charge) => idsOf(charge.customer),
    payment_intent: (charge) => idsOf(charge.payment_intent),
  });
  readonly refunds = this.#collection<Stripe.Refund>('refunds', {
    charge: (refund) => idsOf(refund.charge),
    payment_intent: (refund) => idsOf(refund.payment_intent),
  });
  readonly disputes = this.#collection<Stripe.Dispute>('disputes', {
    charge: (dispute) => idsOf(dispute.charge),
    payment_intent: (dispute) => idsOf(dispute.payment_intent),
  });
  readonly balanceTransactions = this.#collection<Stripe.BalanceTransaction>('balance_transactions', {
    source: (transaction) => idsOf(transaction.source),
  });
  readonly accounts = this.#collection<Stripe.Account>('accounts');
  readonly exchanges = this.#collection<Exchange>('exchanges');
  readonly accountLinks = this.#collection<OnboardingLink>('account_links');
  readonly accountEntries = this.#collection<AccountEntry>('account_balance_transactions', {
    account: ({ account }) => [account],
  });
  readonly transfers = this.#collection<Stripe.Transfer>('transfers', {
    source_transaction: (transfer) => idsOf(transfer.source_transaction),
    transfer_group: (transfer) => idsOf(transfer.transfer_group),
  });
  readonly reversals = this.#collection<Stripe.TransferReversal>('transfer_reversals', {
    transfer: (reversal) => idsOf(reversal.transfer),
  });
  readonly payouts = this.#collection<Stripe.Payout & { account: string }>('payouts', {
    account: ({ account }) => [account],
  });
  readonly events = this.#collection<Stripe.Event>('events');
  readonly webhookEndpoints = this.#collection<Stripe.WebhookEndpoint>('webhook_endpoints');
  readonly deliveries = this.#collection<Delivery>('deliveries', {
    event: (delivery) => [deliveryOf(delivery).event],
    endpoint: (delivery) => [deliveryOf(delivery).endpoint ?? ''],
  });
  readonly answers = this.#collection<KeptAnswer>('answers');
  readonly agenda = this.#collection<Due>('agenda');
  readonly clocks = this.#collection<ClockOffset>('clocks');

  /** Reads what is on disk and compacts it. Without a directory nothing outlives the process. */
  static async open(directory: string | undefined): Promise<Store> {
    const store = new Store();
    if (directory === undefined) return store;
    for await (const [sign, name, value] of readJournal(directory)) {
      const collection = store.collection(name);
      if (collection === undefined) throw new Error(`The journal names a collection '${name}'.`);
      if (sign === '+') collection.restore(value.id, value);
      else collection.restore(value, undefined);
    }
    store.#directory = directory;
    store.#journal = Journal.rewrite(directory, store.#everything());
    return store;
  }

  collection(name: string): Collection<Identified> | undefined {
    return this.#collections.get(name);
  }

  collections(): IterableIterator<Collection<Identified>> {
    return this.#collections.values();
  }

  /** All of `work`'s changes or none: on disk when this returns, undone when `work` throws. Not nested. */
  transact<T>(work: () => T): T {
    if (this.#open) throw new Error('A transaction is open already.');
    this.#open = true;
    try {
      const result = work();
      this.#commit();
      return result;
    } catch (error) {
      for (const { collection, id, before } of this.#touched.values()) collection.restore(id, before);
      throw error;
    } finally {
      this.#touched.clear();
      this.#open = false;
    }
  }

  /** Forgets everything, on disk too. */
  clear(): void {
    for (const collection of this.#collections.values())
      for (const { id } of [...collection.values()]) collection.restore(id, undefined);
    this.#journal?.close();
    if (this.#directory !== undefined) this.#journal = Journal.rewrite(this.#directory, []);
  }

  close(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  #commit(): void {
    if (this.#touched.size === 0 || this.#journal === undefined) return;
    const changes: Change[] = [];
    for (const { collection, id } of this.#touched.values()) {
      const record = collection.get(id);
      changes.push(record === undefined ? ['-', collection.name, id] : ['+', collection.name, record]);
    }
    this.#journal.append(changes);
  }

  *#everything(): Generator<Change> {
    for (const collection of this.#collections.values())
      for (const record of collection.values()) yield ['+', collection.name, record];
  }

  #collection<T extends Identified>(name: string, indexes: Indexes<T> = {}): Collection<T> {
    const touch = (collection: Collection<Identified>, id: string, before: Identified | undefined) => {
      if (!this.#open) throw new Error(`${name} may change only inside a transaction.`);
      const key = `${name}\0${id}`;
      if (!this.#touched.has(key)) this.#touched.set(key, { collection, id, before });
    };
    const collection = new Collection<T>(name, touch, indexes);
    this.#collections.set(name, collection as unknown as Collection<Identified>);
    return collection;
  }
}

/** References are stored as ids; only an answer expands them. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  if (reference === null || reference === undefined) return undefined;
  return typeof reference === 'string' ? reference : reference.id;
}

function idsOf(reference: string | { id: string } | null): string[] {
  const id = idOf(reference);
  return id === undefined ? [] : [id];
}
