import type { Knex } from 'knex';

/** What a booking needs from the request that waits for its host to the day its guest leaves. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table bookings
      -- The snapshot of how it was to come about.
      add column booking_mode   text not null default 'instant' check (booking_mode in ('instant', 'request')),
      -- Until when the host may answer. Kept once the host has been asked: from then on the host knows of the booking.
      add column respond_by     timestamptz,
      add column checked_in_at  timestamptz,
      add column checked_out_at timestamptz,
      add column no_show        boolean not null default false,
      add column arrival_time   text,
      add column guest_names    text[] not null default '{}',
      add constraint a_request_is_answered_in_time check (status <> 'awaiting_host' or respond_by is not null),
      add constraint only_requests_wait_for_a_host check (respond_by is null or booking_mode = 'request'),
      add constraint who_did_not_come_did_not_check_in check (not (no_show and checked_in_at is not null)),
      add constraint a_stay_is_left_after_it_began check (checked_out_at >= check_in_at),
      add constraint an_arrival_time_is_a_time check (arrival_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$');
    alter table bookings alter column booking_mode drop default;

    drop index bookings_held_by_guest;
    create index bookings_pending_by_guest on bookings (guest_id) where status in ('held', 'awaiting_host');

    -- Past it the bank lets go of what it has reserved.
    alter table payments add column capture_before timestamptz;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table payments drop column capture_before;
    drop index bookings_pending_by_guest;
    create index bookings_held_by_guest on bookings (guest_id) where status = 'held';
    alter table bookings
      drop column booking_mode, drop column respond_by, drop column checked_in_at, drop column checked_out_at,
      drop column no_show, drop column arrival_time, drop column guest_names;
  `);
}
