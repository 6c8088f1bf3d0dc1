import type Stripe from 'stripe';
import { isAnswerable } from '#domain/disputes.ts';
import type { DisputeAtBank, DisputeMoney, DisputeStatus } from '#domain/disputes.ts';
import type { Evidence } from '#domain/evidence.ts';
import { lookedUp } from './stripe-asking.ts';
import { inMinor } from './stripe-words.ts';

const STATUSES: Readonly<Record<string, DisputeStatus>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry_under_review',
  warning_closed: 'inquiry_closed',
  prevented: 'inquiry_closed',
  needs_response: 'opened',
  won: 'won',
  lost: 'lost',
};

/** The intent carries our own id of the payment. */
const WITH_INTENT = { expand: ['payment_intent'] };

export async function readDispute(stripe: Stripe, bankDisputeId: string): Promise<DisputeAtBank> {
  return lookedUp(async () => disputeOf(await stripe.disputes.retrieve(bankDisputeId, WITH_INTENT)));
}

/** Each field is limited to so many characters, all together to 150,000. */
const MAX_FIELD_CHARACTERS = 20_000;

/**
 * Only one answer is taken, so whoever asks again looks first whether there is one, and needs no key: the evidence may
 * have grown meanwhile. A bank that waits for an answer and refuses ours is asked again, until it takes it or has given
 * its verdict.
 */
export async function answerDispute(
  stripe: Stripe,
  bankDisputeId: string,
  evidence: Evidence,
): Promise<DisputeAtBank> {
  const standing = await readDispute(stripe, bankDisputeId);
  if (!isAnswerable(standing.status)) return standing;
  return lookedUp(async () => {
    const answer = { evidence: fieldsOf(evidence), submit: true, ...WITH_INTENT };
    return disputeOf(await stripe.disputes.update(bankDisputeId, answer));
  });
}

/** The bank's fields that take text; the others want files. */
function fieldsOf(evidence: Evidence): Stripe.DisputeUpdateParams.Evidence {
  const texts = {
    customer_name: evidence.guestName,
    customer_email_address: evidence.guestEmail,
    product_description: evidence.stay,
    service_date: evidence.serviceDate,
    cancellation_policy_disclosure: evidence.cancellationPolicy,
    refund_policy_disclosure: evidence.cancellationPolicy,
    access_activity_log: evidence.record,
    ...(evidence.statement !== undefined && { uncategorized_text: evidence.statement }),
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.slice(0, MAX_FIELD_CHARACTERS)]),
  );
}

/** A dispute in our words. A status that this API version does not know is no verdict, and no question to us. */
function disputeOf(dispute: Stripe.Dispute): DisputeAtBank {
  const { id, amount, currency, reason, payment_intent: intent } = dispute;
  const dueBy = dispute.evidence_details.due_by;
  const paymentId = typeof intent === 'object' ? intent?.metadata.paymentId : undefined;
  return {
    id,
    status: STATUSES[dispute.status] ?? 'under_review',
    reason,
    amountMinor: inMinor(amount, currency),
    ...(dueBy !== null && { dueBy: new Date(dueBy * 1000).toISOString() }),
    submissions: dispute.evidence_details.submission_count,
    withdrawn: moneyOf(dispute, -1),
    reinstated: moneyOf(dispute, 1),
    intentId: typeof intent === 'string' ? intent : (intent?.id ?? ''),
    ...(paymentId !== undefined && { paymentId }),
  };
}

/** What moved in one direction, out of the balance (−1) or back into it (1), by the bank's own entries. */
function moneyOf({ balance_transactions: entries, currency }: Stripe.Dispute, sign: 1 | -1): DisputeMoney {
  const moved = entries.filter(({ amount }) => Math.sign(amount) === sign);
  const sum = (amounts: number[]) => amounts.reduce((total, each) => total + each, 0);
  return {
    amountMinor: inMinor(sum(moved.map(({ amount }) => Math.abs(amount))), currency),
    feeMinor: inMinor(sum(moved.map(({ fee }) => Math.abs(fee))), currency),
  };
}
