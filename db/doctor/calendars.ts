import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** What has to hold of calendars that are imported. That their nights are no booking's is a constraint, and checked with all. */
export function checksOfCalendars(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'Imported nights are of a calendar that is there',
      `select s.property_id as id, format('%s for %s', s.nights, s.calendar_id) as detail
       from stays s left join calendars c
         on c.id = s.calendar_id and c.property_id = s.property_id and c.removed_at is null
       where s.kind = 'import' and s.live and c.id is null`,
    ),
    checkByQuery(
      db,
      'A conflict is open only while its calendar is there',
      `select k.id, format('%s with %s', k.calendar_id, k.booking_id) as detail
       from calendar_conflicts k join calendars c on c.id = k.calendar_id
       where k.resolved_at is null and c.removed_at is not null`,
    ),
    checkByQuery(
      db,
      'A calendar that is due is read',
      `select c.id, format('due since %s', c.due_at) as detail
       from calendars c join properties p on p.id = c.property_id
       where c.removed_at is null and p.deleted_at is null and c.due_at < clock_timestamp() - interval '10 minutes'`,
    ),
  ];
}
