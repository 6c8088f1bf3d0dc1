import pg from 'pg';
import { answerStarter } from '../processes.ts';
import { sampleOf } from '../rounds.ts';
import type { Sample } from '../rounds.ts';

export interface Query {
  text: string;
  values: unknown[];
}

export interface Database {
  databaseUrl: string;
  poolSize: number;
}

export interface Queries {
  queries: readonly Query[];
  /** So many at once, each asking anew as soon as it has its rows. */
  askers: number;
  seconds: number;
}

/** The least that can answer from PostgreSQL: the driver alone, rows as it gives them, no HTTP. */
answerStarter<Database, Queries, Sample>(({ databaseUrl, poolSize }) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
  return async ({ queries, askers, seconds }) => {
    const tookMs: number[] = [];
    const begun = performance.now();
    const ask = async (_: unknown, asker: number) => {
      let place = Math.floor((asker / askers) * queries.length);
      while (performance.now() < begun + seconds * 1000) {
        const query = queries[place++ % queries.length];
        if (query === undefined) return;
        const asked = performance.now();
        await pool.query(query.text, query.values);
        tookMs.push(performance.now() - asked);
      }
    };
    await Promise.all(Array.from({ length: askers }, ask));
    return sampleOf(tookMs, performance.now() - begun);
  };
});
