import type { PayoutParts } from './ledger.ts';
import type { Instant } from './nights.ts';

/** Money to a host for a stay. `scheduled`: due and under way. `returned`: the bank sent it back, it is tried again. */
export const PAYOUT_STATUSES = ['scheduled', 'waiting', 'paid', 'returned'] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

/** What a payout that is `waiting` waits for. */
export const OBSTACLES = ['onboarding', 'account', 'currency', 'dispute', 'hold', 'bank'] as const;
export type Obstacle = (typeof OBSTACLES)[number];

/** RULES.md "Payout": so long after the scheduled check-in the host is paid, however the guest arrives. */
export const PAYOUT_AFTER_HOURS = 24;
const HOUR_MS = 3_600_000;

/** From when on the host may be paid for a stay, that instant included. */
export function payoutDueAt(checkInAt: Instant): Instant {
  return new Date(Date.parse(checkInAt) + PAYOUT_AFTER_HOURS * HOUR_MS).toISOString();
}

/** RULES.md "Payout": so many days of 24 hours a new host's first payout may be held back after it is due. */
export const FIRST_PAYOUT_HOLD_MAX_DAYS = 30;
const DAY_MS = 24 * HOUR_MS;

/** From when on a new host is paid, that instant included, where their first payout was due at `firstDueAt`. */
export function heldUntil(firstDueAt: Instant, days: number): Instant {
  return new Date(Date.parse(firstDueAt) + days * DAY_MS).toISOString();
}

/** Whom the bank pays for us, as it has them on record. */
export interface Payee {
  accountId: string;
  /** They have told the bank all that it asked for at first. */
  isOnboarded: boolean;
  isPayable: boolean;
  /** What the bank wants to know of them, in its own words. */
  missing: readonly string[];
  /** Why the bank does not pay them, in its own words. */
  disabledReason?: string;
}

/** Why a payout that is due has to wait, if it has to. What the host can do something about comes first. */
export function obstacleTo({
  payee,
  isDisputed,
  isHeld,
}: {
  payee: Payee | undefined;
  isDisputed: boolean;
  isHeld: boolean;
}): Obstacle | undefined {
  if (payee?.isOnboarded !== true) return 'onboarding';
  if (!payee.isPayable) return 'account';
  if (isDisputed) return 'dispute';
  return isHeld ? 'hold' : undefined;
}

/**
 * What of a sum in minor units reaches the host: it pays their debts first, as far as it goes. Never less than nothing, and
 * no fraction of a coin, which the bank does not transfer: that stays owed to them.
 */
export function netted(payableMinor: number, debtMinor: number, coin: number): PayoutParts {
  const payable = Math.max(0, payableMinor);
  const debtNettedMinor = Math.min(payable, Math.max(0, debtMinor));
  const left = payable - debtNettedMinor;
  return { amountMinor: left - (left % coin), debtNettedMinor };
}

/** How somebody stands with the bank, for themselves to see. */
export const PAYEE_STANDINGS = ['none', 'incomplete', 'restricted', 'payable'] as const;
export type PayeeStanding = (typeof PAYEE_STANDINGS)[number];

export function standingOf(payee: Payee | undefined): PayeeStanding {
  if (payee === undefined) return 'none';
  if (payee.isPayable) return 'payable';
  return payee.isOnboarded ? 'restricted' : 'incomplete';
}
