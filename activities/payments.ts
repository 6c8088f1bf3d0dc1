import type { Db } from '#db/connect.ts';
import { findInstalmentOf } from '#db/instalments.ts';
import { findPayment } from '#db/payments.ts';
import { inTransaction } from '#db/transaction.ts';
import type { PaymentId } from '#domain/ids.ts';
import type { AtBank, Capture, Collection, Intent } from '#domain/payments.ts';
import type { Bank } from '#gateways/bank.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { isAgain } from './again.ts';
import { acceptPayment } from './bookings/accepting.ts';
import type { Accepted } from './bookings/accepting.ts';
import type { At } from './bookings/at.ts';
import { endHold } from './bookings/holding.ts';
import { createDisputeActivities } from './disputes.ts';
import { createInstalmentCharges } from './instalments.ts';
import { acceptInstalment } from './instalments/accepting.ts';
import { createRefundActivities } from './refunds.ts';

export interface PaymentDeps {
  db: Db;
  bank: Bank;
  workflows: Workflows;
}

/** A payment, and which of its intents is meant where that is known. */
type Reading = Collection & { intentId?: string };

export type PaymentActivities = ReturnType<typeof createPaymentActivities>;

/** What the bank is asked, one effect each. An activity that runs again looks in the bank's records before it asks. */
export function createPaymentActivities({ db, bank, workflows }: PaymentDeps) {
  return {
    /** Opens the payment's intent, and pays it when there is a payment method. A decline is an answer. */
    async collectPayment({
      paymentMethodId,
      capture,
      keepsCard,
      ...collection
    }: Collection & { paymentMethodId?: string; capture: Capture; keepsCard?: true }): Promise<Intent> {
      return bank.collect(collection, {
        capture,
        ...(keepsCard && { keepsCard: {} }),
        again: isAgain(),
        ...(paymentMethodId !== undefined && { paymentMethodId }),
      });
    },

    /** What the bank knows of the payment; undefined when it never heard of it. */
    async readPayment({ intentId, ...collection }: Reading): Promise<Intent | undefined> {
      return bank.read(collection, intentId ?? (await intentIdOf(db, collection)));
    },

    /** The payer tries again on the open intent; a challenge that was left gives way to the new card. */
    async confirmPayment({
      paymentMethodId,
      attempt,
      ...collection
    }: Collection & { paymentMethodId: string; attempt: string }): Promise<Intent | undefined> {
      const open = await bank.read(collection, await intentIdOf(db, collection));
      if (open?.status !== 'pending' && open?.status !== 'requires_action') return open;
      return bank.confirm(open.id, paymentMethodId, attempt);
    },

    /** Takes what is reserved. The bank may have let go of it: then it is `voided`, for good. */
    async capturePayment({ intentId }: { intentId: string }): Promise<Intent> {
      return bank.capture(intentId);
    },

    /** Sees to it that the payment can bring no more money, unless it has: then that is the answer. */
    async closePayment({ intentId, ...collection }: Reading): Promise<AtBank> {
      const open = await bank.read(collection, intentId ?? (await intentIdOf(db, collection)));
      if (open === undefined) return 'nothing';
      return open.status === 'posted' || open.status === 'voided' ? open : bank.close(open.id);
    },

    /** Money for a booking that nobody conducts any more is taken into the ledger, and promised back whole. */
    async acceptLatePayment(payment: At & { intent: Intent; paymentId?: PaymentId }): Promise<Accepted> {
      const { bookingId, at, paymentId } = payment;
      return inTransaction(db, async (trx) => {
        const instalment = paymentId && (await findInstalmentOf(trx, paymentId));
        if (instalment !== undefined && instalment.n > 1) {
          const { paymentId: id } = instalment;
          const accepted = await acceptInstalment(trx, { ...payment, paymentId: id });
          return accepted.isPaid ? { confirmed: true } : { ...accepted, confirmed: false };
        }
        await endHold(trx, { bookingId, at, to: 'expired' }); // Nobody else would: its timer went with its workflow.
        return acceptPayment(trx, { ...payment, retake: false });
      });
    },

    ...createRefundActivities({ db, bank, workflows }),
    ...createDisputeActivities({ db, bank, workflows }),
    ...createInstalmentCharges({ db, bank }),
  };
}

async function intentIdOf(db: Db, { paymentId }: Collection): Promise<string | undefined> {
  const payment = await findPayment(db, paymentId);
  return payment?.intentId ?? undefined;
}
