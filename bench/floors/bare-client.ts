import { randomUUID } from 'node:crypto';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { askAsTheyArrive } from '../arrivals.ts';
import type { Arrivals } from '../arrivals.ts';
import { answerStarter } from '../processes.ts';
import { sampleOf } from '../rounds.ts';
import type { Sample } from '../rounds.ts';
import { BARE_BOOKING, BARE_QUEUE, reserveBare } from './bare-booking.contract.ts';

/** How many in all and how many at once, or as they arrive. */
export type Bookings = { count: number; askers: number } | { arrivals: Arrivals };

/** Asks for bare bookings straight from the client library, without an HTTP server in between. */
answerStarter<{ address: string; namespace: string }, Bookings, Sample>(async ({ address, namespace }) => {
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const book = async () => {
    const id = randomUUID();
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
  };
  return async (bookings) => {
    if ('arrivals' in bookings) return askAsTheyArrive(bookings.arrivals, book);
    const { count, askers } = bookings;
    const tookMs: number[] = [];
    let taken = 0;
    const begun = performance.now();
    const ask = async () => {
      while (taken++ < count) {
        const asked = performance.now();
        await book();
        tookMs.push(performance.now() - asked);
      }
    };
    await Promise.all(Array.from({ length: askers }, ask));
    return sampleOf(tookMs, performance.now() - begun);
  };
});
