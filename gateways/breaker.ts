/** Failures in a row after which nobody is sent to wait any more. */
const FAILURES = 3;
/** How long it is left alone; then one caller goes first and tries. */
const PAUSE_MS = 1_000;

/** Keeps callers from waiting, one after the other, for something that is down. */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #pausedUntil = 0;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** What `act` gives, or `otherwise` when it fails or is not worth trying. Never throws. */
  async attempt<T>(act: () => Promise<T>, otherwise: T): Promise<T> {
    if (this.#failures >= FAILURES) {
      if (this.#now() < this.#pausedUntil) return otherwise;
      this.#pausedUntil = this.#now() + PAUSE_MS; // This caller tries; the others go on without.
    }
    try {
      const result = await act();
      this.#failures = 0;
      return result;
    } catch {
      this.#failures += 1;
      this.#pausedUntil = this.#now() + PAUSE_MS;
      return otherwise;
    }
  }
}
