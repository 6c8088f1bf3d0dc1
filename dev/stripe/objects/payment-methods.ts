import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { cardOf, newPaymentMethod, testCardNamed, testCardNumbered } from './cards.ts';
import type { Call } from '../protocol/endpoint.ts';
import { conflict, invalid, missing, StripeProblem } from '../protocol/errors.ts';
import { page } from '../protocol/lists.ts';
import { attach, checkUsable, detach, refusalToSave } from './saved-methods.ts';
import type { Params } from '../protocol/params.ts';

/** A card typed into a form, or a test token. */
export function createPaymentMethod({ bank, params }: Call): Stripe.PaymentMethod {
  const { number, metadata } = readMethod(params);
  params.done();
  const card = number.startsWith('tok_') ? testCardNamed(number) : testCardNumbered(number);
  if (card === undefined) throw missing('token', number, 'card[token]');
  return bank.store.paymentMethods.put({ ...newPaymentMethod(bank, card), metadata });
}

export function retrievePaymentMethod({ bank, params, id }: Call): Stripe.PaymentMethod {
  params.done();
  return findPaymentMethod(bank, id, 'id');
}

export function listPaymentMethods({ bank, params }: Call): Stripe.ApiList<Stripe.PaymentMethod> {
  return methodsOf(bank, params, params.requiredText('customer'));
}

export function listCustomersPaymentMethods({
  bank,
  params,
  id,
}: Call): Stripe.ApiList<Stripe.PaymentMethod> {
  if (bank.store.customers.get(id) === undefined) throw missing('customer', id);
  return methodsOf(bank, params, id);
}

export function attachPaymentMethod({ bank, params, id }: Call): Stripe.PaymentMethod {
  const customer = params.requiredText('customer');
  params.done();
  const method = findPaymentMethod(bank, id, 'id');
  if (bank.store.customers.get(customer) === undefined) throw missing('customer', customer, 'customer');
  if (method.customer !== null && method.customer !== customer)
    throw conflict('payment_method_unexpected_state', 'This payment method belongs to another customer.');
  checkUsable(bank, method);
  const refused = refusalToSave(cardOf(method));
  if (refused !== undefined)
    throw new StripeProblem(
      402,
      { type: 'card_error', code: refused.code, decline_code: refused.declineCode, message: refused.message },
      true,
    );
  return attach(bank, method, customer);
}

export function detachPaymentMethod({ bank, params, id }: Call): Stripe.PaymentMethod {
  params.done();
  const method = findPaymentMethod(bank, id, 'id');
  if (method.customer === null)
    throw conflict('payment_method_unexpected_state', 'This payment method is attached to no customer.');
  return detach(bank, method);
}

/** The payment method of this id; for a test name a new one of that card. */
function findPaymentMethod(bank: Bank, id: string, param = 'payment_method'): Stripe.PaymentMethod {
  const method = bank.store.paymentMethods.get(id);
  if (method !== undefined) return method;
  const card = testCardNamed(id);
  if (card === undefined || !id.startsWith('pm_')) throw missing('PaymentMethod', id, param);
  return newPaymentMethod(bank, card);
}

/** `payment_method` or `payment_method_data`, as a server or a browser names what pays; to be called after `done`. */
export function readPayment(params: Params): (bank: Bank) => Stripe.PaymentMethod | undefined {
  const id = params.text('payment_method');
  const data = params.nested('payment_method_data');
  const typed = data === undefined ? undefined : readMethod(data).number;
  return (bank) => {
    if (typed !== undefined) return newPaymentMethod(bank, testCardNumbered(typed));
    if (id === undefined || id === '') return undefined;
    const method = findPaymentMethod(bank, id);
    checkUsable(bank, method);
    return method;
  };
}

function readMethod(params: Params): { number: string; metadata: Record<string, string> } {
  const type = params.requiredText('type');
  if (type !== 'card') throw invalid(`The simulator knows no payment method of type ${type}.`, 'type');
  const card = params.nested('card');
  if (card === undefined) throw invalid('Missing required param: card.', 'card', 'parameter_missing');
  const token = card.text('token');
  const number = token ?? card.requiredText('number');
  for (const ignored of ['exp_month', 'exp_year', 'cvc']) card.text(ignored);
  params.accept('billing_details');
  return { number, metadata: params.metadata() };
}

function methodsOf(bank: Bank, params: Params, customer: string): Stripe.ApiList<Stripe.PaymentMethod> {
  const type = params.text('type');
  const methods = bank.store.paymentMethods.by('customer', customer).reverse();
  const wanted = methods.filter((method) => type === undefined || method.type === type);
  return page(wanted, params, `/v1/customers/${customer}/payment_methods`);
}
