import type { Pages } from './floors/raw-http.ts';
import type { Ground } from './ground.ts';
import { latenciesOf } from './latencies.ts';
import type { Load, Shot } from './load.ts';
import { Program } from './processes.ts';
import type { Outcome } from './report.ts';
import { compared, interleaved } from './rounds.ts';

const PROPERTIES = 1_000;
const CONNECTIONS = 32;
/** As many as a proxy keeps open, so that those that arrive need not open their own. */
const KEPT_OPEN = 256;
const ROUNDS = 5;
const SECONDS = 3;

/** Reads of published properties that everyone looks at, against a server that only sends the same bytes. */
export async function benchRead(ground: Ground): Promise<Outcome> {
  const ids = await ground
    .db('properties')
    .where({ status: 'published' })
    .orderByRaw('md5(id)')
    .limit(PROPERTIES)
    .pluck<string[]>('id');
  const shots = ids.map((id): Shot => ({ path: `/properties/${id}` }));
  const pages = await pagesOf(ground.api, shots);
  await using raw = await Program.start<null, string>('floors/raw-http', pages);
  const origin = await raw.ask(null);
  const read = (from: string, how: Partial<Load> = { seconds: SECONDS }) =>
    ground.load({ origin: from, connections: CONNECTIONS, shots, ...how });
  await read(ground.api, { seconds: 2 });
  await read(origin, { seconds: 2 });
  const { ours, floor } = await interleaved(ROUNDS, {
    ours: () => read(ground.api),
    floor: () => read(origin),
  });
  const work = `read of a property, cached, ${ids.length} of them`;
  const floorIs = 'node:http, same bytes';
  const latencies = await latenciesOf({
    ...{ work, floorIs, ours, rounds: 3, seconds: SECONDS },
    contestants: {
      ours: (arrivals) => read(ground.api, { arrivals, connections: KEPT_OPEN }),
      floor: (arrivals) => read(origin, { arrivals, connections: KEPT_OPEN }),
    },
  });
  return {
    findings: [
      {
        work: `${work}, ${CONNECTIONS} connections`,
        floorIs,
        unit: 'a second',
        ...compared(ours, floor, ({ perSecond }) => perSecond),
        target: { ratioAtLeast: 0.5 },
      },
      {
        work: 'its p99 over its p50',
        floorIs,
        unit: 'times',
        ...compared(ours, floor, ({ p99Ms, p50Ms }) => p99Ms / p50Ms),
        target: { ratioAtMost: 2 },
      },
      ...latencies,
    ],
    why: { parts: ['api'], work: () => read(ground.api) },
  };
}

async function pagesOf(api: string, shots: readonly Shot[]): Promise<Pages> {
  const pages: Pages = new Map();
  for (const { path } of shots) {
    const response = await fetch(api + path);
    if (!response.ok) throw new Error(`${path} answers ${response.status}.`);
    pages.set(path, Buffer.from(await response.arrayBuffer()));
  }
  return pages;
}
