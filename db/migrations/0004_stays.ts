import type { Knex } from 'knex';

/**
 * The one table of taken nights, and the constraint that makes selling a night twice impossible.
 *
 * A booking is *solid*: its layer is all of int8, so it overlaps whatever else lies on its nights. Everything else is a
 * *shadow*: its layer is its own id alone, so shadows overlap each other freely and a solid row never. The layer is
 * generated, so no writer can get it wrong.
 *
 * There is no kind `hold`: a hold is a booking whose status says so. Telling it here too would cost a write at each
 * confirmation and could disagree with the booking.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table stays (
      id          bigint generated always as identity primary key,
      property_id text not null references properties,
      nights      daterange not null,
      kind        text not null,
      layer       int8range not null generated always as
        (case when kind = 'booking' then int8range(null, null) else int8range(id, id, '[]') end) stored,
      live        boolean not null default true,
      booking_id  text,
      block_id    text,
      note        text,
      created_at  timestamptz not null default clock_timestamp(),
      released_at timestamptz,

      constraint stays_do_not_overlap
        exclude using gist (property_id with =, nights with &&, layer with &&) where (live),
      constraint stays_are_of_a_known_kind
        check (kind in ('booking', 'preparation', 'block', 'import', 'linked')),
      constraint stays_have_a_night check (not isempty(nights)),
      constraint stays_begin_and_end
        check (isempty(nights) or (isfinite(lower(nights)) is true and isfinite(upper(nights)) is true)),
      constraint stays_name_their_owner check (case kind
        when 'block' then block_id is not null and booking_id is null
        when 'import' then booking_id is null
        else booking_id is not null and block_id is null end),
      constraint stays_are_live_until_released check (live = (released_at is null)),
      constraint stays_carry_a_short_note check (note is null or (kind = 'block' and length(note) <= 500))
    );
    create index stays_by_booking on stays (booking_id) where booking_id is not null;
    create unique index stays_by_block on stays (block_id) where block_id is not null;
    -- What a property has taken, without a visit to the table: search, calendar and the read before a booking.
    create index stays_by_property on stays (property_id, nights) include (kind) where live;

    -- A property without a row follows the defaults: those of domain/availability.ts, as are the bounds.
    create table stay_rules (
      property_id               text primary key references properties,
      minimum_nights            integer not null default 1,
      maximum_nights            integer not null default 365,
      advance_notice_days       integer not null default 0,
      same_day_latest_time      text,
      booking_window_months     integer not null default 12,
      preparation_nights_before integer not null default 0,
      preparation_nights_after  integer not null default 0,
      maximum_pets              integer not null default 2,
      updated_at                timestamptz not null default clock_timestamp(),

      constraint minimum_nights_are_within_bounds check (minimum_nights between 1 and 365),
      constraint maximum_nights_are_within_bounds check (maximum_nights between minimum_nights and 365),
      constraint advance_notice_is_within_bounds check (advance_notice_days between 0 and 90),
      constraint booking_window_is_within_bounds check (booking_window_months between 1 and 24),
      constraint preparation_is_within_bounds
        check (preparation_nights_before between 0 and 14 and preparation_nights_after between 0 and 14),
      constraint maximum_pets_are_within_bounds check (maximum_pets between 0 and 10),
      constraint same_day_latest_time_is_a_time
        check (same_day_latest_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')
    );
    create trigger stay_rules_touch before update on stay_rules for each row execute function touch_updated_at();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop table stay_rules, stays;`);
}
