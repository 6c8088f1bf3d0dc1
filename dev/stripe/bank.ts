import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { listeners } from './objects/events.ts';
import type { Delivery, Due, Store } from './state/store.ts';

/** A new version of the package is a type error here, and a reminder to read its changelog. */
export const API_VERSION = '2026-10-28.endive' satisfies Stripe.LatestApiVersion;

const BANK_CLOCK = 'bank';
const ID_CHARACTERS = 24;

/** What a test may choose about the bank's manners, by `POST /_sim/settings`. */
export interface Settings {
  /** `processing`: a confirmed payment waits `processingSeconds`, as a slow method does. */
  authorization: 'at_once' | 'processing';
  processingSeconds: number;
  /** What becomes of refunds whose card does not say otherwise. */
  refunds: 'settle' | 'pending' | 'fail_later';
  refundSeconds: number;
  /** Whether a bank account stands behind the balance, or refunds wait while more went out than is available. */
  refundsBeyondBalance: 'cover' | 'wait';
  /** How long a new intent stays invisible to search. At Stripe up to a minute. */
  searchLagSeconds: number;
}

const DEFAULT_SETTINGS: Readonly<Settings> = {
  authorization: 'at_once',
  processingSeconds: 30,
  refunds: 'settle',
  refundSeconds: 30,
  refundsBeyondBalance: 'cover',
  searchLagSeconds: 0,
};

/** What an event remembers of the request that caused it. */
export interface Cause {
  id: string | null;
  idempotency_key: string | null;
}

/** An act of the bank's own accord. */
const NO_REQUEST: Cause = { id: null, idempotency_key: null };

/** What may run on a clock of its own: by its id, or by an entry of its metadata. */
export interface Timed {
  id: string;
  metadata: Stripe.Metadata | null;
}

export interface BankOptions {
  store: Store;
  /** Whether events go to the endpoint that the simulator was started with; others are objects of the bank. */
  delivers: (type: string) => boolean;
  /** Told of new deliveries once they are on disk. */
  onEvents: (ids: readonly string[]) => void;
}

/** The state, the clock and the manners of the simulated bank: what every act works upon. */
export class Bank {
  readonly store: Store;
  settings: Settings = { ...DEFAULT_SETTINGS };
  /** Where a browser reaches the simulator, for the pages it shows. */
  baseUrl = '';
  readonly #options: BankOptions;
  #cause = NO_REQUEST;
  #emitted: string[] = [];

  constructor(options: BankOptions) {
    this.store = options.store;
    this.#options = options;
  }

  /** Epoch seconds: of the bank, or of the booking that an intent belongs to where its clock was moved. */
  now(intent?: Timed): number {
    return Math.floor(Date.now() / 1000) + this.#offset(BANK_CLOCK) + this.#offsetOf(intent);
  }

  /** Moves the clock of the bank, or of one scope (see `clockScope`), to run `offsetSeconds` ahead. */
  setClock(scope: string | undefined, offsetSeconds: number): void {
    this.act(NO_REQUEST, () => this.store.clocks.put({ id: scope ?? BANK_CLOCK, offsetSeconds }));
  }

  clockOffset(scope: string | undefined): number {
    return this.#offset(scope ?? BANK_CLOCK);
  }

  /** Does `work` whole or not at all; when this returns it is on disk and its events are on their way. */
  act<T>(cause: Cause | undefined, work: () => T): T {
    this.#cause = cause ?? NO_REQUEST;
    this.#emitted = [];
    const result = this.store.transact(work);
    if (this.#emitted.length > 0) this.#options.onEvents(this.#emitted);
    return result;
  }

  /** Records that something happened to `object`, as it is now; `account` is the connected account where it did. */
  emit(type: Stripe.Event['type'], object: { object: string }, account?: string): void {
    const id = newId('evt');
    const event: Omit<Stripe.Event, 'type' | 'data'> & { type: string; data: { object: object } } = {
      id,
      object: 'event',
      ...(account !== undefined && { account }),
      api_version: API_VERSION,
      created: this.now(this.#intentOf(object)),
      data: { object },
      livemode: false,
      pending_webhooks: 0,
      request: this.#cause,
      type,
    };
    this.store.events.put(event as Stripe.Event);
    if (this.#options.delivers(type)) this.#deliver({ id, type });
    for (const { id: endpoint } of listeners(this, type)) this.#deliver({ id: `${id}/${endpoint}`, type });
  }

  /** Notes what will happen to the object `due.id` by itself. */
  schedule(due: Due): void {
    this.store.agenda.put(due);
  }

  /** Back to the first day: no objects, no moved clocks, default manners. */
  reset(): void {
    this.store.clear();
    this.settings = { ...DEFAULT_SETTINGS };
  }

  #deliver(delivery: Delivery): void {
    this.store.deliveries.put(delivery);
    this.#emitted.push(delivery.id);
  }

  /** On whose clock things happen to an object. */
  #intentOf(object: { object: string }): Timed | undefined {
    if ('payment_intent' in object && typeof object.payment_intent === 'string')
      return this.store.paymentIntents.get(object.payment_intent);
    return 'id' in object && 'metadata' in object ? (object as unknown as Timed) : undefined;
  }

  #offset(scope: string): number {
    return this.store.clocks.get(scope)?.offsetSeconds ?? 0;
  }

  #offsetOf(intent: Timed | undefined): number {
    if (intent === undefined || this.store.clocks.size === 0) return 0;
    const own = this.store.clocks.get(intent.id);
    if (own !== undefined) return own.offsetSeconds;
    for (const [key, value] of Object.entries(intent.metadata ?? {})) {
      const scope = this.store.clocks.get(clockScope(key, value));
      if (scope !== undefined) return scope.offsetSeconds;
    }
    return 0;
  }
}

/** The clock of all intents that carry this metadata, also of those yet to come. */
export function clockScope(key: string, value: string): string {
  return `${key}=${value}`;
}

/** An id in Stripe's manner: what it is, then something nobody can guess. */
export function newId(prefix: string): string {
  return `${prefix}_${unguessable(ID_CHARACTERS)}`;
}

/** At most 32 characters. Node keeps random bytes for UUIDs in stock, which makes this the quickest source. */
export function unguessable(characters: number): string {
  return randomUUID().replaceAll('-', '').slice(0, characters);
}
