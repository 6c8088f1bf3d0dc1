import { addDays, daysBetween, instantOf, todayIn } from './nights.ts';
import type { CalendarDate, Instant } from './nights.ts';

/**
 * What a host had, earned and was paid in a period: their two accounts in the ledger, `host_payable` less `host_debt`,
 * seen from their side. Above nothing they are owed, below they owe.
 */

/** The dates of a statement are those of the moments at which money moved, in this zone: homes may lie in many. */
export const STATEMENT_ZONE = 'UTC';
/** The longest period of a statement: a leap year. */
export const STATEMENT_MAX_DAYS = 366;

/** The days of a statement, the first and the last included. */
export interface Period {
  from: CalendarDate;
  to: CalendarDate;
}

export function daysOf({ from, to }: Period): number {
  return daysBetween(from, to) + 1;
}

/** From when on a movement is in a period, that instant included, and before when. */
export function boundsOf({ from, to }: Period): { since: Instant; before: Instant } {
  const midnight = (date: CalendarDate): Instant => instantOf(date, '00:00', STATEMENT_ZONE);
  return { since: midnight(from), before: midnight(addDays(to, 1)) };
}

/** On which date of a statement a movement stands. */
export function statementDate(at: Instant): CalendarDate {
  return todayIn(STATEMENT_ZONE, at);
}

/** Why a host has more or less than before, in the order in which a statement adds them up. */
export const MOVEMENT_KINDS = {
  earnings: 'What guests paid for stays, less the fees of guest and host and the taxes.',
  alteration: 'What became of the host’s share of a stay when the stay was altered.',
  refund: 'What the host bears of money that went back to a guest.',
  refund_returned: 'A refund that the guest’s bank would not take, which is the host’s again.',
  cancellation_fee: 'For calling off a stay that was certain.',
  dispute_loss: 'What the host bears of a payment that the guest’s bank has taken back for good.',
  payout: 'Money to the host’s account.',
  payout_returned: 'A payout that the host’s bank sent back: it is owed again.',
  payout_reversed:
    'Taken back from the host’s account, for a refund or a dispute of a stay that they had been paid for.',
  adjustment: 'Anything else.',
} as const;
export type MovementKind = keyof typeof MOVEMENT_KINDS;

const KIND_OF_STEP: ReadonlyMap<string, MovementKind> = new Map([
  ['post', 'earnings'],
  ['alteration', 'alteration'],
  ['refund', 'refund'],
  ['return', 'refund_returned'],
  ['host-fee', 'cancellation_fee'],
  ['loss', 'dispute_loss'],
  ['payout', 'payout'],
  ['payout-return', 'payout_returned'],
  ['reversal', 'payout_reversed'],
]);

/** By the first word of the ledger's step. One that is not known here is shown all the same: no movement is left out. */
export function kindOfMovement(step: string): MovementKind {
  return KIND_OF_STEP.get(step.split(':', 1)[0] ?? '') ?? 'adjustment';
}

/** All of one kind that moved in a period: in minor units, in the host's favour. */
export interface KindTotal {
  kind: MovementKind;
  count: number;
  amountMinor: number;
}

/** Adds a movement to the totals, or several of a kind at once. */
export function addToTotals(totals: KindTotal[], { kind, count, amountMinor }: KindTotal): void {
  const known = totals.find((total) => total.kind === kind);
  if (known === undefined) totals.push({ kind, count, amountMinor });
  else {
    known.count += count;
    known.amountMinor += amountMinor;
  }
}

const ORDER = Object.keys(MOVEMENT_KINDS);

export function inOrder(totals: readonly KindTotal[]): KindTotal[] {
  return [...totals].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
