import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { loseDispute, submitEvidence, wrongState } from './dispute-course.ts';
import { readEvidence, withEvidence } from './dispute-fields.ts';
import type { Call } from '../protocol/endpoint.ts';
import { missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';

const ANSWERABLE: readonly Stripe.Dispute.Status[] = ['needs_response', 'warning_needs_response'];

export function retrieveDispute({ bank, params, id }: Call): Stripe.Dispute {
  params.done();
  return findDispute(bank, id);
}

export function listDisputes({ bank, params }: Call): Stripe.ApiList<Stripe.Dispute> {
  const charge = params.text('charge');
  const intent = params.text('payment_intent');
  const created = createdFilter(params);
  const { disputes } = bank.store;
  let found = disputes.newestFirst();
  if (charge !== undefined) found = disputes.by('charge', charge).reverse();
  else if (intent !== undefined) found = disputes.by('payment_intent', intent).reverse();
  return page(found.filter(created), params, '/v1/disputes');
}

/** Evidence goes to the issuer with the request that brings it, unless that says `submit: false`. */
export function updateDispute({ bank, params, id }: Call): Stripe.Dispute {
  const found = findDispute(bank, id);
  const evidence = readEvidence(params);
  const submitted = params.flag('submit') ?? evidence !== undefined;
  const metadata = params.metadata(found.metadata);
  params.done();
  const dispute = { ...withEvidence(found, evidence ?? {}), metadata };
  if ((submitted || evidence !== undefined) && !ANSWERABLE.includes(found.status))
    throw wrongState(found, 'answered');
  if (submitted) return submitEvidence(bank, dispute);
  bank.emit('charge.dispute.updated', dispute);
  return bank.store.disputes.put(dispute);
}

/** Gives in: the cardholder keeps the money. */
export function closeDispute({ bank, params, id }: Call): Stripe.Dispute {
  params.done();
  const dispute = findDispute(bank, id);
  if (dispute.status !== 'needs_response') throw wrongState(dispute, 'closed');
  return loseDispute(bank, dispute);
}

export function findDispute(bank: Bank, id: string): Stripe.Dispute {
  const dispute = bank.store.disputes.get(id);
  if (dispute === undefined) throw missing('dispute', id);
  return dispute;
}
