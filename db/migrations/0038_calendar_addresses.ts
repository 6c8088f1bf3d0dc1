import type { Knex } from 'knex';

/** By what key others read the nights that a property has taken. Of the key there is only its hash. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table calendar_addresses (
      property_id text primary key references properties,
      key_hash    bytea not null check (length(key_hash) = 32),
      renewed_at  timestamptz not null
    );
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop table calendar_addresses;`);
}
