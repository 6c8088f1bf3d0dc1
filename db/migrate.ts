import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';
import type { Db } from './connect.ts';

interface Migration {
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

const DIRECTORY = new URL('./migrations/', import.meta.url);

/** Migrations are the files of `migrations/`, in the order of their numbers, each applied once. */
const source: Knex.MigrationSource<string> = {
  async getMigrations() {
    const files = await readdir(DIRECTORY);
    return files.filter((file) => /^\d{4}_[a-z_]+\.ts$/.test(file)).sort();
  },
  getMigrationName: (file) => file.replace(/\.ts$/, ''),
  getMigration: async (file) => (await import(new URL(file, DIRECTORY).href)) as Migration,
};

/** What there was to do, and which migrations of a later version the schema has already. */
export interface Migrated {
  applied: string[];
  ahead: string[];
}

/**
 * Brings the schema up to date; safe when several processes do it at once. A schema that is ahead of this version, as
 * it is after a roll back, stays so: each migration leaves a schema that the version before it can work with.
 */
export async function migrate(db: Db): Promise<Migrated> {
  const config = { migrationSource: source, disableMigrationsListValidation: true };
  const [there] = (await db.migrate.list(config)) as [{ name: string }[], string[]];
  const known = (await source.getMigrations([])).map((file) => source.getMigrationName(file));
  const unknown = there.map(({ name }) => name).filter((name) => !known.includes(name));
  const ahead = unknown.filter((name) => known.every((ours) => ours < name));
  const foreign = unknown.filter((name) => !ahead.includes(name));
  if (foreign.length > 0) {
    throw new Error(`The schema was made by a version that is not ours: it has ${foreign.join(', ')}.`);
  }
  const [, applied] = (await db.migrate.latest(config)) as [number, string[]];
  return { applied, ahead };
}
