import type { DisputeAtBank } from '#domain/disputes.ts';
import type { Evidence } from '#domain/evidence.ts';
import type { RefundId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { BankRefundResult, Capture, Collection, Intent, RefundAtBank } from '#domain/payments.ts';
import type { Cards } from './cards.ts';
import type { Payees } from './payees.ts';
import type { Statements } from './statements.ts';

/** Money back for a posted payment. */
export interface BankRefund {
  refundId: RefundId;
  intentId: string;
  amountMinor: number;
  currency: Currency;
}

/** How a payment is first asked for. */
export interface Collecting {
  paymentMethodId?: string;
  capture: Capture;
  /** The card is kept, to be charged again while its holder is away. For this customer, or for a new one. */
  keepsCard?: { customerId?: string };
  /** An earlier ask may have reached the bank. */
  again: boolean;
}

/** What the bank tells of its own accord, after its signature was checked. */
export interface BankEvent {
  id: string;
  kind: string;
  /** The PaymentIntent, refund, … that it is about. */
  objectId: string | undefined;
  payload: object;
  /** Told of play money where ours is real, or the other way round: it is about nothing of ours, whatever ids it carries. */
  isOfOtherMode: boolean;
}

/**
 * The bank. Every effect is safe to ask for again: it carries a key made of our own ids, and after an unknown answer
 * the bank's records are read before anything is asked anew. A declined card is an `Intent` with a `failure`; a bank
 * that does not answer is a `BankUnavailable`, to be tried again.
 */
export interface Bank extends Payees, Statements, Cards {
  /** Opens a PaymentIntent; with a payment method it is confirmed in the same call. */
  collect(collection: Collection, how: Collecting): Promise<Intent>;
  /** The intent of a payment: by id if known, else by our id in the bank's records. */
  read(collection: Collection, intentId?: string): Promise<Intent | undefined>;
  /** Pays an open intent with a payment method. `attempt` tells one try of the payer from the next. */
  confirm(intentId: string, paymentMethodId: string, attempt: string): Promise<Intent>;
  /** Takes what is reserved; answers what the intent is afterwards, `voided` where the bank had let go of it before. */
  capture(intentId: string): Promise<Intent>;
  /** Ends an intent unless money is already in or on its way; answers what it is afterwards. */
  close(intentId: string): Promise<Intent>;
  refund(refund: BankRefund, how: { again: boolean }): Promise<BankRefundResult>;
  /** What the bank has of a refund, by its own id for it. */
  readRefund(bankRefundId: string): Promise<RefundAtBank>;
  /** How a dispute stands, by the bank's id for it. */
  readDispute(bankDisputeId: string): Promise<DisputeAtBank>;
  /** Hands evidence in, once; answers how the dispute stands afterwards, also where the bank takes none any more. */
  answerDispute(bankDisputeId: string, evidence: Evidence): Promise<DisputeAtBank>;
  /** Checks the signature over the raw body. @throws DomainError `invalid_input` */
  readWebhook(body: Buffer, signature: string): BankEvent;
}

/** The bank did not answer, or not in its right mind. What it did is unknown. */
export class BankUnavailable extends Error {
  override readonly name = 'BankUnavailable';
}
