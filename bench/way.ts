import proto from '@temporalio/proto';
import type { BookingId } from '#domain/ids.ts';
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

/** Where the time of the latest bookings went, in ms: medians of what lies between the events of their histories. */
export async function wayOf(
  { db, temporal: client }: Ground,
  count: number,
): Promise<Record<string, number>> {
  const ids = await db('bookings').orderBy('created_at', 'desc').limit(count).pluck<BookingId[]>('id');
  const ways = await Promise.all(
    ids.map(async (id) => {
      const { events } = await client.workflow.getHandle(bookStayId(id)).fetchHistory();
      return stretchesOf((events ?? []).map(momentOf));
    }),
  );
  return Object.fromEntries(
    STRETCHES.map(([name], place) => [name, median(ways.map((way) => way[place] ?? Number.NaN))]),
  );
}

interface Moment {
  is: string;
  atMs: number;
}

function momentOf({ eventType, eventTime }: proto.temporal.api.history.v1.IHistoryEvent): Moment {
  const is = EventType[eventType ?? 0]?.replace('EVENT_TYPE_', '') ?? '';
  return { is, atMs: Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6 };
}

/** Each begins at or after the end of the one before. */
function stretchesOf(moments: readonly Moment[]): number[] {
  let place = 0;
  const next = (wanted: string): number => {
    place = moments.findIndex(({ is }, at) => at >= place && is === wanted);
    const found = moments[place];
    if (found === undefined) throw new Error(`A booking's history has no ${wanted} where one was expected.`);
    return found.atMs;
  };
  return STRETCHES.map(([, from, to]) => {
    const begun = next(from);
    return next(to) - begun;
  });
}
