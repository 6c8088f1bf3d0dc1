import type { Knex } from 'knex';

/**
 * One row for each Idempotency-Key that made something, written in the transaction that made it. `status` is null
 * while the call is running; whoever finds a running row whose lease has lapsed may take it over.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table idempotency_keys (
      user_id     text not null references users on delete cascade,
      key         text not null,
      route       text not null,
      body_hash   bytea not null,
      resource_id text not null,
      status      smallint,
      holder      uuid not null,
      lease_until timestamptz not null,
      created_at  timestamptz not null default clock_timestamp(),
      primary key (user_id, key),
      constraint keys_are_printable check (key ~ '^[ -~]{1,255}$')
    );
    create index idempotency_keys_by_age on idempotency_keys (created_at);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table idempotency_keys;');
}
