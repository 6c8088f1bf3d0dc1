/** Failures in a row after which nobody is sent to wait any more. */
const FAILURES = 3;
/** How long it is left alone; then one caller goes first and tries. */
const PAUSE_MS = 1_000;

export interface BreakerOptions {
  /** What a caller waits for at most, in milliseconds. */
  deadlineMs: number;
  now?: () => number;
}

/** Keeps callers from waiting, long or one after the other, for something that is down. */
export class Breaker {
  readonly #deadlineMs: number;
  readonly #now: () => number;
  #failures = 0;
  #pausedUntil = 0;

  constructor({ deadlineMs, now = () => performance.now() }: BreakerOptions) {
    this.#deadlineMs = deadlineMs;
    this.#now = now;
  }

  /** What `act` gives, or `otherwise` when it fails, is late or is not worth trying. Never throws. */
  async attempt<T>(act: () => Promise<T>, otherwise: T): Promise<T> {
    if (this.#failures >= FAILURES) {
      if (this.#now() < this.#pausedUntil) return otherwise;
      this.#pausedUntil = this.#now() + PAUSE_MS; // This caller tries; the others go on without.
    }
    try {
      const result = await this.#inTime(act());
      this.#failures = 0;
      return result;
    } catch {
      this.#failures += 1;
      this.#pausedUntil = this.#now() + PAUSE_MS;
      return otherwise;
    }
  }

  /** What comes later is nobody's any more. */
  async #inTime<T>(result: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('late')), this.#deadlineMs);
    try {
      return await Promise.race([result, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
