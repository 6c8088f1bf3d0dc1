import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Copying, Rows } from './floors/raw-copy.ts';
import type { Ground } from './ground.ts';
import { Program } from './processes.ts';
import type { Outcome } from './report.ts';
import { compared, interleaved, median } from './rounds.ts';

const ROUNDS = 4;
/** What an import writes, in the order in which rows refer to each other. */
const TABLES = ['users', 'properties', 'stay_rules', 'events'];
const TEMPLATE = 'bench_empty';
const SCRATCH = 'bench_scratch';

/** First imports of a city by our command, against one COPY a table of the very rows that it writes. */
export async function benchImport(ground: Ground, file: string): Promise<Outcome> {
  await using raw = await Program.start<Copying, number>('floors/raw-copy');
  await using empty = await emptyDatabases(ground);
  const imported = () =>
    ground.command('bin/import.ts', [file], { ...ground.stack.environment, DATABASE_URL: empty.url });

  await empty.renew();
  await imported();
  const tables = await writtenIn(empty.url);
  const rows = tables.find(({ table }) => table === 'properties')?.count ?? 0;

  const tookMs = await interleaved(ROUNDS, {
    ours: () => empty.renew().then(imported),
    floor: () => empty.renew().then(() => raw.ask({ databaseUrl: empty.url, tables })),
  });
  const perSecond = (ms: number) => (rows / ms) * 1000;
  const work = `import of ${rows} properties, with the start of the process`;
  const unit = 'rows a second';
  const floorIs = 'COPY of the same rows';
  return {
    findings: [
      {
        work,
        unit,
        floorIs,
        ...compared(tookMs.ours, tookMs.floor, perSecond),
        target: { ratioAtLeast: 0.3 },
      },
      { work, unit, ours: median(tookMs.ours.map(perSecond)), target: { oursAtLeast: 1_000 } },
    ],
  };
}

interface EmptyDatabases extends AsyncDisposable {
  url: string;
  /** Makes the database anew, with our tables and nothing in them. */
  renew(): Promise<void>;
}

async function emptyDatabases(ground: Ground): Promise<EmptyDatabases> {
  const { stack } = ground;
  const urlOf = (database: string) =>
    Object.assign(new URL(stack.addresses.databaseUrl), { pathname: `/${database}` }).href;
  const admin = new pg.Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  await admin.query(`create database ${TEMPLATE}`);
  await ground.command('bin/migrate.ts', [], { ...stack.environment, DATABASE_URL: urlOf(TEMPLATE) });
  return {
    url: urlOf(SCRATCH),
    async renew() {
      await admin.query(`drop database if exists ${SCRATCH}`);
      await admin.query(`create database ${SCRATCH} template ${TEMPLATE}`);
      await admin.query('checkpoint'); // What earlier rounds wrote shall not be flushed in the middle of this one.
    },
    async [Symbol.asyncDispose]() {
      await admin.query(`drop database if exists ${SCRATCH}`);
      await admin.query(`drop database if exists ${TEMPLATE}`);
      await admin.end();
    },
  };
}

/** Every row of the tables, as COPY takes it. What a table generates by itself is left out. */
async function writtenIn(databaseUrl: string): Promise<(Rows & { count: number })[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const written = [];
    for (const table of TABLES) {
      const { rows } = await client.query<{ name: string }>(
        `select column_name as name from information_schema.columns
         where table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
        [table],
      );
      const columns = rows.map(({ name }) => name);
      const copy = client.query(copyTo(`copy ${table} (${columns.join(', ')}) to stdout`));
      const bytes = await buffer(copy);
      written.push({ table, columns, bytes, count: copy.rowCount });
    }
    return written;
  } finally {
    await client.end();
  }
}
