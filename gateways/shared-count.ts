import type { Redis } from 'ioredis';

/** How long other processes may not know of what was counted here. */
export const TOLD_EVERY_MS = 100;
/** Callers in a window, of whom we know; past it the first one met is forgotten, and begins anew. */
const MAX_CALLERS = 50_000;

interface Count {
  /** By all processes, as far as Redis has said, and what was told to it since. */
  known: number;
  /** By this one, not yet told. */
  untold: number;
}

export interface SharedCountOptions {
  /** Where the processes of an installation meet; undefined counts for this one alone. */
  redis: Redis | undefined;
  keyPrefix: string;
  windowSeconds: number;
  now?: () => number;
}

/**
 * Counts calls by caller in windows of so many seconds, all processes together, without anyone waiting for it: a call
 * is counted here at once and told to Redis with the others of its tenth of a second, whose answer says what the other
 * processes have counted. So a caller who asks many processes at once may come through a little more often than one
 * limit allows, by what all of them answer in that time. While Redis is away, each process counts for itself.
 */
export class SharedCount implements Disposable {
  readonly #options: SharedCountOptions;
  readonly #counts = new Map<string, Count>();
  readonly #untold = new Set<string>();
  #window = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SharedCountOptions) {
    this.#options = options;
  }

  /** Counts a call: how many there are by now in this window, and how many milliseconds are left of it. */
  add(who: string): { calls: number; leftMs: number } {
    const { now = Date.now, windowSeconds } = this.#options;
    const at = now();
    const windowMs = windowSeconds * 1000;
    this.#enter(Math.floor(at / windowMs));
    const count = this.#counts.get(who) ?? this.#meet(who);
    count.untold += 1;
    this.#untold.add(who);
    if (this.#options.redis !== undefined) this.#timer ??= setTimeout(() => void this.#tell(), TOLD_EVERY_MS);
    return { calls: count.known + count.untold, leftMs: windowMs - (at % windowMs) };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** What was counted in a window that is over is of no use to anybody. */
  #enter(window: number): void {
    if (window === this.#window) return;
    this.#window = window;
    this.#counts.clear();
    this.#untold.clear();
  }

  #meet(who: string): Count {
    const count = { known: 0, untold: 0 };
    if (this.#counts.size >= MAX_CALLERS) {
      const [first = who] = this.#counts.keys();
      this.#counts.delete(first);
      this.#untold.delete(first);
    }
    this.#counts.set(who, count);
    return count;
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    const callers = [...this.#untold];
    this.#untold.clear();
    await Promise.all(callers.map((who) => this.#tellOf(who)));
  }

  async #tellOf(who: string): Promise<void> {
    const { redis, keyPrefix, windowSeconds } = this.#options;
    const count = this.#counts.get(who);
    if (count === undefined || redis === undefined) return;
    const { untold } = count;
    count.known += untold;
    count.untold = 0;
    const key = `${keyPrefix}:${this.#window}:${who}`;
    try {
      const [calls] = await Promise.all([redis.incrby(key, untold), redis.expire(key, windowSeconds)]);
      count.known = calls;
    } catch {
      // Redis is away: what was counted here still counts here.
    }
  }
}
