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

/** Brings the schema up to date; safe when several processes do it at once. Returns the names applied. */
export async function migrate(db: Db): Promise<string[]> {
  const [, applied] = (await db.migrate.latest({ migrationSource: source })) as [number, string[]];
  return applied;
}
