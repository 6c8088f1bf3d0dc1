import { CancellationScope, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { RefundId } from '#domain/ids.ts';
import { bank, payoutStep } from './activities.ts';
import { instant, instantNow } from './clock.ts';
import { refundSpoke } from './refunds.contract.ts';
import type { Late, RefundPayment } from './refunds.contract.ts';

const ASK_AGAIN_MS = 12 * 60 * 60 * 1000;

/** Money goes back to the guest: asked of the bank once, however often we ask, and explained by the ledger when it is gone. */
export async function refundPayment(order: RefundPayment): Promise<void> {
  let spoken = false;
  setHandler(refundSpoke, () => {
    spoken = true;
  });
  await CancellationScope.nonCancellable(async () => {
    const refundId = await refundOf(order);
    if (refundId === undefined) return;
    if (!('hasComeBack' in order)) await reclaim(refundId);
    setCurrentDetails('Waiting for the bank to take the refund on.');
    // What the bank has made is looked at only: to ask again could give the money twice.
    const isMade = 'hasComeBack' in order || 'made' in order;
    let result = await (isMade ? bank.readRefund({ refundId }) : bank.refundAtBank({ refundId }));
    if (result.status === 'pending') await bank.recordRefund({ refundId, result, at: instantNow() });
    while (result.status === 'pending') {
      const askAgainAt = instant(Date.now() + ASK_AGAIN_MS);
      setCurrentDetails(`Waiting for the bank to carry the refund out. Asked again at ${askAgainAt}.`);
      await condition(() => spoken, ASK_AGAIN_MS, { summary: 'Ask the bank again' });
      spoken = false;
      result = await bank.readRefund({ refundId });
    }
    await bank.recordRefund({ refundId, result, at: instantNow() });
    // What the bank has said while that was written down.
    while (spoken) {
      spoken = false;
      await bank.recordRefund({ refundId, result: await bank.readRefund({ refundId }), at: instantNow() });
    }
    setCurrentDetails(ENDS[result.status]);
  });
}

/** What the host has been paid of it comes back first, as far as it does: that could still be put right, a refund not. */
async function reclaim(refundId: RefundId): Promise<void> {
  setCurrentDetails('Looking what of it the host has been paid.');
  const taken = await payoutStep.reclaimPayout({ refundId });
  if (taken.is === 'nothing') return;
  const { id: reversalId, amountMinor } = taken;
  await payoutStep.recordReclaim({ refundId, reversalId, amountMinor, at: instantNow() });
}

const ENDS = {
  settled: 'Over: the money is on its way to the card.',
  failed: 'Over: the bank cannot give the money back this way; an operator has to.',
} as const;

/** The refund it is about, once it is on record. Undefined when there is nothing to give back. */
async function refundOf(order: RefundPayment): Promise<RefundId | undefined> {
  if ('refundId' in order) return order.refundId;
  if ('made' in order) return bank.takeRefundIn({ ...order.made, at: instantNow() });
  return takeIn(order.late);
}

/** A payment that arrived after its booking's workflow had ended. Undefined when there is no money in it. */
async function takeIn(late: Late): Promise<RefundId | undefined> {
  setCurrentDetails('Looking for money that has come too late.');
  const intent = await bank.readPayment(late);
  if (intent?.status !== 'posted') return undefined;
  const { bookingId, paymentId } = late;
  const accepted = await bank.acceptLatePayment({ bookingId, paymentId, intent, at: instantNow() });
  return accepted.confirmed ? undefined : accepted.refundId;
}
