import type { Knex } from 'knex';

/** Rooms within a home: whoever has one of the two has the nights of the other as well. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table property_links (
      room_id text primary key references properties,
      home_id text not null references properties,
      constraint a_home_is_no_room_of_itself check (room_id <> home_id)
    );
    create index property_links_by_home on property_links (home_id);

    -- What was to be kept empty around the stay when its nights were taken; null where none were, or none are known.
    alter table bookings
      add column preparation_nights_before integer,
      add column preparation_nights_after  integer;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table bookings drop column preparation_nights_before, drop column preparation_nights_after;
    drop table property_links;
  `);
}
