import { PAYOUT_STEPS } from './crash-payout-stories.ts';
import { ALTERATION_STEPS } from './crash-alteration-stories.ts';
import { DISPUTE_STEPS } from './crash-dispute-stories.ts';
import { RECONCILIATION_STEPS } from './crash-reconciliation-stories.ts';
import { INSTALMENT_STEPS } from './crash-instalment-stories.ts';
import { REVIEW_STEPS } from './crash-review-stories.ts';
import { atOnce, STORIES } from './crash-stories.ts';
import type { Activity } from './crash-stories.ts';
import type { Story } from './crash-telling.ts';

/** Those that write to the database, in one transaction each. */
const WRITES: readonly Activity[] = [
  'holdNights',
  'confirmFree',
  'noteBank',
  'endHold',
  'acceptPayment',
  'cancelStay',
  'askHost',
  'remindHost',
  'beginStay',
  'completeStay',
  'recordStay',
  'acceptLatePayment',
  'takeRefundIn',
  'recordRefund',
  ...PAYOUT_STEPS,
  'endBulk',
  'importCalendar',
  'retimeStays',
  ...DISPUTE_STEPS,
  ...RECONCILIATION_STEPS,
  ...INSTALMENT_STEPS,
  ...ALTERATION_STEPS,
  ...REVIEW_STEPS,
];

/** A process to be killed at one point of a story. */
export interface Case {
  part: 'worker' | 'api';
  /** As `bin/crash-worker.ts` and `bin/crash-api.ts` name it. */
  at: string;
  story: Story;
}

function pointsOf(activity: Activity): string[] {
  return WRITES.includes(activity) ? ['before', 'during', 'after'] : ['before', 'after'];
}

const WORKER_CASES: readonly Case[] = (Object.keys(STORIES) as Activity[]).flatMap((activity) =>
  pointsOf(activity).map((point) => ({
    part: 'worker' as const,
    at: `${point}:${activity}`,
    story: STORIES[activity],
  })),
);

const API_CASES: readonly Case[] = [
  'before the request',
  'request written',
  'workflow started',
  'before the answer',
].map((at) => ({ part: 'api', at, story: atOnce }));

/** All that is rehearsed. */
export const CASES: readonly Case[] = [...WORKER_CASES, ...API_CASES];
