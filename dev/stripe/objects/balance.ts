import type Stripe from 'stripe';
import { balanceOf, listAccountEntries } from './account-balance.ts';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import type { TestCard } from './cards.ts';
import { feeOf } from './currencies.ts';
import type { Call } from '../protocol/endpoint.ts';
import { missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import { idOf } from '../state/store.ts';

const AVAILABLE_AFTER_SECONDS = 2 * 86_400;

/** Books a captured charge into the balance: pending for two days, less the fee. */
export function postToBalance(bank: Bank, charge: Stripe.Charge, card: TestCard): Stripe.Charge {
  const intent = bank.store.paymentIntents.get(idOf(charge.payment_intent) ?? '');
  const now = bank.now(intent);
  const fee = feeOf(charge.amount_captured, charge.currency);
  const entry = balanceTransaction({
    type: 'charge',
    amount: charge.amount_captured,
    source: charge,
    created: now,
  });
  const transaction = bank.store.balanceTransactions.put({
    ...withFee(entry, fee, 'Processing fees'),
    available_on: card.bypassPending === true ? now : now + AVAILABLE_AFTER_SECONDS,
  });
  if (card.dispute !== undefined && intent !== undefined)
    bank.schedule({ id: intent.id, act: 'open_dispute', paymentIntent: intent.id, dueAt: now + 1 });
  return bank.store.charges.put({ ...charge, balance_transaction: transaction.id });
}

/** The entry less a fee of the bank's; a negative fee is one that is given back. */
export function withFee(
  entry: Stripe.BalanceTransaction,
  fee: number,
  description: string,
): Stripe.BalanceTransaction {
  const detail = { amount: fee, application: null, currency: entry.currency, description };
  return { ...entry, fee, fee_details: [{ ...detail, type: 'stripe_fee' }], net: entry.amount - fee };
}

export type EntryType =
  | 'adjustment'
  | 'charge'
  | 'payment'
  | 'payment_refund'
  | 'payout'
  | 'payout_failure'
  | 'refund'
  | 'refund_failure'
  | 'transfer'
  | 'transfer_refund';

/** An entry of the balance that is available at once and bears no fee. */
export function balanceTransaction(entry: {
  type: EntryType;
  amount: number;
  source: { id: string; currency: string };
  created: number;
}): Stripe.BalanceTransaction {
  return {
    id: newId('txn'),
    object: 'balance_transaction',
    amount: entry.amount,
    available_on: entry.created,
    balance_type: 'payments',
    created: entry.created,
    currency: entry.source.currency,
    description: null,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: entry.amount,
    reporting_category: entry.type,
    source: entry.source.id,
    status: 'available',
    type: entry.type,
  };
}

/** Balances by currency: what a refund may use, and what is still on its way. */
export function retrieveBalance({ bank, params, account }: Call): Stripe.Balance {
  params.done();
  if (account !== undefined) return balanceOf(bank, account);
  const amounts = (of: 'available' | 'pending') =>
    balances(bank).map(({ currency, [of]: amount }) => ({
      amount,
      currency,
      source_types: { card: amount },
    }));
  return { object: 'balance', available: amounts('available'), livemode: false, pending: amounts('pending') };
}

/** What is there and what is on its way, in each currency that has ever moved. */
export function balances(bank: Bank): { currency: string; available: number; pending: number }[] {
  const all = new Map<string, { currency: string; available: number; pending: number }>();
  for (const transaction of bank.store.balanceTransactions.values()) {
    const { currency, net } = transaction;
    const sums = all.get(currency) ?? { currency, available: 0, pending: 0 };
    sums[isAvailable(bank, transaction) ? 'available' : 'pending'] += net;
    all.set(currency, sums);
  }
  return [...all.values()];
}

/** What may be spent or transferred now, by currency: less than nothing where more went out than came in. */
export function availableFunds(bank: Bank): Map<string, number> {
  const funds = new Map<string, number>();
  for (const transaction of bank.store.balanceTransactions.values()) {
    const { currency, net } = transaction;
    if (isAvailable(bank, transaction)) funds.set(currency, (funds.get(currency) ?? 0) + net);
  }
  return funds;
}

/** All that moved the balance, newest first. `payout` names the payout that an entry is of, as `source` does. */
export function listBalanceTransactions(call: Call): Stripe.ApiList<Stripe.BalanceTransaction> {
  const { bank, params, account } = call;
  if (account !== undefined) return listAccountEntries(call, account);
  const source = params.text('source');
  const payout = params.text('payout');
  const type = params.text('type');
  const currency = params.text('currency');
  const created = createdFilter(params);
  const transactions =
    source === undefined
      ? bank.store.balanceTransactions.newestFirst()
      : bank.store.balanceTransactions.by('source', source).reverse();
  const wanted = transactions.filter(
    (each) =>
      (payout === undefined || each.source === payout) &&
      (type === undefined || each.type === type) &&
      (currency === undefined || each.currency === currency) &&
      created(each),
  );
  const list = page(wanted, params, '/v1/balance_transactions');
  return { ...list, data: list.data.map((each) => presentTransaction(bank, each)) };
}

export function retrieveBalanceTransaction({ bank, params, id }: Call): Stripe.BalanceTransaction {
  params.done();
  const transaction = bank.store.balanceTransactions.get(id);
  if (transaction === undefined) throw missing('balance transaction', id);
  return presentTransaction(bank, transaction);
}

/** Whether funds are available follows from the clock, so it is not stored. */
export function presentTransaction(
  bank: Bank,
  transaction: Stripe.BalanceTransaction,
): Stripe.BalanceTransaction {
  return { ...transaction, status: isAvailable(bank, transaction) ? 'available' : 'pending' };
}

function isAvailable(bank: Bank, transaction: Stripe.BalanceTransaction): boolean {
  return transaction.available_on <= bank.now(intentBehind(bank, idOf(transaction.source) ?? ''));
}

/** The intent on whose clock a movement of money runs: that of the charge, its refund or its dispute. */
function intentBehind(bank: Bank, source: string): Stripe.PaymentIntent | undefined {
  const { charges, disputes, paymentIntents, refunds } = bank.store;
  const cause = charges.get(source) ?? refunds.get(source) ?? disputes.get(source);
  return paymentIntents.get(idOf(cause?.payment_intent) ?? '');
}
