import { z } from 'zod';
import { findTransactions } from '#db/bank-transactions.ts';
import type { Db } from '#db/connect.ts';
import { findDiscrepancy, listDiscrepancies } from '#db/discrepancies.ts';
import type { DiscrepancyRow } from '#db/discrepancies.ts';
import { notFound } from '#domain/errors.ts';
import type { DiscrepancyId } from '#domain/ids.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { accepted, ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { askFor, notOpen } from './commands.ts';
import { presentDiscrepancy } from './presenter.ts';
import { DiscrepanciesQuery, Discrepancy, NewResolution } from './schemas.ts';

const OfDiscrepancy = z.strictObject({ id: IdOf('discrepancy') });

async function presented(db: Db, rows: readonly DiscrepancyRow[], now: Date) {
  const ids = rows.flatMap(({ bankTransactionId }) => bankTransactionId ?? []);
  const movements = await findTransactions(db, ids);
  return rows.map((row) =>
    presentDiscrepancy(row, { moved: movements.get(row.bankTransactionId ?? ''), now }),
  );
}

async function discrepancyOf(db: Db, id: DiscrepancyId): Promise<DiscrepancyRow> {
  const discrepancy = await findDiscrepancy(db, id);
  if (discrepancy === undefined) throw notFound('discrepancy');
  return discrepancy;
}

async function bodyOf(db: Db, id: DiscrepancyId, now: Date) {
  const [body] = await presented(db, [await discrepancyOf(db, id)], now);
  if (body === undefined) throw notFound('discrepancy');
  return body;
}

export const listAllDiscrepancies = endpoint({
  method: 'get',
  path: '/discrepancies',
  auth: 'operator',
  summary: 'List what bank and ledger do not agree about, the newest first',
  query: DiscrepanciesQuery,
  output: { 200: pageOf(Discrepancy) },
  async handle({ query: { limit, cursor, open }, db, now }) {
    const after = decodeCursor(IdOf('discrepancy'), cursor);
    const rows = await listDiscrepancies(db, { after, isOpen: open, limit: limit + 1 });
    const { data, nextCursor } = page(rows, limit, { present: (row) => row, positionOf: ({ id }) => id });
    return ok({ data: await presented(db, data, now()), nextCursor });
  },
});

export const readDiscrepancy = endpoint({
  method: 'get',
  path: '/discrepancies/{id}',
  auth: 'operator',
  summary: 'Read what bank and ledger do not agree about',
  params: OfDiscrepancy,
  output: { 200: Discrepancy },
  problems: ['not_found'],
  handle: async ({ params, db, now }) => ok(await bodyOf(db, params.id, now())),
});

export const resolveDiscrepancy = endpoint({
  method: 'post',
  path: '/discrepancies/{id}/resolve',
  auth: 'operator',
  idempotent: 'accepted',
  summary: 'Have something done about a discrepancy',
  description:
    'Which acts there are, the discrepancy says. It is `resolving` until the act is done, and is open again where that ' +
    'did not end it: `look_again` and `redeliver` only may. `accept` takes the bank’s word; the difference is the ' +
    'platform’s. `refund` has the bank give a charge back to its payer.',
  params: OfDiscrepancy,
  input: NewResolution,
  output: { 200: Discrepancy, 202: Discrepancy },
  problems: ['not_found', 'discrepancy_state'],
  async handle({ params: { id }, input: { act, reason }, actor, once, db, now }) {
    await discrepancyOf(db, id);
    await askFor(db, id, { asked: { act, reason, askedBy: actor.id, at: now().toISOString() }, once });
    return accepted(await bodyOf(db, id, now()));
  },
  async replay({ resourceId, firstStatus, db, now }) {
    const discrepancy = await discrepancyOf(db, resourceId as DiscrepancyId);
    if (firstStatus >= 400) throw notOpen(discrepancy);
    const body = await bodyOf(db, discrepancy.id, now());
    return discrepancy.act === null ? ok(body) : accepted(body);
  },
});

export const reconciliationEndpoints = [listAllDiscrepancies, readDiscrepancy, resolveDiscrepancy];
