import proto from '@temporalio/proto';
import { bookStayId } from '#workflows/bookings.contract.ts';
import type { Ground } from './ground.ts';
import { median } from './rounds.ts';

const { EventType } = proto.temporal.api.enums.v1;

/** From one event of a booking's history to a later one: what goes on between them. */
const STRETCHES = [
  [
    'the workflow’s start, until a worker has its first task',
    'WORKFLOW_EXECUTION_STARTED',
    'WORKFLOW_TASK_STARTED',
  ],
  ['first task: the nights', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED'],
  ['until a worker has the bank’s call', 'WORKFLOW_TASK_COMPLETED', 'ACTIVITY_TASK_STARTED'],
  ['the bank’s call', 'ACTIVITY_TASK_STARTED', 'ACTIVITY_TASK_COMPLETED'],
  ['until a worker has the second task', 'ACTIVITY_TASK_COMPLETED', 'WORKFLOW_TASK_STARTED'],
  ['second task: the money', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED'],
] as const;

/** Where the time of the latest bookings went, in ms from the request that is on record to the answer in the history. */
export async function wayOf(
  { db, temporal: client }: Ground,
  count: number,
): Promise<Record<string, number>> {
  const rows = await db('bookings')
    .orderBy('created_at', 'desc')
    .limit(count)
    .select<{ id: `bkg_${string}`; requested: Date }[]>('id', 'requested_at as requested');
  const ways = await Promise.all(
    rows.map(async ({ id }) => {
      const { events } = await client.workflow.getHandle(bookStayId(id as never)).fetchHistory();
      return stretchesOf(
        (events ?? []).map((e) => ({
          is: EventType[e.eventType ?? 0]?.replace('EVENT_TYPE_', '') ?? '',
          atMs: msOf(e.eventTime),
        })),
      );
    }),
  );
  return Object.fromEntries(
    STRETCHES.map(([name], place) => [name, median(ways.map((way) => way[place] ?? Number.NaN))]),
  );
}

function stretchesOf(events: { is: string; atMs: number }[]): number[] {
  let place = 0;
  return STRETCHES.map(([, from, to]) => {
    while (events[place]?.is !== from) place += 1;
    const begun = events[place]?.atMs ?? Number.NaN;
    while (events[place]?.is !== to) place += 1;
    return (events[place]?.atMs ?? Number.NaN) - begun;
  });
}

function msOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
}
