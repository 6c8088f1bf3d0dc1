import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';

const LOOK_EVERY_MS = 50;

/** Where a workflow stands: in milliseconds since the epoch, and whether anything of it is under way. */
export interface Standing {
  isRunning: boolean;
  nowMs: number;
  isAtWork: boolean;
}

/** A workflow did not come where its clock was moved, or not to rest there, within its time. */
export class TimeStoodStill extends Error {
  override readonly name = 'TimeStoodStill';
}

export async function standingOf(client: Client, workflowId: string): Promise<Standing> {
  const { status, raw } = await client.workflow.getHandle(workflowId).describe();
  const now = raw.workflowExtendedInfo?.timeSkippingInfo?.currentTime;
  return {
    isRunning: status.name === 'RUNNING',
    nowMs: now ? Number(now.seconds) * 1000 + (now.nanos ?? 0) / 1e6 : Date.now(),
    isAtWork: Boolean(raw.pendingWorkflowTask) || (raw.pendingActivities ?? []).length > 0,
  };
}

/**
 * Moves a running workflow's own clock on by a span: timers within it fire at their own instants, through the very code
 * that would wait for months. From there the clock runs on at its normal pace. The server's time skipping is
 * experimental, and off unless its setting `frontend.WorkflowTimeSkippingEnabled` is on: this is the only place that
 * speaks of it. Never propagated to others, and always bounded (decision 0013).
 *
 * @throws TimeStoodStill
 */
export async function advanceBy(
  client: Client,
  workflowId: string,
  { byMs, patienceMs }: { byMs: number; patienceMs: number },
): Promise<void> {
  const { nowMs } = await standingOf(client, workflowId);
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: {
      timeSkippingConfig: {
        enabled: true,
        disablePropagation: true,
        fastForwardConfig: { id: randomUUID(), duration: seconds(byMs) },
      },
    },
    updateMask: { paths: ['time_skipping_config'] },
  });
  const hasCome = ({ isRunning, nowMs: reached }: Standing) => !isRunning || reached >= nowMs + byMs;
  await waitUntil(client, workflowId, { isTrue: hasCome, patienceMs });
}

/** Waits until nothing of a workflow is under way. @throws TimeStoodStill */
export async function waitForRest(client: Client, workflowId: string, patienceMs: number): Promise<void> {
  const isAtRest = ({ isRunning, isAtWork }: Standing) => !isRunning || !isAtWork;
  await waitUntil(client, workflowId, { isTrue: isAtRest, patienceMs });
}

async function waitUntil(
  client: Client,
  workflowId: string,
  { isTrue, patienceMs }: { isTrue: (standing: Standing) => boolean; patienceMs: number },
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!isTrue(await standingOf(client, workflowId))) {
    if (Date.now() >= deadline) throw new TimeStoodStill(`${workflowId} did not come to rest in time.`);
    await delay(LOOK_EVERY_MS);
  }
}

/** The wire's duration; its encoder takes a plain number for the 64 bits that its types call `Long`. */
function seconds(ms: number): { seconds: never } {
  return { seconds: Math.ceil(ms / 1000) as never };
}
