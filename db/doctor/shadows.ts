import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** What has to hold of the nights that a stay keeps from others without being there: around it, and in linked properties. */
export function checksOfShadows(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'Around a stay to come is kept empty what was to be when its nights were taken',
      `select b.id, format('to be %s, but it is %s', p.wanted, coalesce(s.kept, 'nothing')) as detail
       from bookings b
       cross join lateral (
         select string_agg(nights::text, ' ' order by nights) as wanted from unnest(array[
           daterange(b.check_in - b.preparation_nights_before, b.check_in),
           daterange(b.check_out, b.check_out + b.preparation_nights_after)]) as nights
         where not isempty(nights)
       ) p
       cross join lateral (
         select string_agg(nights::text, ' ' order by nights) as kept from stays
         where booking_id = b.id and property_id = b.property_id and kind = 'preparation' and live
       ) s
       where b.status in ('held', 'awaiting_host', 'confirmed') and b.preparation_nights_before is not null
         and not exists (select from alterations a where a.booking_id = b.id and a.status = 'accepted')
         and s.kept is distinct from p.wanted`,
    ),
    checkByQuery(
      db,
      'A stay to come is at every property that is linked to its own as it is there',
      `select b.id, format('at %s it has %s', l.id, coalesce(theirs.rows, 'nothing')) as detail
       from bookings b
       cross join lateral (
         select home_id as id from property_links where room_id = b.property_id
         union all select room_id from property_links where home_id = b.property_id
       ) l
       cross join lateral (
         select string_agg(format('%s %s', case kind when 'booking' then 'linked' else kind end, nights), ', ' order by nights) as rows
         from stays where booking_id = b.id and property_id = b.property_id and live
       ) own
       cross join lateral (
         select string_agg(format('%s %s', kind, nights), ', ' order by nights) as rows
         from stays where booking_id = b.id and property_id = l.id and live
       ) theirs
       where b.status in ('held', 'awaiting_host', 'confirmed', 'in_stay') and b.check_out > current_date
         and theirs.rows is distinct from own.rows`,
    ),
    checkByQuery(
      db,
      'A stay lies on the nights of another property only while that is linked to its own',
      `select s.booking_id as id, format('%s at %s', s.nights, s.property_id) as detail
       from stays s join bookings b on b.id = s.booking_id
       where s.live and s.property_id <> b.property_id
         and not exists (
           select from property_links where (room_id, home_id) in ((s.property_id, b.property_id), (b.property_id, s.property_id)))`,
    ),
  ];
}
