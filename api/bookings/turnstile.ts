import type { PropertyId } from '#domain/ids.ts';
import { staysOverlap } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';

/** How many may be on their way to the same nights of a property at once, in this process. */
export const STARTS_AT_ONCE = 2;
/** Past this the waiting one goes through: it loses in the database then, a little dearer. */
export const PATIENCE_MS = 1_000;

interface Passage {
  stay: Stay;
  ended: Promise<void>;
}

/**
 * Fifty guests for the same nights need not start fifty workflows: two go, and each of the others looks again at the
 * nights when one of them is through. It only saves work; what decides is the database.
 */
export class Turnstile {
  readonly #inside = new Map<PropertyId, Set<Passage>>();

  async pass<T>(propertyId: PropertyId, stay: Stay, act: (waited: boolean) => Promise<T>): Promise<T> {
    const waited = await this.#wait(propertyId, stay, Date.now() + PATIENCE_MS);
    const end = Promise.withResolvers<undefined>();
    const passage = { stay, ended: end.promise };
    const inside = this.#inside.get(propertyId) ?? new Set();
    this.#inside.set(propertyId, inside.add(passage));
    try {
      return await act(waited);
    } finally {
      inside.delete(passage);
      if (inside.size === 0 && this.#inside.get(propertyId) === inside) this.#inside.delete(propertyId);
      end.resolve(undefined);
    }
  }

  async #wait(propertyId: PropertyId, stay: Stay, until: number): Promise<boolean> {
    for (let waited = false; ; waited = true) {
      const rivals = [...(this.#inside.get(propertyId) ?? [])].filter((passage) =>
        staysOverlap(passage.stay, stay),
      );
      const patience = until - Date.now();
      if (rivals.length < STARTS_AT_ONCE || patience <= 0) return waited;
      const timeout = Promise.withResolvers<undefined>();
      const timer = setTimeout(timeout.resolve, patience, undefined);
      await Promise.race([timeout.promise, ...rivals.map((passage) => passage.ended)]);
      clearTimeout(timer);
    }
  }
}
