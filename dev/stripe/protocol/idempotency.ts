import { hash } from 'node:crypto';
import type { Bank } from '../bank.ts';
import { invalid, StripeProblem } from './errors.ts';
import type { KeptAnswer } from '../state/store.ts';

const KEPT_SECONDS = 86_400;
const MAX_KEY_LENGTH = 255;

/** The keys of requests that are running: a second one with the same key must not run beside the first. */
export class Idempotency {
  readonly #bank: Bank;
  readonly #running = new Set<string>();

  constructor(bank: Bank) {
    this.#bank = bank;
  }

  /** The answer to repeat; `undefined` lets the request run, and `end` must follow. Throws 400 and 409. */
  begin(key: string, request: string): KeptAnswer | undefined {
    if (key.length > MAX_KEY_LENGTH)
      throw invalid(`Idempotency keys have at most ${MAX_KEY_LENGTH} characters.`);
    if (this.#running.has(key)) throw inUse(key);
    const kept = this.#bank.store.answers.get(key);
    if (kept === undefined || kept.keptUntil <= this.#bank.now()) {
      this.#running.add(key);
      return undefined;
    }
    if (kept.request !== request) throw otherRequest(key);
    return kept;
  }

  /** Keeps the first answer; part of the transaction that had the effect, so that they stand or fall together. */
  keep(key: string, answer: Omit<KeptAnswer, 'id' | 'keptUntil'>): void {
    const { answers } = this.#bank.store;
    const now = this.#bank.now();
    for (const { id, keptUntil } of answers.values()) {
      if (keptUntil > now) break;
      answers.delete(id);
    }
    answers.delete(key);
    answers.put({ id: key, ...answer, keptUntil: now + KEPT_SECONDS });
  }

  end(key: string): void {
    this.#running.delete(key);
  }
}

/** The same call with the same parameters, in whatever order, has the same fingerprint. */
export function fingerprint(method: string, path: string, form: string): string {
  return hash('sha256', `${method} ${path}\n${form.split('&').sort().join('&')}`, 'base64');
}

function inUse(key: string): StripeProblem {
  return new StripeProblem(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `Another request with the idempotency key '${key}' is still in progress. Try again later.`,
  });
}

function otherRequest(key: string): StripeProblem {
  return new StripeProblem(400, {
    type: 'idempotency_error',
    message: `The idempotency key '${key}' was first used with another endpoint or other parameters.`,
  });
}
