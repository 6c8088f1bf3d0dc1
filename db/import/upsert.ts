import type { Currency } from '#domain/money.ts';
import type { TimeZone } from '#domain/nights.ts';
import type { Transaction } from '../connect.ts';

/** Columns that the file decides; a repeated import brings them up to date. */
const FROM_FILE = [
  'host_id',
  'title',
  'description',
  'room_type',
  'latitude',
  'longitude',
  'blurred_latitude',
  'blurred_longitude',
  'time_zone',
  'currency',
  'capacity',
  'bedrooms',
  'beds',
  'bathrooms',
  'amenities',
  'amenity_keys',
  'nightly_minor',
  'source_rating_average',
  'source_rating_count',
];

/** Marks blocks that came with a file, so that the next one may replace them and none of the host's own. */
const BLOCK_NOTE = 'Taken according to Inside Airbnb';

/** One host for each `host_id`, who has no password and an address that no mail can reach. Returns how many are new. */
export async function upsertHosts(trx: Transaction, source: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: [{ created: number }] }>(
    `with hosts as (
       insert into users (id, email, name, roles)
       select distinct on (host_source_id) new_host_id, 'host-' || host_source_id || '@' || :source || '.invalid',
              'Host ' || host_source_id, '{guest,host}'
       from staged_listings order by host_source_id, new_host_id
       on conflict (email) do nothing returning id
     )
     select cast(count(*) as integer) as created from hosts`,
    { source },
  );
  return rows[0].created;
}

/**
 * Published at once, `instant` and `flexible`; tells of each property that is new or has changed. What was deleted
 * here stays deleted.
 */
export async function upsertProperties(
  trx: Transaction,
  { source, timeZone, currency }: { source: string; timeZone: TimeZone; currency: Currency },
): Promise<{ created: number; updated: number }> {
  const list = (prefix: string) => FROM_FILE.map((column) => `${prefix}${column}`).join(', ');
  const { rows } = await trx.raw<{ rows: [{ created: number; updated: number }] }>(
    `with written as (
       insert into properties (id, source, source_id, location_salt, status, ${list('')})
       select s.id, :source, s.source_id, s.location_salt, 'published', u.id,
              s.title, s.description, s.room_type, s.latitude, s.longitude, s.blurred_latitude, s.blurred_longitude,
              :timeZone, :currency, s.capacity, s.bedrooms, s.beds, s.bathrooms, s.amenities, s.amenity_keys,
              s.nightly_minor, s.rating_average, s.rating_count
       from staged_listings s
       join users u on u.email = 'host-' || s.host_source_id || '@' || :source || '.invalid'
       order by s.id
       on conflict (source, source_id) do update set (${list('')}) = row (${list('excluded.')})
         where properties.deleted_at is null
           and (${list('properties.')}) is distinct from (${list('excluded.')})
       returning id, version, old.id is null as is_new
     ), told as (
       insert into events (id, kind, subject_id, actor_id, occurred_at, data)
       select s.event_id, case when w.is_new then 'property.created' else 'property.updated' end, w.id, 'system',
              clock_timestamp(), jsonb_build_object('version', w.version, 'source', cast(:source as text))
       from written w join staged_listings s on s.id = w.id
     )
     select cast(count(*) filter (where is_new) as integer) as created,
            cast(count(*) filter (where not is_new) as integer) as updated
     from written`,
    { source, timeZone, currency },
  );
  return rows[0];
}

export async function upsertStayRules(trx: Transaction): Promise<void> {
  await trx.raw(
    `insert into stay_rules (property_id, minimum_nights, maximum_nights)
     select s.id, s.minimum_nights, s.maximum_nights from staged_listings s order by s.id
     on conflict (property_id) do update
       set minimum_nights = excluded.minimum_nights, maximum_nights = excluded.maximum_nights
       where (stay_rules.minimum_nights, stay_rules.maximum_nights)
             is distinct from (excluded.minimum_nights, excluded.maximum_nights)`,
  );
}

/**
 * Makes the blocks of earlier imports those of this one. A booking made here in the meantime keeps its nights: the
 * block in its way is left out, and counted.
 */
export async function replaceBlocks(trx: Transaction): Promise<{ set: number; inTheWayOfBookings: number }> {
  await trx.raw(
    `select from properties where id in (select id from staged_listings) order by id for no key update`,
  );
  await trx.raw(
    `delete from stays b using staged_listings s
     where b.property_id = s.id and b.kind = 'block' and b.note = :note and b.nights <> all (s.block_nights)`,
    { note: BLOCK_NOTE },
  );
  const { rows } = await trx.raw<{ rows: [{ wanted: number; set: number }] }>(
    `with wanted as (
       select s.id as property_id, block.id, block.nights
       from staged_listings s, unnest(s.block_ids, s.block_nights) as block (id, nights)
       where not exists (select from stays b
                         where b.property_id = s.id and b.kind = 'block' and b.note = :note
                           and b.nights = block.nights)
     ), set as (
       insert into stays (property_id, nights, kind, block_id, note)
       select property_id, nights, 'block', id, :note from wanted order by property_id, nights
       on conflict do nothing returning id
     )
     select cast((select count(*) from wanted) as integer) as wanted, cast((select count(*) from set) as integer) as set`,
    { note: BLOCK_NOTE },
  );
  const { wanted, set } = rows[0];
  return { set, inTheWayOfBookings: wanted - set };
}
