import { randomUUID } from 'node:crypto';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { answerStarter } from '../processes.ts';
import { sampleOf } from '../rounds.ts';
import type { Sample } from '../rounds.ts';
import { BARE_BOOKING, BARE_QUEUE, reserveBare } from './bare-booking.contract.ts';

export interface Bookings {
  /** How many in all, and how many at once. */
  count: number;
  askers: number;
}

/** Asks for bare bookings straight from the client library, without an HTTP server in between. */
answerStarter<{ address: string; namespace: string }, Bookings, Sample>(async ({ address, namespace }) => {
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  return async ({ count, askers }) => {
    const tookMs: number[] = [];
    let taken = 0;
    const begun = performance.now();
    const ask = async () => {
      while (taken++ < count) {
        const id = randomUUID();
        const asked = performance.now();
        await client.workflow.executeUpdateWithStart(reserveBare, {
          startWorkflowOperation: new WithStartWorkflowOperation(BARE_BOOKING, {
            workflowId: `bare:${id}`,
            taskQueue: BARE_QUEUE,
            args: [{ id }],
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
          updateId: id,
          args: [{ id }],
        });
        tookMs.push(performance.now() - asked);
      }
    };
    await Promise.all(Array.from({ length: askers }, ask));
    return sampleOf(tookMs, performance.now() - begun);
  };
});
