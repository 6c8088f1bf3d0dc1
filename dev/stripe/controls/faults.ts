import { z } from 'zod';
import { fits } from '../objects/events.ts';

/** What may go wrong with a request, and with the delivery of an event. */
const REQUEST_FAULTS = [
  'latency',
  '429',
  '500_before',
  '500_after',
  'answer_late',
  'answer_lost',
  'close',
] as const;
const WEBHOOK_FAULTS = ['duplicate', 'delay', 'reorder', 'drop'] as const;

const Pattern = z.string().min(1);

/**
 * A fault that strikes the next `times` matches, each with `probability`. A pattern is exact but for `*`,
 * which stands for anything. `delayMs` waits before the effect; with `answer_late` after it, before the answer.
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
    times: z.int().min(1).default(1),
    probability: z.number().min(0).max(1).default(1),
    delayMs: z.int().min(0).default(0),
  }),
  z.strictObject({
    kind: z.enum(WEBHOOK_FAULTS),
    match: z.strictObject({ event: Pattern.optional() }).default({}),
    times: z.int().min(1).default(1),
    probability: z.number().min(0).max(1).default(1),
    delayMs: z.int().min(0).default(500),
  }),
]);
export type FaultRule = z.infer<typeof FaultRule>;
type RequestKind = (typeof REQUEST_FAULTS)[number];
type WebhookKind = (typeof WEBHOOK_FAULTS)[number];
export type RequestFault = Extract<FaultRule, { kind: RequestKind }>;
export type WebhookFault = Extract<FaultRule, { kind: WebhookKind }>;

/** The rules in force, oldest first; the first that matches strikes. Chance is drawn from a seed, to be repeatable. */
export class Faults {
  #rules: FaultRule[] = [];
  #random = generator(1);

  add(rules: readonly FaultRule[]): void {
    this.#rules.push(...rules.map((rule) => ({ ...rule })));
  }

  clear(): void {
    this.#rules = [];
  }

  seed(seed: number): void {
    this.#random = generator(seed);
  }

  list(): readonly FaultRule[] {
    return this.#rules;
  }

  takeForRequest(request: {
    method: string;
    path: string;
    idempotencyKey: string | undefined;
  }): RequestFault | undefined {
    return this.#take((rule): rule is RequestFault => {
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
      (rule): rule is WebhookFault =>
        !isRequestFault(rule) && (rule.match.event === undefined || fits(eventType, rule.match.event)),
    );
  }

  #take<R extends FaultRule>(applies: (rule: FaultRule) => rule is R): R | undefined {
    for (const rule of this.#rules) {
      if (!applies(rule)) continue;
      if (rule.probability < 1 && this.#random() >= rule.probability) continue;
      rule.times--;
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
