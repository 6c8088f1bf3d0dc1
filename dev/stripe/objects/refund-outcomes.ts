import type Stripe from 'stripe';
import { balanceTransaction } from './balance.ts';
import type { Bank } from '../bank.ts';
import { conflict, missing } from '../protocol/errors.ts';
import { idOf } from '../state/store.ts';

/** A pending refund reaches the cardholder. */
export function settleRefund(bank: Bank, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'pending')
    throw conflict('refund_unexpected_state', `The refund is ${refund.status ?? ''}.`);
  bank.store.agenda.delete(refund.id);
  const { pending_reason: _, ...rest } = refund;
  return changeRefund(bank, { ...rest, status: 'succeeded' });
}

/** The cardholder's bank sends the money back: the charge is the less refunded, and the balance the richer. */
export function failRefund(bank: Bank, refund: Stripe.Refund, reason: string): Stripe.Refund {
  if (refund.status === 'failed') throw conflict('refund_unexpected_state', 'The refund has failed already.');
  bank.store.agenda.delete(refund.id);
  const { pending_reason: _, ...rest } = refund;
  const returned = bank.store.balanceTransactions.put(
    balanceTransaction({
      type: 'refund_failure',
      amount: refund.amount,
      source: refund,
      created: clockOf(bank, refund),
    }),
  );
  const charge = bank.store.charges.get(idOf(refund.charge) ?? '');
  if (charge !== undefined)
    bank.store.charges.put({
      ...charge,
      amount_refunded: charge.amount_refunded - refund.amount,
      refunded: false,
    });
  const failed: Stripe.Refund = {
    ...rest,
    status: 'failed',
    failure_reason: reason,
    failure_balance_transaction: returned.id,
  };
  bank.emit('refund.failed', failed);
  return changeRefund(bank, failed);
}

export function findRefund(bank: Bank, id: string): Stripe.Refund {
  const found = bank.store.refunds.get(id);
  if (found === undefined) throw missing('refund', id);
  return found;
}

/** Refunds have two names for the same news, for endpoints of different age. */
export function changeRefund(bank: Bank, refund: Stripe.Refund): Stripe.Refund {
  const changed = bank.store.refunds.put(refund);
  bank.emit('refund.updated', changed);
  bank.emit('charge.refund.updated', changed);
  return changed;
}

function clockOf(bank: Bank, refund: Stripe.Refund): number {
  return bank.now(bank.store.paymentIntents.get(idOf(refund.payment_intent) ?? ''));
}
