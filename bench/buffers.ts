import pg from 'pg';
import type { Query } from './floors/raw-sql.ts';

interface Plan {
  'Actual Rows': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
}

/** Pages that the database looks at for each row that these queries find, all of them together. */
export async function buffersForEachRow(databaseUrl: string, queries: readonly Query[]): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    let [buffers, found] = [0, 0];
    for (const { text, values } of queries) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>({
        text: `explain (analyze, buffers, format json) ${text}`,
        values,
      });
      const plan = rows[0]?.['QUERY PLAN'][0].Plan;
      if (plan === undefined) throw new Error('A query has no plan.');
      buffers += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
      found += plan['Actual Rows'];
    }
    return buffers / found;
  } finally {
    await client.end();
  }
}
