import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** What has to hold of money as our own tables tell of it. */
export function checksOfMoney(db: Db): Check[] {
  return [...checksOfPayments(db), ...checksOfBookings(db)];
}

function checksOfPayments(db: Db): Check[] {
  return [
    ...checksOfLedger(db),
    checkByQuery(
      db,
      'The ledger has what the payment says: paid less refunded and disputed',
      `select p.id, format('%s, less %s settled and %s disputed, but the ledger has %s',
                           case p.status when 'posted' then p.amount_minor else 0 end, r.settled, d.taken, l.net) as detail
       from payments p
       cross join lateral (select coalesce(sum(amount_minor), 0) as settled
                           from refunds where payment_id = p.id and status = 'settled') r
       cross join lateral (select coalesce(sum(withdrawn_minor + fee_minor - reinstated_minor - fee_reinstated_minor), 0) as taken
                           from disputes where payment_id = p.id) d
       cross join lateral (select coalesce(sum(e.amount_minor), 0) as net
                           from ledger_transactions t join ledger_entries e using (step)
                           where t.payment_id = p.id and e.account = 'bank_clearing') l
       where case p.status when 'posted' then p.amount_minor else 0 end - r.settled - d.taken <> l.net`,
    ),
    checkByQuery(
      db,
      'No more goes back than came in, and each promise is counted',
      `select p.id, format('%s promised back of %s, counted as %s', r.promised, p.amount_minor, p.refunded_minor) as detail
       from payments p
       cross join lateral (select coalesce(sum(amount_minor), 0) as promised from refunds
                           where payment_id = p.id and not released) r
       where r.promised <> p.refunded_minor or r.promised > p.amount_minor or (r.promised > 0 and p.status <> 'posted')`,
    ),
  ];
}

function checksOfBookings(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'A booking is certain when its price is paid, and only then',
      `select b.id, format('%s, and its payment is %s', b.status, coalesce(p.status, 'none')) as detail
       from bookings b left join payments p on p.id = b.payment_id
       where case
         when b.total_minor = 0 then p.id is not null
         when b.status in ('confirmed', 'in_stay', 'completed')
           then p.status is distinct from 'posted' or p.amount_minor <> coalesce(b.upfront_minor, b.total_minor) or b.confirmed_at is null
         when b.status in ('requested', 'held', 'awaiting_host') then p.status = 'posted'
         else false end`,
    ),
    checkByQuery(
      db,
      'Money for a booking that ended goes back as far as it is owed',
      `select b.id, format('%s: %s owed, %s promised', b.status, owed, r.promised) as detail
       from bookings b join payments p on p.id = b.payment_id and p.status = 'posted'
       cross join lateral (select coalesce(sum(amount_minor), 0) as promised,
                                  coalesce(sum(amount_minor) filter (where reason in ('cancellation', 'late_payment')), 0) as due
                           from refunds where not released and payment_id in (select p.id
                             union select payment_id from instalments where booking_id = b.id and status = 'paid')) r
       cross join lateral (select case when b.confirmed_at is null then p.amount_minor else b.refund_minor end as owed) o
       where b.status in ('rejected', 'declined', 'expired', 'cancelled') and (r.due > owed or r.promised < owed)`,
    ),
  ];
}

/** What has to hold of the ledger by itself. */
function checksOfLedger(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'Each ledger transaction balances in each currency',
      `select step as id, format('off by %s %s', sum(amount_minor), currency) as detail
       from ledger_entries group by step, currency having sum(amount_minor) <> 0`,
    ),
    checkByQuery(
      db,
      'Each act of the bank is in the ledger once',
      `select bank_id as id, string_agg(step, ', ') as detail
       from ledger_transactions where bank_id is not null group by bank_id, split_part(step, ':', 1) having count(*) > 1`,
    ),
    checkByQuery(
      db,
      'What a host owes for cancelling is in the ledger',
      `select b.id, format('%s owed, but the ledger has %s', coalesce(b.host_fee_minor, 0), coalesce(e.amount_minor, 0)) as detail
       from bookings b left join ledger_entries e on e.step = 'host-fee:' || b.id and e.account = 'host_debt'
       where coalesce(b.host_fee_minor, 0) <> coalesce(e.amount_minor, 0)`,
    ),
  ];
}
