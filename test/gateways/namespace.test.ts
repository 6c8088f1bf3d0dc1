import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { ensureNamespace } from '#gateways/namespace.ts';
import { pollersOf } from '#gateways/pollers.ts';
import { useStack } from '#test/support/stack.ts';
import { SEARCH } from '#workflows/bookings.contract.ts';

describe('a Temporal server that knows nothing of us', () => {
  const stack = useStack('temporal');
  const namespace = `ns-${randomUUID()}`;
  const wanted = () => ({
    address: stack().addresses.temporalAddress,
    namespace,
    retentionDays: 30,
    searchAttributes: Object.values(SEARCH),
  });

  it('is given the namespace and every search attribute, and nothing when asked again', async () => {
    const made = await ensureNamespace(wanted());
    assert.deepEqual(made, [namespace, ...Object.values(SEARCH).map(({ name }) => name)]);
    assert.deepEqual(await ensureNamespace(wanted()), []);
  });

  it('takes workflows that carry all of them, and keeps them for so long', async () => {
    await ensureNamespace(wanted());
    const connection = await Connection.connect({ address: wanted().address });
    try {
      const client = new Client({ connection, namespace });
      const { config } = await client.workflowService.describeNamespace({ namespace });
      assert.equal(Number(config?.workflowExecutionRetentionTtl?.seconds), 30 * 86_400);
      const handle = await client.workflow.start('any', {
        workflowId: randomUUID(),
        taskQueue: 'nobody',
        typedSearchAttributes: Object.values(SEARCH).map((key) =>
          key.type === 'DATETIME' ? { key, value: new Date() } : { key, value: 'x' },
        ),
      });
      await handle.terminate();
    } finally {
      await connection.close();
    }
  });

  it('knows of nobody who asks for the work of a queue without workers', async () => {
    await ensureNamespace(wanted());
    assert.deepEqual(await pollersOf(wanted(), 'nobody'), []);
  });
});
