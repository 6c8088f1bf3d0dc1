import type { Notify, NotifyOfOne } from '#workflows/notifications.contract.ts';
import type { World } from './journeys.ts';
import { until } from './virtual-time.ts';

/** The workflow that tells of an event by mail, and what it was asked to send. */
export async function tellingOf(
  { temporal: { client } }: Pick<World, 'temporal'>,
  eventId: string,
): Promise<{ workflowId: string; input: Notify }> {
  let found: { workflowId: string; input: Notify } | undefined;
  await until(`somebody is told of ${eventId}`, async () => {
    for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = 'notify'` })) {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
      const input = JSON.parse(Buffer.from(payload?.data ?? []).toString('utf8')) as Notify | NotifyOfOne;
      if ('letters' in input && input.letters.some((letter) => letter.eventId === eventId)) {
        found = { workflowId, input };
        return true;
      }
    }
    return false;
  });
  if (found === undefined) throw new Error(`Nobody is told of ${eventId}.`);
  return found;
}
