import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { answerStarter } from '../processes.ts';
import { BARE_QUEUE } from './bare-booking.contract.ts';
import type { BareActivities } from './bare-booking.contract.ts';

const activities: BareActivities = {
  holdNothing: ({ id }) => Promise.resolve(id),
  payNothing: ({ id }) => Promise.resolve(id),
};

/** The worker of the bare workflow, with the room that ours has. */
answerStarter<{ address: string; namespace: string }, null, null>(async ({ address, namespace }) => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace,
    taskQueue: BARE_QUEUE,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, 'bare-booking.ts'),
      logger: new DefaultLogger('ERROR'),
    }),
    activities,
    maxCachedWorkflows: 1_000,
    maxConcurrentWorkflowTaskExecutions: 40,
  });
  void worker.run();
  return () => Promise.resolve(null);
});
