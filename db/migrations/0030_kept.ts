import type { Knex } from 'knex';

/** What a cancellation left with the others, so that what its guest is owed can be told from what they were given. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table bookings add column kept_minor bigint check (kept_minor >= 0),
      add constraint only_what_is_cancelled_is_kept check (kept_minor is null or status = 'cancelled');
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`alter table bookings drop column kept_minor;`);
}
