import Stripe from 'stripe';
import { inMinor } from './stripe-words.ts';

/** One PaymentIntent that carries our ids, as the bank has it on record. Amounts in minor units. */
export interface BankRecord {
  intentId: string;
  bookingId: string;
  paymentId: string;
  /** Paid: money is in. Payable: the payer can still bring it in. Over: neither now nor later. */
  is: 'paid' | 'reserved' | 'processing' | 'payable' | 'over';
  receivedMinor: number;
  refunds: RefundRecord[];
  disputes: DisputeRecord[];
}

export interface RefundRecord {
  id: string;
  refundId: string | undefined;
  is: 'settled' | 'pending' | 'failed';
  amountMinor: number;
}

/** One transfer to a host that carries our ids. Amounts in minor units. */
export interface TransferRecord {
  id: string;
  bookingId: string;
  payoutId: string;
  sentMinor: number;
  takenBackMinor: number;
}

export interface DisputeRecord {
  id: string;
  /** What the bank holds of it now, its fees included. */
  takenMinor: number;
}

/** The bank's own records, read whole, for comparing them with ours. */
export interface BankRecords {
  /** What it has of our payments since then. */
  payments(since: Date): Promise<BankRecord[]>;
  /** What it has transferred to hosts, ever. */
  transfers(): Promise<TransferRecord[]>;
}

const INTENT_IS: Readonly<Record<string, BankRecord['is']>> = {
  succeeded: 'paid',
  requires_capture: 'reserved',
  processing: 'processing',
  canceled: 'over',
};
const REFUND_IS: Readonly<Record<string, RefundRecord['is']>> = {
  succeeded: 'settled',
  failed: 'failed',
  canceled: 'failed',
};

export function createBankRecords(options: { secretKey: string; apiBase?: string | undefined }): BankRecords {
  const { hostname, port, protocol } = new URL(options.apiBase ?? 'https://api.stripe.com');
  const stripe = new Stripe(options.secretKey, {
    host: hostname,
    ...(port !== '' && { port }),
    protocol: protocol === 'http:' ? 'http' : 'https',
    telemetry: false,
  });
  return {
    async payments(since) {
      const created = { gte: Math.floor(since.getTime() / 1000) };
      const refunds = await byIntent(stripe.refunds.list({ created, limit: 100 }), recordOf);
      const disputes = await byIntent(stripe.disputes.list({ created, limit: 100 }), disputeRecordOf);
      const records: BankRecord[] = [];
      for await (const intent of stripe.paymentIntents.list({ created, limit: 100 })) {
        const { id: intentId, metadata, amount_received: received, currency } = intent;
        const { bookingId, paymentId } = metadata;
        if (bookingId === undefined || paymentId === undefined) continue; // Another's than ours.
        const is = INTENT_IS[intent.status] ?? 'payable';
        records.push({
          intentId,
          bookingId,
          paymentId,
          is,
          receivedMinor: inMinor(received, currency),
          // Of money that was only reserved the bank calls the letting go a refund: none of it was ever here.
          refunds: received === 0 ? [] : (refunds.get(intentId) ?? []),
          disputes: disputes.get(intentId) ?? [],
        });
      }
      return records;
    },
    async transfers() {
      const records: TransferRecord[] = [];
      for await (const { id, metadata, currency, ...transfer } of stripe.transfers.list({ limit: 100 })) {
        const { bookingId, payoutId } = metadata;
        if (bookingId === undefined || payoutId === undefined) continue; // Another's than ours.
        const sentMinor = inMinor(transfer.amount, currency);
        const takenBackMinor = inMinor(transfer.amount_reversed, currency);
        records.push({ id, bookingId, payoutId, sentMinor, takenBackMinor });
      }
      return records;
    },
  };
}

/** What the bank has of one kind, by the PaymentIntent that it is about. */
async function byIntent<T extends { payment_intent: string | Stripe.PaymentIntent | null }, R>(
  objects: AsyncIterable<T>,
  recordOf: (object: T) => R,
): Promise<Map<string, R[]>> {
  const records = new Map<string, R[]>();
  for await (const object of objects) {
    const intentId = idOf(object.payment_intent);
    if (intentId === undefined) continue;
    records.set(intentId, [...(records.get(intentId) ?? []), recordOf(object)]);
  }
  return records;
}

function recordOf(refund: Stripe.Refund): RefundRecord {
  return {
    id: refund.id,
    refundId: refund.metadata?.refundId,
    is: REFUND_IS[refund.status ?? ''] ?? 'pending',
    amountMinor: inMinor(refund.amount, refund.currency),
  };
}

function disputeRecordOf({ id, currency, balance_transactions: moved }: Stripe.Dispute): DisputeRecord {
  return { id, takenMinor: inMinor(-moved.reduce((net, entry) => net + entry.net, 0), currency) };
}

function idOf(intent: string | Stripe.PaymentIntent | null): string | undefined {
  return typeof intent === 'string' ? intent : intent?.id;
}
