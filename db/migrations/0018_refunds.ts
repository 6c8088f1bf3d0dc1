import type { Knex } from 'knex';

/** Money that is given back of free will, or by somebody at the bank's own dashboard. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table refunds
      add column note text,
      -- A promise that the bank would not begin, and that money given back by hand has made void: it counts no more.
      add column released boolean not null default false,
      add constraint only_what_was_never_made_is_released check (not released or (status = 'failed' and bank_refund_id is null)),
      drop constraint refunds_reason_check,
      add constraint refunds_reason_check
        check (reason in ('cancellation', 'late_payment', 'goodwill', 'dashboard'));
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table refunds
      drop column note,
      drop column released,
      drop constraint refunds_reason_check,
      add constraint refunds_reason_check check (reason in ('cancellation', 'late_payment'));
  `);
}
