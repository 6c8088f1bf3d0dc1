import type { BookingId, PayoutId, UserId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { Obstacle, Payee } from '#domain/payouts.ts';

/** Where a person comes back to from the bank's onboarding, and where to get a new link when theirs is too old. */
export interface WayBack {
  returnUrl: string;
  refreshUrl: string;
}

/** Money to a host. Amounts in minor units. */
export interface Transfer {
  payoutId: PayoutId;
  bookingId: BookingId;
  /** Tells one ask from the next: booking, step and attempt make the bank's key. */
  step: string;
  attempt: number;
  accountId: string;
  amountMinor: number;
  currency: Currency;
  /** The charge that it comes out of, so that it need not wait until that is in our balance. */
  chargeId?: string;
}

export type TransferResult = { is: 'sent'; id: string } | { is: 'refused'; obstacle: Obstacle };

/** Money that a host has got, to be taken back. */
export interface TakingBack {
  transferId: string;
  accountId: string;
  /** What it is taken back for: the same is taken once. */
  reason: string;
  amountMinor: number;
  currency: Currency;
  /** As far as their account has it; else whole or not at all. */
  inPart: boolean;
}

/** The bank's id for it, and how much it was; nothing where the account does not have it. */
export type TakenBack = { is: 'taken'; id: string; amountMinor: number } | { is: 'nothing' };

/** A payout of ours that the bank had transferred. */
export interface Transferred {
  payoutId: PayoutId;
  transferId: string;
}

/** Those whom the bank pays for us, and what it pays them. Safe to ask for again, as all of `Bank`. */
export interface Payees {
  /**
   * Opens an account for somebody, or another in the place of one that is gone; the bank's id for it. Two asks within a
   * day of each other are one.
   */
  openPayee(person: { userId: UserId; email: string; replaces?: string | undefined }): Promise<string>;
  /** Where its holder tells the bank who they are. The address is a secret of theirs and leads there once. */
  onboard(accountId: string, way: WayBack): Promise<string>;
  /** What the bank has of an account; undefined for one that is no longer ours to pay. */
  readPayee(accountId: string): Promise<Payee | undefined>;
  /** Pays. What the bank does not do now it says; it may do it under the next attempt. */
  transfer(transfer: Transfer, how: { again: boolean }): Promise<TransferResult>;
  takeBack(taking: TakingBack, how: { again: boolean }): Promise<TakenBack>;
  /** Which payouts of ours, by which transfers, were in one of the bank's own to an account's holder. */
  payoutsIn(theirs: { bankPayoutId: string; accountId: string }): Promise<Transferred[]>;
}
