import { isEnded } from '#domain/bookings.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import { standingOf } from '#gateways/virtual-time.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { refundPaymentId } from '#workflows/refunds.contract.ts';
import type { World } from '../journeys.ts';
import { until } from '../virtual-time.ts';
import { passOn } from './life.ts';

/** The longest pause between two tries of an ask to the bank is five minutes. */
const PATIENCE_MS = 360_000;
/** A hold may be put off once, for a challenge; a request is first held, then waits for its host. */
const MOST_INSTANTS = 4;

/** Waits until nothing is under way any more: no news of the bank's, no refund, no booking that is being worked on. */
export async function comesToRest(world: World): Promise<void> {
  let left = '';
  await until(
    () => `all has come to rest: ${left}`,
    async () => {
      left = await underWay(world);
      return left === '';
    },
    PATIENCE_MS,
  );
}

/** Who waits for a payment or for a host waits no longer: time passes, and all comes to rest again. */
export async function comesToAnEnd(world: World): Promise<void> {
  await comesToRest(world);
  for (let instant = 0; instant < MOST_INSTANTS; instant += 1) {
    const waiting: string[] = await world.db('bookings').whereIn('status', WAITING).pluck('id');
    if (waiting.length === 0) return;
    for (const id of waiting) await passOn(world, id);
    await comesToRest(world);
  }
}

/** Somebody has an answer, or the nights are paid for and the stay is still to come. */
export function isSettled(status: BookingStatus): boolean {
  return isEnded(status) || status === 'confirmed' || status === 'in_stay';
}

const WAITING: readonly BookingStatus[] = ['held', 'awaiting_host'];

async function underWay(world: World): Promise<string> {
  const { db, bank } = world;
  const { webhooks } = await bank.control('GET', '');
  if (webhooks.undelivered > 0) return `${webhooks.undelivered} events are undelivered`;
  const events: string[] = await db('bank_events').whereNull('delivered_at').pluck('id');
  if (events.length > 0) return `${events.length} events are not handed on`;
  const requested: string[] = await db('bookings').where({ status: 'requested' }).pluck('id');
  if (requested.length > 0) return `${requested.join(', ')} are requested`;
  const refunds: string[] = await db('refunds').where({ status: 'pending' }).pluck('id');
  if (refunds.length > 0) return `${refunds.join(', ')} are pending`;
  return atWork(world);
}

async function atWork({ db, temporal }: World): Promise<string> {
  const bookings: string[] = await db('bookings').pluck('id');
  const refunds: string[] = await db('refunds').pluck('id');
  // A refund made at the bank has a workflow before it has a row of ours.
  const told: string[] = await db('bank_events').distinct('delivered_to').pluck('delivered_to');
  const workflows = new Set([
    ...bookings.map((id) => bookStayId(id as never)),
    ...refunds.map((id) => refundPaymentId(id as never)),
    ...told,
  ]);
  for (const workflowId of workflows) {
    const standing = await standingOf(temporal.client, workflowId).catch(() => undefined);
    if (standing?.isRunning === true && standing.isAtWork) return `${workflowId} is at work`;
  }
  return '';
}
