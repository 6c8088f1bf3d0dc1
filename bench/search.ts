import { readConfig } from '#config';
import { buffersForEachRow } from './buffers.ts';
import type { Database, Queries } from './floors/raw-sql.ts';
import type { Ground } from './ground.ts';
import { latenciesOf } from './latencies.ts';
import type { Load } from './load.ts';
import { ownMarket } from './market/own.ts';
import { Program } from './processes.ts';
import type { Finding, Outcome } from './report.ts';
import { compared, interleaved } from './rounds.ts';
import type { Sample } from './rounds.ts';
import { nearestTwenty, searchesOf, statementOf } from './searches.ts';

const SEARCHES = 200;
const ASKERS = 16;
const ROUNDS = 5;
const SECONDS = 3;
/** A market so much smaller is looked at for the same. */
const TENTH = 10;
/** For each that is found: its own page, its rules and stays, its share of the index, and those that did not fit. */
const BUFFERS_AT_MOST = 75;
/** Ten times as many properties may cost a level more of each index, and nothing else. */
const FLAT = 1.5;

/** Searches by place, dates, guests and price, against the driver alone with the very same statements. */
export async function benchSearch(ground: Ground): Promise<Outcome> {
  const { databaseUrl, databasePoolSize: poolSize } = readConfig(ground.stack.environment);
  await using sql = await Program.start<Queries, Sample>('floors/raw-sql', {
    databaseUrl,
    poolSize,
  } satisfies Database);
  const searches = await searchesOf(ground.db, SEARCHES);
  const shots = searches.map((query) => ({ path: `/properties?${new URLSearchParams(query).toString()}` }));
  const same = searches.map((query) => statementOf(ground.db, query));
  const nearest = searches.map(nearestTwenty);
  const search = (how: Partial<Load> = { seconds: SECONDS }) =>
    ground.load({ origin: ground.api, connections: ASKERS, shots, ...how });
  const how = { askers: ASKERS, seconds: SECONDS };
  const contestants = {
    ours: () => search(),
    same: () => sql.ask({ queries: same, how }),
    nearest: () => sql.ask({ queries: nearest, how }),
  };
  await interleaved(1, contestants);
  const { ours, same: floor, nearest: bare } = await interleaved(ROUNDS, contestants);
  const throughput = ({ perSecond }: Sample) => perSecond;
  const work = 'search by place, dates, guests and price';
  const atOnce = { work: `${work}, ${ASKERS} at once`, unit: 'a second' };
  const floorIs = 'pg, same SQL';
  const latencies = await latenciesOf({
    ...{ work, floorIs, ours, rounds: 3, seconds: SECONDS },
    contestants: {
      ours: (arrivals) => search({ arrivals }),
      floor: (arrivals) => sql.ask({ queries: same, how: { arrivals } }),
    },
  });
  return {
    findings: [
      { ...atOnce, floorIs, ...compared(ours, floor, throughput), target: { ratioAtLeast: 0.6 } },
      {
        ...{ ...atOnce, floorIs: 'pg, the nearest 20' },
        ...compared(ours, bare, throughput),
        target: { ratioAtLeast: 0.25 },
      },
      ...latencies,
      ...(await buffersOf(ground)),
    ],
    why: { parts: ['api'], work: () => search() },
  };
}

/** So far that a page is filled in either market, and fit for so many that it is in a small city too. */
const FILLS_A_PAGE = { radiusKm: '50', guests: '2' };

/** Of the searches as they are; and of those that find a page full in both markets, each in its own. */
async function buffersOf(ground: Ground): Promise<Finding[]> {
  const { rows } = await ground.db.raw<{ rows: [{ count: number }] }>('select count(*) from properties');
  const properties = rows[0].count;
  const url = ground.stack.addresses.databaseUrl;
  const all = await buffersForEachRow(url, await statementsIn(ground.db));
  const ours = await buffersForEachRow(url, await statementsIn(ground.db, FILLS_A_PAGE));
  await using small = await ownMarket(ground, Math.round(properties / TENTH));
  const floor = await buffersForEachRow(small.url, await statementsIn(small.db, FILLS_A_PAGE));
  const work = `search in ${properties} properties, for each one found`;
  const unit = 'buffers';
  return [
    { work, unit, ours: all, target: { oursAtMost: BUFFERS_AT_MOST } },
    {
      ...{ work: `${work}, where the page is full`, unit, floorIs: `of ${properties / TENTH} properties` },
      ...{ ours, floor, ratio: ours / floor, target: { ratioAtMost: FLAT } },
    },
  ];
}

async function statementsIn(db: Ground['db'], changes: Record<string, string> = {}) {
  return (await searchesOf(db, SEARCHES)).map((query) => statementOf(db, { ...query, ...changes }));
}
