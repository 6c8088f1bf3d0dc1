import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyLine } from '#db/import/copy-text.ts';
import type { CopyValue } from '#db/import/copy-text.ts';

const BLOCK_CHARACTERS = 256 * 1024;

/** Streams rows by COPY; gives how many. */
export async function copyRows(
  client: pg.Client,
  { table, columns }: { table: string; columns: readonly string[] },
  rows: Iterable<readonly CopyValue[]>,
): Promise<number> {
  const copy: Writable & { rowCount: number } = client.query(
    copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`),
  );
  let block = '';
  for (const row of rows) {
    block += copyLine(row);
    if (block.length < BLOCK_CHARACTERS) continue;
    if (!copy.write(block)) await once(copy, 'drain');
    block = '';
  }
  copy.end(block);
  await finished(copy);
  return copy.rowCount;
}

interface Definition {
  drop: string;
  create: string;
}

/**
 * Fills tables without their indexes and makes those afterwards, which takes a fraction of the time. So it does with
 * references to other tables and with what excludes rows: both are judged when they are made again, over all rows. Fit
 * only for a database that nobody else writes to.
 */
export async function withoutIndexes<T>(
  client: pg.Client,
  tables: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const definitions: Definition[] = [];
  for (const table of tables) definitions.push(...(await definitionsOf(client, table)));
  for (const { drop } of definitions) await client.query(drop);
  const done = await work();
  // References last: what they look up needs its index.
  for (const { create } of definitions.toReversed()) await client.query(create);
  return done;
}

/** Constraints before indexes: of the two only references cannot be dropped after what they stand on. */
async function definitionsOf(client: pg.Client, table: string): Promise<Definition[]> {
  const { rows } = await client.query<Definition>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
            format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as create
     from pg_constraint where conrelid = $1::regclass and contype = 'f'
     union all
     select format('alter table %s drop constraint %I', conrelid::regclass, conname),
            format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
     from pg_constraint where conrelid = $1::regclass and contype in ('u', 'x')
     union all
     select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
     from pg_index i where i.indrelid = $1::regclass and not i.indisprimary
       and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.conrelid = i.indrelid)`,
    [table],
  );
  return rows;
}
