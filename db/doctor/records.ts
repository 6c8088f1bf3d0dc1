import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** What has to hold of the record of what happened, and of passing it on. */
export function checksOfRecords(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'Each change of a booking has its row in the audit',
      `with told as (
         select subject_id, data->>'before' as before, data->>'after' as after,
                lag(data->>'after') over story as previous, row_number() over (story rows unbounded preceding) as nth,
                count(*) over (partition by subject_id) as changes
         from events where kind like 'booking.%' and data->>'after' is not null
         window story as (partition by subject_id order by recorded_at, id)
       )
       select subject_id as id, format('goes on from %s where it was %s', before, previous) as detail
       from told where before is distinct from previous
       union all
       select b.id, format('is %s, last told as %s', b.status, coalesce(t.after, 'nothing')) as detail
       from bookings b left join told t on t.subject_id = b.id and t.nth = t.changes
       where t.after is distinct from b.status`,
    ),
    checkByQuery(
      db,
      'Each movement of money is told of once',
      `select p.id, format('%s, told %s times', p.status, count(e.id)) as detail
       from payments p left join events e on e.subject_id = p.id and e.kind = 'payment.posted'
       group by p.id having count(e.id) <> (p.status = 'posted')::int
       union all
       select r.id, format('%s, told as %s', r.status, coalesce(string_agg(e.kind, ', '), 'nothing')) as detail
       from refunds r left join events e on e.subject_id = r.id
       group by r.id having count(e.id) filter (where e.kind = 'refund.requested') <> 1
         or count(e.id) filter (where e.kind = 'refund.settled') <> (r.settled_at is not null)::int
         or count(e.id) filter (where e.kind = 'refund.failed') < (r.status = 'failed')::int
       union all
       select d.id, format('%s, told as %s', d.status, coalesce(string_agg(e.kind, ', '), 'nothing')) as detail
       from disputes d left join events e on e.data->>'disputeId' = d.id
       group by d.id having count(e.id) filter (where e.kind = 'payment.disputed') <> (d.withdrawn_minor > 0)::int
         or count(e.id) filter (where e.kind = 'dispute.closed') <> (d.closed_at is not null)::int`,
    ),
    checkByQuery(
      db,
      'What happened is numbered within ten seconds',
      `select id, format('%s, recorded at %s', kind, recorded_at) as detail
       from events where seq is null and recorded_at < clock_timestamp() - interval '10 seconds'`,
    ),
    checkByQuery(
      db,
      'What the bank said is handed on within ten seconds',
      `select id, format('%s, received at %s', kind, received_at) as detail
       from bank_events where delivered_at is null and received_at < clock_timestamp() - interval '10 seconds'`,
    ),
    checkByQuery(
      db,
      'Whoever follows the events keeps up within ten seconds',
      `select f.name as id, format('has come to %s; %s was recorded at %s', f.seq, e.seq, e.recorded_at) as detail
       from event_followers f cross join lateral (
         select seq, recorded_at from events where seq > f.seq order by seq limit 1
       ) e
       where e.recorded_at < clock_timestamp() - interval '10 seconds'`,
    ),
  ];
}
