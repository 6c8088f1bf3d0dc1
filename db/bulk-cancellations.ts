import type { BookingStatus } from '#domain/bookings.ts';
import { HOLDING_STATUSES } from '#domain/bookings.ts';
import type { BulkGrounds, BulkOutcome, BulkStatus, StaysIn } from '#domain/bulk-cancellations.ts';
import type { BookingId, BulkCancellationId, UserId } from '#domain/ids.ts';
import type { Money } from '#domain/money.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';

export class BulkCancellationRow extends Row implements BulkGrounds {
  static override tableName = 'bulk_cancellations';
  static override jsonAttributes = ['override'];
  declare id: BulkCancellationId;
  declare operatorId: UserId;
  declare reason: string;
  declare override: BulkGrounds['override'];
  declare status: BulkStatus;
  declare endedAt: string | null;
  declare createdAt: string;
}

/** How far it has come: each booking is counted once. */
export interface BulkProgress {
  total: number;
  waiting: number;
  cancelled: number;
  left: number;
}

const LIVE_STATUSES: readonly BookingStatus[] = ['requested', ...HOLDING_STATUSES];

/** Those of the bookings that an operator may call off: they are there, and the operator is no side of them. */
export async function findOthers(
  db: Db | Transaction,
  operatorId: UserId,
  ids: readonly BookingId[],
): Promise<Set<BookingId>> {
  const rows = await db('bookings')
    .whereIn('id', ids)
    .whereNot({ guest_id: operatorId })
    .whereNot({ host_id: operatorId })
    .select<{ id: BookingId }[]>('id');
  return new Set(rows.map(({ id }) => id));
}

/** Likewise those that have not ended, of stays with a night in the span at properties in the area; so many at most. */
export async function findLiveStaysIn(
  db: Db | Transaction,
  operatorId: UserId,
  { area, from, to, limit }: StaysIn & { limit: number },
): Promise<BookingId[]> {
  const { rows } = await db.raw<{ rows: { id: BookingId }[] }>(
    `select b.id from bookings b join properties p on p.id = b.property_id
     where b.status = any(:statuses) and b.guest_id <> :operatorId and b.host_id <> :operatorId
       and daterange(b.check_in, b.check_out) && daterange(:from, :to)
       and p.latitude between :south and :north
       and case when cast(:west as float8) <= cast(:east as float8) then p.longitude between :west and :east
                else p.longitude >= :west or p.longitude <= :east end
     order by b.id limit :limit`,
    { ...area, from, to, limit, operatorId, statuses: [...LIVE_STATUSES] },
  );
  return rows.map(({ id }) => id);
}

export interface NewBulkCancellation extends BulkGrounds {
  id: BulkCancellationId;
  operatorId: UserId;
  bookingIds: readonly BookingId[];
}

export const BULK_BEGUN = 'bulk_cancellation.begun';

/** Writes down what is to be cancelled, and tells of it: from then on it is carried out, whatever happens here. */
export async function insertBulkCancellation(trx: Transaction, bulk: NewBulkCancellation): Promise<void> {
  const { bookingIds, ...row } = bulk;
  await BulkCancellationRow.query(trx).insert(row);
  await trx.raw(
    `insert into bulk_cancellation_bookings (bulk_id, booking_id) select distinct ?, id from unnest(?::text[]) as id`,
    [bulk.id, [...bookingIds]],
  );
  const { id: subjectId, operatorId: actorId, override } = bulk;
  const data = { bookings: bookingIds.length, override };
  await recordEvent(trx, { kind: BULK_BEGUN, subjectId, actorId, data });
}

export async function findBulkCancellation(
  db: Db | Transaction,
  id: BulkCancellationId,
): Promise<BulkCancellationRow | undefined> {
  return BulkCancellationRow.query(db).findById(id);
}

/** The newest first. `before` is the last id of the page before. */
export async function listBulkCancellations(
  db: Db,
  { before, limit }: { before: BulkCancellationId | undefined; limit: number },
): Promise<BulkCancellationRow[]> {
  const query = BulkCancellationRow.query(db).orderBy('id', 'desc').limit(limit);
  if (before !== undefined) void query.where('id', '<', before);
  return query;
}

/** How far each has come, by its id. */
export async function readBulkProgress(
  db: Db,
  ids: readonly BulkCancellationId[],
): Promise<Map<BulkCancellationId, BulkProgress>> {
  const { rows } = await db.raw<{ rows: (BulkProgress & { id: BulkCancellationId })[] }>(
    `select bulk_id as id, cast(count(*) as integer) as total,
            cast(count(*) filter (where outcome is null) as integer) as waiting,
            cast(count(*) filter (where outcome = 'cancelled') as integer) as cancelled,
            cast(count(*) filter (where outcome = 'left') as integer) as "left"
     from bulk_cancellation_bookings where bulk_id = any(?) group by bulk_id`,
    [[...ids]],
  );
  return new Map(rows.map(({ id, ...progress }) => [id, progress]));
}

/** What has been promised back so far, a sum for each currency. */
export async function readBulkRefunds(
  db: Db,
  ids: readonly BulkCancellationId[],
): Promise<Map<BulkCancellationId, Money[]>> {
  const { rows } = await db.raw<{ rows: (Money & { id: BulkCancellationId })[] }>(
    `select i.bulk_id as id, b.currency, cast(sum(i.refund_minor) as bigint) as amount
     from bulk_cancellation_bookings i join bookings b on b.id = i.booking_id
     where i.bulk_id = any(?) and i.refund_minor > 0 group by 1, 2 order by 1, 2`,
    [[...ids]],
  );
  const refunds = new Map<BulkCancellationId, Money[]>();
  for (const { id, amount, currency } of rows) {
    refunds.set(id, [...(refunds.get(id) ?? []), { amount, currency }]);
  }
  return refunds;
}

/** The next that wait, those first that were asked in vain least often. */
export async function findWaiting(db: Db, id: BulkCancellationId, limit: number): Promise<BookingId[]> {
  const rows = await db('bulk_cancellation_bookings')
    .where({ bulk_id: id })
    .whereNull('outcome')
    .orderBy(['tries', 'booking_id'])
    .limit(limit)
    .select<{ booking_id: BookingId }[]>('booking_id');
  return rows.map(({ booking_id }) => booking_id);
}

export type Handled =
  | { outcome: Extract<BulkOutcome, 'cancelled'>; refundMinor: number }
  | { outcome: Extract<BulkOutcome, 'left'>; leftAs: BookingStatus };

/** Notes what became of a booking, once. */
export async function noteHandled(
  db: Db,
  {
    bulkId,
    bookingId,
    at,
    ...handled
  }: Handled & { bulkId: BulkCancellationId; bookingId: BookingId; at: string },
): Promise<void> {
  const facts =
    handled.outcome === 'cancelled' ? { refund_minor: handled.refundMinor } : { left_as: handled.leftAs };
  await db('bulk_cancellation_bookings')
    .where({ bulk_id: bulkId, booking_id: bookingId, outcome: null })
    .update({ outcome: handled.outcome, ...facts, handled_at: at });
}

/** It was asked, and has not answered yet: the others come first now. */
export async function noteUnanswered(
  db: Db,
  bulkId: BulkCancellationId,
  bookingId: BookingId,
): Promise<void> {
  await db('bulk_cancellation_bookings').where({ bulk_id: bulkId, booking_id: bookingId }).increment('tries');
}

/** It is over, once, and told of. */
export async function endBulkCancellation(
  trx: Transaction,
  id: BulkCancellationId,
  { status, at }: { status: Exclude<BulkStatus, 'running'>; at: string },
): Promise<void> {
  const ended = await BulkCancellationRow.query(trx)
    .findById(id)
    .where('status', 'running')
    .patch({ status, endedAt: at });
  if (ended === 0) return;
  await recordEvent(trx, {
    kind: `bulk_cancellation.${status}`,
    subjectId: id,
    actorId: 'system',
    occurredAt: at,
    data: { before: 'running', after: status },
  });
}
