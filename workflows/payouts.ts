import {
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { payoutStep } from './activities.ts';
import { instant, instantNow } from './clock.ts';
import { payoutSpoke } from './payouts.contract.ts';
import type { PayHost, RecoverPayout } from './payouts.contract.ts';

const TRY_AGAIN_MS = 12 * 60 * 60 * 1000;

/**
 * A host gets their share of a stay, less what they owe. What is in the way is waited for, however long it takes; then
 * the bank is asked once, however often we ask, and the ledger explains it when it is done.
 *
 * Temporal's own cancel is ignored on purpose: what is owed is owed.
 */
export async function payHost(order: PayHost): Promise<void> {
  let hasNews = false;
  setHandler(payoutSpoke, () => {
    hasNews = true;
  });
  await CancellationScope.nonCancellable(async () => {
    for (;;) {
      hasNews = false;
      const wait = await pay(order);
      if (wait === undefined) break;
      await condition(() => hasNews, waits(wait), { summary: 'Try again' });
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof payHost>(order);
    }
    setCurrentDetails('Over: the host is paid.');
  });
}

/** What is in the way, and when it is out of it where that is known. */
interface Wait {
  for: string;
  until?: string;
}

/** Tries to pay; what is in the way, where it cannot. */
async function pay({ payoutId, startedAt }: PayHost): Promise<Wait | undefined> {
  // In a rehearsal only the booking's time may have been moved on: then this clock is behind it.
  const now = () => instant(Math.max(Date.now(), Date.parse(startedAt)));
  setCurrentDetails('Looking whether the host can be paid.');
  const prepared = await payoutStep.preparePayout({ payoutId, at: now() });
  if (prepared.is === 'paid') return undefined;
  if (prepared.is === 'waiting') return prepared;
  setCurrentDetails('Waiting for the bank to make the transfer.');
  const result = await payoutStep.sendPayout({ payoutId });
  await payoutStep.recordPayout({ payoutId, result, at: now() });
  return result.is === 'sent' ? undefined : { for: result.obstacle };
}

/** Says what is waited for; gives the time after which it is tried again, in milliseconds. */
function waits({ for: obstacle, until }: Wait): number {
  const leftMs = until === undefined ? Infinity : Date.parse(until) - Date.now();
  const ms = Math.max(1, Math.min(leftMs, TRY_AGAIN_MS));
  const why = until === undefined ? obstacle : `${obstacle} of a new host's first payout until ${until}`;
  setCurrentDetails(
    `Waiting (${why}); tried again when there is news of it, or at ${instant(Date.now() + ms)}.`,
  );
  return ms;
}

/** The bank had paid a host's bank account, and the money came back: it is taken back from them and sets out anew. */
export async function recoverPayout({ bankPayoutId, accountId }: RecoverPayout): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    for (const returned of await payoutStep.readReturned({ bankPayoutId, accountId })) {
      const taken = await payoutStep.takeBackPayout({ ...returned, bankPayoutId });
      if (taken.is === 'taken')
        await payoutStep.recordReturn({ ...returned, reversalId: taken.id, at: instantNow() });
    }
    setCurrentDetails('Over: what came back is owed again.');
  });
}
