import { lockBooking } from '#db/bookings.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { findDispute, lockDispute, markFrozen } from '#db/disputes.ts';
import type { DisputeRow } from '#db/disputes.ts';
import { findFrozenPayout, hostOwesIn, openFrozenPayout, writeFreeze } from '#db/freezes.ts';
import type { Frozen } from '#db/freezes.ts';
import { findInstalmentOf } from '#db/instalments.ts';
import { lockPayment } from '#db/payments.ts';
import { findOpenPayoutsOf } from '#db/payouts.ts';
import type { PayoutRow } from '#db/payouts.ts';
import { inTransaction } from '#db/transaction.ts';
import type { DisputeId } from '#domain/ids.ts';
import type { TakenBack, TakingBack } from '#gateways/payees.ts';
import { payHostOrder } from '#workflows/payouts.contract.ts';
import { isAgain } from '../again.ts';
import { found } from '../found.ts';
import type { PaymentDeps } from '../payments.ts';
import { takingFor } from './reclaiming.ts';

interface Freeze {
  disputeId: DisputeId;
  taken: TakenBack;
  at: string;
}

/** What a dispute does to what its host has been paid. */
export function createFreezeActivities({ db, bank, workflows }: PaymentDeps) {
  return {
    /** Takes back from a host, as far as their account has it, what they were paid of money that is disputed. */
    async freezePayout({ disputeId }: { disputeId: DisputeId }): Promise<TakenBack> {
      const taking = await takingOf(db, disputeId);
      return taking === undefined ? { is: 'nothing' } : bank.takeBack(taking, { again: isAgain() });
    },

    /** Writes down what was taken back; with what was not, now the host's debt, it waits for the verdict as a payout. */
    async recordFreeze(freeze: Freeze): Promise<void> {
      const payout = await inTransaction(db, (trx) => record(trx, freeze));
      if (payout !== undefined && payout.status !== 'paid')
        await workflows.start(payHostOrder(payout, freeze.at));
    },
  };
}

/**
 * What of disputed money the host has been paid already, and which transfer of theirs it can come out of; else undefined.
 * What is on its way to them is waited for.
 */
async function takingOf(db: Db, disputeId: DisputeId): Promise<TakingBack | undefined> {
  return inTransaction(db, async (trx) => {
    const { dispute, frozen } = await lock(trx, disputeId);
    if (dispute.frozenAt !== null) return undefined;
    const { bookingId } = dispute;
    const open = await findOpenPayoutsOf(trx, bookingId);
    const onItsWay = open.find(({ claimedAmountMinor }) => claimedAmountMinor !== null);
    if (onItsWay !== undefined) throw new Error(`Whether the bank makes ${onItsWay.id} is not known yet.`);
    const month = await findInstalmentOf(trx, frozen.payment.id);
    const owedMinor = await hostOwesIn(trx, frozen);
    return takingFor(trx, { bookingId, owedMinor, reason: disputeId, n: month?.n });
  });
}

/** In the caller's transaction; gives the payout that waits for the verdict, where there is one. */
async function record(trx: Transaction, { disputeId, taken, at }: Freeze): Promise<PayoutRow | undefined> {
  const { dispute, frozen } = await lock(trx, disputeId);
  if (dispute.frozenAt !== null) return findFrozenPayout(trx, disputeId);
  const takenMinor = taken.is === 'taken' ? taken.amountMinor : 0;
  const debtMinor = Math.max(0, (await hostOwesIn(trx, frozen)) - takenMinor);
  const reversal = taken.is === 'taken' ? { reversalId: taken.id } : {};
  await markFrozen(trx, disputeId, at);
  if (takenMinor + debtMinor === 0) return undefined;
  const back = { disputeId, ...reversal, takenMinor, debtMinor, at };
  await writeFreeze(trx, frozen, back);
  await openFrozenPayout(trx, frozen, back);
  return findFrozenPayout(trx, disputeId);
}

/** The booking first, as whoever pays its host does. */
async function lock(
  trx: Transaction,
  disputeId: DisputeId,
): Promise<{ dispute: DisputeRow; frozen: Frozen }> {
  const { bookingId, paymentId } = await found(findDispute(trx, disputeId), disputeId);
  const booking = await lockBooking(trx, bookingId);
  const payment = await lockPayment(trx, paymentId);
  const dispute = await lockDispute(trx, disputeId);
  return { dispute, frozen: { booking, payment, withdrawnMinor: dispute.withdrawnMinor } };
}
