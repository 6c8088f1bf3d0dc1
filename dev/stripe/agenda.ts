import type { Bank } from './bank.ts';
import { postToBalance } from './balance.ts';
import { cardOf } from './cards.ts';
import { settlePayment } from './confirmation.ts';
import { endIntent } from './payment-intents.ts';
import { failRefund, settleRefund } from './refunds.ts';
import type { Due, Store } from './store.ts';

/** Does, each in a transaction of its own, all that has come due by the clock it is bound to. */
export function runDue(bank: Bank): void {
  const { agenda, paymentIntents } = bank.store;
  if (agenda.size === 0) return;
  const due = [...agenda.values()].filter(
    ({ paymentIntent, dueAt }) => dueAt <= bank.now(paymentIntents.get(paymentIntent)),
  );
  for (const item of due.sort((one, other) => one.dueAt - other.dueAt))
    bank.act(undefined, () => {
      agenda.delete(item.id);
      ACTS[item.act](bank, item.id);
    });
}

const ACTS: Readonly<Record<Due['act'], (bank: Bank, id: string) => void>> = {
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
  settle_refund(bank, id) {
    const refund = found(bank.store, 'refunds', id);
    if (refund.status === 'pending') settleRefund(bank, refund);
  },
  fail_refund(bank, id) {
    const refund = found(bank.store, 'refunds', id);
    if (refund.status !== 'failed') failRefund(bank, refund, 'expired_or_canceled_card');
  },
};

type Kept = 'charges' | 'paymentIntents' | 'paymentMethods' | 'refunds';

function found<K extends Kept>(store: Store, kind: K, id: string): NonNullable<ReturnType<Store[K]['get']>> {
  const record = store[kind].get(id);
  if (record === undefined) throw new Error(`The agenda names ${id}, which is not there.`);
  return record as NonNullable<ReturnType<Store[K]['get']>>;
}
