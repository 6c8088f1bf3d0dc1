import type { DiscrepancyId } from '#domain/ids.ts';
import type { Patience } from '#domain/reconciliation.ts';
import { PAYMENTS_QUEUE } from './refunds.contract.ts';

export const RECONCILE = 'reconcile';
export const RECONCILE_SCHEDULE = 'reconcile';
export const RESOLVE_DISCREPANCY = 'resolveDiscrepancy';

/** A bounded part of the work: how much was found in it, and whether that was all. */
export interface Progress {
  count: number;
  isDone: boolean;
}

/** How a run goes. A schedule says nothing; a run that goes on as a new one says where that one was. */
export interface Reconcile {
  patience?: Patience;
  begunAt?: string;
  /** How many of the phases are through. */
  phase?: number;
  counts?: Counts;
}

/** What a run has found by now. */
export interface Counts {
  lost: number;
  moved: number;
  settled: number;
  unknown: number;
}

export interface ResolveDiscrepancy {
  discrepancyId: DiscrepancyId;
}

/** Each ask is a workflow of its own: one may look again and accept later. */
export const resolveDiscrepancyId = (id: DiscrepancyId, ask: number): string => `discrepancy:${id}:${ask}`;

export function resolveDiscrepancyOrder(id: DiscrepancyId, { act, ask }: { act: string; ask: number }) {
  const input: ResolveDiscrepancy = { discrepancyId: id };
  return {
    workflow: RESOLVE_DISCREPANCY,
    id: resolveDiscrepancyId(id, ask),
    queue: PAYMENTS_QUEUE,
    input,
    summary: `An operator says: ${act.replaceAll('_', ' ')}`,
  };
}
