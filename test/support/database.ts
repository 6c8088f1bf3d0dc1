import { randomBytes } from 'node:crypto';
import { after, before } from 'mocha';
import { readConfig } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import { migrate } from '#db/migrate.ts';
import { useStack } from './stack.ts';

export interface OwnDatabase {
  db: Db;
  url: string;
}

/** A database of the suite's own on the stack's server, for tests that count rows or fill tables. */
export function useOwnDatabase(options: { poolSize?: number; copies?: boolean } = {}): () => OwnDatabase {
  const stack = useStack('postgres');
  const name = `own_${randomBytes(6).toString('hex')}`;
  let own: OwnDatabase | undefined;
  let server: Db | undefined;
  before('make a database', async () => {
    const { databaseUrl } = readConfig(stack().environment);
    server = connect({ databaseUrl, poolSize: 1 });
    await server.raw(`create database ${name}`);
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;
    own = { db: connect({ databaseUrl: url.href, statementTimeoutMs: 120_000, ...options }), url: url.href };
    await migrate(own.db);
  });
  after('drop the database', async () => {
    await own?.db.destroy();
    await server?.raw(`drop database if exists ${name} with (force)`);
    await server?.destroy();
  });
  return () => {
    if (own === undefined) throw new Error('The database is there only inside a test.');
    return own;
  };
}
