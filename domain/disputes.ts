import type { Instant } from './nights.ts';

/**
 * How far a cardholder's complaint to their own bank has come. An inquiry only asks, and moves no money; a chargeback
 * begins as `opened`, with its amount and a fee gone at once. An inquiry may become a chargeback.
 */
export const DISPUTE_STATUSES = [
  'inquiry',
  'inquiry_under_review',
  'inquiry_closed',
  'opened',
  'under_review',
  'won',
  'lost',
] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** Statuses in which the bank waits for our evidence. */
export const ANSWERABLE_STATUSES = ['inquiry', 'opened'] as const satisfies readonly DisputeStatus[];

/** The bank's verdicts: nothing more is heard after them, but that what was won comes back. */
const VERDICTS: readonly DisputeStatus[] = ['inquiry_closed', 'won', 'lost'];

export function isAnswerable(status: DisputeStatus): boolean {
  return ANSWERABLE_STATUSES.some((answerable) => answerable === status);
}

/** Money that a dispute moves: what is disputed, and the bank's own fee. Minor units. */
export interface DisputeMoney {
  amountMinor: number;
  feeMinor: number;
}

/** A dispute as the bank has it on record. Amounts in minor units. */
export interface DisputeAtBank {
  id: string;
  status: DisputeStatus;
  /** The bank's word for the complaint: `fraudulent`, `product_not_received`, … */
  reason: string;
  amountMinor: number;
  /** Until when evidence is taken, RFC 3339; absent where none is. */
  dueBy?: Instant;
  /** How often evidence was handed in, of an inquiry that it began as too. */
  submissions: number;
  /** What the bank has taken, and what it has given back by now; nothing of an inquiry. */
  withdrawn: DisputeMoney;
  reinstated: DisputeMoney;
  /** The payment it is about: the bank's id, and ours where the bank knows it. */
  intentId: string;
  paymentId?: string;
}

/** Where a dispute stands with us, as far as it says what has to be done next. */
export interface DisputeStanding {
  status: DisputeStatus;
  dueBy: Instant | null;
  /** Since when the evidence is as it is, to be handed in as soon as may be. */
  answeringSince: Instant | null;
  evidenceSubmittedAt: Instant | null;
  remindedAt: Instant | null;
  /**
   * Since when nothing of what is disputed is with the host, but as their debt. Absent where it was told before anybody
   * asked: such a course goes on as it began.
   */
  frozenAt?: Instant | null;
  withdrawnMinor: number;
  reinstatedMinor: number;
}

/** RULES.md "Disputes": how long before the due date an operator is reminded that nobody has said anything yet. */
export const DISPUTE_REMINDER_HOURS = 72;
/** And when the evidence is handed in as it is, so that no dispute is lost by silence. */
export const DISPUTE_ANSWER_HOURS = 24;

const HOUR_MS = 3_600_000;

/** What a dispute calls for. Waiting without an instant is for the bank alone to end. */
export type NextStep =
  | { act: 'end' }
  | { act: 'freeze' }
  | { act: 'answer' }
  | { act: 'remind' }
  | { act: 'wait'; until?: number };

/** What has to be done at an instant (milliseconds since the epoch): each deadline's own instant is in time. */
export function nextStep(standing: DisputeStanding, nowMs: number): NextStep {
  if (isOver(standing)) return { act: 'end' };
  if (isToBeFrozen(standing)) return { act: 'freeze' };
  if (!isAnswerable(standing.status) || standing.evidenceSubmittedAt !== null) return { act: 'wait' };
  if (standing.answeringSince !== null) return { act: 'answer' };
  if (standing.dueBy === null) return { act: 'wait' };
  const dueMs = Date.parse(standing.dueBy);
  const answerMs = dueMs - DISPUTE_ANSWER_HOURS * HOUR_MS;
  if (nowMs >= answerMs) return { act: 'answer' };
  if (standing.remindedAt !== null) return { act: 'wait', until: answerMs };
  const remindMs = dueMs - DISPUTE_REMINDER_HOURS * HOUR_MS;
  return nowMs >= remindMs ? { act: 'remind' } : { act: 'wait', until: remindMs };
}

/** What the host was paid is taken back before a verdict is carried out; not for money that comes back to us anyway. */
function isToBeFrozen({ status, frozenAt, withdrawnMinor }: DisputeStanding): boolean {
  return frozenAt === null && withdrawnMinor > 0 && status !== 'won';
}

/**
 * A verdict, with the money where it belongs: what was won is over once the bank has given it back, what was lost once the
 * host has.
 */
export function isOver(standing: DisputeStanding): boolean {
  const { status, withdrawnMinor, reinstatedMinor } = standing;
  if (!VERDICTS.includes(status) || isToBeFrozen(standing)) return false;
  return status !== 'won' || withdrawnMinor === 0 || reinstatedMinor > 0;
}
