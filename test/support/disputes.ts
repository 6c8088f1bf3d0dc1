import { DISPUTE_ANSWER_HOURS, DISPUTE_REMINDER_HOURS } from '#domain/disputes.ts';
import { settleDisputeId } from '#workflows/disputes.contract.ts';
import type { World } from './journeys.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

const HOUR_MS = 3_600_000;

/** Waits until a dispute is on record in this status; gives its row. */
export async function disputeIs(world: World, bankDisputeId: string, status: string): Promise<Wire> {
  let row: Wire;
  await until(
    () => `${bankDisputeId} is ${status} (it is ${row?.status})`,
    async () => {
      row = await world.db('disputes').where({ bank_dispute_id: bankDisputeId }).first();
      return row?.status === status;
    },
  );
  return row;
}

/** Waits until a dispute is over, one way or the other; gives its row. */
export async function disputeIsOver(world: World, bankDisputeId: string, verdict: string): Promise<Wire> {
  let row = await disputeIs(world, bankDisputeId, verdict);
  await until(`${bankDisputeId} is over`, async () => {
    row = await world.db('disputes').where({ bank_dispute_id: bankDisputeId }).first();
    return row.closed_at !== null;
  });
  return row;
}

/** Waits until what the host had been paid before a dispute is so far; gives its row. */
export async function frozenPayout(
  world: World,
  bankDisputeId: string,
  status: 'waiting' | 'paid',
): Promise<Wire> {
  let payout: Wire;
  await until(`what was paid before ${bankDisputeId} is ${status}`, async () => {
    payout = await world
      .db('payouts')
      .join('disputes', 'disputes.id', 'payouts.dispute_id')
      .where({ 'bank_dispute_id': bankDisputeId, 'payouts.status': status })
      .first('payouts.*');
    return payout !== undefined;
  });
  return payout;
}

/** Moves a dispute's own clock on to when its operators are reminded, or to when it is answered without them. */
export async function disputePasses(
  world: World,
  { bank_dispute_id: id, due_by: dueBy }: Wire,
  { to, byMs = 1_000 }: { to: 'reminder' | 'answer'; byMs?: number },
): Promise<void> {
  const hours = to === 'reminder' ? DISPUTE_REMINDER_HOURS : DISPUTE_ANSWER_HOURS;
  await world.temporal.advanceTo(settleDisputeId(id), Date.parse(dueBy) - hours * HOUR_MS + byMs);
}
