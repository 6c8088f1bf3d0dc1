import type { Knex } from 'knex';

/** What a host asks of a stay by the time of the year and the day of the week. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- The bounds are those of domain/availability.ts, as are the defaults. Days of the week are ISO's, Monday = 1.
    alter table stay_rules
      add column longer_by_request         boolean not null default false,
      add column no_arrival_days           integer[] not null default '{}',
      add column no_departure_days         integer[] not null default '{}',
      -- By the day of the week of the arrival, Monday first; null: as on every other.
      add column minimum_nights_by_arrival integer[] not null default '{}',

      add constraint a_day_is_left_to_arrive
        check (no_arrival_days <@ '{1,2,3,4,5,6,7}' and not no_arrival_days @> '{1,2,3,4,5,6,7}'),
      add constraint a_day_is_left_to_depart
        check (no_departure_days <@ '{1,2,3,4,5,6,7}' and not no_departure_days @> '{1,2,3,4,5,6,7}'),
      add constraint minimum_nights_by_arrival_are_within_bounds
        check (cardinality(minimum_nights_by_arrival) <= 7
               and 1 <= all (array_remove(minimum_nights_by_arrival, null))
               and 365 >= all (array_remove(minimum_nights_by_arrival, null)));

    create table seasons (
      property_id    text not null references stay_rules on delete cascade,
      name           text not null,
      -- The dates of arrival that it speaks of.
      dates          daterange not null,
      minimum_nights integer not null,

      constraint seasons_do_not_overlap exclude using gist (property_id with =, dates with &&),
      constraint seasons_begin_and_end check (lower(dates) < upper(dates) and upper(dates) - lower(dates) <= 366),
      constraint seasons_have_a_short_name check (length(name) between 1 and 60),
      constraint minimum_nights_of_a_season_are_within_bounds check (minimum_nights between 1 and 365)
    );
    -- Which season a date is of, without a visit to the table: asked of each candidate of a search.
    create index seasons_by_property on seasons (property_id, dates) include (minimum_nights);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table seasons;
    alter table stay_rules
      drop column longer_by_request, drop column no_arrival_days, drop column no_departure_days,
      drop column minimum_nights_by_arrival;
  `);
}
