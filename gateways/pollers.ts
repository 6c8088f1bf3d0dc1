import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A worker as Temporal sees it. */
export interface Poller {
  /** `pid@host`, unless the worker says otherwise. */
  identity: string;
  lastAskedAt: Date;
}

/** Who has asked for a queue's work in the last minutes. */
export async function pollersOf(
  { address, namespace }: { address: string; namespace: string },
  queue: string,
): Promise<Poller[]> {
  const connection = await Connection.connect({ address });
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      // Every worker of ours asks for these, whatever else it does.
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    return pollers.map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      lastAskedAt: new Date(Number(lastAccessTime?.seconds ?? 0) * 1000),
    }));
  } finally {
    await connection.close();
  }
}
