import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { CalendarId } from '#domain/ids.ts';
import { syncCalendarId, syncCalendarOrder } from '#workflows/calendars.contract.ts';
import type { SyncOutcome } from '#workflows/calendars.contract.ts';
import type { World } from './journeys.ts';
import type { Person, Wire } from './people.ts';

/** Has a property import what is at this address, and waits until that has been read once. */
export async function imports(
  world: World,
  { host, property }: { host: Person; property: Wire },
  url: string,
): Promise<Wire> {
  const calendar = await host.must(
    201,
    host.post(`/properties/${property.id}/calendars`, { name: 'Elsewhere', url }),
  );
  await synced(world, calendar.id);
  return calendar;
}

/** Has a calendar read, as its schedule would, after whatever runs is over; says what came of it. */
export async function synced({ temporal: { client } }: World, calendarId: CalendarId): Promise<SyncOutcome> {
  const { workflow, id, queue, input } = syncCalendarOrder(calendarId);
  for (;;) {
    try {
      return (await client.workflow.execute(workflow, {
        workflowId: id,
        taskQueue: queue,
        args: [input],
      })) as SyncOutcome;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await client.workflow.getHandle(syncCalendarId(calendarId)).result();
    }
  }
}

/** Where others read the nights that a property has taken. */
export async function addressOf({ host, property }: { host: Person; property: Wire }): Promise<string> {
  const { url } = await host.must(200, host.put(`/properties/${property.id}/calendar-address`));
  return url;
}
