import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';
import { checksOfShadows } from './shadows.ts';

/** What has to hold of nights, whatever happened on the way. */
export function checksOfNights(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'No night is sold twice',
      `select a.property_id as id, format('%s and %s share nights', a.booking_id, coalesce(b.booking_id, b.kind)) as detail
       from stays a join stays b on a.property_id = b.property_id and a.id < b.id
        and a.nights && b.nights and a.layer && b.layer
       where a.live and b.live`,
    ),
    checkByQuery(
      db,
      'A booking that holds its nights has exactly them',
      `select b.id, format('%s, but it has %s', b.status, coalesce(s.taken, 'no nights')) as detail
       from bookings b left join lateral (
         select string_agg(nights::text, ' ') as taken from stays
         where booking_id = b.id and kind = 'booking' and live and alteration_id is null
       ) s on true
       where b.status in ('held', 'awaiting_host', 'confirmed', 'in_stay')
         and s.taken is distinct from daterange(b.check_in, b.check_out)::text`,
    ),
    ...checksOfShadows(db),
    checkByQuery(
      db,
      'Nights are held beside a booking only while its alteration waits to be paid',
      `select s.booking_id as id, format('%s for %s, which is %s', s.nights, a.id, a.status) as detail
       from stays s join alterations a on a.id = s.alteration_id where s.live and a.status <> 'accepted'`,
    ),
    checkByQuery(
      db,
      'A booking names its open proposal, of one that is certain',
      `select b.id, format('%s, names %s, open is %s', b.status, coalesce(b.alteration_id, 'none'), coalesce(a.id, 'none')) as detail
       from bookings b left join alterations a on a.booking_id = b.id and a.status in ('proposed', 'accepted')
       where b.alteration_id is distinct from a.id or (a.id is not null and b.status not in ('confirmed', 'in_stay'))`,
    ),
    checkByQuery(
      db,
      'A booking that holds no nights keeps none',
      `select b.id, format('%s, but it keeps %s', b.status, s.nights) as detail
       from stays s join bookings b on b.id = s.booking_id
       where s.live and b.status in ('requested', 'rejected', 'declined', 'expired', 'cancelled')`,
    ),
    checkByQuery(
      db,
      'Nights that a host has called off were blocked for it, and no others',
      `select b.id, format('cancelled by the %s, and its block is %s', coalesce(b.cancelled_by, 'nobody'), coalesce(s.block_id, 'not there')) as detail
       from bookings b left join stays s on s.cancelled_booking_id = b.id
       where (b.cancelled_by is not distinct from 'host') <> (s.id is not null)`,
    ),
    checkByQuery(
      db,
      'No hold outlives its end',
      `select id, format('held until %s', hold_expires_at) as detail
       from bookings where status = 'held' and hold_expires_at < clock_timestamp()`,
    ),
  ];
}
