import { Worker as Thread } from 'node:worker_threads';
import { Worker } from '@temporalio/worker';
import {
  ThreadedVMWorkflowCreator,
  WorkerThreadClient,
} from '@temporalio/worker/lib/workflow/threaded-vm.js';

const THREAD = new URL('./workflow-thread.ts', import.meta.url);

/**
 * A worker that enters its sandbox without two things of the library's that cost a third of its processor time: a thread
 * that is made at each of some forty entries a booking, to end what does not come to an end, and the stack that is kept
 * of every promise, for the page of a running workflow in the Temporal UI (decision 0029).
 */
export class SwiftWorker extends Worker {
  protected static override async createWorkflowCreator(
    ...[workflowBundle, options, logger]: Parameters<(typeof Worker)['createWorkflowCreator']>
  ): ReturnType<(typeof Worker)['createWorkflowCreator']> {
    const thread = new WorkerThreadClient(new Thread(THREAD), logger);
    await thread.send({
      type: 'init',
      workflowBundle,
      // Node makes that thread wherever it is given a limit, however long.
      isolateExecutionTimeoutMs: undefined as unknown as number,
      reuseV8Context: true,
      registeredActivityNames: new Set(options.activities.keys()),
      hasPatchActivationCallback: false,
    });
    return new ThreadedVMWorkflowCreator([thread]);
  }
}
