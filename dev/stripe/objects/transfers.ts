import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import { conflict, invalid, missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import { idOf } from '../state/store.ts';
import { fundsOf, postToAccount } from './account-balance.ts';
import { availableFunds, balanceTransaction } from './balance.ts';
import { checkUnit, currencyOf } from './currencies.ts';
import { checkCurrency, exchanged } from './exchange.ts';

/**
 * Moves money from the platform to a connected account: out of what is available, or out of one charge, even where
 * that is on its way still; then the account has it when the platform would have had it.
 */
export function createTransfer({ bank, params }: Call): Stripe.Transfer {
  const amount = params.requiredInteger('amount');
  const currency = currencyOf(params.requiredText('currency'));
  const destination = params.requiredText('destination');
  const source = params.text('source_transaction');
  const group = params.text('transfer_group');
  const description = params.text('description') ?? null;
  const metadata = params.metadata();
  params.done();
  if (amount < 1)
    throw invalid('This value must be greater than or equal to 1.', 'amount', 'parameter_invalid_integer');
  checkUnit(amount, currency);
  checkDestination(bank, destination);
  checkCurrency(bank, destination, currency);
  const charge = source === undefined ? undefined : sourceOf(bank, source, { amount, currency });
  if (charge === undefined && (availableFunds(bank).get(currency) ?? 0) < amount)
    throw insufficient('You have insufficient available funds in your Stripe account.');
  return transfer(bank, {
    amount,
    charge,
    currency,
    description,
    destination,
    metadata,
    transfer_group: group ?? charge?.transfer_group ?? null,
  });
}

export function retrieveTransfer({ bank, params, id }: Call): Stripe.Transfer {
  params.done();
  return presentTransfer(bank, findTransfer(bank, id));
}

export function updateTransfer({ bank, params, id }: Call): Stripe.Transfer {
  const found = findTransfer(bank, id);
  const metadata = params.metadata(found.metadata);
  const description = params.nullableText('description');
  params.done();
  const changed = bank.store.transfers.put({
    ...found,
    metadata,
    ...(description !== undefined && { description }),
  });
  bank.emit('transfer.updated', presentTransfer(bank, changed));
  return presentTransfer(bank, changed);
}

export function listTransfers({ bank, params }: Call): Stripe.ApiList<Stripe.Transfer> {
  const destination = params.text('destination');
  const group = params.text('transfer_group');
  const created = createdFilter(params);
  const { transfers } = bank.store;
  const found =
    group === undefined ? transfers.newestFirst() : transfers.by('transfer_group', group).reverse();
  const wanted = found.filter(
    (each) => (destination === undefined || each.destination === destination) && created(each),
  );
  const list = page(wanted, params, '/v1/transfers');
  return { ...list, data: list.data.map((each) => presentTransfer(bank, each)) };
}

/** Takes back all that is left of a transfer, or `amount` of it, as far as the account still has it. */
export function createReversal({ bank, params, id }: Call): Stripe.TransferReversal {
  const found = findTransfer(bank, id);
  const left = found.amount - found.amount_reversed;
  const amount = params.integer('amount') ?? left;
  params.accept('description');
  const metadata = params.metadata();
  params.done();
  if (left === 0) throw conflict('transfer_already_reversed', `Transfer ${id} has already been reversed.`);
  if (amount < 1 || amount > left)
    throw invalid(`Amount must be from 1 to ${left}: what is left of the transfer.`, 'amount');
  const account = idOf(found.destination) ?? '';
  const leaving = exchanged(bank, account, { amount, currency: found.currency });
  if ((fundsOf(bank, account, 'all').get(leaving.currency) ?? 0) < leaving.amount)
    throw insufficient('The destination account has insufficient funds to reverse this transfer.');
  return reverse(bank, found, { amount, account, metadata });
}

export function listReversals({ bank, params, id }: Call): Stripe.ApiList<Stripe.TransferReversal> {
  const { id: transferId } = findTransfer(bank, id);
  return page(reversalsOf(bank, transferId), params, `/v1/transfers/${transferId}/reversals`);
}

function findTransfer(bank: Bank, id: string): Stripe.Transfer {
  const found = bank.store.transfers.get(id);
  if (found === undefined) throw missing('transfer', id);
  return found;
}

/** Its reversals have a collection of their own, so they are not stored with it. */
function presentTransfer(bank: Bank, stored: Stripe.Transfer): Stripe.Transfer {
  return { ...stored, reversals: { ...stored.reversals, data: reversalsOf(bank, stored.id) } };
}

function reversalsOf(bank: Bank, transferId: string): Stripe.TransferReversal[] {
  return bank.store.reversals.by('transfer', transferId).reverse();
}

function checkDestination(bank: Bank, destination: string): void {
  const account = bank.store.accounts.get(destination);
  if (account === undefined) throw missing('destination', destination, 'destination');
  if (account.capabilities?.transfers !== 'active')
    throw conflict(
      'insufficient_capabilities_for_transfer',
      'Your destination account needs to have at least one of the following capabilities enabled: transfers.',
    );
}

/** All transfers out of a charge together are no more than the charge. */
function sourceOf(
  bank: Bank,
  id: string,
  { amount, currency }: { amount: number; currency: string },
): Stripe.Charge {
  const charge = bank.store.charges.get(id);
  if (charge === undefined) throw missing('charge', id, 'source_transaction');
  if (!charge.captured || charge.currency !== currency)
    throw invalid(`Charge ${id} has no ${currency} to transfer.`, 'source_transaction');
  const before = bank.store.transfers.by('source_transaction', id);
  const moved = before.reduce((sum, each) => sum + each.amount - each.amount_reversed, 0);
  if (moved + amount > charge.amount_captured)
    throw conflict(
      'transfer_source_balance_parameters_mismatch',
      `Transfers using this transaction as a source must not exceed the source amount of ${charge.amount_captured}.`,
      { param: 'amount' },
    );
  return charge;
}

interface Terms extends Pick<
  Stripe.Transfer,
  'amount' | 'currency' | 'description' | 'metadata' | 'transfer_group'
> {
  charge: Stripe.Charge | undefined;
  destination: string;
}

function transfer(bank: Bank, { charge, destination, ...terms }: Terms): Stripe.Transfer {
  const { amount, currency } = terms;
  const id = newId('tr');
  const created = bank.now();
  const availableOn =
    bank.store.balanceTransactions.get(idOf(charge?.balance_transaction) ?? '')?.available_on ?? created;
  const debit = bank.store.balanceTransactions.put({
    ...balanceTransaction({ type: 'transfer', amount: -amount, source: { id, currency }, created }),
    available_on: availableOn,
  });
  const payment = newId('py');
  postToAccount(bank, {
    account: destination,
    type: 'payment',
    ...exchanged(bank, destination, { amount, currency }),
    source: payment,
    availableOn,
  });
  const made = bank.store.transfers.put<Stripe.Transfer>({
    id,
    object: 'transfer',
    ...terms,
    amount_reversed: 0,
    balance_transaction: debit.id,
    created,
    destination,
    destination_payment: payment,
    livemode: false,
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: charge?.id ?? null,
    source_type: 'card',
  });
  bank.emit('transfer.created', made);
  return made;
}

function reverse(
  bank: Bank,
  found: Stripe.Transfer,
  { amount, account, metadata }: { amount: number; account: string; metadata: Record<string, string> },
): Stripe.TransferReversal {
  const { currency } = found;
  const id = newId('trr');
  const created = bank.now();
  const credit = bank.store.balanceTransactions.put(
    balanceTransaction({ type: 'transfer_refund', amount, source: { id, currency }, created }),
  );
  const refund = newId('pyr');
  const leaving = exchanged(bank, account, { amount: -amount, currency });
  postToAccount(bank, { account, type: 'payment_refund', ...leaving, source: refund });
  const made = bank.store.reversals.put<Stripe.TransferReversal>({
    id,
    object: 'transfer_reversal',
    amount,
    balance_transaction: credit.id,
    created,
    currency,
    destination_payment_refund: refund,
    metadata,
    source_refund: null,
    transfer: found.id,
  });
  const reversed = found.amount_reversed + amount;
  const changed = bank.store.transfers.put({
    ...found,
    amount_reversed: reversed,
    reversed: reversed === found.amount,
  });
  bank.emit('transfer.reversed', presentTransfer(bank, changed));
  return made;
}

function insufficient(message: string): Error {
  return conflict('balance_insufficient', message);
}
