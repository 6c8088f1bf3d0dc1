import type Stripe from 'stripe';
import { presentTransaction } from '../objects/balance.ts';
import type { Bank } from '../bank.ts';
import { invalid } from './errors.ts';

const MAX_DEPTH = 4;

/** The references that a client may ask to see whole, by the kind of object that holds them. */
const EXPANDABLE: Readonly<Record<string, readonly string[]>> = {
  balance_transaction: ['source'],
  charge: ['balance_transaction', 'customer', 'payment_intent', 'refunds'],
  dispute: ['charge', 'payment_intent'],
  payment_intent: ['customer', 'latest_charge', 'payment_method'],
  payment_method: ['customer'],
  setup_intent: ['customer', 'payment_method'],
  payout: ['balance_transaction', 'failure_balance_transaction'],
  refund: ['balance_transaction', 'charge', 'failure_balance_transaction', 'payment_intent'],
  transfer: ['balance_transaction', 'destination', 'source_transaction'],
  transfer_reversal: ['balance_transaction', 'transfer'],
};

type Json = Record<string, unknown>;

function json(object: object): Json {
  return object as Json;
}

/** A copy of `object` with the references along each path (`latest_charge.balance_transaction`) replaced. */
export function expand(bank: Bank, object: object, paths: readonly string[]): object {
  let expanded = json(object);
  for (const path of paths) {
    const parts = path.split('.');
    const inList = parts[0] === 'data' && 'data' in expanded;
    if (parts.length > MAX_DEPTH + (inList ? 1 : 0)) throw notExpandable(path);
    expanded = inList ? expandList(bank, expanded, parts.slice(1)) : expandOne(bank, expanded, parts);
  }
  return expanded;
}

function expandList(bank: Bank, list: Json, path: readonly string[]): Json {
  return { ...list, data: (list.data as Json[]).map((item) => expandOne(bank, item, path)) };
}

function expandOne(bank: Bank, object: Json, [field, ...rest]: readonly string[]): Json {
  if (field === undefined) return object;
  if (EXPANDABLE[object.object as string]?.includes(field) !== true) throw notExpandable(field);
  if (field === 'refunds') return { ...object, refunds: refundsOf(bank, object.id as string) };
  const reference = object[field];
  const whole =
    typeof reference === 'string' ? find(bank, reference) : (reference as Json | null | undefined);
  if (whole === null || whole === undefined) return object;
  return {
    ...object,
    [field]: rest[0] === 'data' ? expandList(bank, whole, rest.slice(1)) : expandOne(bank, whole, rest),
  };
}

function find(bank: Bank, id: string): Json | undefined {
  for (const collection of bank.store.collections()) {
    const record = collection.get(id);
    if (record === undefined || !('object' in record)) continue;
    return collection.name === 'balance_transactions'
      ? json(presentTransaction(bank, record as Stripe.BalanceTransaction))
      : json(record);
  }
  return undefined;
}

function refundsOf(bank: Bank, charge: string): Json {
  const data = bank.store.refunds.by('charge', charge).reverse();
  return { object: 'list', data, has_more: false, url: `/v1/charges/${charge}/refunds` };
}

function notExpandable(path: string): Error {
  return invalid(`This property cannot be expanded (${path}).`, 'expand');
}
