import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId, unguessable } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import { missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import type { Params } from '../protocol/params.ts';
import { detach } from './saved-methods.ts';

export function createCustomer({ bank, params }: Call): Stripe.Customer {
  const fields = readFields(params);
  const metadata = params.metadata();
  params.done();
  const customer = bank.store.customers.put({
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: bank.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: unguessable(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...fields,
    metadata,
  });
  bank.emit('customer.created', customer);
  return customer;
}

export function updateCustomer({ bank, params, id }: Call): Stripe.Customer {
  const customer = findCustomer(bank, id, 'id');
  const fields = readFields(params);
  const method = params.nested('invoice_settings')?.nullableText('default_payment_method');
  const metadata = params.metadata(customer.metadata);
  params.done();
  if (typeof method === 'string' && bank.store.paymentMethods.get(method)?.customer !== id)
    throw missing('PaymentMethod', method, 'invoice_settings[default_payment_method]');
  const settings = customer.invoice_settings;
  const updated = bank.store.customers.put({
    ...customer,
    ...fields,
    ...(method !== undefined && { invoice_settings: { ...settings, default_payment_method: method } }),
    metadata,
  });
  bank.emit('customer.updated', updated);
  return updated;
}

export function retrieveCustomer({ bank, params, id }: Call): Stripe.Customer | Stripe.DeletedCustomer {
  params.done();
  return bank.store.deletedCustomers.get(id) ?? findCustomer(bank, id, 'id');
}

export function deleteCustomer({ bank, params, id }: Call): Stripe.DeletedCustomer {
  params.done();
  const customer = findCustomer(bank, id, 'id');
  for (const method of bank.store.paymentMethods.by('customer', id)) detach(bank, method);
  bank.store.customers.delete(id);
  bank.emit('customer.deleted', customer);
  return bank.store.deletedCustomers.put({ id, object: 'customer', deleted: true });
}

export function listCustomers({ bank, params }: Call): Stripe.ApiList<Stripe.Customer> {
  const email = params.text('email');
  const created = createdFilter(params);
  const customers = bank.store.customers
    .newestFirst()
    .filter((each) => (email === undefined || each.email === email) && created(each));
  return page(customers, params, '/v1/customers');
}

/** The customer that a parameter names. */
export function findCustomer(bank: Bank, id: string, param = 'customer'): Stripe.Customer {
  const customer = bank.store.customers.get(id);
  if (customer === undefined) throw missing('customer', id, param);
  return customer;
}

function readFields(params: Params): Partial<Stripe.Customer> {
  const fields: Partial<Stripe.Customer> = {};
  for (const name of ['description', 'email', 'name', 'phone'] as const) {
    const value = params.nullableText(name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}
