import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Stack } from '#dev/stack/stack.ts';

/** The Temporal of a running stack, for looking at workflows and moving their clocks. */
export class TemporalDesk implements AsyncDisposable {
  readonly client: Client;
  readonly #connection: Connection;

  constructor(stack: Stack) {
    this.#connection = Connection.lazy({ address: stack.addresses.temporalAddress });
    this.client = new Client({ connection: this.#connection });
  }

  /**
   * Moves one running workflow's clock on to an instant (milliseconds since the epoch): timers before it fire at their
   * own instant, through the very code that would wait for months, and so do those of the instant itself. From there
   * the clock runs on at its normal pace. The server's time skipping is experimental, so this is the only place that
   * speaks of it.
   */
  async advanceTo(workflowId: string, instantMs: number): Promise<void> {
    const byMs = instantMs - (await this.virtualNow(workflowId));
    if (byMs > 0) await this.advance(workflowId, byMs);
  }

  /** The same, by a span. */
  async advance(workflowId: string, byMs: number): Promise<void> {
    const workflowExecution = { workflowId };
    const namespace = this.client.options.namespace;
    const before = await this.virtualNow(workflowId);
    await this.client.workflowService.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution,
      workflowExecutionOptions: {
        timeSkippingConfig: {
          enabled: true,
          disablePropagation: true,
          fastForwardConfig: { id: randomUUID(), duration: seconds(byMs) },
        },
      },
      updateMask: { paths: ['time_skipping_config'] },
    });
    await until(`${workflowId} has come ${byMs} ms further`, async () => {
      const { status } = await this.client.workflow.getHandle(workflowId).describe();
      return status.name !== 'RUNNING' || (await this.virtualNow(workflowId)) >= before + byMs - 1_000;
    });
  }

  /** The workflow's own now, in milliseconds since the epoch. */
  async virtualNow(workflowId: string): Promise<number> {
    const { raw } = await this.client.workflow.getHandle(workflowId).describe();
    const now = raw.workflowExtendedInfo?.timeSkippingInfo?.currentTime;
    if (now === null || now === undefined) return Date.now();
    return Number(now.seconds) * 1000 + (now.nanos ?? 0) / 1e6;
  }

  /** Waits until somebody has started a workflow. */
  async isStarted(workflowId: string): Promise<void> {
    await until(`${workflowId} is started`, async () => {
      try {
        return (await this.statusOf(workflowId)) !== '';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    });
  }

  async statusOf(workflowId: string): Promise<string> {
    return (await this.client.workflow.getHandle(workflowId).describe()).status.name;
  }

  /**
   * Why workflow tasks of a workflow have failed, if any have. Not when something came in between, which is nobody's
   * fault: then the server has the task done once more.
   */
  async stumblesOf(workflowId: string): Promise<string[]> {
    const { events } = await this.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      failed && failed.cause !== UNHANDLED_COMMAND ? [failed.failure?.message ?? 'without a word'] : [],
    );
  }

  /** What a workflow says it waits for: the sentence that the Temporal UI shows. Asks the workflow itself. */
  async detailsOf(workflowId: string): Promise<string> {
    const handle = this.client.workflow.getHandle(workflowId);
    const { currentDetails } = await handle.query<{ currentDetails?: string }>(
      '__temporal_workflow_metadata',
    );
    return currentDetails ?? '';
  }

  /** Waits until an activity of a workflow is tried for the so-manieth time. */
  async isTried(workflowId: string, activity: string, times: number): Promise<void> {
    await until(`${activity} is tried ${times} times`, async () => {
      const { raw } = await this.client.workflow.getHandle(workflowId).describe();
      return (raw.pendingActivities ?? []).some(
        ({ activityType, attempt }) => activityType?.name === activity && (attempt ?? 0) >= times,
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}

/** The wire's duration; its encoder takes a plain number for the 64 bits that its types call `Long`. */
function seconds(ms: number): { seconds: never } {
  return { seconds: Math.ceil(ms / 1000) as never };
}

const UNHANDLED_COMMAND =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;

const POLL_MS = 50;
const PATIENCE_MS = 30_000;

/** Waits for a fact to become true, looking again and again; fails with its words when it does not in time. */
export async function until(
  fact: string | (() => string),
  isTrue: () => Promise<boolean> | boolean,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isTrue())) {
    if (Date.now() >= deadline) {
      const words = typeof fact === 'string' ? fact : fact();
      assert.fail(`It did not come true within ${patienceMs} ms that ${words}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
