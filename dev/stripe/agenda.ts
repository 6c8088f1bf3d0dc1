import type { Bank } from './bank.ts';
import { postToBalance } from './objects/balance.ts';
import { cardOf } from './objects/cards.ts';
import { settlePayment } from './objects/confirmation.ts';
import { disputeByCard, endUnanswered, judgeEvidence } from './objects/dispute-course.ts';
import { findPayout, settlePayout } from './objects/payouts.ts';
import { endIntent } from './objects/payment-intents.ts';
import { failRefund, fundRefund, settleRefund } from './objects/refund-outcomes.ts';
import type { Due, Store } from './state/store.ts';
import { idOf } from './state/store.ts';

/** Does, each in a transaction of its own, all that has come due by the clock it is bound to. */
export function runDue(bank: Bank): void {
  for (let due = dueNow(bank); due.length > 0; due = dueNow(bank))
    for (const item of due)
      bank.act(undefined, () => {
        bank.store.agenda.delete(item.id);
        ACTS[item.act](bank, item.id);
      });
}

function dueNow(bank: Bank): Due[] {
  const { agenda, paymentIntents } = bank.store;
  if (agenda.size === 0) return [];
  return [...agenda.values()]
    .filter(({ paymentIntent, dueAt }) => dueAt <= bank.now(paymentIntents.get(paymentIntent)))
    .sort((one, other) => one.dueAt - other.dueAt);
}

const ACTS: Readonly<Record<Due['act'], (bank: Bank, id: string) => void>> = {
  end_dispute: (bank, id) => endUnanswered(bank, found(bank.store, 'disputes', id)),
  judge_dispute: (bank, id) => judgeEvidence(bank, found(bank.store, 'disputes', id)),
  open_dispute(bank, id) {
    const intent = found(bank.store, 'paymentIntents', id);
    disputeByCard(bank, found(bank.store, 'charges', idOf(intent.latest_charge) ?? ''));
  },
  lapse_hold(bank, id) {
    const intent = found(bank.store, 'paymentIntents', id);
    if (intent.status === 'requires_capture') endIntent(bank, intent, 'automatic');
  },
  post_balance(bank, id) {
    const charge = found(bank.store, 'charges', id);
    const method = found(bank.store, 'paymentMethods', charge.payment_method ?? '');
    bank.emit('charge.updated', postToBalance(bank, charge, cardOf(method)));
  },
  settle_payment(bank, id) {
    const intent = found(bank.store, 'paymentIntents', id);
    if (intent.status === 'processing') settlePayment(bank, intent, 'succeed');
  },
  settle_payout(bank, id) {
    const payout = findPayout(bank, id);
    if (payout.status === 'pending') settlePayout(bank, payout);
  },
  settle_refund(bank, id) {
    const refund = found(bank.store, 'refunds', id);
    if (refund.status === 'pending') settleRefund(bank, refund);
  },
  fund_refund: (bank, id) => fundRefund(bank, found(bank.store, 'refunds', id)),
  fail_refund(bank, id) {
    const refund = found(bank.store, 'refunds', id);
    if (refund.status !== 'failed') failRefund(bank, refund, 'expired_or_canceled_card');
  },
};

type Kept = 'charges' | 'disputes' | 'paymentIntents' | 'paymentMethods' | 'refunds';

function found<K extends Kept>(store: Store, kind: K, id: string): NonNullable<ReturnType<Store[K]['get']>> {
  const record = store[kind].get(id);
  if (record === undefined) throw new Error(`The agenda names ${id}, which is not there.`);
  return record as NonNullable<ReturnType<Store[K]['get']>>;
}
