import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PATIENCE } from '#domain/reconciliation.ts';
import type { Patience } from '#domain/reconciliation.ts';
import { RECONCILE } from '#workflows/reconciliation.contract.ts';
import { PAYMENTS_QUEUE } from '#workflows/refunds.contract.ts';
import type { Traveller, World } from './journeys.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

/** Hears at once what has not come by itself, and misses nothing for a day. */
export const HEARING: Patience = { ...PATIENCE, ripeSeconds: 0 };
/** Hears nothing, and misses at once what is on one side alone. */
export const MISSING: Patience = { ripeSeconds: 86_400, graceSeconds: 0 };

/** Starts a reconciliation of its own, beside those of the schedule. */
export async function startReconciling({ temporal }: World, patience: Patience) {
  const workflowId = `reconcile:${randomUUID()}`;
  const order = { workflowId, taskQueue: PAYMENTS_QUEUE, args: [{ patience }] };
  return temporal.client.workflow.start(RECONCILE, order);
}

/** Runs one to its end; gives its workflow's id. */
export async function reconcile(world: World, patience: Patience = HEARING): Promise<string> {
  const run = await startReconciling(world, patience);
  await run.result();
  return run.workflowId;
}

/** What of a booking's money is still in clearing, settlements and what was accepted reckoned in. */
export async function clearingOf({ db }: World, bookingId: string): Promise<number> {
  const { rows } = await db.raw(
    `select cast(coalesce(sum(e.amount_minor), 0) as bigint) as minor
     from ledger_entries e join ledger_transactions t using (step)
     where e.account = 'bank_clearing' and (t.booking_id = :bookingId
       or t.bank_id in (select id from bank_transactions where booking_id = :bookingId))`,
    { bookingId },
  );
  return rows[0].minor;
}

/** What the settlements of a booking's movements did to each account, by the bank's word for the movement. */
export async function settlementsOf({ db }: World, bookingId: string): Promise<Record<string, Wire>[]> {
  const rows: Wire[] = await db('bank_transactions as b')
    .join('ledger_transactions as t', 't.bank_id', 'b.id')
    .join('ledger_entries as e', 'e.step', 't.step')
    .where('b.booking_id', bookingId)
    .orderBy(['b.made_at', 'b.id', 'e.account'])
    .select('t.step', 'b.type', 'e.account', 'e.amount_minor');
  const settlements = new Map<string, Record<string, Wire>>();
  for (const { step, type, account, amount_minor: minor } of rows)
    settlements.set(step, { ...(settlements.get(step) ?? { type }), [account]: minor });
  return [...settlements.values()];
}

/** The one discrepancy about a movement of the bank's object, or about a step, as an operator sees it. */
export async function discrepancyAbout(operator: Traveller, about: string): Promise<Wire> {
  const { data } = await operator.must(200, operator.get('/discrepancies?limit=100'));
  const found = data.filter((each: Wire) => [each.bankObjectId, each.ledgerStep].includes(about));
  assert.equal(found.length, 1, `there are ${found.length} discrepancies about ${about}`);
  return found[0];
}

/** Has something done about a discrepancy, and waits until it is; gives what it is then. */
export async function resolved(operator: Traveller, id: string, act: string): Promise<Wire> {
  const path = `/discrepancies/${id}`;
  await operator.must(202, operator.post(`${path}/resolve`, { act, reason: 'We have looked at it.' }));
  let seen: Wire;
  await until(
    () => `${act} is done: ${JSON.stringify(seen)}`,
    async () => {
      seen = await operator.must(200, operator.get(path));
      return seen.status !== 'resolving';
    },
  );
  return seen;
}
