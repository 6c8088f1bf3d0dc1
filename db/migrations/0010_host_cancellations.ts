import type { Knex } from 'knex';

/** What follows when a host calls off a stay that was certain: blocked nights, a fee, and a note among the reviews. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- The booking that its host has called off: its nights stay blocked, and only an operator frees them.
    alter table stays
      add column cancelled_booking_id text references bookings,
      add constraint only_blocks_follow_a_cancellation check (cancelled_booking_id is null or kind = 'block');
    create unique index stays_by_cancelled_booking on stays (cancelled_booking_id)
      where cancelled_booking_id is not null;

    -- What the host owes for calling it off; null unless they did.
    alter table bookings
      add column host_fee_minor bigint,
      add constraint host_fees_are_of_hosts_who_cancelled
        check (host_fee_minor is null or (host_fee_minor >= 0 and cancelled_by = 'host'));

    -- A fee is no act of the bank.
    alter table ledger_transactions alter column bank_id drop not null;

    -- An automatic note stands among the reviews of a property: by nobody, without stars, public from the first. Only
    -- what somebody has written had a window.
    alter table reviews
      add column kind text not null default 'written',
      add column window_id text references review_windows
        generated always as (case when kind = 'written' then booking_id end) stored,
      alter column author_id drop not null,
      alter column rating drop not null,
      drop constraint reviews_booking_id_fkey,
      add constraint reviews_booking_id_fkey foreign key (booking_id) references bookings,
      add constraint reviews_are_of_a_known_kind check (kind in ('written', 'automatic')),
      add constraint only_notes_are_by_nobody check (case kind
        when 'written' then author_id is not null and rating is not null
        else author_id is null and rating is null and private_note is null
             and subject = 'property' and published_at is not null end);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    delete from reviews where kind <> 'written';
    alter table reviews
      drop constraint only_notes_are_by_nobody,
      drop constraint reviews_booking_id_fkey,
      drop column window_id,
      drop column kind,
      alter column author_id set not null,
      alter column rating set not null,
      add constraint reviews_booking_id_fkey foreign key (booking_id) references review_windows;

    alter table ledger_transactions disable trigger ledger_transactions_are_history;
    alter table ledger_entries disable trigger ledger_entries_are_history;
    delete from ledger_entries where step in (select step from ledger_transactions where bank_id is null);
    delete from ledger_transactions where bank_id is null;
    alter table ledger_entries enable trigger ledger_entries_are_history;
    alter table ledger_transactions enable trigger ledger_transactions_are_history;
    alter table ledger_transactions alter column bank_id set not null;

    alter table bookings drop column host_fee_minor;
    alter table stays drop column cancelled_booking_id;
  `);
}
