import type Stripe from 'stripe';
import { availableFunds, balanceTransaction } from './balance.ts';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import { cardOf } from './cards.ts';
import { checkUnit } from './currencies.ts';
import type { Call } from '../protocol/endpoint.ts';
import { closeInquiries } from './dispute-course.ts';
import { conflict, invalid, missing, StripeProblem } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import { awaitFunds, callOffRefund, changeRefund, findRefund } from './refund-outcomes.ts';
import { idOf } from '../state/store.ts';

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** Gives back all that is left of a charge, or `amount` of it. */
export function createRefund({ bank, params }: Call): Stripe.Refund {
  const chargeId = params.text('charge');
  const intentId = params.text('payment_intent');
  const asked = params.integer('amount');
  const reason = params.oneOf('reason', REASONS) ?? null;
  const metadata = params.metadata();
  params.done();
  const charge = refundableCharge(bank, chargeId, intentId);
  return giveBack(bank, charge, { ...(asked !== undefined && { amount: asked }), reason, metadata });
}

/** Refunds a charge, as a request or somebody in the dashboard asks for: all that is left, or `amount` of it. */
export function giveBack(
  bank: Bank,
  charge: Stripe.Charge,
  { amount: asked, reason = null, metadata = {} }: Partial<Terms>,
): Stripe.Refund {
  if (bank.store.disputes.by('charge', charge.id).some((each) => !each.is_charge_refundable))
    throw conflict('charge_disputed', `Charge ${charge.id} has been charged back; cannot issue a refund.`);
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) throw conflict('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
  const amount = asked ?? left;
  if (amount < 1)
    throw invalid('This value must be greater than or equal to 1.', 'amount', 'parameter_invalid_integer');
  if (amount > left)
    throw new StripeProblem(
      400,
      {
        type: 'invalid_request_error',
        message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
        param: 'amount',
      },
      true,
    );
  checkUnit(amount, charge.currency);
  return refund(bank, charge, { amount, reason, metadata });
}

/** Only a refund that its receiver has to do something for can be canceled here, and no card asks for that. */
export function cancelRefund({ bank, params, id }: Call): Stripe.Refund {
  params.done();
  const found = findRefund(bank, id);
  if (found.status !== 'requires_action')
    throw conflict('refund_unexpected_state', `A refund that is ${found.status ?? ''} can not be canceled.`);
  return callOffRefund(bank, found);
}

export function retrieveRefund({ bank, params, id }: Call): Stripe.Refund {
  params.done();
  return findRefund(bank, id);
}

export function updateRefund({ bank, params, id }: Call): Stripe.Refund {
  const found = findRefund(bank, id);
  const metadata = params.metadata(found.metadata ?? {});
  params.done();
  return changeRefund(bank, { ...found, metadata });
}

export function listRefunds({ bank, params }: Call): Stripe.ApiList<Stripe.Refund> {
  const charge = params.text('charge');
  const intent = params.text('payment_intent');
  const created = createdFilter(params);
  const { refunds } = bank.store;
  let found = refunds.newestFirst();
  if (charge !== undefined) found = refunds.by('charge', charge).reverse();
  else if (intent !== undefined) found = refunds.by('payment_intent', intent).reverse();
  return page(found.filter(created), params, '/v1/refunds');
}

/** Lets go of a hold that was never captured. It shows as a refund that moved no money: without balance transaction. */
export function releaseHold(bank: Bank, intent: Stripe.PaymentIntent, lapsed: boolean): void {
  const charge = bank.store.charges.get(idOf(intent.latest_charge) ?? '');
  if (charge === undefined) return;
  const released = bank.store.charges.put({ ...charge, amount_refunded: charge.amount, refunded: true });
  const reason = lapsed ? 'expired_uncaptured_charge' : null;
  const release = newRefund(bank, charge, { amount: charge.amount, reason, metadata: {} });
  bank.emit('refund.created', bank.store.refunds.put(release));
  bank.emit(lapsed ? 'charge.expired' : 'charge.refunded', released);
}

interface Terms {
  amount: number;
  reason: Stripe.Refund.Reason | null;
  metadata: Record<string, string>;
}

function refund(bank: Bank, charge: Stripe.Charge, terms: Terms): Stripe.Refund {
  const manner = mannerOf(bank, charge);
  const blank = newRefund(bank, charge, terms);
  const debit = bank.store.balanceTransactions.put(
    balanceTransaction({
      type: 'refund',
      amount: -terms.amount,
      source: { ...blank },
      created: blank.created,
    }),
  );
  const isShort =
    bank.settings.refundsBeyondBalance === 'wait' && (availableFunds(bank).get(charge.currency) ?? 0) < 0;
  const made = bank.store.refunds.put<Stripe.Refund>({
    ...blank,
    balance_transaction: debit.id,
    ...((isShort || manner === 'pending') && {
      status: 'pending',
      pending_reason: isShort ? 'insufficient_funds' : 'processing',
    }),
  });
  if (isShort) awaitFunds(bank, made);
  else if (manner !== 'settle')
    bank.schedule({
      id: made.id,
      act: manner === 'pending' ? 'settle_refund' : 'fail_refund',
      paymentIntent: idOf(charge.payment_intent) ?? '',
      dueAt: made.created + bank.settings.refundSeconds,
    });
  const refunded = charge.amount_refunded + terms.amount;
  const updated = bank.store.charges.put({
    ...charge,
    amount_refunded: refunded,
    refunded: refunded === charge.amount,
  });
  bank.emit('refund.created', made);
  bank.emit('charge.refunded', updated);
  if (updated.refunded) closeInquiries(bank, updated);
  return made;
}

function mannerOf(bank: Bank, charge: Stripe.Charge): 'fail_later' | 'pending' | 'settle' {
  const method = bank.store.paymentMethods.get(charge.payment_method ?? '');
  const own = method === undefined ? undefined : cardOf(method).refunds;
  if (own === 'pending_first') return 'pending';
  return own === 'fails_later' ? 'fail_later' : bank.settings.refunds;
}

function newRefund(bank: Bank, charge: Stripe.Charge, terms: Terms): Stripe.Refund {
  const intent = bank.store.paymentIntents.get(idOf(charge.payment_intent) ?? '');
  return {
    id: newId('re'),
    object: 'refund',
    amount: terms.amount,
    balance_transaction: null,
    charge: charge.id,
    created: bank.now(intent),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: terms.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: terms.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
}

/** The charge that is to be given back, by its own id or by that of its intent. */
export function refundableCharge(bank: Bank, chargeId: string | undefined, intentId?: string): Stripe.Charge {
  if (chargeId === undefined && intentId === undefined)
    throw invalid(
      'One of the following params should be provided: payment_intent or charge.',
      'payment_intent',
    );
  const intent = intentId === undefined ? undefined : bank.store.paymentIntents.get(intentId);
  if (intentId !== undefined && intent === undefined)
    throw missing('payment_intent', intentId, 'payment_intent');
  const id = chargeId ?? idOf(intent?.latest_charge) ?? '';
  const charge = bank.store.charges.get(id);
  if (chargeId !== undefined && charge === undefined) throw missing('charge', chargeId, 'charge');
  if (charge?.captured !== true)
    throw conflict(
      'payment_intent_unexpected_state',
      'This PaymentIntent does not have a successful charge to refund. Cancel it instead.',
    );
  return charge;
}
