import { LRUCache } from 'lru-cache';

/** Nobody is behind what has been written elsewhere by more than this. */
export const LIFE_MILLISECONDS = 2_000;
/** In this part of its life a copy that somebody asks for is made anew, while it still answers. */
const RENEWED_FROM = 0.75;
const RENEWED_UNTIL = 0.95;
/** However many ask for it, one copy is read at most so often. */
export const READ_EVERY_MILLISECONDS = LIFE_MILLISECONDS * RENEWED_FROM;

interface Kept<V> {
  value: V;
  /** Past this, whoever asks has it made anew, and waits for nothing. Once only: then it is infinite. */
  renewAt: number;
  /** Past this it answers nobody. */
  endsAt: number;
}

export interface CopiesOptions<K, V> {
  maxEntries: number;
  maxBytes: number;
  bytesOf: (value: V, key: K) => number;
  /** Milliseconds, of a clock that nobody sets. */
  now?: () => number;
}

/**
 * What this process keeps for two seconds, counted from the beginning of the read that made it. Many who ask at once for
 * what is not here are one read, and who asks for what is nearly over has it read anew before anybody has to wait: each
 * copy at its own moment, so that those made together do not end together.
 *
 * `forget` disowns the reads under way too: what they find may be old, and is told only to those who were waiting.
 */
export class Copies<K extends string, V extends object> {
  readonly #kept: LRUCache<K, Kept<V>>;
  readonly #underWay = new Map<K, Promise<V | undefined>>();
  readonly #now: () => number;

  constructor({ maxEntries, maxBytes, bytesOf, now = () => performance.now() }: CopiesOptions<K, V>) {
    this.#now = now;
    this.#kept = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: ({ value }, key) => bytesOf(value, key),
    });
  }

  /** The copy, or what `fetch` finds: undefined is not kept. */
  read(key: K, fetch: (key: K) => Promise<V | undefined>): V | Promise<V | undefined> {
    const now = this.#now();
    const kept = this.#kept.get(key);
    if (kept === undefined || now >= kept.endsAt) {
      return this.#underWay.get(key) ?? this.#begin(key, fetch, now);
    }
    if (now >= kept.renewAt) {
      kept.renewAt = Infinity;
      // What goes wrong is told to those who ask when the copy is over.
      if (!this.#underWay.has(key)) this.#begin(key, fetch, now).catch(() => undefined);
    }
    return kept.value;
  }

  forget(key: K): void {
    this.#underWay.delete(key);
    this.#kept.delete(key);
  }

  forgetAll(): void {
    this.#underWay.clear();
    this.#kept.clear();
  }

  #begin(key: K, fetch: (key: K) => Promise<V | undefined>, begunAt: number): Promise<V | undefined> {
    const read = fetch(key).then(
      (value) => {
        if (this.#underWay.get(key) !== read) return value; // Forgotten meanwhile: it may be old.
        this.#underWay.delete(key);
        if (value === undefined) this.#kept.delete(key);
        else this.#kept.set(key, keptFrom(begunAt, value));
        return value;
      },
      (error: unknown) => {
        if (this.#underWay.get(key) === read) this.#underWay.delete(key);
        throw error;
      },
    );
    this.#underWay.set(key, read);
    return read;
  }
}

function keptFrom<V>(begunAt: number, value: V): Kept<V> {
  const share = RENEWED_FROM + Math.random() * (RENEWED_UNTIL - RENEWED_FROM);
  return { value, renewAt: begunAt + LIFE_MILLISECONDS * share, endsAt: begunAt + LIFE_MILLISECONDS };
}
