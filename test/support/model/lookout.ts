import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { BookingId } from '#domain/ids.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import type { World } from '../journeys.ts';
import { until } from '../virtual-time.ts';
import { factsAtBank, factsExpected, factsHere } from './facts.ts';
import type { FactsAtBank, FactsHere, Where } from './facts.ts';
import type { State } from './reference.ts';
import type { Outcome } from './rules.ts';

/** Nothing that is under way takes so long, even if the bank has been asked in vain for a while and is left in peace. */
const PATIENCE_MS = 60_000;

/** Sees how the bookings of a property stand, and whether that is as the model has it. */
export class Lookout {
  readonly #world: World;
  readonly #where: Where;
  /** By name. The house adds to them. */
  readonly #ids: ReadonlyMap<string, BookingId>;
  /** Bookings whose review window is at its opening by its own clock. */
  readonly #opened = new Set<string>();

  constructor(world: World, { where, ids }: { where: Where; ids: ReadonlyMap<string, BookingId> }) {
    this.#world = world;
    this.#where = where;
    this.#ids = ids;
  }

  /**
   * Waits until all that is known of the property is as one of these outcomes has it, and gives the first that it is.
   * Fails with the difference from the first one.
   */
  async comesTo(outcomes: readonly Outcome[]): Promise<State> {
    let found: State | undefined;
    const look = async () => {
      const here = await this.#lookHere();
      const close = outcomes.filter(({ state }) => isDeepStrictEqual(here, expectedHere(state)));
      if (close.length === 0) return false; // The bank need not be asked.
      const atBank = await this.#lookAtBank();
      found = close.find(({ state }) => isDeepStrictEqual(atBank, expectedAtBank(state)))?.state;
      return found !== undefined;
    };
    await until('all is as the model has it', look, PATIENCE_MS).catch(async (error: unknown) => {
      const [first] = outcomes;
      if (first === undefined) throw error;
      assert.deepEqual(
        { ...(await this.#lookHere()), atBank: await this.#lookAtBank() },
        { ...expectedHere(first.state), atBank: expectedAtBank(first.state) },
      );
      throw error;
    });
    assert.ok(found);
    await this.#openWindows(found);
    return found;
  }

  async #lookHere(): Promise<SeenHere> {
    const here = await factsHere(this.#where);
    const bookings: Record<string, FactsHere> = {};
    for (const [name, id] of this.#ids) {
      const facts = here.get(id);
      here.delete(id);
      assert.ok(facts, `${name} is on record`);
      bookings[name] = facts;
    }
    // Whoever wanted nights that were gone may be on record as refused, and is to have neither nights nor a payment.
    const strays = [...here.values()].filter(
      ({ status, nights, payment }) => status !== 'rejected' || nights.length > 0 || payment !== null,
    );
    return { bookings, strays };
  }

  async #lookAtBank(): Promise<Record<string, FactsAtBank>> {
    const looks = [...this.#ids].map(
      async ([name, id]) => [name, await factsAtBank(this.#where, id)] as const,
    );
    return Object.fromEntries(await Promise.all(looks));
  }

  /** A window has a workflow of its own, whose clock is brought along to its opening. */
  async #openWindows({ bookings }: State): Promise<void> {
    const { db, temporal } = this.#world;
    for (const [name, id] of this.#ids) {
      if (bookings[name]?.window !== 'open' || this.#opened.has(name)) continue;
      this.#opened.add(name);
      const row = await db('review_windows')
        .where({ booking_id: id })
        .first<{ opens_at: string }>('opens_at');
      await temporal.isStarted(collectReviewsId(id));
      await temporal.advanceTo(collectReviewsId(id), Date.parse(row.opens_at));
    }
  }
}

interface SeenHere {
  bookings: Record<string, FactsHere>;
  strays: FactsHere[];
}

function expectedHere(state: State): SeenHere {
  return { bookings: ofEach(state, 'here'), strays: [] };
}

function expectedAtBank(state: State): Record<string, FactsAtBank> {
  return ofEach(state, 'atBank');
}

function ofEach<Part extends 'here' | 'atBank'>({ home, bookings }: State, part: Part) {
  const facts = Object.entries(bookings).map(([name, booked]) => [name, factsExpected(home, booked)[part]]);
  return Object.fromEntries(facts) as Record<string, ReturnType<typeof factsExpected>[Part]>;
}
