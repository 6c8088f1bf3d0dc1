import type { Knex } from 'knex';

/**
 * Calendars of other platforms that a property imports. What each says is taken lies in `stays`, as shadows: they overlap
 * each other, and never a booking. Where one would, the booking stays, and a conflict tells its host.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table calendars (
      id            text primary key,
      property_id   text not null references properties,
      name          text not null,
      url           text not null,
      -- The version that was last read whole, as its server names it.
      etag          text,
      last_modified text,
      read_at       timestamptz,
      -- When it was last asked for, and when it is to be asked for next.
      attempted_at  timestamptz,
      due_at        timestamptz not null,
      failures      integer not null default 0,
      fault         text,
      broken_since  timestamptz,
      -- The host has heard that it is broken.
      told_at       timestamptz,
      -- It has had nights, and has had none since then: not believed at once.
      empty_since   timestamptz,
      created_at    timestamptz not null default clock_timestamp(),
      updated_at    timestamptz not null default clock_timestamp(),
      removed_at    timestamptz,

      constraint calendars_have_a_short_name check (length(name) between 1 and 100),
      constraint calendars_have_a_short_url check (length(url) between 1 and 2000),
      constraint calendars_fail_for_a_reason check ((failures > 0) = (fault is not null)),
      constraint calendars_are_broken_since_a_moment check ((fault is not null) = (broken_since is not null)),
      constraint only_what_is_broken_is_told check (told_at is null or broken_since is not null)
    );
    create index calendars_by_property on calendars (property_id, id) where removed_at is null;
    create index calendars_by_due_at on calendars (due_at) where removed_at is null;
    create trigger calendars_touch before update on calendars for each row execute function touch_updated_at();

    alter table stays
      add column calendar_id text references calendars,
      add constraint only_imports_name_a_calendar check (calendar_id is null or kind = 'import');
    create index stays_by_calendar on stays (calendar_id) where calendar_id is not null and live;

    create table calendar_conflicts (
      id          text primary key,
      calendar_id text not null references calendars,
      property_id text not null references properties,
      booking_id  text not null references bookings,
      -- From the first to the last of the nights that both have.
      nights      daterange not null,
      opened_at   timestamptz not null,
      -- The host has heard of it: once the booking is their business.
      told_at     timestamptz,
      resolved_as text,
      resolved_at timestamptz,

      constraint conflicts_end_in_a_known_way check (resolved_as in ('kept', 'gone')),
      constraint conflicts_end_once check ((resolved_as is null) = (resolved_at is null)),
      constraint conflicts_have_a_night check (not isempty(nights))
    );
    -- What the host keeps is there for as long as the nights overlap, and is not told of anew.
    create unique index calendar_conflicts_are_told_of_once on calendar_conflicts (calendar_id, booking_id)
      where resolved_as is distinct from 'gone';
    create index calendar_conflicts_by_property on calendar_conflicts (property_id, id);
    create index calendar_conflicts_by_booking on calendar_conflicts (booking_id) where resolved_as is distinct from 'gone';
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table calendar_conflicts;
    update stays set live = false, released_at = clock_timestamp() where calendar_id is not null and live;
    alter table stays drop constraint only_imports_name_a_calendar, drop column calendar_id;
    drop table calendars;
  `);
}
