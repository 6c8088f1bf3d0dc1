import type { World } from '../journeys.ts';
import type { Recording } from './recordings.ts';
import { scrubbed } from './scrubbing.ts';
import type { WireHistory } from './scrubbing.ts';

/** Lives a course and gives its history, up to where the workflow is over or waits for the world. */
export async function record(world: World, { live }: Recording): Promise<WireHistory> {
  try {
    const workflowId = await live(world);
    await world.temporal.rests(workflowId);
    return scrubbed(await world.temporal.client.workflow.getHandle(workflowId).fetchHistory());
  } finally {
    await world.bank.heal();
  }
}
