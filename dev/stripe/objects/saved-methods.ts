import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import type { Decline, TestCard } from './cards.ts';
import { conflict } from '../protocol/errors.ts';
import type { MethodHistory } from '../state/store.ts';
import { idOf } from '../state/store.ts';

/** Keeps a payment method for its customer. */
export function attach(bank: Bank, method: Stripe.PaymentMethod, customer: string): Stripe.PaymentMethod {
  if (method.customer === customer) return method;
  const attached = bank.store.paymentMethods.put({ ...method, customer });
  bank.emit('payment_method.attached', attached);
  return attached;
}

/** Takes a payment method from its customer: it pays for nobody any more, and is not taken back. */
export function detach(bank: Bank, method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  bank.store.methodHistories.put({ id: method.id, setUp: false, detached: true });
  const customer = bank.store.customers.get(idOf(method.customer) ?? '');
  if (customer?.invoice_settings.default_payment_method === method.id)
    bank.store.customers.put({
      ...customer,
      invoice_settings: { ...customer.invoice_settings, default_payment_method: null },
    });
  const detached = bank.store.paymentMethods.put({ ...method, customer: null });
  bank.emit('payment_method.detached', detached);
  return detached;
}

/** From now on the holder need not be there when this method pays. */
export function setUp(bank: Bank, method: Stripe.PaymentMethod): void {
  bank.store.methodHistories.put({ ...historyOf(bank, method), setUp: true });
}

/** Whether the issuer wants to hear from the holder before it pays. */
export function asksForHolder(
  bank: Bank,
  { method, card, offSession }: { method: Stripe.PaymentMethod; card: TestCard; offSession: boolean },
): boolean {
  if (card.challenge === undefined) return false;
  if (card.challenge === 'always' || !offSession) return true;
  return card.challenge === 'until_set_up' && !historyOf(bank, method).setUp;
}

/** Why a card can not be saved; some cards that never pay can be all the same. */
export function refusalToSave(card: TestCard): Decline | undefined {
  return card.savable === true ? undefined : card.decline;
}

export function checkUsable(bank: Bank, method: Stripe.PaymentMethod): void {
  if (historyOf(bank, method).detached)
    throw conflict(
      'payment_method_unexpected_state',
      `The payment method ${method.id} was detached from its customer. It may not be used again.`,
      { param: 'payment_method' },
    );
}

function historyOf(bank: Bank, { id }: Stripe.PaymentMethod): MethodHistory {
  return bank.store.methodHistories.get(id) ?? { id, setUp: false, detached: false };
}
