import type { Knex } from 'knex';

/** A new host's first payout may be held back for a while: until when, and why. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- What an operator has decided for one host, in the place of the rule for all.
    create table payout_holds (
      host_id text primary key references users,
      -- So long after the first payout is due; 0 holds nothing.
      days    integer not null check (days between 0 and 30),
      reason  text not null,
      set_by  text not null references users,
      set_at  timestamptz not null
    );

    alter table payouts
      add column held_until timestamptz,
      -- In an operator's words; null where it is the rule for all new hosts.
      add column hold_reason text,
      drop constraint payouts_wait_for_a_known_thing,
      add constraint payouts_wait_for_a_known_thing
        check (waiting_for in ('onboarding', 'account', 'currency', 'dispute', 'hold', 'bank')),
      add constraint payouts_are_held_until_a_moment check ((waiting_for is not distinct from 'hold') = (held_until is not null)),
      add constraint only_holds_have_a_reason check (hold_reason is null or held_until is not null);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table payouts
      drop constraint payouts_are_held_until_a_moment,
      drop column hold_reason,
      drop column held_until,
      drop constraint payouts_wait_for_a_known_thing;
    update payouts set waiting_for = 'bank' where waiting_for in ('hold', 'currency');
    alter table payouts
      add constraint payouts_wait_for_a_known_thing check (waiting_for in ('onboarding', 'account', 'dispute', 'bank'));
    drop table payout_holds;
  `);
}
