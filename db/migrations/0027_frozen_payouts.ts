import type { Knex } from 'knex';

/** What a host was paid of a payment that is disputed is taken back, and waits for the verdict as a payout of its own. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- Since when nothing of what is disputed is with the host, but as their debt.
    alter table disputes add column frozen_at timestamptz;

    alter table payouts
      -- The dispute for which it was taken back. It has the number of the payout that it was a part of.
      add column dispute_id text references disputes,
      drop constraint payouts_are_numbered_within_a_booking,
      add constraint payouts_are_numbered_within_a_booking unique nulls not distinct (booking_id, n, dispute_id);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table payouts
      drop constraint payouts_are_numbered_within_a_booking,
      drop column dispute_id,
      add constraint payouts_are_numbered_within_a_booking unique (booking_id, n);
    alter table disputes drop column frozen_at;
  `);
}
