import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** What has to hold of disputes as our own tables tell of them. */
export function checksOfDisputes(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'What is disputed stands open in the ledger until the verdict, and its payment says so',
      `select d.id, format('%s: %s open and a fee of %s in the ledger', d.status, l.open, l.fee) as detail
       from disputes d
       cross join lateral (select coalesce(sum(amount_minor) filter (where account = 'disputes'), 0) as open,
                                  coalesce(sum(amount_minor) filter (where account = 'bank_fees'), 0) as fee
                           from ledger_entries
                           where step in ('dispute:' || d.id, 'reinstatement:' || d.id, 'loss:' || d.id)) l
       where l.fee <> d.fee_minor - d.fee_reinstated_minor
         or l.open <> case when d.closed_at is null then d.withdrawn_minor - d.reinstated_minor else 0 end
       union all
       select p.id, format('disputed is %s', p.disputed) as detail from payments p
       where p.disputed <> exists (select from disputes d where d.payment_id = p.id and d.closed_at is null and d.withdrawn_minor > 0)`,
    ),
    checkByQuery(
      db,
      'Nothing that is disputed is with the host, but as their debt',
      `select d.id, format('%s, and what the host was paid is not taken back', d.status) as detail
       from disputes d where d.closed_at is null and d.withdrawn_minor > 0 and d.status <> 'won' and d.frozen_at is null`,
    ),
  ];
}
