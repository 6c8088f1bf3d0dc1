import { PAYOUT_AFTER_HOURS } from '#domain/payouts.ts';
import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** How long what is due may take to be done, and how far clocks may differ. */
const GRACE = `interval '1 hour'`;

/** What has to hold of stays that are paid for a month at a time. */
export function checksOfInstalments(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'Instalments are the price and the nights of their stay, each once and whose they are',
      `select b.id, format('%s of %s in %s instalments', i.amount, b.total_minor, i.count) as detail
       from bookings b
       join lateral (select count(*) as count, sum(amount_minor) as amount, max(n) as last,
                            min(check_in) as check_in, max(check_out) as check_out,
                            sum(check_out - check_in) as nights, sum((shares->>'hostMinor')::bigint) as host_minor
                     from instalments where booking_id = b.id) i on i.count > 0
       join instalments first on first.booking_id = b.id and first.n = 1
       where i.amount <> b.total_minor or i.last <> i.count or i.count < 2
         or first.amount_minor <> b.upfront_minor or first.payment_id <> b.payment_id
         or i.nights <> b.check_out - b.check_in or i.check_in <> b.check_in or i.check_out <> b.check_out
         or i.host_minor <> (b.price->>'hostPayoutMinor')::bigint
       union all
       select b.id, 'is to be paid in instalments, and has none' from bookings b
       where b.upfront_minor is not null and b.status not in ('requested', 'rejected', 'cancelled')
         and not exists (select from instalments where booking_id = b.id)`,
    ),
    checkByQuery(
      db,
      'An instalment is paid when its money is in, and only then',
      `select i.payment_id as id, format('%s, and its payment is %s', i.status, coalesce(p.status, 'none')) as detail
       from instalments i left join payments p on p.id = i.payment_id join bookings b on b.id = i.booking_id
       cross join lateral (select coalesce(sum(amount_minor), 0) as back from refunds
                           where payment_id = p.id and reason = 'late_payment' and not released) r
       where case i.status
         when 'paid' then p.status is distinct from 'posted' or p.amount_minor <> i.amount_minor
         when 'lapsed' then p.status = 'posted' and r.back <> p.amount_minor
         else p.status = 'posted' and b.confirmed_at is not null end`,
    ),
    checkByQuery(
      db,
      'Nobody stays on without paying, and nothing is to be paid for a stay that is over',
      `select i.payment_id as id, format('%s since %s, and the stay is %s', i.status, i.pay_by, b.status) as detail
       from instalments i join bookings b on b.id = i.booking_id
       where i.status in ('scheduled', 'due') and b.confirmed_at is not null and case
         when b.status in ('completed', 'cancelled') then b.updated_at < clock_timestamp() - ${GRACE}
         when b.status in ('confirmed', 'in_stay') then
           i.pay_by < clock_timestamp() + b.clock_offset_ms * interval '1 millisecond' - ${GRACE}
         else false end`,
    ),
    checkByQuery(
      db,
      'No host is paid for a month before a day of it has passed, and before it is paid for',
      `select p.id, format('month %s begins at %s and is %s; due at %s, paid at %s', i.n, i.begins_at, i.status, p.due_at, p.paid_at) as detail
       from payouts p join instalments i on i.booking_id = p.booking_id and i.n = p.n
       where least(p.due_at, p.paid_at) < i.begins_at + interval '${PAYOUT_AFTER_HOURS} hours' or i.status <> 'paid'`,
    ),
    checkByQuery(
      db,
      'No host is paid more for a month than their share of it',
      `select i.payment_id as id, format('%s too much', sum(e.amount_minor)) as detail
       from instalments i join ledger_transactions t on t.payment_id = i.payment_id join ledger_entries e using (step)
       where e.account = 'host_payable' and t.step not like 'loss:%'
       group by i.payment_id having sum(e.amount_minor) > 0`,
    ),
  ];
}
