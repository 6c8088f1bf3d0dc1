import { bookStayId } from '#workflows/bookings.contract.ts';
import { Booker } from './booker.ts';
import type { Ground } from './ground.ts';
import type { Finding } from './report.ts';
import { median } from './rounds.ts';

const BOOKINGS = { count: 200, askers: 8 };
const LOOKED_AT = 50;

/** What bookings leave behind, for each of them: rows and what they take, changes to be shipped, histories. */
export async function tracesOf(ground: Ground): Promise<Finding[]> {
  const booker = await Booker.at(ground, 2 * BOOKINGS.count);
  await booker.book({ count: 20, askers: 4 });
  const [before, walBefore] = [await tablesOf(ground), await walOf(ground)];
  await booker.book(BOOKINGS);
  const [after, walAfter] = [await tablesOf(ground), await walOf(ground)];
  const added = Object.entries(after).map(([table, { rows, bytesOfOne }]) => {
    const more = rows - (before[table]?.rows ?? 0);
    return { table, rows: more / BOOKINGS.count, bytes: (more * bytesOfOne) / BOOKINGS.count };
  });
  const sum = (of: 'rows' | 'bytes') => added.reduce((total, each) => total + each[of], 0);
  const work = 'a booking, confirmed and its mails sent';
  const cpuMs = Object.entries(booker.costs() ?? {}).map(([part, ms]): Finding => {
    return { work: `${work}: processor time of ${part}`, unit: 'ms', ours: ms };
  });
  return [
    { work: `${work}: rows`, unit: 'rows', ours: sum('rows') },
    { work: `${work}: what they take with their indexes`, unit: 'bytes', ours: sum('bytes') },
    {
      work: `${work}: changes that a replica has to be sent`,
      unit: 'bytes',
      ours: (walAfter - walBefore) / BOOKINGS.count,
    },
    ...added
      .filter(({ rows }) => rows >= 0.5)
      .map(({ table, rows, bytes }): Finding => {
        return { work: `of it, in ${table}: ${rows.toFixed(1)} rows`, unit: 'bytes', ours: bytes };
      }),
    ...(await histories(ground)),
    ...cpuMs,
  ];
}

/** How many rows each table has, and what one of them takes with its indexes. */
async function tablesOf({ db }: Ground): Promise<Record<string, { rows: number; bytesOfOne: number }>> {
  const { rows } = await db.raw<{ rows: { table: string; bytes: number }[] }>(
    `select relname as table, pg_total_relation_size(relid)::float8 as bytes from pg_stat_user_tables`,
  );
  const tables: Record<string, { rows: number; bytesOfOne: number }> = {};
  for (const { table, bytes } of rows) {
    const counted = await db.raw<{ rows: [{ count: number }] }>(`select count(*) from ${table}`);
    const { count } = counted.rows[0];
    tables[table] = { rows: count, bytesOfOne: bytes / Math.max(1, count) };
  }
  return tables;
}

async function walOf({ db }: Ground): Promise<number> {
  const { rows } = await db.raw<{ rows: [{ bytes: number }] }>(
    `select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`,
  );
  return rows[0].bytes;
}

async function histories({ db, temporal }: Ground): Promise<Finding[]> {
  const ids = await db('bookings').orderBy('created_at', 'desc').limit(LOOKED_AT).pluck('id');
  const told = await Promise.all(ids.map((id) => temporal.workflow.getHandle(bookStayId(id)).describe()));
  const work = 'its history until the guest comes';
  return [
    { work, unit: 'events', ours: median(told.map(({ historyLength }) => historyLength)) },
    { work, unit: 'bytes', ours: median(told.map(({ historySize }) => historySize ?? 0)) },
  ];
}
