import pg from 'pg';
import { askAsTheyArrive } from '../arrivals.ts';
import type { Arrivals } from '../arrivals.ts';
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
  /** So many at once for so long, each asking anew as soon as it has its rows; or as they arrive. */
  how: { askers: number; seconds: number } | { arrivals: Arrivals };
}

/** The least that can answer from PostgreSQL: the driver alone, rows as it gives them, no HTTP. */
answerStarter<Database, Queries, Sample>(({ databaseUrl, poolSize }) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
  return async ({ queries, how }) => {
    const ask = async (place: number) => {
      const query = queries[place % queries.length];
      if (query !== undefined) await pool.query(query.text, query.values);
    };
    if ('arrivals' in how) return askAsTheyArrive(how.arrivals, ask);
    const { askers, seconds } = how;
    const tookMs: number[] = [];
    const begun = performance.now();
    const askOnAndOn = async (_: unknown, asker: number) => {
      let place = Math.floor((asker / askers) * queries.length);
      while (performance.now() < begun + seconds * 1000) {
        const asked = performance.now();
        await ask(place++);
        tookMs.push(performance.now() - asked);
      }
    };
    await Promise.all(Array.from({ length: askers }, askOnAndOn));
    return sampleOf(tookMs, performance.now() - begun);
  };
});
