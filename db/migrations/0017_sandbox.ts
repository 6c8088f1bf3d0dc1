import type { Knex } from 'knex';

/** Bookings whose time may be moved on, outside live mode. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table bookings
      add column sandbox boolean not null default false,
      add constraint only_a_sandbox_moves_time check (clock_offset_ms = 0 or sandbox),
      add constraint time_is_only_moved_on check (clock_offset_ms >= 0);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table bookings
      drop constraint only_a_sandbox_moves_time, drop constraint time_is_only_moved_on, drop column sandbox;
  `);
}
