import type { Knex } from 'knex';

/** How far somebody who acts on many events at once was about to go: if that was cut short, it is that far again. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table event_followers
      add column taking bigint,
      add constraint followers_take_what_comes check (taking > 0);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table event_followers drop column taking');
}
