import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import { conflict, invalid, missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import { fundsOf, postToAccount } from './account-balance.ts';
import { findAccount, setStanding } from './accounts.ts';
import { checkUnit, currencyOf } from './currencies.ts';

const ARRIVES_AFTER_SECONDS = 86_400;

/** Sends `amount` of what a connected account has to its holder's bank. The platform's own are not simulated. */
export function createPayout({ bank, params, account }: Call): Stripe.Payout {
  const amount = params.requiredInteger('amount');
  const currency = currencyOf(params.requiredText('currency'));
  const metadata = params.metadata();
  params.done();
  if (account === undefined) throw invalid('The simulator pays out what connected accounts have, alone.');
  if (amount < 1)
    throw invalid('This value must be greater than or equal to 1.', 'amount', 'parameter_invalid_integer');
  checkUnit(amount, currency);
  if (!findAccount(bank, account).payouts_enabled)
    throw conflict('payouts_not_allowed', 'Cannot create payouts: this account has payouts disabled.');
  if ((fundsOf(bank, account, 'available').get(currency) ?? 0) < amount)
    throw conflict('balance_insufficient', 'You have insufficient funds in your Stripe account.');
  const payout = send(bank, account, { amount, currency, metadata, automatic: false });
  const dueAt = payout.arrival_date;
  bank.schedule({ id: payout.id, act: 'settle_payout', paymentIntent: '', dueAt });
  return payout;
}

export function retrievePayout({ bank, params, id }: Call): Stripe.Payout {
  params.done();
  return findPayout(bank, id);
}

export function listPayouts({ bank, params, account }: Call): Stripe.ApiList<Stripe.Payout> {
  const status = params.text('status');
  const created = createdFilter(params);
  const payouts = bank.store.payouts.by('account', account ?? '').reverse();
  const wanted = payouts.filter((each) => (status === undefined || each.status === status) && created(each));
  return page(wanted.map(present), params, '/v1/payouts');
}

/** What the bank does by itself each day: all that is available goes to the holder, a payout a currency, and arrives. */
export function payOutAll(bank: Bank, account: Stripe.Account): Stripe.Payout[] {
  const available = [...fundsOf(bank, account.id, 'available')].filter(([, amount]) => amount > 0);
  return available.map(([currency, amount]) => {
    const payout = send(bank, account.id, { amount, currency, metadata: {}, automatic: true });
    for (const entry of bank.store.accountEntries.by('account', account.id))
      if (entry.payout === undefined && entry.currency === currency && entry.available_on <= bank.now())
        bank.store.accountEntries.put({ ...entry, payout: payout.id });
    return settlePayout(bank, payout);
  });
}

/** The money is on the holder's bank account. */
export function settlePayout(bank: Bank, payout: Stripe.Payout): Stripe.Payout {
  if (payout.status !== 'pending') throw conflict('payout_unexpected_state', `It is ${payout.status}.`);
  bank.store.agenda.delete(payout.id);
  return change(bank, 'payout.paid', { ...payout, status: 'paid' });
}

/** The holder's bank sends it back, be it after it had arrived: the account has it again, and no bank account. */
export function failPayout(bank: Bank, payout: Stripe.Payout, code: string): Stripe.Payout {
  if (payout.status === 'failed') throw conflict('payout_unexpected_state', 'The payout has failed already.');
  bank.store.agenda.delete(payout.id);
  const account = accountOf(bank, payout);
  const { amount, currency } = payout;
  const returned = postToAccount(bank, {
    account,
    type: 'payout_failure',
    amount,
    currency,
    source: payout.id,
  });
  const failed = change(bank, 'payout.failed', {
    ...payout,
    status: 'failed',
    failure_balance_transaction: returned.id,
    failure_code: code,
    failure_message: 'The bank account has been closed.',
  });
  setStanding(bank, findAccount(bank, account), 'without_bank_account');
  return failed;
}

export function findPayout(bank: Bank, id: string): Stripe.Payout {
  const found = bank.store.payouts.get(id);
  if (found === undefined) throw missing('payout', id);
  return present(found);
}

/** Whose it is, the caller knows: it asked on that account's behalf. */
function present({ account: _, ...payout }: Stripe.Payout & { account: string }): Stripe.Payout {
  return payout;
}

function accountOf(bank: Bank, { id }: Stripe.Payout): string {
  return bank.store.payouts.get(id)?.account ?? '';
}

function change(bank: Bank, type: 'payout.failed' | 'payout.paid', payout: Stripe.Payout): Stripe.Payout {
  const account = accountOf(bank, payout);
  bank.store.payouts.put({ ...payout, account });
  bank.emit(type, payout, account);
  return payout;
}

function send(
  bank: Bank,
  account: string,
  terms: Pick<Stripe.Payout, 'amount' | 'automatic' | 'currency' | 'metadata'>,
): Stripe.Payout {
  const id = newId('po');
  const created = bank.now();
  const { amount, currency } = terms;
  const debit = postToAccount(bank, {
    account,
    type: 'payout',
    amount: -amount,
    currency,
    source: id,
    payout: id,
  });
  const payout: Stripe.Payout = {
    id,
    object: 'payout',
    ...terms,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: created + ARRIVES_AFTER_SECONDS,
    balance_transaction: debit.id,
    created,
    description: null,
    destination: 'ba_simulated',
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: terms.automatic ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'pending',
    trace_id: null,
    type: 'bank_account',
  };
  bank.store.payouts.put({ ...payout, account });
  bank.emit('payout.created', payout, account);
  return payout;
}
