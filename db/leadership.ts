import type { PoolClient } from 'pg';
import type { Db } from './connect.ts';

/** Advisory locks by name, kept apart by number. */
export const RELAY_LOCK = 7_301_001;

/** A lead among processes: held while its connection lives, so a leader that dies is followed at once. */
export interface Leadership extends AsyncDisposable {
  isHeld(): boolean;
}

/** Takes the lead in something, known by a number or by its name, if nobody has it. Holds one connection of the pool while it leads. */
export async function tryLeading(db: Db, lock: number | string): Promise<Leadership | undefined> {
  const client = db.client as {
    acquireConnection(): Promise<PoolClient>;
    releaseConnection(c: PoolClient): Promise<void>;
  };
  const connection = await client.acquireConnection();
  let held = false;
  connection.once('end', () => {
    held = false;
  });
  const key = typeof lock === 'number' ? '$1::bigint' : 'hashtextextended($1, 0)';
  const { rows } = await connection.query<{ led: boolean }>(`select pg_try_advisory_lock(${key}) as led`, [
    lock,
  ]);
  if (rows[0]?.led !== true) {
    await client.releaseConnection(connection);
    return undefined;
  }
  held = true;
  return {
    isHeld: () => held,
    async [Symbol.asyncDispose]() {
      if (held) await connection.query(`select pg_advisory_unlock(${key})`, [lock]);
      await client.releaseConnection(connection);
    },
  };
}
