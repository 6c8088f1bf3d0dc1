import pg from 'pg';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import type { Ground } from '../ground.ts';
import { fillMarket } from './fill.ts';
import { marketOf, today } from './settle.ts';

export interface OwnMarket extends AsyncDisposable {
  url: string;
  db: Db;
}

/** A market of another size in a database of its own, beside that of the ground. It goes when it is disposed of. */
export async function ownMarket(ground: Ground, properties: number): Promise<OwnMarket> {
  const { stack } = ground;
  const name = `market_${properties}`;
  const urlOf = (database: string) =>
    Object.assign(new URL(stack.addresses.databaseUrl), { pathname: `/${database}` }).href;
  const url = urlOf(name);
  const admin = new pg.Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await ground.command('bin/migrate.ts', [], { ...stack.environment, DATABASE_URL: url });
  await fillMarket(url, { ...marketOf({ properties }), today: today() });
  const db = connect({ databaseUrl: url, poolSize: 2, statementTimeoutMs: 120_000 });
  return {
    url,
    db,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await admin.query(`drop database ${name}`);
      await admin.end();
    },
  };
}
