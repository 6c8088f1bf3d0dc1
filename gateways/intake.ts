/** How many asks may be on their way to being taken at once, in this process. More would only slow each other down. */
const AT_ONCE = 16;

/** Nothing at all was taken for as long as the asker was willing to wait. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

export interface Passage<T> {
  /** Milliseconds, from the moment that anybody's ask was last taken. */
  withinMs: number;
  /** Gives up at `deadline` (milliseconds since the epoch). Safe to repeat, since it is while others are taken. */
  send: (deadline: number) => Promise<T>;
  /** Whether `send` gave up for want of an answer. */
  hasTimedOut: (error: unknown) => boolean;
}

/**
 * Lets asks in a few at a time, first come first served. A server that takes one ask after the other is busy, and
 * waiting one's turn is no outage; one that takes none is away, and nobody waits longer for it than they want to.
 */
export class Intake {
  #inside = 0;
  #lastTakenAt = 0;
  readonly #queue = new Set<() => void>();

  /** @throws NotTaken when its turn does not come in time; else what `send` throws */
  async pass<T>({ withinMs, send, hasTimedOut }: Passage<T>): Promise<T> {
    const since = Date.now();
    const deadline = () => Math.max(since, this.#lastTakenAt) + withinMs;
    await this.#enter(deadline);
    try {
      for (;;) {
        try {
          const answer = await send(deadline());
          this.#lastTakenAt = Date.now();
          return answer;
        } catch (error) {
          if (!hasTimedOut(error) || Date.now() >= deadline()) throw error;
        }
      }
    } finally {
      this.#leave();
    }
  }

  async #enter(deadline: () => number): Promise<void> {
    if (this.#inside < AT_ONCE) {
      this.#inside += 1;
      return;
    }
    const turn = Promise.withResolvers<undefined>();
    const enter = () => turn.resolve(undefined);
    this.#queue.add(enter);
    let timer = setTimeout(look, deadline() - Date.now(), this.#queue);
    function look(queue: Set<() => void>) {
      const patience = deadline() - Date.now();
      if (patience > 0) timer = setTimeout(look, patience, queue);
      else if (queue.delete(enter)) turn.reject(new NotTaken('Nothing is being taken.'));
    }
    await turn.promise.finally(() => clearTimeout(timer));
  }

  /** The place goes to the one that has waited longest. */
  #leave(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#inside -= 1;
    } else {
      this.#queue.delete(next);
      next();
    }
  }
}
