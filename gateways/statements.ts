import type { BankEvent } from './bank.ts';

/** What the bank has told, or tried to, and when. */
export type Told = BankEvent & { toldAt: string };

/** Part of one of the bank's lists: what is in it since an instant, the newest first, from after an id of it on. */
export interface Stretch {
  since: string;
  after?: string | undefined;
}

/** A page of a list; `next` is after what it goes on, where it does. */
export interface Page<T> {
  data: T[];
  next?: string;
}

/** One movement of our balance at the bank. Minor units; what went out is negative, and the fee is what the bank keeps. */
export interface Movement {
  id: string;
  /** The bank's word: `charge`, `refund`, `adjustment`, `transfer`, … */
  type: string;
  amountMinor: number;
  feeMinor: number;
  currency: string;
  madeAt: string;
  availableOn: string;
  /** The charge, refund, dispute, transfer, … that caused it, and the payment that is about. */
  sourceId?: string;
  intentId?: string;
  /** Ours, by what the source carries. */
  bookingId?: string;
  /** The discrepancy of ours that it was given back for. */
  givenBackFor?: string;
  /** What was moved, where the bank has exchanged it into the currency of our balance. */
  exchangedMinor?: number;
  exchangedCurrency?: string;
}

/** Money that belongs to no booking, to be given back. */
export interface GivingBack {
  chargeId: string;
  discrepancyId: string;
}

/** What the bank has on record of all that it did and said, page by page. */
export interface Statements {
  /** What has moved our balance. */
  movements(stretch: Stretch): Promise<Page<Movement>>;
  /** What it has told, or tried to: of the last thirty days. */
  told(stretch: Stretch): Promise<Page<Told>>;
  /** The same of a host's account since an instant, as far as it can be of any consequence; nothing of one that is gone. */
  toldOfPayee(accountId: string, since: string): Promise<Told[]>;
  /** Gives a charge back whole, once; or tells why it will not. */
  giveBack(
    giving: GivingBack,
    how: { again: boolean },
  ): Promise<{ is: 'given' } | { is: 'refused'; why: string }>;
}
