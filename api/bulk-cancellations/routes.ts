import { z } from 'zod';
import {
  findBulkCancellation,
  findOthers,
  findLiveStaysIn,
  insertBulkCancellation,
  listBulkCancellations,
} from '#db/bulk-cancellations.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { claim } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import { inTransaction } from '#db/transaction.ts';
import { MAX_BULK_BOOKINGS } from '#domain/bulk-cancellations.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { FieldError } from '#domain/errors.ts';
import type { BookingId, BulkCancellationId, UserId } from '#domain/ids.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { created, ok } from '../replies.ts';
import { IdOf, PageQuery, pageOf } from '../schemas.ts';
import { presentBulkCancellations } from './presenter.ts';
import { BulkCancellation, NewBulkCancellation } from './schemas.ts';

async function presented(db: Db, id: BulkCancellationId) {
  const row = await findBulkCancellation(db, id);
  const [body] = row === undefined ? [] : await presentBulkCancellations(db, [row]);
  if (body === undefined) throw notFound('bulk cancellation');
  return body;
}

/** @throws DomainError `invalid_input` where one is unknown, none is meant, or too many are */
async function bookingsOf(
  trx: Transaction,
  operatorId: UserId,
  { bookingIds, stays }: z.output<typeof NewBulkCancellation>,
): Promise<BookingId[]> {
  if (bookingIds !== undefined) {
    const known = await findOthers(trx, operatorId, bookingIds);
    const errors: FieldError[] = bookingIds.flatMap((id, at) =>
      known.has(id)
        ? []
        : [{ path: `bookingIds.${at}`, message: 'There is no such booking, or it is one of your own.' }],
    );
    if (errors.length > 0) throw new DomainError('invalid_input', 'Please check bookingIds.', { errors });
    return [...known];
  }
  if (stays === undefined) return [];
  const found = await findLiveStaysIn(trx, operatorId, { ...stays, limit: MAX_BULK_BOOKINGS + 1 });
  if (found.length === 0)
    throw invalidInput('stays', 'There are no bookings there then that have not ended.');
  if (found.length <= MAX_BULK_BOOKINGS) return found;
  throw invalidInput(
    'stays',
    `There are more than ${MAX_BULK_BOOKINGS} bookings there then: take a smaller area.`,
  );
}

export const cancelInBulk = endpoint({
  method: 'post',
  path: '/bulk-cancellations',
  auth: 'operator',
  idempotent: true,
  summary: 'Cancel many bookings',
  description:
    'Those that are named, or all stays in an area and a span of nights that have not ended. Each is cancelled as by an ' +
    'operator alone, some ten a second; read it to see how far it has come. New bookings are not kept from being made.',
  input: NewBulkCancellation,
  output: { 201: BulkCancellation },
  async handle({ input, actor, once, db }) {
    const { reason, override = null } = input;
    const id = await inTransaction(db, async (trx) => {
      const { fresh, resourceId } = await claim(trx, once, newId('bulkCancellation'));
      const id = resourceId as BulkCancellationId;
      const bulk = { id, operatorId: actor.id, reason, override };
      if (fresh)
        await insertBulkCancellation(trx, { ...bulk, bookingIds: await bookingsOf(trx, actor.id, input) });
      return id;
    });
    return created(await presented(db, id), { location: `/bulk-cancellations/${id}` });
  },
  async replay({ resourceId, db }) {
    return created(await presented(db, resourceId as BulkCancellationId));
  },
});

export const readBulkCancellation = endpoint({
  method: 'get',
  path: '/bulk-cancellations/{id}',
  auth: 'operator',
  summary: 'Read how far a bulk cancellation has come',
  params: z.strictObject({ id: IdOf('bulkCancellation') }),
  output: { 200: BulkCancellation },
  problems: ['not_found'],
  handle: async ({ params, db }) => ok(await presented(db, params.id)),
});

export const listAllBulkCancellations = endpoint({
  method: 'get',
  path: '/bulk-cancellations',
  auth: 'operator',
  summary: 'List bulk cancellations, the newest first',
  query: PageQuery,
  output: { 200: pageOf(BulkCancellation) },
  async handle({ query, db }) {
    const before = decodeCursor(IdOf('bulkCancellation'), query.cursor);
    const rows = await listBulkCancellations(db, { before, limit: query.limit + 1 });
    const { data, nextCursor } = page(rows, query.limit, {
      present: (row) => row,
      positionOf: ({ id }) => id,
    });
    return ok({ data: await presentBulkCancellations(db, data), nextCursor });
  },
});

export const bulkCancellationEndpoints = [cancelInBulk, listAllBulkCancellations, readBulkCancellation];
