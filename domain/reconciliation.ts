import type { Account } from './ledger.ts';

/**
 * The bank's own list of what has moved our balance there is held against the ledger. What does not fit is a discrepancy:
 * it heals by itself as long as somebody can still be told of it, and is an operator's afterwards.
 */

/** Each run reads so far back before where the last one ended: the bank may list something a little late. */
export const OVERLAP_SECONDS = 2 * 3_600;

/** How long things may be under way before anybody thinks anything of it. */
export interface Patience {
  /** What the bank has told is fetched from it when it is so old and has not come by itself. */
  ripeSeconds: number;
  /** What is on one side alone is a discrepancy when it is so old. */
  graceSeconds: number;
}
export const PATIENCE: Patience = { ripeSeconds: 60, graceSeconds: 24 * 3_600 };

/** The doctor complains of a discrepancy that has been open for so long. */
export const OPEN_AT_MOST_HOURS = 72;
/** Two days are the bank's own, until money is available; the rest is for weekends, and for a reconciliation that was away. */
export const SETTLED_WITHIN_DAYS = 7;

/** Where the ledger tells of each type of movement, by the bank's word for it, before it has come to our balance. */
const TOLD_IN: Readonly<Record<string, Account>> = {
  charge: 'bank_clearing',
  payment: 'bank_clearing',
  refund: 'bank_clearing',
  payment_refund: 'bank_clearing',
  refund_failure: 'bank_clearing',
  payment_failure_refund: 'bank_clearing',
  adjustment: 'bank_clearing',
  transfer: 'bank_balance',
  transfer_cancel: 'bank_balance',
  transfer_failure: 'bank_balance',
  transfer_refund: 'bank_balance',
};

/** What the platform moves between its own accounts: no booking's money, and no business of this ledger. */
const OUR_OWN: readonly string[] = ['payout', 'payout_cancel', 'payout_failure', 'topup', 'topup_reversal'];

/** The account in which the ledger tells of a movement; undefined for a type that no booking causes. */
export function toldIn(type: string): Account | undefined {
  return TOLD_IN[type];
}

export function isOurOwn(type: string): boolean {
  return OUR_OWN.includes(type);
}

/** A card was charged: what could be given back. */
export function isCharge(type: string): boolean {
  return type === 'charge' || type === 'payment';
}

/** What a movement is worth, in minor units of one currency: the amount, and what of it the bank keeps. */
export interface Moved {
  type: string;
  amountMinor: number;
  feeMinor: number;
}

/**
 * What the ledger has to tell of a movement: the amount, and of a dispute the fee with it, since the ledger has charged
 * that when the bank took it.
 */
export function expectedMinor({ type, amountMinor, feeMinor }: Moved): number {
  return type === 'adjustment' ? amountMinor - feeMinor : amountMinor;
}

/** Why bank and ledger do not agree. */
export const CAUSES = {
  not_in_ledger: 'Money of a booking has moved at the bank, and the ledger does not tell of it.',
  not_ours: 'Money has moved at the bank, and it belongs to no booking of ours.',
  amount_differs: 'Bank and ledger tell of the same movement, and of different amounts.',
  not_at_bank: 'The ledger tells of a movement that the bank does not know.',
} as const;
export type Cause = keyof typeof CAUSES;
export const CAUSE_NAMES = Object.keys(CAUSES) as [Cause, ...Cause[]];

/** What an operator can do about a discrepancy. */
export const ACTS = {
  look_again: 'Compares the two once more, now.',
  redeliver: 'Hands what the bank has told of it to its owner once more.',
  accept: 'Takes the bank’s word, and the difference as the platform’s loss or gain.',
  refund: 'Has the bank give the money back to the payer, and takes its fee as the platform’s.',
} as const;
export type ResolvingAct = keyof typeof ACTS;
export const ACT_NAMES = Object.keys(ACTS) as [ResolvingAct, ...ResolvingAct[]];

/** Which acts there are for a discrepancy; `type` is that of the bank's movement, if there is one. */
export function actsFor({ cause, type }: { cause: Cause; type: string | null }): ResolvingAct[] {
  const isOneSided = cause === 'not_in_ledger' || cause === 'not_ours';
  return [
    'look_again',
    ...(cause === 'not_in_ledger' ? (['redeliver'] as const) : []),
    'accept',
    ...(isOneSided && type !== null && isCharge(type) ? (['refund'] as const) : []),
  ];
}

/** How one ended: by itself, or by an operator's act. */
export const RESOLUTIONS = ['gone', 'accepted', 'refunded'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];
