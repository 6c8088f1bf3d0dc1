import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { answerStarter } from '../processes.ts';

/** Rows of a table as COPY writes them. */
export interface Rows {
  table: string;
  columns: readonly string[];
  bytes: Buffer;
}

export interface Copying {
  databaseUrl: string;
  tables: readonly Rows[];
}

/** The least that can bring rows in: one COPY a table of what is already made for it. Milliseconds, from begin to commit. */
answerStarter<null, Copying, number>(() => async ({ databaseUrl, tables }) => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const begun = performance.now();
  await client.query('begin');
  for (const { table, columns, bytes } of tables) {
    const copy = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
    await pipeline(Readable.from(blocksOf(bytes)), copy);
  }
  await client.query('commit');
  const tookMs = performance.now() - begun;
  await client.end();
  return tookMs;
});

function* blocksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}
