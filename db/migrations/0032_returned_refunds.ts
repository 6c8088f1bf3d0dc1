import type { Knex } from 'knex';

/** A refund that was given and has come back makes room, too, for one that is made at the bank by hand. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table refunds
      drop constraint only_what_was_never_made_is_released,
      add constraint only_what_has_failed_is_released check (not released or status = 'failed');
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table refunds
      drop constraint only_what_has_failed_is_released,
      -- Of what is new: what has been released meanwhile stays so.
      add constraint only_what_was_never_made_is_released
        check (not released or (status = 'failed' and bank_refund_id is null)) not valid;
  `);
}
