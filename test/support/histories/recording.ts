import type { World } from '../journeys.ts';
import { until } from '../virtual-time.ts';
import type { Recording } from './recordings.ts';
import { scrubbed } from './scrubbing.ts';
import type { WireHistory } from './scrubbing.ts';

/** A bank that does not answer has half a minute for it, and several tries. */
const REST_WITHIN_MS = 120_000;

/** Lives a course and gives its history, up to where the workflow is over or waits for the world. */
export async function record(world: World, { live }: Recording): Promise<WireHistory> {
  try {
    const workflowId = await live(world);
    await until(`${workflowId} rests`, () => rests(world, workflowId), REST_WITHIN_MS);
    return scrubbed(await world.temporal.client.workflow.getHandle(workflowId).fetchHistory());
  } finally {
    await world.bank.heal();
  }
}

/** A history that ends in the middle of a step tells nothing of what comes of it. */
async function rests({ temporal }: World, workflowId: string): Promise<boolean> {
  const { raw, status } = await temporal.client.workflow.getHandle(workflowId).describe();
  const isBusy = (raw.pendingActivities ?? []).length > 0 || Boolean(raw.pendingWorkflowTask);
  return status.name !== 'RUNNING' || !isBusy;
}
