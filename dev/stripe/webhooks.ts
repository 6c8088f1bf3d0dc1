import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import type Stripe from 'stripe';
import type { Bank } from './bank.ts';
import { presentEvent } from './objects/events.ts';
import type { Faults, WebhookFault } from './controls/faults.ts';
import { deliveryOf } from './state/store.ts';

const MAX_IN_FLIGHT = 8;
const TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 60_000;
const GIVEN_UP_AFTER_MS = 3 * 86_400_000;

/** Where events go; the secret may be two while one replaces the other. */
export interface WebhookEndpoint {
  url: string;
  secrets: string[];
}

/**
 * Sends each event until the endpoint takes it: at least once, in no certain order, with longer and longer
 * pauses. What was not taken when the process died is sent again by the next one.
 */
export class Webhooks implements Disposable {
  readonly #bank: Bank;
  readonly #faults: Faults;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT });
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #tried = new Map<string, { times: number; sinceMs: number }>();
  readonly #repeats = new Set<string>();
  readonly #waiting = new Set<() => void>();
  /** A queue that stays quick at any length, and in which an event stands at most once. */
  readonly #ready = new Set<string>();
  #inFlight = 0;
  #generation = 0;
  paused = false;
  #endpoint: WebhookEndpoint | undefined;

  constructor(bank: Bank, faults: Faults, endpoint: WebhookEndpoint | undefined) {
    this.#bank = bank;
    this.#faults = faults;
    this.#endpoint = endpoint;
  }

  /** Takes up new events, each with the fault that a rule has for it. */
  enqueue(ids: readonly string[]): void {
    for (const id of ids) {
      const delivery = this.#bank.store.deliveries.get(id);
      if (delivery === undefined) continue;
      const fault = this.#faults.takeForDelivery(delivery.type);
      if (fault === undefined) this.#ready.add(id);
      else this.#spoil(id, fault);
    }
    this.#pump();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#pump();
  }

  /** Whether an event is still to be delivered, and how often that has failed. */
  standingOf(event: string): { state: 'delivered' | 'waiting'; tries: number } {
    const waiting = this.#bank.store.deliveries.by('event', event);
    const tries = waiting.reduce((sum, { id }) => sum + (this.#tried.get(id)?.times ?? 0), 0);
    return { state: waiting.length === 0 ? 'delivered' : 'waiting', tries };
  }

  /** Signs with these from now on: with two while the receiver changes over. */
  useSecrets(secrets: string[]): void {
    if (this.#endpoint !== undefined) this.#endpoint = { ...this.#endpoint, secrets };
  }

  /** Forgets what is under way. */
  reset(): void {
    this.#generation++;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const forgotten of [this.#timers, this.#tried, this.#repeats, this.#waiting, this.#ready])
      forgotten.clear();
    this.paused = false;
  }

  [Symbol.dispose](): void {
    this.paused = true;
    this.reset();
    this.paused = true;
    this.#agent.destroy();
  }

  #spoil(id: string, fault: WebhookFault): void {
    if (fault.kind === 'drop') {
      this.#retry(id);
      return;
    }
    if (fault.kind === 'delay') {
      this.#later(id, fault.delayMs);
      return;
    }
    if (fault.kind === 'duplicate') {
      this.#repeats.add(id);
      this.#ready.add(id);
      return;
    }
    // Reordered: it waits until another event has overtaken it, or for as long as the rule says.
    const release = () => {
      if (!this.#waiting.delete(release)) return;
      this.#ready.add(id);
      this.#pump();
    };
    this.#waiting.add(release);
    this.#after(fault.delayMs, release);
  }

  #pump(): void {
    while (!this.paused && this.#inFlight < MAX_IN_FLIGHT) {
      const [id] = this.#ready;
      if (id === undefined) return;
      this.#ready.delete(id);
      void this.#deliver(id);
    }
  }

  async #deliver(id: string): Promise<void> {
    const delivery = this.#bank.store.deliveries.get(id);
    if (delivery === undefined) return;
    const { event: eventId, endpoint: endpointId } = deliveryOf(delivery);
    const event = this.#bank.store.events.get(eventId);
    const endpoint = this.#endpointNamed(endpointId);
    if (event === undefined || endpoint === undefined) return;
    const generation = this.#generation;
    this.#inFlight++;
    const taken = await this.#send(presentEvent(this.#bank, event), endpoint);
    this.#inFlight--;
    if (generation === this.#generation) {
      if (!taken) this.#retry(id);
      else if (this.#repeats.delete(id)) this.#ready.add(id);
      else this.#finish(id);
    }
    this.#pump();
  }

  #endpointNamed(id: string | undefined): WebhookEndpoint | undefined {
    if (id === undefined) return this.#endpoint;
    const endpoint = this.#bank.store.webhookEndpoints.get(id);
    return endpoint && { url: endpoint.url, secrets: [endpoint.secret ?? ''] };
  }

  #finish(id: string): void {
    this.#tried.delete(id);
    this.#bank.store.transact(() => this.#bank.store.deliveries.delete(id));
    const [release] = this.#waiting;
    release?.();
  }

  #retry(id: string): void {
    const tried = this.#tried.get(id) ?? { times: 0, sinceMs: Date.now() };
    if (Date.now() - tried.sinceMs > GIVEN_UP_AFTER_MS) {
      this.#finish(id);
      return;
    }
    this.#tried.set(id, { ...tried, times: tried.times + 1 });
    this.#later(id, Math.min(FIRST_RETRY_MS * 2 ** tried.times, LONGEST_RETRY_MS));
  }

  #later(id: string, delayMs: number): void {
    this.#after(delayMs, () => {
      this.#ready.add(id);
      this.#pump();
    });
  }

  #after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  /** True when the endpoint answered 2xx. */
  async #send(event: Stripe.Event, { url, secrets }: WebhookEndpoint): Promise<boolean> {
    const body = Buffer.from(JSON.stringify(event));
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      'stripe-signature': signature(body, secrets),
      'user-agent': 'Stripe/1.0 (simulator)',
    };
    return new Promise((resolve) => {
      const outgoing = request(
        url,
        { method: 'POST', agent: this.#agent, headers, timeout: TIMEOUT_MS },
        (incoming) => {
          const status = incoming.statusCode ?? 0;
          incoming.resume();
          incoming.on('close', () => resolve(status >= 200 && status < 300));
        },
      );
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => resolve(false));
      outgoing.end(body);
    });
  }
}

/** Signs the bytes as sent, at the time of this attempt by the wall clock: the receiver allows five minutes. */
function signature(body: Buffer, secrets: readonly string[]): string {
  const time = Math.floor(Date.now() / 1000);
  const signed = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')}`,
  );
  return [`t=${time}`, ...signed].join(',');
}
