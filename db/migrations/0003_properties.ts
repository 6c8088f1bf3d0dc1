import type { Knex } from 'knex';

/**
 * What hosts offer. The exact location is for few eyes: everything that searches, sorts or caches uses the blurred
 * point, and `place`, which is that point on a sphere in metres. Three dimensions make the index answer "nearest
 * first" in true order anywhere on earth, across the date line and at the poles, which degrees on a plane do not.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create extension if not exists cube;

    create function place_on_earth(latitude double precision, longitude double precision) returns cube
      language sql immutable strict parallel safe
      return cube(array[
        6371008.8 * cos(radians(latitude)) * cos(radians(longitude)),
        6371008.8 * cos(radians(latitude)) * sin(radians(longitude)),
        6371008.8 * sin(radians(latitude))
      ]);

    create table properties (
      id                       text primary key,
      host_id                  text not null references users,
      title                    text not null,
      description              text not null default '',
      room_type                text not null,
      latitude                 double precision not null,
      longitude                double precision not null,
      address                  text,
      location_salt            text not null,
      blurred_latitude         double precision not null,
      blurred_longitude        double precision not null,
      place                    cube not null generated always as
                                 (place_on_earth(blurred_latitude, blurred_longitude)) stored,
      time_zone                text not null,
      currency                 text not null,
      capacity                 smallint not null,
      bedrooms                 smallint not null default 1,
      beds                     smallint not null default 1,
      bathrooms                real not null default 1,
      amenities                text[] not null default '{}',
      -- What amenities are searched by (domain/properties.ts, amenityKey).
      amenity_keys             text[] not null default '{}',
      photos                   text[] not null default '{}',
      check_in_time            text not null default '15:00',
      check_out_time           text not null default '11:00',
      booking_mode             text not null default 'instant',
      cancellation_policy      text not null default 'flexible',
      nightly_minor            bigint not null,
      weekend_minor            bigint,
      cleaning_fee_minor       bigint not null default 0,
      extra_guest_fee_minor    bigint not null default 0,
      guests_included          smallint not null default 1,
      pet_fee_minor            bigint not null default 0,
      weekly_discount_percent  smallint not null default 0,
      monthly_discount_percent smallint not null default 0,
      status                   text not null default 'draft',
      rating_average           double precision,
      rating_count             integer not null default 0,
      source                   text,
      source_id                text,
      version                  bigint not null default 1,
      created_at               timestamptz not null default clock_timestamp(),
      updated_at               timestamptz not null default clock_timestamp(),
      deleted_at               timestamptz,
      constraint properties_come_from_a_source_once unique (source, source_id),
      constraint properties_name_their_source_and_id_there check ((source is null) = (source_id is null)),
      constraint properties_have_a_known_room_type
        check (room_type in ('entire_home', 'private_room', 'shared_room', 'hotel_room')),
      constraint properties_have_a_known_status
        check (status in ('draft', 'published', 'closed', 'suspended')),
      constraint properties_have_a_known_booking_mode check (booking_mode in ('instant', 'request')),
      constraint properties_lie_on_earth check (latitude between -90 and 90 and longitude between -180 and 180),
      constraint properties_have_an_iso_currency check (currency ~ '^[A-Z]{3}$'),
      constraint properties_take_someone_in check (capacity > 0 and guests_included > 0),
      constraint properties_have_no_negative_price check (
        nightly_minor >= 0 and weekend_minor >= 0 and cleaning_fee_minor >= 0
        and extra_guest_fee_minor >= 0 and pet_fee_minor >= 0),
      constraint properties_discount_a_share check (
        weekly_discount_percent between 0 and 100 and monthly_discount_percent between 0 and 100),
      constraint properties_are_rated_when_counted check ((rating_average is null) = (rating_count = 0)),
      -- Search reckons in the zone of each row, so a name that PostgreSQL does not know must not get in.
      constraint properties_lie_in_a_known_zone check (timezone(time_zone, created_at) is not null),
      constraint properties_deleted_are_not_offered check (deleted_at is null or status <> 'published')
    );

    create index properties_by_host on properties (host_id, id) where deleted_at is null;
    -- Search looks only at what is published; one index for each way to come near or to sort.
    create index properties_by_place on properties using gist (place) where status = 'published';
    create index properties_by_price on properties (nightly_minor, id) where status = 'published';
    create index properties_by_rating on properties ((coalesce(rating_average, 0)), id) where status = 'published';
    create index properties_by_amenity on properties using gin (amenity_keys) where status = 'published';
    create index properties_by_text on properties
      using gin ((title || ' ' || description) gin_trgm_ops) where status = 'published';

    -- The version is the entity tag: it moves with every change of the row, whoever makes it.
    create function count_version() returns trigger language plpgsql as $$
    begin
      new.version := old.version + 1;
      return new;
    end $$;
    create trigger properties_count_version before update on properties
      for each row execute function count_version();
    create trigger properties_touch_updated_at before update on properties
      for each row execute function touch_updated_at();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table properties;
    drop function count_version();
    drop function place_on_earth(double precision, double precision);
    drop extension cube;
  `);
}
