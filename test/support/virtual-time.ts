import assert from 'node:assert/strict';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Stack } from '#dev/stack/stack.ts';
import { advanceBy, standingOf, waitForRest } from '#gateways/virtual-time.ts';

/** The Temporal of a running stack, for looking at workflows and moving their clocks. */
export class TemporalDesk implements AsyncDisposable {
  readonly client: Client;
  readonly #connection: Connection;

  constructor(stack: Stack) {
    this.#connection = Connection.lazy({ address: stack.addresses.temporalAddress });
    this.client = new Client({ connection: this.#connection });
  }

  /** Moves one running workflow's clock on to an instant (milliseconds since the epoch), and what is due then happens. */
  async advanceTo(workflowId: string, instantMs: number): Promise<void> {
    const byMs = instantMs - (await this.virtualNow(workflowId));
    if (byMs > 0) await this.advance(workflowId, byMs);
  }

  /** The same, by a span. */
  async advance(workflowId: string, byMs: number): Promise<void> {
    await advanceBy(this.client, workflowId, { byMs, patienceMs: PATIENCE_MS });
  }

  /** The workflow's own now, in milliseconds since the epoch. */
  async virtualNow(workflowId: string): Promise<number> {
    return (await standingOf(this.client, workflowId)).nowMs;
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

  /** Waits until a workflow has done what there was to do: it is over, or waits for the world. */
  async rests(workflowId: string): Promise<void> {
    await waitForRest(this.client, workflowId, REST_WITHIN_MS);
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

const UNHANDLED_COMMAND =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;

const POLL_MS = 50;
const PATIENCE_MS = 30_000;
/** A bank that does not answer has half a minute for it, and several tries. */
const REST_WITHIN_MS = 120_000;

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
