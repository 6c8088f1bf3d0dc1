import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { BULK_IDLE_MS, BULK_PACE } from '#domain/bulk-cancellations.ts';
import { bulk } from './activities.ts';
import { bulkProgress } from './bulk-cancellations.contract.ts';
import type { BulkCount, CancelInBulk } from './bulk-cancellations.contract.ts';
import { instantNow } from './clock.ts';

/**
 * Many bookings are cancelled one by one, each by its own workflow, no faster than the pace allows. What is through is
 * written down booking by booking, so that wherever this breaks off it goes on; and a run ends after so many batches
 * and goes on as a new one, so that no history grows with the number of bookings.
 *
 * Temporal's own cancel stops it: what has not been asked by then stays as it is.
 */
export async function cancelInBulk(order: CancelInBulk): Promise<void> {
  try {
    await cancelAll(order);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => end(order, 'stopped'));
  }
}

async function cancelAll(order: CancelInBulk): Promise<void> {
  const { bulkId, pace = BULK_PACE } = order;
  let count: BulkCount | undefined;
  setHandler(bulkProgress, () => count);
  for (let batches = 0; batches < pace.batchesARun; batches += 1) {
    const begun = Date.now();
    const { handled, ...counted } = await bulk.cancelSome({ bulkId, limit: pace.batch });
    count = counted;
    if (counted.waiting === 0) return end(order, 'done');
    const nextAt = begun + (handled > 0 ? pace.everyMs : BULK_IDLE_MS);
    setCurrentDetails(
      `${counted.cancelled} of ${counted.total} cancelled, ${counted.left} left as they were, ${counted.waiting} to come.` +
        (handled > 0 ? '' : ' Those that are left do not answer, and are asked again in a while.'),
    );
    await sleep(Math.max(1, nextAt - Date.now()), { summary: 'Next bookings' });
  }
  await continueAsNew<typeof cancelInBulk>(order);
}

async function end({ bulkId }: CancelInBulk, status: 'done' | 'stopped'): Promise<void> {
  await bulk.endBulk({ bulkId, status, at: instantNow() });
  setCurrentDetails(
    status === 'done' ? 'Over: none waits any more.' : 'Stopped: those that waited stay as they are.',
  );
}
