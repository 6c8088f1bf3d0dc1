import { CancellationScope, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { nextStep } from '#domain/disputes.ts';
import type { NextStep } from '#domain/disputes.ts';
import { bank, payoutStep } from './activities.ts';
import { instant, instantNow } from './clock.ts';
import { disputeSpoke } from './disputes.contract.ts';
import type { SettleDispute } from './disputes.contract.ts';

/** Where the bank tells nothing, it is asked. */
const ASK_AGAIN_MS = 24 * 60 * 60 * 1000;

/**
 * A payer has gone to their own bank. The payout is frozen and the ledger tells of what was taken, the evidence is handed
 * in before it is too late, and the bank's verdict is carried out. What the bank says when it is asked is what counts: an
 * event is only a reason to ask.
 *
 * Temporal's own cancel is ignored on purpose: the dispute would go on at the bank, and nobody would answer it.
 */
export async function settleDispute({ bankDisputeId }: SettleDispute): Promise<void> {
  let spoken = true;
  setHandler(disputeSpoke, () => {
    spoken = true;
  });
  await CancellationScope.nonCancellable(async () => {
    setCurrentDetails('Asking the bank what it is about.');
    for (;;) {
      spoken = false;
      const atBank = await bank.readDispute({ bankDisputeId });
      const standing = await bank.recordDispute({ atBank, at: instantNow() });
      const next = standing === undefined ? ({ act: 'end' } as const) : nextStep(standing, Date.now());
      if (standing === undefined || next.act === 'end') {
        setCurrentDetails(
          standing === undefined
            ? 'Over: it is about no payment of ours.'
            : `Over: the bank says ${standing.status}.`,
        );
        return;
      }
      const { disputeId, status } = standing;
      if (next.act === 'freeze') {
        setCurrentDetails('Taking back what the host has been paid of it.');
        const taken = await payoutStep.freezePayout({ disputeId });
        await payoutStep.recordFreeze({ disputeId, taken, at: instantNow() });
      } else if (next.act === 'remind') {
        await bank.remindOperators({ disputeId, at: instantNow() });
      } else if (next.act === 'answer') {
        const answered = await bank.answerDispute({ disputeId, at: instantNow() });
        await bank.recordDispute({ atBank: answered, hasAnswered: true, at: instantNow() });
      } else {
        const ms = waitOf(next);
        const lookAt = instant(Date.now() + ms);
        setCurrentDetails(`The bank says ${status}. Waiting for its word; looked at again at ${lookAt}.`);
        await condition(() => spoken, ms, { summary: 'Look at the dispute again' });
      }
    }
  });
}

function waitOf({ until = Infinity }: Extract<NextStep, { act: 'wait' }>): number {
  return Math.min(until - Date.now(), ASK_AGAIN_MS);
}
