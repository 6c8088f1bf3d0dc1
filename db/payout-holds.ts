import type { UserId } from '#domain/ids.ts';
import { heldUntil } from '#domain/payouts.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';
import type { Hold, PayoutRow } from './payouts.ts';

/** What an operator has decided about the first payout of one host. */
export class PayoutHoldRow extends Row {
  static override tableName = 'payout_holds';
  static override idColumn = 'hostId';
  declare hostId: UserId;
  /** So long after it is due; 0 holds nothing. */
  declare days: number;
  declare reason: string;
  declare setBy: UserId;
  declare setAt: string;
}

export async function findPayoutHold(
  db: Db | Transaction,
  hostId: UserId,
): Promise<PayoutHoldRow | undefined> {
  return PayoutHoldRow.query(db).findById(hostId);
}

/** Puts on record what an operator decides, in the place of what was decided before. */
export async function setPayoutHold(
  trx: Transaction,
  hold: Pick<PayoutHoldRow, 'hostId' | 'days' | 'reason' | 'setBy' | 'setAt'>,
): Promise<void> {
  const { hostId, days, setBy, setAt } = hold;
  const before = await findPayoutHold(trx, hostId);
  await PayoutHoldRow.query(trx).insert(hold).onConflict('hostId').merge();
  await recordEvent(trx, {
    kind: 'payout_hold.set',
    subjectId: hostId,
    actorId: setBy,
    occurredAt: setAt,
    data: { before: before?.days ?? null, after: days },
  });
}

/**
 * Until when the payouts of a host who has never been paid are held, reckoned from the first that was due; undefined where
 * they are not. Under the host's lock.
 */
export async function holdOf(
  trx: Transaction,
  { hostId }: PayoutRow,
  { at, daysForAll }: { at: string; daysForAll: number },
): Promise<Hold | undefined> {
  const { days, reason } = (await findPayoutHold(trx, hostId)) ?? { days: daysForAll, reason: null };
  if (days === 0) return undefined;
  const { rows } = await trx.raw<{ rows: [{ first_due_at: string; is_paid: boolean }] }>(
    `select min(due_at) as first_due_at, bool_or(transfer_id is not null) as is_paid from payouts where host_id = ?`,
    [hostId],
  );
  const [{ first_due_at: firstDueAt, is_paid: isPaid }] = rows;
  const until = heldUntil(firstDueAt, days);
  return isPaid || Date.parse(at) >= Date.parse(until) ? undefined : { until, reason };
}
