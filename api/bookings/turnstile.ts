import type { PropertyId } from '#domain/ids.ts';
import { staysOverlap } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';

/** How many may be on their way to the same nights of a property at once, in this process. */
export const STARTS_AT_ONCE = 2;
/** How often one that waits looks again although nobody came back. */
const LOOK_EVERY_MS = 1_000;
/** Past this the waiting one goes through: it loses in the database then, a little dearer. */
export const PATIENCE_MS = 10_000;

interface Passage {
  stay: Stay;
  ended: Promise<void>;
}

export interface Passenger<T> {
  /** Called after each wait: throws when there is nothing left to go for. */
  look: () => Promise<void>;
  act: () => Promise<T>;
}

/**
 * Fifty guests for the same nights need not start fifty workflows: two go, and each of the others looks again at the
 * nights when one of them is through. It only saves work; what decides is the database.
 */
export class Turnstile {
  readonly #inside = new Map<PropertyId, Set<Passage>>();

  async pass<T>(propertyId: PropertyId, stay: Stay, { look, act }: Passenger<T>): Promise<T> {
    const until = Date.now() + PATIENCE_MS;
    let rivals = this.#rivals(propertyId, stay);
    while (rivals.length >= STARTS_AT_ONCE && Date.now() < until) {
      await oneOf(rivals, LOOK_EVERY_MS);
      await look();
      rivals = this.#rivals(propertyId, stay);
    }
    // In the same breath as the last count, or all who wake together would go through together.
    const leave = this.#admit(propertyId, stay);
    try {
      return await act();
    } finally {
      leave();
    }
  }

  #rivals(propertyId: PropertyId, stay: Stay): Passage[] {
    const inside = this.#inside.get(propertyId) ?? [];
    return [...inside].filter((passage) => staysOverlap(passage.stay, stay));
  }

  #admit(propertyId: PropertyId, stay: Stay): () => void {
    const end = Promise.withResolvers<undefined>();
    const passage = { stay, ended: end.promise };
    const inside = this.#inside.get(propertyId) ?? new Set();
    this.#inside.set(propertyId, inside.add(passage));
    return () => {
      inside.delete(passage);
      if (inside.size === 0) this.#inside.delete(propertyId);
      end.resolve(undefined);
    };
  }
}

/** Resolves when one of them has ended, or after so long. */
async function oneOf(passages: Passage[], afterMs: number): Promise<void> {
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(timeout.resolve, afterMs, undefined);
  await Promise.race([timeout.promise, ...passages.map((passage) => passage.ended)]);
  clearTimeout(timer);
}
