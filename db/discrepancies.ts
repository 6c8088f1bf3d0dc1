import type { BookingId, DiscrepancyId, UserId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { Cause, Resolution, ResolvingAct } from '#domain/reconciliation.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { newId } from './ids.ts';
import { Row } from './model.ts';

/** What bank and ledger do not agree about. */
export class DiscrepancyRow extends Row {
  static override tableName = 'discrepancies';
  declare id: DiscrepancyId;
  declare cause: Cause;
  declare bankTransactionId: string | null;
  declare step: string | null;
  declare bookingId: BookingId | null;
  /** What each side has, in minor units; null where it has nothing. */
  declare bankMinor: number | null;
  declare ledgerMinor: number | null;
  declare currency: Currency;
  /** What an operator has asked for, until it is done. */
  declare act: ResolvingAct | null;
  /** How often anything was. */
  declare asks: number;
  declare reason: string | null;
  declare askedBy: UserId | null;
  /** Why the bank would not do it. */
  declare failure: string | null;
  declare resolvedAs: Resolution | null;
  declare openedAt: string;
  declare resolvedAt: string | null;
  declare updatedAt: string;
}

export type Difference = Pick<DiscrepancyRow, 'cause' | 'currency'> &
  Partial<Pick<DiscrepancyRow, 'bankTransactionId' | 'step' | 'bookingId' | 'bankMinor' | 'ledgerMinor'>>;

export const RESOLVING = 'discrepancy.resolving';

/** Puts a difference into the queue, once as long as it is open; one whose cause has become clearer says so. */
export async function openDiscrepancy(trx: Transaction, difference: Difference, at: string): Promise<void> {
  const { bankTransactionId = null, step = null } = difference;
  const about = bankTransactionId === null ? { step } : { bankTransactionId };
  const open = await DiscrepancyRow.query(trx).findOne(about).whereNull('resolvedAt').forUpdate();
  if (open !== undefined) {
    await DiscrepancyRow.query(trx).findById(open.id).patch(difference);
    return;
  }
  const id = newId('discrepancy');
  await DiscrepancyRow.query(trx).insert({ id, ...difference, openedAt: at });
  const { cause, bookingId = null } = difference;
  await tell(trx, { id, bookingId, cause }, { kind: 'discrepancy.opened', at });
}

/** What was wrong with a movement, or with a step, is so no more. */
export async function closeDiscrepancies(
  trx: Transaction,
  about: { bankTransactionId: string } | { step: string },
  at: string,
): Promise<void> {
  const open = await DiscrepancyRow.query(trx).where(about).whereNull('resolvedAt').orderBy('id').forUpdate();
  for (const discrepancy of open) await resolve(trx, discrepancy, { as: 'gone', at });
}

/** It is over. An act that was asked for and has not been done is not needed any more. */
export async function resolve(
  trx: Transaction,
  discrepancy: DiscrepancyRow,
  { as, at }: { as: Resolution; at: string },
): Promise<void> {
  await DiscrepancyRow.query(trx)
    .findById(discrepancy.id)
    .patch({ act: null, failure: null, resolvedAs: as, resolvedAt: at });
  await tell(trx, discrepancy, { kind: 'discrepancy.resolved', at, data: { as } });
}

/** An operator has said what is to be done: from then on it is, whatever happens here. */
export async function askToResolve(
  trx: Transaction,
  discrepancy: DiscrepancyRow,
  { at, act, reason, askedBy }: { at: string; act: ResolvingAct; reason: string; askedBy: UserId },
): Promise<void> {
  const asks = discrepancy.asks + 1;
  await DiscrepancyRow.query(trx)
    .findById(discrepancy.id)
    .patch({ act, reason, askedBy, asks, failure: null });
  await tell(trx, discrepancy, { kind: RESOLVING, at, actorId: askedBy, data: { act, ask: asks } });
}

/** The act is done, or the bank would not have it; it is open still. */
export async function noteActDone(
  trx: Transaction,
  { id }: DiscrepancyRow,
  failure: string | null = null,
): Promise<void> {
  await DiscrepancyRow.query(trx).findById(id).patch({ act: null, failure });
}

export async function findDiscrepancy(
  db: Db | Transaction,
  id: DiscrepancyId,
): Promise<DiscrepancyRow | undefined> {
  return DiscrepancyRow.query(db).findById(id);
}

/** The row under a lock that other writers of it wait for. Its absence is a defect of the caller. */
export async function lockDiscrepancy(trx: Transaction, id: DiscrepancyId): Promise<DiscrepancyRow> {
  return DiscrepancyRow.query(trx).findById(id).forUpdate().throwIfNotFound();
}

/** The newest first, from after `after` (an id) on; only those that are open, or are not, where that is asked. */
export async function listDiscrepancies(
  db: Db,
  page: { after: DiscrepancyId | undefined; isOpen: boolean | undefined; limit: number },
): Promise<DiscrepancyRow[]> {
  const query = DiscrepancyRow.query(db).orderBy('id', 'desc').limit(page.limit);
  if (page.after !== undefined) void query.where('id', '<', page.after);
  if (page.isOpen === true) void query.whereNull('resolvedAt');
  if (page.isOpen === false) void query.whereNotNull('resolvedAt');
  return query;
}

/** How many are open, by cause. */
export async function countOpenDiscrepancies(db: Db): Promise<Map<Cause, number>> {
  const rows = await db('discrepancies')
    .whereNull('resolved_at')
    .groupBy('cause')
    .select<{ cause: Cause; open: number }[]>('cause', db.raw('cast(count(*) as integer) as open'));
  return new Map(rows.map(({ cause, open }) => [cause, open]));
}

async function tell(
  trx: Transaction,
  { id, bookingId, cause }: Pick<DiscrepancyRow, 'id' | 'bookingId' | 'cause'>,
  news: { kind: string; at: string; actorId?: string; data?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { kind, at, actorId = 'system', data } = news;
  await recordEvent(trx, {
    kind,
    subjectId: id,
    actorId,
    occurredAt: at,
    data: { bookingId, cause, ...data },
  });
}
