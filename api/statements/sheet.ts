import type { Db } from '#db/connect.ts';
import { everyMovement } from '#db/statements.ts';
import { addToTotals, inOrder } from '#domain/statements.ts';
import type { KindTotal, MovementKind } from '#domain/statements.ts';
import { SHEET_FOOT, day, dayInWords, escaped, fact, figures, sheetHead } from '../sheet.ts';
import { presentMovement } from './presenter.ts';
import type { WholeStatement } from './whole.ts';

/** What a person calls a movement, and all of its kind. */
const WORDS: Readonly<Record<MovementKind, { one: string; all: string }>> = {
  earnings: { one: 'Earned', all: 'Earned by stays' },
  alteration: { one: 'Altered', all: 'Stays that were altered' },
  refund: { one: 'Refund to the guest', all: 'Refunds to guests' },
  refund_returned: { one: 'Refund that came back', all: 'Refunds that came back' },
  cancellation_fee: { one: 'Fee for cancelling', all: 'Fees for cancelling' },
  dispute_loss: { one: 'Lost dispute', all: 'Lost disputes' },
  payout: { one: 'Payout', all: 'Payouts' },
  payout_returned: { one: 'Payout sent back by your bank', all: 'Payouts sent back by your bank' },
  payout_reversed: { one: 'Taken back from your account', all: 'Taken back from your account' },
  adjustment: { one: 'Adjustment', all: 'Adjustments' },
};

/** A whole statement as a sheet, in the order in which it is read. */
export async function* sheetOfStatement(db: Db, statement: WholeStatement): AsyncGenerator<string> {
  const { currency } = statement;
  const money = (amount: number): string => figures({ amount, currency });
  const totals: KindTotal[] = [];
  let balance = statement.openingMinor;
  yield headOf(statement, money(balance));
  for await (const row of everyMovement(db, statement)) {
    balance += row.amountMinor;
    const { kind, date, amount, debtNetted, property, bookingId } = presentMovement(row, balance);
    addToTotals(totals, { kind, count: 1, amountMinor: amount });
    const netted = debtNetted === undefined ? '' : `<small>${money(debtNetted)} paid what you owed</small>`;
    yield (
      `<tr><td class="date">${day(date)}</td><td class="what">${WORDS[kind].one}${netted}</td>` +
      `<td class="stay">${escaped(property)}<small>${bookingId}</small></td>` +
      `<td class="amount">${money(amount)}</td><td class="amount balance">${money(balance)}</td></tr>\n`
    );
  }
  yield footOf(statement, { totals: inOrder(totals), closingMinor: balance, money });
}

function headOf({ from, to, hostId, hostName, currency }: WholeStatement, opening: string): string {
  const period = `${dayInWords(from)} to ${dayInWords(to)}`;
  return `${sheetHead(`Statement, ${period}`)}<header><h1>Statement</h1><span class="brand">Stayward</span></header>
<dl>
<div><dt>Host</dt><dd>${escaped(hostName)}<small>${hostId}</small></dd></div>
${fact('Period', period)}${fact('Currency', currency)}</dl>
<table id="movements">
<thead>
<tr><th class="date">Date</th><th>Movement</th><th>Stay</th><th class="amount">${currency}</th><th class="amount">Balance</th></tr>
</thead>
<tbody>
<tr class="strong" id="opening"><td class="date">${day(from)}</td><td class="what" colspan="3">Opening balance</td><td class="amount balance">${opening}</td></tr>
`;
}

function footOf(
  { to, currency, openingMinor }: WholeStatement,
  end: { totals: readonly KindTotal[]; closingMinor: number; money: (amountMinor: number) => string },
): string {
  const { totals, closingMinor, money } = end;
  const rows = totals.map(
    ({ kind, count, amountMinor }) =>
      `<tr><td>${WORDS[kind].all}</td><td class="amount">${count}</td><td class="amount">${money(amountMinor)}</td></tr>\n`,
  );
  return `<tr class="sum rule" id="closing"><td class="date">${day(to)}</td><td class="what" colspan="3">Closing balance</td><td class="amount balance">${money(closingMinor)}</td></tr>
</tbody>
</table>
<h2>In short</h2>
<table id="totals">
<thead>
<tr><th></th><th class="amount">Movements</th><th class="amount">${currency}</th></tr>
</thead>
<tbody>
<tr><td colspan="2">Opening balance</td><td class="amount">${money(openingMinor)}</td></tr>
${rows.join('')}<tr class="sum rule"><td colspan="2">Closing balance</td><td class="amount">${money(closingMinor)}</td></tr>
</tbody>
</table>
<footer>Dates are those of the moments at which money moved, in UTC. A balance above nothing is what Stayward owes you; one
below is what you owe, and is taken from your next payouts. Earnings are yours after fees and taxes.</footer>
${SHEET_FOOT}`;
}
