import { asRefusal, databaseError } from './constraints.ts';
import type { Db, Transaction } from './connect.ts';

const ATTEMPTS = 4;

/** What PostgreSQL says to all that comes after a statement that failed. */
const ABORTED = '25P02';

/** Deadlock and serialization failure: PostgreSQL undid the whole transaction so that it can be run again. */
const RUN_AGAIN: readonly string[] = ['40P01', '40001'];

/**
 * Waits for what a transaction does side by side, all of it sent before anything is answered: statements of knex in the
 * order in which they stand here, those of models after them. Throws what failed, and not that others failed with it.
 */
export async function together<T extends readonly unknown[]>(
  acts: readonly [...T],
): Promise<{ [Act in keyof T]: Awaited<T[Act]> }> {
  const outcomes = await Promise.allSettled(acts);
  const failures: unknown[] = outcomes.flatMap((each) =>
    each.status === 'rejected' ? [each.reason as unknown] : [],
  );
  if (failures.length > 0)
    throw failures.find((each) => databaseError(each)?.code !== ABORTED) ?? failures[0];
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as {
    [Act in keyof T]: Awaited<T[Act]>;
  };
}

/** Runs reads that have to agree with one another: all see the database as it was at the first of them. */
export function inSnapshot<T>(db: Db, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction(work, { isolationLevel: 'repeatable read', readOnly: true });
}

/**
 * Runs `work` in a transaction and runs it anew, at most three times, when PostgreSQL chose it as the victim of a
 * conflict. So `work` changes nothing but the database. A violated constraint comes out as its refusal.
 */
export async function inTransaction<T>(db: Db, work: (trx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      const isVictim = RUN_AGAIN.includes(databaseError(error)?.code ?? '');
      if (!isVictim || attempt === ATTEMPTS) throw asRefusal(error);
    }
  }
}
