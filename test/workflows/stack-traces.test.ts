import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, Connection, QueryNotRegisteredError } from '@temporalio/client';
import type { Environment } from '#config';
import { addHours } from '#domain/nights.ts';
import { ensureNamespace } from '#gateways/namespace.ts';
import { BOOKINGS_QUEUE } from '#workflows/bookings.contract.ts';
import { COLLECT_REVIEWS } from '#workflows/reviews.contract.ts';
import type { CollectReviews } from '#workflows/reviews.contract.ts';
import { startProgram } from '../support/programs.ts';
import { useStack } from '../support/stack.ts';

describe('where in its code a workflow stands', function () {
  this.timeout(120_000);
  const stack = useStack('postgres', 'redis', 'temporal', 'stripe');

  /** What a worker of these settings, in a namespace of its own, says of a workflow that waits for the first reminder. */
  async function told(settings: Environment): Promise<string> {
    const address = stack().addresses.temporalAddress;
    const namespace = `stacks-${randomUUID()}`;
    await ensureNamespace({ address, namespace, retentionDays: 1, searchAttributes: [] });
    const environment = { ...stack().environment, TEMPORAL_NAMESPACE: namespace, ...settings };
    await using _ = await startWorker(environment);
    const connection = await Connection.connect({ address });
    try {
      const client = new Client({ connection, namespace });
      const opensAt = new Date().toISOString();
      const window = { bookingId: 'bkg_of_nobody', opensAt, closesAt: addHours(opensAt, 24 * 14) };
      const handle = await client.workflow.start(COLLECT_REVIEWS, {
        workflowId: randomUUID(),
        taskQueue: BOOKINGS_QUEUE,
        args: [window as CollectReviews],
      });
      return await handle.query<string>('__stack_trace');
    } finally {
      await connection.close();
    }
  }

  it('is told by the lines of our sources where it was asked to be kept', async () => {
    const stacks = await told({ WORKFLOW_STACK_TRACES: 'true' });
    assert.match(stacks, /at collect \(.*workflows\/reviews\.ts:\d+/);
  });

  it('is not kept otherwise, and that is said', async () => {
    await assert.rejects(told({}), (error) => {
      assert.ok(error instanceof QueryNotRegisteredError);
      assert.match(error.message, /stack traces are not enabled/);
      return true;
    });
  });
});

async function startWorker(environment: Environment): Promise<AsyncDisposable> {
  const { child, ended } = await startProgram('worker.ts', ['--queue', BOOKINGS_QUEUE], environment);
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
