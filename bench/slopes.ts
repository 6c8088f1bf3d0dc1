import pg from 'pg';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { takeNights } from '#db/stays.ts';
import type { NightsToHold } from '#db/stays.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import { explain, statementsOf } from '#test/support/plans.ts';
import { buffersForEachRow } from './buffers.ts';
import type { Ground } from './ground.ts';
import { ownMarket } from './market/own.ts';
import type { Finding, Outcome } from './report.ts';
import { median, quantile } from './rounds.ts';
import { searchesOf, statementOf } from './searches.ts';
import { tracesOf } from './traces.ts';

const SEARCHES = 200;
const TAKINGS = 100;
const TENTH = 10;

/** What grows with a market, and how fast: the same work in the ground's market and in one of a tenth its size. */
export async function benchSlopes(ground: Ground): Promise<Outcome> {
  const { rows } = await ground.db.raw<{ rows: [{ count: number }] }>('select count(*) from properties');
  const properties = rows[0].count;
  await using small = await ownMarket(ground, Math.round(properties / TENTH));
  const floor = await slopesOf(small.db, small.url);
  const ours = await slopesOf(ground.db, ground.stack.addresses.databaseUrl);
  const floorIs = `of ${properties / TENTH}`;
  const findings = Object.entries(ours).map(([work, { unit, value }]): Finding => {
    const other = floor[work]?.value;
    return {
      ...{ work: `${work}, of ${properties} properties`, unit, ours: value },
      ...(other !== undefined && { floorIs, floor: other, ratio: value / other }),
    };
  });
  return { findings: [...findings, ...(await tracesOf(ground))] };
}

type Slopes = Record<string, { unit: string; value: number }>;

async function slopesOf(db: Db, url: string): Promise<Slopes> {
  return { ...(await searching(db, url)), ...(await taking(db)), ...(await keeping(db)) };
}

/** One after the other, by the driver alone: what the database takes for it, with a round trip on this machine. */
async function searching(db: Db, url: string): Promise<Slopes> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const slopes: Slopes = {};
  for (const sort of ['distance', 'price']) {
    const queries = (await searchesOf(db, SEARCHES)).map((query) => statementOf(db, { ...query, sort }));
    const tookMs: number[] = [];
    for (const query of [...queries, ...queries]) {
      const asked = performance.now();
      await client.query(query);
      tookMs.push(performance.now() - asked);
    }
    const warm = tookMs.slice(SEARCHES).sort((one, other) => one - other);
    const work = `search by ${sort} within a place`;
    slopes[`${work}, warm: p50`] = { unit: 'ms', value: quantile(warm, 0.5) };
    slopes[`${work}, warm: p99`] = { unit: 'ms', value: quantile(warm, 0.99) };
    slopes[`${work}, for each one found`] = { unit: 'buffers', value: await buffersForEachRow(url, queries) };
  }
  await client.end();
  return slopes;
}

/** Nights are taken and given back: what is measured is begin, lock and insert, without the commit. */
async function taking(db: Db): Promise<Slopes> {
  const tookMs: number[] = [];
  const buffers: number[] = [];
  for (const stay of await staysToTake(db)) {
    const trx = await db.transaction();
    const asked = performance.now();
    await takeNights(trx, stay);
    tookMs.push(performance.now() - asked);
    await trx.rollback();
    buffers.push(await buffersOf(db, stay));
  }
  return {
    'the taking of nights: p50': { unit: 'ms', value: median(tookMs) },
    'the taking of nights, lock and insert': { unit: 'buffers', value: median(buffers) },
  };
}

async function buffersOf(db: Db, stay: NightsToHold): Promise<number> {
  let sum = 0;
  const statements = await statementsOf(db, async () => {
    const trx = await db.transaction();
    await takeNights(trx, { ...stay, bookingId: newId('booking') });
    await trx.rollback();
  });
  for (const statement of statements) {
    const trx = await db.transaction();
    sum += (await explain(trx, statement)).buffers;
    await trx.rollback();
  }
  return sum;
}

async function staysToTake(db: Db): Promise<NightsToHold[]> {
  const at = new Date().toISOString();
  const checkIn = addDays(at.slice(0, 10), 100);
  const stay = { checkIn, checkOut: addDays(checkIn, 3) };
  const { rows } = await db.raw<{ rows: { propertyId: PropertyId; guestId: UserId }[] }>(
    `select p.id as "propertyId", (select guest_id from bookings order by id limit 1) as "guestId"
     from properties p left join stay_rules r on r.property_id = p.id
     where p.status = 'published' and p.booking_mode = 'instant' and coalesce(r.minimum_nights, 1) <= 3
       and not exists (select from stays s where s.property_id = p.id
                       and s.nights && daterange(cast(:checkIn as date) - 2, cast(:checkOut as date) + 2))
     order by md5(p.id) limit :count`,
    { ...stay, count: TAKINGS },
  );
  const guests = { adults: 1, children: 0, infants: 0, pets: 0 };
  return rows.map((row) => ({
    ...row,
    ...stay,
    guests,
    at,
    bookingId: newId('booking'),
    bookingMode: 'instant',
  }));
}

/** What a row of the large tables takes on disk, and what each index of `stays` adds to it. */
async function keeping(db: Db): Promise<Slopes> {
  const { rows } = await db.raw<{ rows: { what: string; bytes: number }[] }>(
    `select 'a row of ' || relname || ' with its indexes' as what,
            pg_total_relation_size(oid)::float8 / nullif(reltuples, 0) as bytes
     from pg_class where relname in ('properties', 'stays', 'bookings', 'events') and relkind = 'r'
     union all
     select 'of it, in ' || c.relname, pg_relation_size(c.oid)::float8 / nullif(t.reltuples, 0)
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
     where t.relname = 'stays' and c.relname in ('stays_do_not_overlap', 'stays_by_property')`,
  );
  return Object.fromEntries(rows.map(({ what, bytes }) => [what, { unit: 'bytes', value: bytes }]));
}
