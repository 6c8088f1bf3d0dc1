import { parseArgs } from 'node:util';
import type { Db, Transaction } from '#db/connect.ts';

const { values } = parseArgs({ options: { at: { type: 'string', default: '' } } });

/** Kills this process by SIGKILL if this is the point that `--at` names. Nothing that comes after runs any more. */
export async function reach(point: string): Promise<void> {
  if (values.at !== point) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined); // In the moments until the signal is delivered.
}

/** What is said of each transaction on its way. */
export interface Onlooker {
  begins?: () => Promise<void>;
  /** All is written, nothing is committed. */
  written?: () => Promise<void>;
  committed?: () => Promise<void>;
}

type Work = (trx: Transaction) => Promise<unknown>;

/** The same database, with an onlooker at its transactions. */
export function watched(db: Db, { begins, written, committed }: Onlooker): Db {
  const transaction = async (work: Work) => {
    await begins?.();
    const result = await db.transaction(async (trx) => {
      const done = await work(trx);
      await written?.();
      return done;
    });
    await committed?.();
    return result;
  };
  return new Proxy(db, {
    get: (target, name, receiver) =>
      name === 'transaction' ? transaction : (Reflect.get(target, name, receiver) as unknown),
  });
}
