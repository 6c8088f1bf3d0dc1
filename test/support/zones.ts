import { randomUUID } from 'node:crypto';
import { instantOf } from '#domain/nights.ts';
import { bookStayId, SEARCH } from '#workflows/bookings.contract.ts';
import { MAINTENANCE_QUEUE, RETIME_STAYS } from '#workflows/maintenance.contract.ts';
import type { World } from './journeys.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

/** Older than any zone data that Node ever had. */
export const OLDER = '1999a';

/** Bookings are made in London, as far as zone data knew; it turns out that its clocks go by one of these. */
export const AN_HOUR_EARLIER = 'Europe/Paris';
export const AN_HOUR_LATER = 'Atlantic/Azores';

/**
 * A booking that was reckoned by older zone data, its workflow's timers too, and what its clocks will show has changed
 * since: its wall is now that of another zone.
 */
export async function reckonedByOlder(world: World, { id }: Wire, timeZone: string): Promise<void> {
  await world.db('bookings').where({ id }).update({ time_zone: timeZone, zone_data: OLDER });
}

/** The step of the schedule, at once. */
export async function retimeStays({ temporal }: World): Promise<string> {
  const workflowId = `retime-stays:${randomUUID()}`;
  const run = await temporal.client.workflow.start(RETIME_STAYS, {
    workflowId,
    taskQueue: MAINTENANCE_QUEUE,
  });
  await run.result();
  return workflowId;
}

/** Waits until the workflow of a booking goes by the instants that its row has, as the Temporal UI shows. */
export async function goesByItsRow({ db, temporal }: World, { id }: Wire): Promise<void> {
  const handle = temporal.client.workflow.getHandle(bookStayId(id));
  await until(`the workflow of ${id} goes by its row`, async () => {
    const { check_in_at: checkInAt, check_out_at: checkOutAt } = await db('bookings').where({ id }).first();
    const { typedSearchAttributes: shown } = await handle.describe();
    return (
      shown.get(SEARCH.checkIn)?.getTime() === Date.parse(checkInAt) &&
      shown.get(SEARCH.checkOut)?.getTime() === Date.parse(checkOutAt)
    );
  });
}

/** When its clocks show its times. */
export function timesIn(timeZone: string, { checkIn, checkOut }: Wire): [string, string] {
  return [instantOf(checkIn, '15:00', timeZone), instantOf(checkOut, '11:00', timeZone)];
}
