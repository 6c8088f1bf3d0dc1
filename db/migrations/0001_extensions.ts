import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create extension if not exists btree_gist;
    create extension if not exists pg_trgm;

    -- updated_at tells the truth whoever writes.
    create function touch_updated_at() returns trigger language plpgsql as $$
    begin
      new.updated_at := clock_timestamp();
      return new;
    end $$;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop function touch_updated_at(); drop extension pg_trgm; drop extension btree_gist;`);
}
