import type { Knex } from 'knex';

/** Bookings that an operator calls off together, and what has become of each. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table bulk_cancellations (
      id          text primary key,
      operator_id text not null references users,
      reason      text not null,
      -- What the guests get beyond their policies: domain/cancellation.ts Override.
      override    jsonb,
      status      text not null default 'running',
      ended_at    timestamptz,
      created_at  timestamptz not null default clock_timestamp(),
      updated_at  timestamptz not null default clock_timestamp(),
      constraint bulk_cancellations_have_a_known_status check (status in ('running', 'done', 'stopped')),
      constraint bulk_cancellations_run_until_they_end check ((status = 'running') = (ended_at is null)),
      constraint bulk_cancellations_say_why check (length(reason) between 1 and 500)
    );
    create trigger bulk_cancellations_touch before update on bulk_cancellations
      for each row execute function touch_updated_at();

    create table bulk_cancellation_bookings (
      bulk_id        text not null references bulk_cancellations,
      booking_id     text not null references bookings,
      -- Null while it waits.
      outcome        text,
      -- What it was when it was left as it is.
      left_as        text,
      refund_minor   bigint,
      -- How often it was asked in vain: whoever does not answer comes last.
      tries          integer not null default 0,
      handled_at     timestamptz,
      primary key (bulk_id, booking_id),
      constraint bulk_outcomes_are_known check (outcome in ('cancelled', 'left')),
      constraint bulk_outcomes_have_their_facts check (
        (outcome is null) = (handled_at is null)
        and (refund_minor is not null) = (outcome is not distinct from 'cancelled')
        and (left_as is not null) = (outcome is not distinct from 'left'))
    );
    create index bulk_cancellation_bookings_waiting on bulk_cancellation_bookings (bulk_id, tries, booking_id)
      where outcome is null;

    -- Who starts them follows the events from here on: nothing that was told before is theirs.
    insert into event_followers (name, seq)
      select 'bulk-cancellations', max(seq) from events having max(seq) is not null;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table bulk_cancellation_bookings, bulk_cancellations;
    delete from event_followers where name = 'bulk-cancellations';
  `);
}
