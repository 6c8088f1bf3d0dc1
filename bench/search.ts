import { SearchQuery, searchOf } from '#api/properties/search.ts';
import { readConfig } from '#config';
import { searchStatement } from '#db/search.ts';
import { addDays } from '#domain/nights.ts';
import type { Database, Queries, Query } from './floors/raw-sql.ts';
import type { Ground } from './ground.ts';
import { Program } from './processes.ts';
import type { Finding } from './report.ts';
import { compared, interleaved } from './rounds.ts';
import type { Sample } from './rounds.ts';

const SEARCHES = 200;
const ASKERS = 16;
const ROUNDS = 5;
const SECONDS = 3;

/** Searches by place, dates, guests and price, against the driver alone with the very same statements. */
export async function benchSearch(ground: Ground): Promise<Finding[]> {
  const { databaseUrl, databasePoolSize: poolSize } = readConfig(ground.stack.environment);
  await using sql = await Program.start<Queries, Sample>('floors/raw-sql', {
    databaseUrl,
    poolSize,
  } satisfies Database);
  const centre = await middleOf(ground);
  const queries = Array.from({ length: SEARCHES }, (_, index) => searchParams(centre, index));
  const shots = queries.map((query) => ({ path: `/properties?${new URLSearchParams(query).toString()}` }));
  const same = queries.map((query) => statementOf(ground, query));
  const nearest = queries.map(({ near }) => nearestTwenty(near));
  const contestants = {
    ours: () => ground.load({ origin: ground.api, connections: ASKERS, shots, seconds: SECONDS }),
    same: () => sql.ask({ queries: same, askers: ASKERS, seconds: SECONDS }),
    nearest: () => sql.ask({ queries: nearest, askers: ASKERS, seconds: SECONDS }),
  };
  await interleaved(1, contestants);
  const { ours, same: floor, nearest: bare } = await interleaved(ROUNDS, contestants);
  const throughput = ({ perSecond }: Sample) => perSecond;
  const work = `search by place, dates, guests and price, ${ASKERS} at once`;
  return [
    {
      work,
      floorIs: 'pg, same SQL',
      unit: 'a second',
      ...compared(ours, floor, throughput),
      target: { ratioAtLeast: 0.6 },
    },
    {
      work,
      floorIs: 'pg, the nearest 20',
      unit: 'a second',
      ...compared(ours, bare, throughput),
      target: { ratioAtLeast: 0.25 },
    },
  ];
}

interface Point {
  latitude: number;
  longitude: number;
}

async function middleOf({ db }: Ground): Promise<Point> {
  const { rows } = await db.raw<{ rows: [Point] }>(
    `select percentile_cont(0.5) within group (order by blurred_latitude) as latitude,
            percentile_cont(0.5) within group (order by blurred_longitude) as longitude from properties`,
  );
  return rows[0];
}

/** The same at every run: around the middle of the city, some weeks ahead, for a few guests, in a range of prices. */
function searchParams({ latitude, longitude }: Point, index: number) {
  const today = new Date().toISOString().slice(0, 10);
  const checkIn = addDays(today, 10 + ((index * 37) % 170));
  const around = (step: number) => (((index * step) % 101) - 50) / 1_000;
  const minPrice = 2_000 + ((index * 700) % 6_000);
  return {
    near: `${(latitude + around(29)).toFixed(4)},${(longitude + around(53)).toFixed(4)}`,
    radiusKm: String(3 + (index % 8)),
    checkIn,
    checkOut: addDays(checkIn, 2 + (index % 5)),
    guests: String(1 + (index % 5)),
    minPrice: String(minPrice),
    maxPrice: String(minPrice + 12_000),
  };
}

/** What the API will ask of the database for this query, as the driver takes it. */
function statementOf({ db }: Ground, query: Record<string, string>): Query {
  const { sql, bindings } = searchStatement(searchOf(SearchQuery.parse(query), new Date()));
  const { sql: text, bindings: values } = db
    .raw(sql, bindings as Record<string, string>)
    .toSQL()
    .toNative();
  return { text, values: [...values] };
}

function nearestTwenty(near: string): Query {
  return {
    text: `select * from properties where status = 'published' order by place <-> place_on_earth($1, $2) limit 20`,
    values: near.split(',').map(Number),
  };
}
