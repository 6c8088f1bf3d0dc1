import { PAYOUT_AFTER_HOURS } from '#domain/payouts.ts';
import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check, Finding } from './checks.ts';

/** What has to hold of what hosts are paid and owe. */
export function checksOfPayouts(db: Db): Check[] {
  return [...checksOfEachPayout(db), ...checksOfShares(db)];
}

function checksOfEachPayout(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'No host is paid before a day has passed since the check-in',
      `select p.id, format('due at %s, paid at %s, check-in at %s', p.due_at, p.paid_at, b.check_in_at) as detail
       from payouts p join bookings b on b.id = p.booking_id
       where least(p.due_at, p.paid_at) < b.check_in_at + interval '${PAYOUT_AFTER_HOURS} hours'`,
    ),
    checkByQuery(
      db,
      'The ledger has what each payout says',
      `select p.id, format('%s: %s paid, %s netted, but the ledger has %s, %s', p.status, paid, p.debt_netted_minor,
                           l.balance, l.debt) as detail
       from payouts p
       cross join lateral (select case p.status when 'paid' then p.amount_minor else 0 end as paid) s
       cross join lateral (select coalesce(sum(e.amount_minor) filter (where e.account = 'bank_balance'), 0) as balance,
                                  coalesce(sum(e.amount_minor) filter (where e.account = 'host_debt'), 0) as debt,
                                  coalesce(sum(e.amount_minor) filter (where e.account = 'host_payable'), 0) as payable
                           from ledger_transactions t join ledger_entries e using (step)
                           where t.booking_id = p.booking_id
                             and split_part(t.step, ':', 1) in ('payout', 'payout-return')
                             and split_part(t.step, ':', 2) = p.id) l
       where (l.balance, l.debt, l.payable) is distinct from (-paid, -p.debt_netted_minor, paid + p.debt_netted_minor)`,
    ),
    checkByQuery(
      db,
      'Each payout is told of as often as it was paid and came back',
      `select p.id, format('%s, round %s, told as %s', p.status, p.round, coalesce(string_agg(e.kind, ', '), 'nothing')) as detail
       from payouts p left join events e on e.subject_id = p.id
       group by p.id having count(e.id) filter (where e.kind = 'payout.scheduled') <> 1
         or count(e.id) filter (where e.kind = 'payout.returned') <> p.round - 1
         or count(e.id) filter (where e.kind = 'payout.paid') <> p.round - 1 + (p.status = 'paid')::int`,
    ),
  ];
}

function checksOfShares(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'No host is paid more than their share of a booking',
      `select t.booking_id as id, format('%s %s too much', sum(e.amount_minor), e.currency) as detail
       from ledger_transactions t join ledger_entries e using (step)
       where e.account = 'host_payable' group by t.booking_id, e.currency having sum(e.amount_minor) > 0`,
    ),
    checkByQuery(
      db,
      'What a host is owed is their share, less what they were paid and what went back',
      `select b.id, format('%s share, %s paid, %s back of which %s is debt, but the ledger owes %s',
                           share, p.paid, r.back, l.debt, l.owed) as detail
       from bookings b
       -- Of the instalments that are paid, where its price is not paid at once.
       cross join lateral (select coalesce(sum(refund_of_host_minor), 0) as given_back
                           from alterations where booking_id = b.id and status = 'altered') altered
       cross join lateral (select altered.given_back + case when b.upfront_minor is null then (b.price->>'hostPayoutMinor')::bigint
                                  else (select sum((shares->>'hostMinor')::bigint) from instalments
                                        where booking_id = b.id and status = 'paid') end as share) s
       cross join lateral (select array(
                             select payment_id from instalments where booking_id = b.id and status = 'paid'
                             union select payment_id from alterations where booking_id = b.id and status = 'altered'
                             -- Of a stay that was free it may be an alteration's that came to nothing.
                             union select b.payment_id where not exists (
                               select from alterations where payment_id = b.payment_id and status <> 'altered')) as ids) own
       cross join lateral (select coalesce(sum(debt_netted_minor + case status when 'paid' then amount_minor else 0 end), 0)
                             as paid from payouts where booking_id = b.id) p
       cross join lateral (select coalesce(sum((shares->>'hostMinor')::bigint), 0) as back
                           from refunds where payment_id = any (own.ids) and status = 'settled') r
       cross join lateral (select coalesce(-sum(e.amount_minor) filter (where e.account = 'host_payable'), 0) as owed,
                                  coalesce(sum(e.amount_minor) filter (where e.account = 'host_debt'
                                    and split_part(t.step, ':', 1) in ('refund', 'return', 'reversal', 'alteration')), 0) as debt,
                                  coalesce(sum(e.amount_minor) filter (where e.account = 'bank_balance'
                                    and split_part(t.step, ':', 1) = 'reversal'), 0) as reversed,
                                  coalesce(sum(e.amount_minor) filter (where e.account = 'host_payable'
                                    and t.step like 'loss:%'), 0) as lost
                           from ledger_transactions t join ledger_entries e using (step)
                           where t.payment_id = any (own.ids)) l
       where b.confirmed_at is not null and b.total_minor > 0
         and l.owed <> share - p.paid - r.back - l.lost + l.debt + l.reversed`,
    ),
    checkByQuery(
      db,
      'No host’s debt is netted twice',
      `select b.host_id as id, format('%s %s netted too much', -sum(e.amount_minor), e.currency) as detail
       from ledger_entries e join ledger_transactions t using (step) join bookings b on b.id = t.booking_id
       where e.account = 'host_debt' group by b.host_id, e.currency having sum(e.amount_minor) < 0`,
    ),
  ];
}

/** What the bank has on record of a transfer to a host. Amounts in minor units. */
export interface TransferRecord {
  id: string;
  bookingId: string;
  payoutId: string;
  sentMinor: number;
  takenBackMinor: number;
}

interface PaidRow {
  id: string;
  ledger_minor: number;
}

/** What our ledger and the bank's transfers have to agree on. `transfers` is asked anew each time. */
export function checkTransfers(db: Db, transfers: () => Promise<TransferRecord[]>): Check {
  return {
    invariant: 'The bank has paid hosts what the ledger says, and taken back what it says',
    async breaches() {
      const sent = new Map<string, number>();
      for (const { bookingId, sentMinor, takenBackMinor } of await transfers())
        sent.set(bookingId, (sent.get(bookingId) ?? 0) + sentMinor - takenBackMinor);
      const { rows } = await db.raw<{ rows: PaidRow[] }>(
        `select b.id, cast(coalesce(-sum(e.amount_minor), 0) as bigint) as ledger_minor
         from bookings b left join ledger_transactions t on t.booking_id = b.id
         left join ledger_entries e on e.step = t.step and e.account = 'bank_balance' group by b.id`,
      );
      return rows.flatMap(({ id, ledger_minor: ledger }): Finding[] => {
        const bank = sent.get(id) ?? 0;
        return bank === ledger
          ? []
          : [{ id, detail: `the bank has paid ${bank}, the ledger says ${ledger}` }];
      });
    },
  };
}
