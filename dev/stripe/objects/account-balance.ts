import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import { balanceTransaction } from './balance.ts';
import type { EntryType } from './balance.ts';

/** An entry in the balance of a connected account, and the payout that took it to the holder's bank. */
export interface AccountEntry extends Stripe.BalanceTransaction {
  readonly account: string;
  readonly payout?: string;
}

export interface NewEntry {
  account: string;
  type: EntryType;
  amount: number;
  currency: string;
  source: string;
  /** Epoch seconds; at once when absent. */
  availableOn?: number;
  payout?: string;
  /** At which it was exchanged; not at all when absent or null. */
  rate?: number | null;
}

export function postToAccount(bank: Bank, entry: NewEntry): AccountEntry {
  const { account, type, amount, currency, source, availableOn, payout, rate = null } = entry;
  return bank.store.accountEntries.put({
    ...balanceTransaction({ type, amount, source: { id: source, currency }, created: bank.now() }),
    ...(availableOn !== undefined && { available_on: availableOn }),
    account,
    exchange_rate: rate,
    ...(payout !== undefined && { payout }),
  });
}

/** What a connected account has by currency: all of it, or what may be paid out now. */
export function fundsOf(bank: Bank, account: string, which: 'all' | 'available'): Map<string, number> {
  const funds = new Map<string, number>();
  for (const { currency, net, available_on: from } of bank.store.accountEntries.by('account', account))
    if (which === 'all' || from <= bank.now()) funds.set(currency, (funds.get(currency) ?? 0) + net);
  return funds;
}

export function balanceOf(bank: Bank, account: string): Stripe.Balance {
  const all = fundsOf(bank, account, 'all');
  const available = fundsOf(bank, account, 'available');
  const sums = [...all].map(([currency, sum]) => ({ currency, sum, now: available.get(currency) ?? 0 }));
  return {
    object: 'balance',
    available: sums.map(({ currency, now }) => ({ amount: now, currency })),
    livemode: false,
    pending: sums.map(({ currency, sum, now }) => ({ amount: sum - now, currency })),
  };
}

/** The entries of a connected account, or of one of its payouts. */
export function listAccountEntries(
  { bank, params }: Call,
  account: string,
): Stripe.ApiList<Stripe.BalanceTransaction> {
  const payout = params.text('payout');
  const type = params.text('type');
  const created = createdFilter(params);
  const wanted = bank.store.accountEntries
    .by('account', account)
    .reverse()
    .filter(
      (each) =>
        (payout === undefined || each.payout === payout) &&
        (type === undefined || each.type === type) &&
        created(each),
    );
  const list = page(wanted, params, '/v1/balance_transactions');
  return { ...list, data: list.data.map((each) => presentEntry(bank, each)) };
}

function presentEntry(bank: Bank, entry: AccountEntry): Stripe.BalanceTransaction {
  const { account: _account, payout: _payout, ...transaction } = entry;
  return { ...transaction, status: entry.available_on <= bank.now() ? 'available' : 'pending' };
}
