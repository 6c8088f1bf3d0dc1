import { defineSignal } from '@temporalio/workflow';
import type { BookingId, DisputeId, PayoutId } from '#domain/ids.ts';
import { SEARCH } from './bookings.contract.ts';
import { PAYMENTS_QUEUE } from './refunds.contract.ts';

export const PAY_HOST = 'payHost';
export const RECOVER_PAYOUT = 'recoverPayout';

/** Which of a booking's payouts it is, and how often it has set out. With a dispute: what was taken back for that. */
interface Setting {
  bookingId: BookingId;
  n: number;
  round: number;
  disputeId?: DisputeId | null;
}

export function payHostId({ bookingId, n, round, disputeId }: Setting): string {
  const which = disputeId ? `${n}:${disputeId}` : `${n}`;
  return round === 1 ? `payout:${bookingId}:${which}` : `payout:${bookingId}:${which}:${round}`;
}

export const recoverPayoutId = (bankPayoutId: string): string => `returned-payout:${bankPayoutId}`;

/** A payout that is due. */
export interface PayHost {
  payoutId: PayoutId;
  /** The booking's now when it was started, RFC 3339 UTC: no moment of the payout is before that. */
  startedAt: string;
}

export function payHostOrder(payout: Setting & { id: PayoutId; hostId: string }, startedAt: string) {
  const input: PayHost = { payoutId: payout.id, startedAt };
  return {
    workflow: PAY_HOST,
    id: payHostId(payout),
    queue: PAYMENTS_QUEUE,
    input,
    summary: `Payout to the host of ${payout.bookingId}`,
    searchAttributes: [{ key: SEARCH.host, value: payout.hostId }],
  };
}

/** Something has happened that a payout may have waited for: the bank has spoken of the account, a dispute is over. */
export const payoutSpoke = defineSignal('payoutSpoke');

/** The bank's own payout to a host that has come back, and from whose account it had gone. */
export interface RecoverPayout {
  bankPayoutId: string;
  accountId: string;
}

export function recoverPayoutOrder(input: RecoverPayout) {
  return {
    workflow: RECOVER_PAYOUT,
    id: recoverPayoutId(input.bankPayoutId),
    queue: PAYMENTS_QUEUE,
    input,
    summary: 'Payout that has come back',
  };
}
