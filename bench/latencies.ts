import type { Arrivals } from './arrivals.ts';
import type { Finding } from './report.ts';
import { compared, interleaved, median } from './rounds.ts';
import type { Sample } from './rounds.ts';

const SHARE = 0.5;
/** Who asks has to be warm, too: at its slow first a crowd gathers that waits for connections long after. */
const WARM_UP_SECONDS = 1;

interface Contest {
  work: string;
  floorIs: string;
  /** What ours did, round by round, when each asker waited for the answer before. */
  ours: readonly Sample[];
  rounds: number;
  seconds: number;
  contestants: Record<'ours' | 'floor', (arrivals: Arrivals) => Promise<Sample>>;
}

/** How long one takes as they arrive, at half of what ours can do. The floor gets the same arrivals. */
export async function latenciesOf(contest: Contest): Promise<Finding[]> {
  const { work, floorIs, rounds, seconds, contestants } = contest;
  const perSecond = Math.max(1, Math.round(median(contest.ours.map((sample) => sample.perSecond)) * SHARE));
  const arrivals = { perSecond, seconds };
  await interleaved(1, {
    ours: () => contestants.ours({ perSecond, seconds: WARM_UP_SECONDS }),
    floor: () => contestants.floor({ perSecond, seconds: WARM_UP_SECONDS }),
  });
  const { ours, floor } = await interleaved(rounds, {
    ours: () => contestants.ours(arrivals),
    floor: () => contestants.floor(arrivals),
  });
  const of = (name: string, by: (sample: Sample) => number): Finding => ({
    work: `${work}, ${perSecond} a second as they arrive: ${name}`,
    floorIs,
    unit: 'ms',
    ...compared(ours, floor, by),
  });
  return [of('p50', ({ p50Ms }) => p50Ms), of('p99', ({ p99Ms }) => p99Ms)];
}
