import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** What has to hold of money as our own tables tell of it. */
export function checksOfMoney(db: Db): Check[] {
  return [...checksOfMovements(db), ...checksOfPrices(db)];
}

function checksOfMovements(db: Db): Check[] {
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

/** What has to hold of what each booking costs, as it was made and as it has been altered. */
function checksOfPrices(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'A booking is certain when its price is paid, and only then',
      `select b.id, format('%s for %s, and its payment is %s', b.status, b.total_minor, coalesce(p.status, 'none')) as detail
       from bookings b left join payments p on p.id = b.payment_id
       cross join lateral (select count(*) as made, coalesce(sum(charge_minor - refund_minor), 0) as difference
                           from alterations where booking_id = b.id and status = 'altered') a
       where case
         when b.total_minor = 0 and a.made = 0 then p.status = 'posted' and p.refunded_minor < p.amount_minor
         when b.status in ('confirmed', 'in_stay', 'completed') then b.confirmed_at is null or case
           when b.total_minor = a.difference then false -- It was free, and nothing but what came on top was ever paid.
           else p.status is distinct from 'posted' or p.amount_minor + a.difference <> coalesce(b.upfront_minor, b.total_minor) end
         when b.status in ('requested', 'held', 'awaiting_host') then p.status = 'posted'
         else false end`,
    ),
    checkByQuery(
      db,
      'What an alteration costs more is paid, and what it gives back is promised once',
      `select a.id, format('%s: %s to be paid by %s, which is %s', a.status, a.charge_minor, coalesce(a.payment_id, 'nothing'), coalesce(p.status, 'none')) as detail
       from alterations a left join payments p on p.id = a.payment_id
       where (a.status = 'altered' and a.charge_minor > 0 and (p.status, p.amount_minor) is distinct from ('posted', a.charge_minor))
          or (a.status not in ('altered', 'accepted') and p.status = 'posted' and p.refunded_minor <> p.amount_minor)
       union all
       select b.id, format('%s promised for alterations of %s', r.promised, a.owed)
       from bookings b
       cross join lateral (select coalesce(sum(amount_minor), 0) as promised from refunds
                           where booking_id = b.id and reason = 'alteration' and not released) r
       cross join lateral (select coalesce(sum(refund_minor), 0) as owed from alterations
                           where booking_id = b.id and status = 'altered') a
       where r.promised > a.owed`,
    ),
    checkByQuery(
      db,
      'Money for a booking that ended goes back as far as it is owed',
      `select b.id, format('%s: %s owed, %s promised', b.status, owed, r.promised) as detail
       from bookings b left join payments p on p.id = b.payment_id and p.status = 'posted'
         -- Of a stay that was free it may be an alteration's that came to nothing.
         and not exists (select from alterations where payment_id = p.id and status <> 'altered')
       cross join lateral (select coalesce(sum(amount_minor) filter (where reason <> 'alteration'), 0) as promised,
                                  coalesce(sum(amount_minor) filter (where reason in ('cancellation', 'late_payment')), 0) as due
                           from refunds where not released and payment_id in (select p.id
                             union select payment_id from instalments where booking_id = b.id and status = 'paid'
                             union select payment_id from alterations where booking_id = b.id and status = 'altered')) r
       cross join lateral (select case when b.confirmed_at is null then p.amount_minor else b.refund_minor end as owed) o
       where b.status in ('rejected', 'declined', 'expired', 'cancelled') and (r.due > owed or r.promised < owed
         or b.upfront_minor is null and r.promised < b.total_minor - b.kept_minor)`,
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
