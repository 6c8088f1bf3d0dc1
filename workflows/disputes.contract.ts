import { defineSignal } from '@temporalio/workflow';
import { PAYMENTS_QUEUE } from './refunds.contract.ts';

export const SETTLE_DISPUTE = 'settleDispute';

export const settleDisputeId = (bankDisputeId: string): string => `dispute:${bankDisputeId}`;

/** A dispute by the bank's id: which payment it is about, the bank says. */
export interface SettleDispute {
  bankDisputeId: string;
}

export function disputeOrder(bankDisputeId: string) {
  const input: SettleDispute = { bankDisputeId };
  return {
    workflow: SETTLE_DISPUTE,
    id: settleDisputeId(bankDisputeId),
    queue: PAYMENTS_QUEUE,
    input,
    summary: `Dispute ${bankDisputeId}`,
  };
}

/** The bank, or an operator, has spoken of this dispute. */
export const disputeSpoke = defineSignal('disputeSpoke');
