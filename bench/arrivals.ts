import { Chance } from '#db/seeds/chance.ts';
import { sampleOf } from './rounds.ts';
import type { Sample } from './rounds.ts';

/** So many a second on average, one independent of the other. */
export interface Arrivals {
  perSecond: number;
  seconds: number;
}

const SEED = 1_909;

/** One that was asked. */
export interface Answered {
  /** On the clock of `performance.now()`. */
  dueAt: number;
  /** From the moment it was due. */
  tookMs: number;
}

/**
 * Asks at moments that were fixed before: whoever is slow to answer finds the more waiting, as in life. How long it took
 * is counted from the moment it was due, so that what waited behind a slow one says so. Moments are whole milliseconds,
 * the finest that a timer keeps. All that were asked, in the order they were due.
 */
export async function answersAsTheyArrive(
  arrivals: Arrivals,
  ask: (index: number) => Promise<void>,
): Promise<Answered[]> {
  const due = momentsOf(arrivals);
  const asked: Promise<Answered>[] = [];
  const begun = performance.now();
  for (const [index, dueMs] of due.entries()) {
    const dueAt = begun + dueMs;
    while (performance.now() < dueAt) await new Promise((resolve) => setTimeout(resolve, 1));
    asked.push(ask(index).then(() => ({ dueAt, tookMs: performance.now() - dueAt })));
  }
  return Promise.all(asked);
}

/** The same, for what they come to together. */
export async function askAsTheyArrive(
  arrivals: Arrivals,
  ask: (index: number) => Promise<void>,
): Promise<Sample> {
  const begun = performance.now();
  const answered = await answersAsTheyArrive(arrivals, ask);
  return sampleOf(
    answered.map(({ tookMs }) => tookMs),
    performance.now() - begun,
  );
}

/** The gaps between them are exponential, and the same at every run. */
function momentsOf({ perSecond, seconds }: Arrivals): number[] {
  const chance = new Chance(SEED);
  const moments: number[] = [];
  for (let at = 0; ; moments.push(Math.ceil(at))) {
    at += (-Math.log(1 - chance.next()) / perSecond) * 1_000;
    if (at > seconds * 1_000) return moments;
  }
}
