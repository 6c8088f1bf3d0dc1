import type Stripe from 'stripe';
import { availableFunds, balanceTransaction } from './balance.ts';
import type { Bank } from '../bank.ts';
import { conflict, missing } from '../protocol/errors.ts';
import { idOf } from '../state/store.ts';

const FUNDING_PAUSE_SECONDS = 60;

/** A pending refund reaches the cardholder. */
export function settleRefund(bank: Bank, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'pending')
    throw conflict('refund_unexpected_state', `The refund is ${refund.status ?? ''}.`);
  bank.store.agenda.delete(refund.id);
  const { pending_reason: _, ...rest } = refund;
  return changeRefund(bank, { ...rest, status: 'succeeded' });
}

/** The cardholder's bank sends the money back. */
export function failRefund(bank: Bank, refund: Stripe.Refund, reason: string): Stripe.Refund {
  const failed = takeBack(bank, refund, { status: 'failed', failure_reason: reason });
  bank.emit('refund.failed', failed);
  return changeRefund(bank, failed);
}

/** Called back before it was on its way. Where nobody but the card is asked, only the dashboard can do it. */
export function callOffRefund(bank: Bank, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'pending' && refund.status !== 'requires_action')
    throw conflict('refund_unexpected_state', `The refund is ${refund.status ?? ''}.`);
  return changeRefund(
    bank,
    takeBack(bank, refund, { status: 'canceled', failure_reason: 'merchant_request' }),
  );
}

/** A refund that the balance could not bear goes out once nothing is owed any more; else it waits on. */
export function fundRefund(bank: Bank, refund: Stripe.Refund): void {
  const available = availableFunds(bank).get(refund.currency) ?? 0;
  if (available >= 0) settleRefund(bank, refund);
  else awaitFunds(bank, refund);
}

/** Looks again later whether the balance bears it. */
export function awaitFunds(bank: Bank, refund: Stripe.Refund): void {
  const paymentIntent = idOf(refund.payment_intent) ?? '';
  const dueAt = clockOf(bank, refund) + FUNDING_PAUSE_SECONDS;
  bank.schedule({ id: refund.id, act: 'fund_refund', paymentIntent, dueAt });
}

/** What did not reach the cardholder: the charge is the less refunded, and the balance the richer. */
function takeBack(
  bank: Bank,
  refund: Stripe.Refund,
  end: { status: 'canceled' | 'failed'; failure_reason: string },
): Stripe.Refund {
  if (refund.status === 'failed' || refund.status === 'canceled')
    throw conflict('refund_unexpected_state', `The refund is ${refund.status} already.`);
  bank.store.agenda.delete(refund.id);
  const { pending_reason: _, ...rest } = refund;
  const created = clockOf(bank, refund);
  const returned = bank.store.balanceTransactions.put(
    balanceTransaction({ type: 'refund_failure', amount: refund.amount, source: refund, created }),
  );
  const charge = bank.store.charges.get(idOf(refund.charge) ?? '');
  if (charge !== undefined)
    bank.store.charges.put({
      ...charge,
      amount_refunded: charge.amount_refunded - refund.amount,
      refunded: false,
    });
  return { ...rest, ...end, failure_balance_transaction: returned.id };
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
