import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { invalid } from '../protocol/errors.ts';
import type { Identified } from '../state/collection.ts';

/** What a connected account does with money in other currencies than its own. `id` is the account's. */
export interface Exchange extends Identified {
  /** The units of its own currency for one of any other. */
  readonly rate: number;
  /** Those that it does not take at all. */
  readonly refuses: readonly string[];
}

export interface Sum {
  amount: number;
  currency: string;
}

/** Refuses what an account takes in no way. */
export function checkCurrency(bank: Bank, account: string, currency: string): void {
  if (bank.store.exchanges.get(account)?.refuses.includes(currency) === true)
    throw invalid(`Invalid currency: ${currency}. The destination account does not take it.`, 'currency');
}

/** What arrives at an account, or leaves it, of a sum in any currency; the rate is null where nothing is exchanged. */
export function exchanged(bank: Bank, id: string, { amount, currency }: Sum): Sum & { rate: number | null } {
  const exchange = bank.store.exchanges.get(id);
  const own = bank.store.accounts.get(id)?.default_currency ?? currency;
  if (exchange === undefined || own === currency) return { amount, currency, rate: null };
  return { amount: Math.round(amount * exchange.rate), currency: own, rate: exchange.rate };
}

/** Its holder has a bank account in a currency of their own. */
export function setCurrency(
  bank: Bank,
  account: Stripe.Account,
  { currency, rate, refuses }: { currency: string; rate: number; refuses: string[] },
): Stripe.Account {
  bank.store.exchanges.put({ id: account.id, rate, refuses });
  const changed = bank.store.accounts.put({ ...account, default_currency: currency });
  bank.emit('account.updated', changed, changed.id);
  return changed;
}
