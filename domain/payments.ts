import type { BookingId, PaymentId } from './ids.ts';
import type { Currency } from './money.ts';

/** One attempt to collect for a booking. See DESIGN, "Words": reserve, then post, void or expire. */
export const PAYMENT_STATUSES = [
  'pending',
  'requires_action',
  'processing',
  'reserved',
  'posted',
  'voided',
  'expired',
  'failed',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What a payment is for. An `instalment` is of a stay that is paid for a month at a time; the first comes with the booking. */
export const PAYMENT_PURPOSES = ['booking', 'instalment', 'alteration'] as const;
export type PaymentPurpose = (typeof PAYMENT_PURPOSES)[number];

/** A payment that can still bring money. At most one of a booking's is live. */
export const LIVE_PAYMENT_STATUSES = ['pending', 'requires_action', 'processing', 'reserved'] as const;

export const REFUND_STATUSES = ['pending', 'settled', 'failed'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** `goodwill` is of the host's or an operator's free will; `dashboard` was made at the bank, by hand. */
export const REFUND_REASONS = [
  'cancellation',
  'late_payment',
  'goodwill',
  'dashboard',
  'alteration',
] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** What the bank said of a card. `code` is the bank's (`card_declined`, …), `declineCode` the issuer's, if any. */
export interface PaymentFailure {
  code: string;
  declineCode?: string;
  message: string;
}

/** By which card somebody pays, as far as a receipt names it. */
export interface Card {
  /** The network, in the bank's spelling: `visa`. */
  brand: string;
  lastFour: string;
}

/** What the bank knows of one attempt to collect, in our words. Amounts in minor units. */
export interface Intent {
  id: string;
  status: PaymentStatus;
  /** What is asked for; once `posted`, what has come in. */
  amountMinor: number;
  currency: string;
  /** For the payer's browser alone; never logged. */
  clientSecret?: string;
  /** Where the payer passes the issuer's challenge, while `requires_action`. */
  nextActionUrl?: string;
  chargeId?: string;
  /** By which it was paid, or tried last; where the bank has said so. */
  card?: Card;
  /** While `reserved`: when the bank lets go of the money, RFC 3339. */
  captureBefore?: string;
  failure?: PaymentFailure;
  /** Whose saved cards it goes by, at the bank. */
  customerId?: string;
  /** The card that it was paid with, where that may be charged again without its holder. */
  savedCardId?: string;
}

/** Whether money is taken at once, or only reserved until the host has answered. */
export type Capture = 'at_once' | 'on_acceptance';

/** What a payment is for, wherever the bank has to be asked about it. Amounts in minor units. */
export interface Collection {
  bookingId: BookingId;
  paymentId: PaymentId;
  amountMinor: number;
  currency: Currency;
  /** When the payment was first asked for: the bank's records are searched from here. */
  since: string;
}

/** What became of money that was asked back, by the bank's id for it; none where the bank refused to begin. */
export type BankRefundResult =
  { status: 'pending' | 'settled'; id: string } | { status: 'failed'; id?: string; failure: string };

/** A refund as the bank has it on record. The amount in minor units. */
export interface RefundAtBank {
  amountMinor: number;
  result: BankRefundResult;
}

/** What the bank has of a payment: an intent, or nothing, because it was never asked or refused to begin. */
export type AtBank = Intent | 'nothing';
