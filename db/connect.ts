import knex from 'knex';
import pg from 'pg';
import type { Knex } from 'knex';
import { WORD_LIKENESS } from './search/text.ts';

/** A pool or a transaction: queries take either, so that a caller decides what commits together. */
export type Db = Knex;
export type Transaction = Knex.Transaction;

// Calendar dates stay 'YYYY-MM-DD', instants become RFC 3339 UTC, and a bigint that is no safe integer is a defect.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString());
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the safe integers.`);
  return value;
});

export interface ConnectOptions {
  databaseUrl: string;
  /** Connections at most; a query waits for one no longer than `acquireTimeoutMs`. */
  poolSize?: number;
  acquireTimeoutMs?: number;
  /** The server ends a statement after this long, so that a lost client can hold no lock for ever. */
  statementTimeoutMs?: number;
  applicationName?: string;
  /** COPY wants the connection for itself: then each statement waits for the one before, as they otherwise need not. */
  copies?: boolean;
}

/**
 * Has the server plan a statement once for each connection, not at every call: `db.raw(…).options(plannedOnce('…'))`. For
 * a hot one that names the columns it gives: of `select *` the server refuses a plan from before a migration.
 */
export function plannedOnce(name: string): { name: string } {
  return { name };
}

/**
 * A pool. What a transaction is asked side by side (`together`) is sent at once, so that writes that do not wait for one
 * another take one round trip; after one that fails the others fail as well.
 */
export function connect(options: ConnectOptions): Db {
  const { databaseUrl, poolSize = 10, acquireTimeoutMs = 10_000, statementTimeoutMs = 15_000 } = options;
  return knex({
    client: 'pg',
    connection: {
      connectionString: databaseUrl,
      options: `-c pg_trgm.word_similarity_threshold=${WORD_LIKENESS}`,
      application_name: options.applicationName ?? 'stayward',
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs,
      ...{ pipeline: options.copies !== true }, // Of the driver; not among knex's types.
    },
    pool: { min: 0, max: poolSize },
    acquireConnectionTimeout: acquireTimeoutMs,
    wrapIdentifier: (name, wrap) => wrap(columnName(name)),
  });
}

/** Models speak camelCase in every clause; what is snake_case already stays as it is. */
function columnName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
