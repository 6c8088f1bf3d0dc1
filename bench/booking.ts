import { readConfig } from '#config';
import { Booker } from './booker.ts';
import type { Bookings } from './floors/bare-client.ts';
import type { Ground } from './ground.ts';
import { latenciesOf } from './latencies.ts';
import { Program } from './processes.ts';
import type { Outcome } from './report.ts';
import { compared, interleaved } from './rounds.ts';
import type { Sample } from './rounds.ts';
import { wayOf } from './way.ts';

const ROUNDS = 3;
const ALONE = { count: 40, askers: 1 };
const TOGETHER = { count: 200, askers: 16 };
const WARM_UP = { count: 60, askers: 8 };
const ARRIVING_SECONDS = 8;
/** Instant bookings paid in one call, against the bones of such a workflow on the same server. */
export async function benchBooking(ground: Ground): Promise<Outcome> {
  const { temporal } = readConfig(ground.stack.environment);
  await using _ = await Program.start<null, null>('floors/bare-worker', temporal);
  await using bare = await Program.start<Bookings, Sample>('floors/bare-client', temporal);
  const booker = await Booker.at(ground);
  const atEach = (bookings: Bookings) => ({
    ours: () => booker.book(bookings),
    floor: () => bare.ask(bookings),
  });
  await interleaved(1, atEach(WARM_UP));
  const warm = await booker.tally();
  const alone = await interleaved(ROUNDS, atEach(ALONE));
  const way = await wayOf(ground, ALONE.count);
  const together = await interleaved(ROUNDS, atEach(TOGETHER));
  const costs = booker.costs();
  const memory = await booker.memorySince(warm);
  const work = 'booking, instant and paid';
  const floorIs = 'bare update-with-start';
  const latencies = await latenciesOf({
    ...{ work, floorIs, ours: together.ours, rounds: 1, seconds: ARRIVING_SECONDS },
    contestants: {
      ours: (arrivals) => booker.book({ arrivals }),
      floor: (arrivals) => bare.ask({ arrivals }),
    },
  });
  return {
    findings: [
      {
        work: `${work}, one at a time: p50`,
        floorIs,
        unit: 'ms',
        ...compared(alone.ours, alone.floor, ({ p50Ms }) => p50Ms),
        target: { ratioAtMost: 2 },
      },
      {
        work: `${work}, ${TOGETHER.askers} at once`,
        floorIs,
        unit: 'a second',
        ...compared(together.ours, together.floor, ({ perSecond }) => perSecond),
        target: { ratioAtLeast: 0.5 },
      },
      ...latencies,
      ...memory,
    ],
    ...(costs !== undefined && { costs: { of: `${work}, with its mails`, cpuMs: costs } }),
    way: { of: `${work}, one at a time, from the start of its workflow to its answer`, ms: way },
    why: {
      parts: ['api', 'worker'],
      work: async () => (await booker.lookAgain()).book({ count: 100, askers: TOGETHER.askers }),
    },
  };
}
