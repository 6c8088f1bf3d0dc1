import type { Knex } from 'knex';

/** By which zone data the instants of a booking were reckoned out of its dates: what is older is reckoned anew. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- As Node names it, '2025b'; such names sort. Empty where nobody has said so.
    alter table bookings add column zone_data text collate "C" not null default '';

    create index bookings_by_zone_data on bookings (zone_data, id)
      where status in ('held', 'awaiting_host', 'confirmed', 'in_stay');
    -- Whoever has left early has a scheduled check-out before them.
    create index bookings_left_early on bookings (check_out_at)
      where status = 'completed' and checked_out_at is not null;

    -- To be looked at and found right is no change.
    drop trigger bookings_touch on bookings;
    create trigger bookings_touch before update on bookings for each row
      when (old.zone_data = new.zone_data or to_jsonb(old) - 'zone_data' <> to_jsonb(new) - 'zone_data')
      execute function touch_updated_at();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop trigger bookings_touch on bookings;
    create trigger bookings_touch before update on bookings for each row execute function touch_updated_at();
    drop index bookings_left_early;
    drop index bookings_by_zone_data;
    alter table bookings drop column zone_data;
  `);
}
