import { z } from 'zod';
import { fits } from '../objects/events.ts';

/** What may go wrong with a request, and with the delivery of an event. */
export const REQUEST_FAULTS = [
  'latency',
  '429',
  '500_before',
  '500_after',
  'answer_late',
  'answer_lost',
  'close',
] as const;
export const DELIVERY_FAULTS = ['duplicate', 'delay', 'reorder', 'drop'] as const;

const Pattern = z.string().min(1);
const Times = z.union([z.int().min(1), z.literal('always')]).default(1);
const Probability = z.number().min(0).max(1).default(1);

/**
 * A fault that strikes the next `times` matches, or all there will be, each with `probability`. A pattern is exact
 * but for `*`, which stands for anything. `delayMs` waits before the effect; with `answer_late` after it, before the
 * answer. What the bank says about trying again goes with 429 and 500, where a rule has something to say.
 */
export const FaultRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(REQUEST_FAULTS),
    match: z
      .strictObject({
        method: Pattern.optional(),
        path: Pattern.optional(),
        idempotencyKey: Pattern.optional(),
      })
      .default({}),
    times: Times,
    probability: Probability,
    delayMs: z.int().min(0).default(0),
    retryAfterSeconds: z.int().min(0).optional(),
    shouldRetry: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.enum(DELIVERY_FAULTS),
    match: z.strictObject({ event: Pattern.optional() }).default({}),
    times: Times,
    probability: Probability,
    delayMs: z.int().min(0).default(500),
  }),
]);
export type FaultRule = z.infer<typeof FaultRule>;
type RequestKind = (typeof REQUEST_FAULTS)[number];
type WebhookKind = (typeof DELIVERY_FAULTS)[number];
export type RequestFault = Extract<FaultRule, { kind: RequestKind }>;
export type WebhookFault = Extract<FaultRule, { kind: WebhookKind }>;

const FIRST_SEED = 1;

/** What is to go wrong, and how often each thing has gone wrong since the last seed. */
export interface Forecast {
  on: boolean;
  seed: number;
  rules: readonly FaultRule[];
  struck: Partial<Record<FaultRule['kind'], number>>;
}

/**
 * The rules in force, oldest first; the first that matches strikes. Chance is drawn from a seed, for requests and for
 * deliveries apart: the same seed and the same sequence of requests give the same faults, whatever webhooks do meanwhile.
 */
export class Faults {
  #rules: FaultRule[] = [];
  #seed = FIRST_SEED;
  #forRequests = generator(FIRST_SEED);
  #forDeliveries = generator(~FIRST_SEED);
  #struck: Forecast['struck'] = {};
  /** While off, nothing strikes and no chance is drawn; the rules stay. */
  on = true;

  add(rules: readonly FaultRule[]): void {
    this.#rules.push(...rules.map((rule) => ({ ...rule })));
  }

  clear(): void {
    this.#rules = [];
  }

  /** Begins chance anew, and the count of what it brought. */
  seed(seed: number): void {
    this.#seed = seed;
    this.#forRequests = generator(seed);
    this.#forDeliveries = generator(~seed);
    this.#struck = {};
  }

  /** As on the first day. */
  reset(): void {
    this.clear();
    this.seed(FIRST_SEED);
    this.on = true;
  }

  forecast(): Forecast {
    return { on: this.on, seed: this.#seed, rules: this.#rules, struck: this.#struck };
  }

  takeForRequest(request: {
    method: string;
    path: string;
    idempotencyKey: string | undefined;
  }): RequestFault | undefined {
    return this.#take(this.#forRequests, (rule): rule is RequestFault => {
      if (!isRequestFault(rule)) return false;
      const { method, path, idempotencyKey } = rule.match;
      return (
        matches(request.method, method) &&
        matches(request.path, path) &&
        matches(request.idempotencyKey ?? '', idempotencyKey)
      );
    });
  }

  takeForDelivery(eventType: string): WebhookFault | undefined {
    return this.#take(
      this.#forDeliveries,
      (rule): rule is WebhookFault =>
        !isRequestFault(rule) && (rule.match.event === undefined || fits(eventType, rule.match.event)),
    );
  }

  #take<R extends FaultRule>(random: () => number, applies: (rule: FaultRule) => rule is R): R | undefined {
    if (!this.on) return undefined;
    for (const rule of this.#rules) {
      if (!applies(rule)) continue;
      if (rule.probability < 1 && random() >= rule.probability) continue;
      this.#struck[rule.kind] = (this.#struck[rule.kind] ?? 0) + 1;
      if (rule.times !== 'always') rule.times--;
      if (rule.times === 0) this.#rules = this.#rules.filter((each) => each !== rule);
      return rule;
    }
    return undefined;
  }
}

function isRequestFault(rule: FaultRule): rule is RequestFault {
  return (REQUEST_FAULTS as readonly string[]).includes(rule.kind);
}

function matches(text: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}

/** Mulberry32: small, and the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
