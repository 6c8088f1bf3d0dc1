import { z } from 'zod';
import type { Db } from '#db/connect.ts';
import { findDispute, listDisputes } from '#db/disputes.ts';
import type { DisputeRow } from '#db/disputes.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { DisputeId } from '#domain/ids.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { accepted, ok } from '../replies.ts';
import { IdOf, PageQuery, pageOf } from '../schemas.ts';
import { Dispute, NewEvidence } from './dispute-schemas.ts';
import { presentDispute } from './presenter.ts';

const OfDispute = z.strictObject({ id: IdOf('dispute') });

export const listAllDisputes = endpoint({
  method: 'get',
  path: '/disputes',
  auth: 'operator',
  summary: 'List disputes, the newest first',
  query: PageQuery,
  output: { 200: pageOf(Dispute) },
  async handle({ query: { limit, cursor }, db }) {
    const after = decodeCursor(IdOf('dispute'), cursor);
    const rows = await listDisputes(db, { after, limit: limit + 1 });
    return ok(page(rows, limit, { present: presentDispute, positionOf: ({ id }) => id }));
  },
});

export const readDispute = endpoint({
  method: 'get',
  path: '/disputes/{id}',
  auth: 'operator',
  summary: 'Read a dispute',
  params: OfDispute,
  output: { 200: Dispute },
  problems: ['not_found'],
  async handle({ params, db }) {
    return ok(presentDispute(await disputeOf(db, params.id)));
  },
});

export const addEvidence = endpoint({
  method: 'post',
  path: '/disputes/{id}/evidence',
  auth: 'operator',
  idempotent: 'accepted',
  summary: 'Answer a dispute',
  description:
    'Adds your words to what is known of the stay, and hands it all in: the bank takes one answer. Without it, what is ' +
    'known is handed in a day before the due date.',
  params: OfDispute,
  input: NewEvidence,
  output: { 200: Dispute, 202: Dispute },
  problems: ['not_found', 'dispute_state'],
  async handle({ params, input, actor, once, db, disputes }) {
    await disputeOf(db, params.id);
    await disputes.answer(params.id, { text: input.text, actorId: actor.id }, once);
    return accepted(presentDispute(await disputeOf(db, params.id)));
  },
  async replay({ resourceId, firstStatus, db }) {
    const dispute = await disputeOf(db, resourceId as DisputeId);
    if (firstStatus >= 400) throw new DomainError('dispute_state', `The dispute is ${dispute.status}.`);
    const body = presentDispute(dispute);
    return dispute.evidenceSubmittedAt === null ? accepted(body) : ok(body);
  },
});

async function disputeOf(db: Db, id: DisputeId): Promise<DisputeRow> {
  const dispute = await findDispute(db, id);
  if (dispute === undefined) throw notFound('dispute');
  return dispute;
}

export const disputeEndpoints = [listAllDisputes, readDispute, addEvidence];
