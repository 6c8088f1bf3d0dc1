import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import { invalid } from '../protocol/errors.ts';
import type { Params } from '../protocol/params.ts';
import { idOf } from '../state/store.ts';

/** How long there is to answer. At the bank it is the network that says so, from a week to three. */
export const ANSWER_SECONDS = 9 * 86_400;
/** All fields of the evidence together. */
const MAX_EVIDENCE_CHARACTERS = 150_000;

const EVIDENCE_FIELDS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const satisfies readonly (keyof Stripe.Dispute.Evidence)[];

type Evidence = Record<(typeof EVIDENCE_FIELDS)[number], string | null>;

/** What a cardholder tells the issuer. */
export interface Complaint {
  reason: string;
  /** The issuer only asks, and withdraws nothing yet. */
  inquiry: boolean;
  /** All that was not given back, when absent. */
  amount?: number;
}

/** A dispute as it begins, before any money has moved. */
export function newDispute(
  bank: Bank,
  charge: Stripe.Charge,
  complaint: Required<Complaint>,
): Stripe.Dispute {
  const created = bank.now(bank.store.paymentIntents.get(idOf(charge.payment_intent) ?? ''));
  const brand = charge.payment_method_details?.card?.brand ?? 'visa';
  const caseType = complaint.inquiry ? 'inquiry' : 'chargeback';
  return {
    id: newId('du'),
    object: 'dispute',
    amount: complaint.amount,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: created + ANSWER_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: true,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: { brand, case_type: caseType, network: brand, network_reason_code: null },
    },
    reason: complaint.reason,
    status: complaint.inquiry ? 'warning_needs_response' : 'needs_response',
  };
}

/** The fields of `evidence` that a request sets; empty text unsets one. `undefined` when it names none at all. */
export function readEvidence(params: Params): Partial<Evidence> | undefined {
  const fields = params.nested('evidence');
  if (fields === undefined) return undefined;
  const evidence: Partial<Evidence> = {};
  for (const name of EVIDENCE_FIELDS) {
    const value = fields.nullableText(name);
    if (value !== undefined) evidence[name] = value;
  }
  return evidence;
}

/** Adds to what was collected before. Throws 400 when it has become more than an issuer would read. */
export function withEvidence(dispute: Stripe.Dispute, added: Partial<Evidence>): Stripe.Dispute {
  const evidence: Stripe.Dispute.Evidence = { ...dispute.evidence, ...added };
  const texts = EVIDENCE_FIELDS.map((name) => evidence[name]).filter((text) => typeof text === 'string');
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters > MAX_EVIDENCE_CHARACTERS)
    throw invalid(`Evidence has at most ${MAX_EVIDENCE_CHARACTERS} characters in all.`, 'evidence');
  const details = { ...dispute.evidence_details, has_evidence: texts.length > 0 };
  return { ...dispute, evidence, evidence_details: details };
}

function noEvidence(): Stripe.Dispute.Evidence {
  const blank = Object.fromEntries(EVIDENCE_FIELDS.map((name) => [name, null])) as Evidence;
  return { ...blank, enhanced_evidence: {} };
}
