import { defineQuery } from '@temporalio/workflow';
import type { BULK_PACE } from '#domain/bulk-cancellations.ts';
import type { BulkCancellationId } from '#domain/ids.ts';
import { MAINTENANCE_QUEUE } from './maintenance.contract.ts';

export const CANCEL_IN_BULK = 'cancelInBulk';

export const bulkCancellationId = (id: BulkCancellationId): string => `bulk-cancellation:${id}`;

/** How fast, in the units of `BULK_PACE`. */
export type Pace = { [Part in keyof typeof BULK_PACE]: number };

export interface CancelInBulk {
  bulkId: BulkCancellationId;
  /** Another pace than the usual one. */
  pace?: Pace;
}

export function bulkCancellationOrder(bulkId: BulkCancellationId) {
  const input: CancelInBulk = { bulkId };
  return {
    workflow: CANCEL_IN_BULK,
    id: bulkCancellationId(bulkId),
    queue: MAINTENANCE_QUEUE,
    input,
    summary: 'Bookings that an operator cancels together',
  };
}

/** How many of how many are through, and how many of those were cancelled. */
export interface BulkCount {
  total: number;
  waiting: number;
  cancelled: number;
  left: number;
}

/** Undefined before the first batch of a run. */
export const bulkProgress = defineQuery<BulkCount | undefined>('bulkProgress');
