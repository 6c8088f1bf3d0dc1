import type Stripe from 'stripe';
import { balanceTransaction, withFee } from './balance.ts';
import type { Bank } from '../bank.ts';
import { cardOf } from './cards.ts';
import { findCharge } from './charges.ts';
import { disputeFeeOf } from './currencies.ts';
import type { Complaint } from './dispute-fields.ts';
import { ANSWER_SECONDS, newDispute } from './dispute-fields.ts';
import { conflict, invalid, StripeProblem } from '../protocol/errors.ts';
import { failRefund } from './refund-outcomes.ts';
import { idOf } from '../state/store.ts';

/** An inquiry that has not become a chargeback by then never will. */
const INQUIRY_SECONDS = 120 * 86_400;
/** An answer is weighed a moment after it is handed in, where its words say how it ends. */
const VERDICT_SECONDS = 1;

const OPEN: readonly Stripe.Dispute.Status[] = ['needs_response', 'under_review'];
const INQUIRING: readonly Stripe.Dispute.Status[] = ['warning_needs_response', 'warning_under_review'];

/** A cardholder disputes a charge: its amount and a fee are gone at once, unless the issuer only inquires. */
export function openDispute(bank: Bank, charge: Stripe.Charge, complaint: Complaint): Stripe.Dispute {
  const amount = complaint.amount ?? disputable(bank, charge);
  checkDisputable(bank, charge, amount);
  if (!complaint.inquiry) turnBackRefunds(bank, charge.id);
  bank.store.charges.put({ ...(bank.store.charges.get(charge.id) ?? charge), disputed: true });
  const blank = newDispute(bank, charge, { ...complaint, amount });
  const dispute = bank.store.disputes.put(complaint.inquiry ? blank : withdraw(bank, blank));
  endsAt(bank, dispute, dispute.created + (complaint.inquiry ? INQUIRY_SECONDS : ANSWER_SECONDS));
  bank.emit('charge.dispute.created', dispute);
  if (!complaint.inquiry) bank.emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** The dispute that a test card brings with it; none when there is one already, or nothing left to dispute. */
export function disputeByCard(bank: Bank, charge: Stripe.Charge): void {
  const method = bank.store.paymentMethods.get(charge.payment_method ?? '');
  const complaint = method === undefined ? undefined : cardOf(method).dispute;
  if (complaint !== undefined && !charge.disputed && disputable(bank, charge) > 0)
    openDispute(bank, charge, complaint);
}

/** The issuer was not content with the answer to its inquiry: now it takes what was not given back meanwhile. */
export function escalate(bank: Bank, dispute: Stripe.Dispute): Stripe.Dispute {
  if (!INQUIRING.includes(dispute.status)) throw wrongState(dispute, 'escalated');
  const charge = findCharge(bank, idOf(dispute.charge) ?? '');
  const amount = Math.min(dispute.amount, disputable(bank, charge));
  turnBackRefunds(bank, charge.id);
  const dueBy = now(bank, dispute) + ANSWER_SECONDS;
  const charged = change(
    bank,
    withdraw(bank, {
      ...dispute,
      amount,
      status: 'needs_response',
      evidence_details: { ...dispute.evidence_details, due_by: dueBy, past_due: false },
      ...asChargeback(dispute),
    }),
  );
  endsAt(bank, charged, dueBy);
  bank.emit('charge.dispute.funds_withdrawn', charged);
  return charged;
}

/** The evidence goes to the issuer, once. Some words are known to win or to lose, as in Stripe's test mode. */
export function submitEvidence(bank: Bank, dispute: Stripe.Dispute): Stripe.Dispute {
  const details = dispute.evidence_details;
  const submitted = change(bank, {
    ...dispute,
    status: INQUIRING.includes(dispute.status) ? 'warning_under_review' : 'under_review',
    evidence_details: {
      ...details,
      submission_count: details.submission_count + 1,
      submission_method: 'manual',
    },
  });
  const isWeighed = verdictOn(submitted) !== undefined;
  if (isWeighed || submitted.status === 'under_review') bank.store.agenda.delete(dispute.id);
  if (isWeighed)
    bank.schedule({
      id: dispute.id,
      act: 'judge_dispute',
      paymentIntent: idOf(dispute.payment_intent) ?? '',
      dueAt: now(bank, dispute) + VERDICT_SECONDS,
    });
  return submitted;
}

/** Ends as the words of the evidence have it. */
export function judgeEvidence(bank: Bank, dispute: Stripe.Dispute): void {
  verdictOn(dispute)?.(bank, dispute);
}

type Verdict = (bank: Bank, dispute: Stripe.Dispute) => Stripe.Dispute;

function verdictOn({ status, evidence }: Stripe.Dispute): Verdict | undefined {
  const verdicts: Readonly<Record<string, Verdict>> = INQUIRING.includes(status)
    ? { winning_evidence: winDispute, escalate_inquiry_evidence: escalate }
    : { winning_evidence: winDispute, losing_evidence: loseDispute };
  return verdicts[evidence.uncategorized_text ?? ''];
}

/** The issuer gives back what it had withdrawn, the fee too. An inquiry just ends. */
export function winDispute(bank: Bank, dispute: Stripe.Dispute): Stripe.Dispute {
  if (INQUIRING.includes(dispute.status)) return end(bank, dispute, 'warning_closed');
  if (!OPEN.includes(dispute.status)) throw wrongState(dispute, 'won');
  const credit = adjust(bank, dispute, 'dispute_reversal');
  const won = end(
    bank,
    {
      ...dispute,
      balance_transactions: [...dispute.balance_transactions, credit],
      is_charge_refundable: true,
    },
    'won',
  );
  bank.emit('charge.dispute.funds_reinstated', won);
  return won;
}

/** The cardholder keeps the money. */
export function loseDispute(bank: Bank, dispute: Stripe.Dispute): Stripe.Dispute {
  if (!OPEN.includes(dispute.status)) throw wrongState(dispute, 'lost');
  return end(bank, dispute, 'lost');
}

/** What nobody has answered in time is lost; an inquiry that led to nothing is closed. */
export function endUnanswered(bank: Bank, dispute: Stripe.Dispute): Stripe.Dispute {
  if (INQUIRING.includes(dispute.status)) return end(bank, dispute, 'warning_closed');
  const late = { ...dispute, evidence_details: { ...dispute.evidence_details, past_due: true } };
  return loseDispute(bank, late);
}

/** Whoever has all of the money back has nothing left to ask. */
export function closeInquiries(bank: Bank, charge: Stripe.Charge): void {
  for (const dispute of bank.store.disputes.by('charge', charge.id))
    if (INQUIRING.includes(dispute.status)) end(bank, dispute, 'warning_closed');
}

export function wrongState(dispute: Stripe.Dispute, act: string): StripeProblem {
  const message = `This dispute could not be ${act} because it has a status of ${dispute.status}.`;
  return new StripeProblem(400, { type: 'invalid_request_error', message }, true);
}

/** What was on its way to the cardholder would reach them twice. */
function turnBackRefunds(bank: Bank, charge: string): void {
  for (const refund of bank.store.refunds.by('charge', charge))
    if (refund.status === 'pending') failRefund(bank, refund, 'charge_for_pending_refund_disputed');
}

/** What of a charge is not given back; a refund that waits may still fail, and does when there is a dispute. */
function disputable(bank: Bank, charge: Stripe.Charge): number {
  return bank.store.refunds
    .by('charge', charge.id)
    .filter(({ status, balance_transaction: moved }) => status === 'succeeded' && moved !== null)
    .reduce((left, { amount }) => left - amount, charge.amount_captured);
}

function checkDisputable(bank: Bank, charge: Stripe.Charge, amount: number): void {
  const refused = (message: string) => conflict('charge_not_disputable', message, { charge: charge.id });
  const left = disputable(bank, charge);
  if (!charge.captured) throw refused('Only a charge that was captured can be disputed.');
  if (left === 0) throw refused('A fully refunded charge cannot be disputed.');
  if (amount < 1 || amount > left) throw invalid(`The amount must be between 1 and ${left}.`, 'amount');
  const barred = ({ status }: Stripe.Dispute) => status !== 'won' && status !== 'warning_closed';
  if (bank.store.disputes.by('charge', charge.id).some(barred))
    throw refused('This charge is disputed already.');
}

function asChargeback(dispute: Stripe.Dispute): Partial<Stripe.Dispute> {
  const details = dispute.payment_method_details;
  if (details?.card === undefined) throw new Error(`${dispute.id} is about no card`);
  return { payment_method_details: { ...details, card: { ...details.card, case_type: 'chargeback' } } };
}

/** From now on the charge can not be given back a second time. */
function withdraw(bank: Bank, dispute: Stripe.Dispute): Stripe.Dispute {
  const debit = adjust(bank, dispute, 'dispute');
  return { ...dispute, balance_transactions: [debit], is_charge_refundable: false };
}

/** Amount and fee leave the balance together, and together they come back. */
function adjust(
  bank: Bank,
  dispute: Stripe.Dispute,
  category: 'dispute' | 'dispute_reversal',
): Stripe.BalanceTransaction {
  const sign = category === 'dispute' ? 1 : -1;
  const entry = balanceTransaction({
    type: 'adjustment',
    amount: -sign * dispute.amount,
    source: dispute,
    created: now(bank, dispute),
  });
  const feeName = sign === 1 ? 'Dispute fee' : 'Dispute fee refund';
  return bank.store.balanceTransactions.put({
    ...withFee(entry, sign * disputeFeeOf(dispute.currency), feeName),
    description: `Chargeback ${sign === 1 ? 'withdrawal' : 'reversal'} for ${idOf(dispute.charge) ?? ''}`,
    reporting_category: category,
  });
}

function end(bank: Bank, dispute: Stripe.Dispute, status: Stripe.Dispute.Status): Stripe.Dispute {
  bank.store.agenda.delete(dispute.id);
  const ended = bank.store.disputes.put({ ...dispute, status });
  bank.emit('charge.dispute.closed', ended);
  return ended;
}

function change(bank: Bank, dispute: Stripe.Dispute): Stripe.Dispute {
  const changed = bank.store.disputes.put(dispute);
  bank.emit('charge.dispute.updated', changed);
  return changed;
}

function endsAt(bank: Bank, dispute: Stripe.Dispute, dueAt: number): void {
  const paymentIntent = idOf(dispute.payment_intent) ?? '';
  bank.schedule({ id: dispute.id, act: 'end_dispute', paymentIntent, dueAt });
}

function now(bank: Bank, dispute: Stripe.Dispute): number {
  return bank.now(bank.store.paymentIntents.get(idOf(dispute.payment_intent) ?? ''));
}
