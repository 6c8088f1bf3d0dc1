import { OPEN_AT_MOST_HOURS, SETTLED_WITHIN_DAYS } from '#domain/reconciliation.ts';
import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** How old something may be before the doctor complains of it. */
export interface Ages {
  settledWithinDays: number;
  openAtMostHours: number;
}
const AGES: Ages = { settledWithinDays: SETTLED_WITHIN_DAYS, openAtMostHours: OPEN_AT_MOST_HOURS };

/** What has to hold of money on its way to our balance, as reconciliation has written it down. */
export function checksOfSettlement(db: Db, { settledWithinDays, openAtMostHours }: Ages = AGES): Check[] {
  return [
    checkByQuery(
      db,
      'What is settled leaves nothing in clearing',
      `select currency as id, format('%s left', sum(amount_minor)) as detail from ledger_entries
       where account = 'bank_clearing' and (
         split_part(step, ':', 1) in ('settlement', 'acceptance')
         or step in (select step from bank_transactions where settled_at is not null)
         or step in (select step from discrepancies where resolved_as = 'accepted'))
       group by currency having sum(amount_minor) <> 0`,
    ),
    checkByQuery(
      db,
      'What has been in clearing for long has come to the balance, or stands in the queue',
      `select t.step as id, format('%s %s since %s', e.amount_minor, e.currency, t.recorded_at) as detail
       from ledger_transactions t join ledger_entries e using (step)
       left join bank_transactions b on b.step = t.step
       where t.booking_id is not null and e.account = 'bank_clearing'
         and t.recorded_at < clock_timestamp() - interval '${settledWithinDays} days'
         -- A sandbox's money may be available in a time to come.
         and (b.id is null or (b.settled_at is null and b.available_on < clock_timestamp()))
         and not exists (select from discrepancies d left join bank_transactions m on m.id = d.bank_transaction_id
                         where (d.step = t.step or m.step = t.step or m.source_id = t.bank_id)
                           and (d.resolved_at is null or d.resolved_as = 'accepted'))`,
    ),
    checkByQuery(
      db,
      'No discrepancy is open for long',
      `select id, format('%s since %s', cause, opened_at) as detail from discrepancies
       where resolved_at is null and opened_at < clock_timestamp() - interval '${openAtMostHours} hours'`,
    ),
  ];
}
