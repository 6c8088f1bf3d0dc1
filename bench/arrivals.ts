import { Chance } from '#db/seeds/chance.ts';
import { sampleOf } from './rounds.ts';
import type { Sample } from './rounds.ts';

/** So many a second on average, one independent of the other. */
export interface Arrivals {
  perSecond: number;
  seconds: number;
}

const SEED = 1_909;

/**
 * Asks at moments that were fixed before: whoever is slow to answer finds the more waiting, as in life. How long it took
 * is counted from the moment it was due, so that what waited behind a slow one says so. Moments are whole milliseconds,
 * the finest that a timer keeps.
 */
export async function askAsTheyArrive(
  arrivals: Arrivals,
  ask: (index: number) => Promise<void>,
): Promise<Sample> {
  const due = momentsOf(arrivals);
  const tookMs: number[] = [];
  const asked: Promise<void>[] = [];
  const begun = performance.now();
  const passed = () => performance.now() - begun;
  for (const [index, dueMs] of due.entries()) {
    while (passed() < dueMs) await new Promise((resolve) => setTimeout(resolve, 1));
    asked.push(ask(index).then(() => void tookMs.push(passed() - dueMs)));
  }
  await Promise.all(asked);
  return sampleOf(tookMs, passed());
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
