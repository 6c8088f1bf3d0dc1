import assert from 'node:assert/strict';
import { NOTIFICATIONS_QUEUE, NOTIFY, notifyId } from '#workflows/notifications.contract.ts';
import type { Notify, NotifyOfOne } from '#workflows/notifications.contract.ts';
import type { World } from '../journeys.ts';
import { tellingOf } from '../letters.ts';
import { eventsOf } from '../ledger.ts';
import type { Courses } from './courses.ts';

async function confirmed(world: World) {
  const { booking } = await world.booked();
  const told = (await eventsOf(world.db, booking.id)).find(({ kind }) => kind === 'booking.confirmed');
  assert.ok(told);
  return told;
}

/** Each course of `notify`. */
export const MAILS: Courses = {
  /** As it was asked before letters were gathered. */
  'a-mail-is-sent': async (world) => {
    const { id: eventId } = await confirmed(world);
    const input: NotifyOfOne = { eventId: eventId as never, to: ['guest', 'host'] };
    const workflowId = `${notifyId([{ eventId: eventId as never }])}:of-one`;
    await world.temporal.client.workflow.execute(NOTIFY, {
      workflowId,
      taskQueue: NOTIFICATIONS_QUEUE,
      args: [input satisfies Notify | NotifyOfOne],
    });
    return workflowId;
  },
  'letters-are-sent': async (world) => {
    const { id } = await confirmed(world);
    return (await tellingOf(world, id)).workflowId;
  },
};
