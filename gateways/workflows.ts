import {
  Client,
  Connection,
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { SearchAttributePair, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { DomainError } from '#domain/errors.ts';
import { Intake } from './intake.ts';
import { answerOf } from './workflow-answers.ts';
import type { Answer, Ask } from './workflow-answers.ts';
import { advanceBy, standingOf, TimeStoodStill, waitForRest } from './virtual-time.ts';

/** A workflow to be started: its type's name, its business id, and what makes it legible in the Temporal UI. */
export interface Order {
  workflow: string;
  id: string;
  queue: string;
  input: object;
  summary?: string;
  /** It may run again once it has ended; everything else runs once. */
  isRepeated?: boolean;
  searchAttributes?: SearchAttributePair[];
}

export type { Answer, Ask } from './workflow-answers.ts';

/** Workflows as the rest of the system sees them: started, asked and told, by business id. */
export interface Workflows extends AsyncDisposable {
  /** False when it runs already, or ran. */
  start(order: Order): Promise<boolean>;
  /** The same, while somebody waits: what Temporal does not take in time is left to the schedule that looks for what was left. */
  offer(order: Order): Promise<void>;
  /** Starts it unless it runs, and asks. @throws the DomainError with which the workflow refuses */
  startAndAsk<T, Input>(
    order: Order,
    update: UpdateDefinition<T, [Input]>,
    ask: Ask<Input>,
  ): Promise<Answer<T>>;
  /** @throws the DomainError with which the workflow refuses */
  ask<T, Input>(id: string, update: UpdateDefinition<T, [Input]>, ask: Ask<Input>): Promise<Answer<T>>;
  /** False when there is nobody to tell. */
  tell(id: string, signal: SignalDefinition): Promise<boolean>;
  /** How many events its history has by now; none before it is started. */
  lengthOf(id: string): Promise<number>;
  /** The same, while somebody waits: what Temporal does not take in time, the workflow finds out by itself later. */
  mention(id: string, signal: SignalDefinition): Promise<void>;
  /** Whether it has been started and has not ended. */
  isRunning(id: string): Promise<boolean>;
  /** Sees to it that a schedule is there and as often as it says, whoever made it. A run that is not over when the next is due is not doubled. */
  every(schedule: Recurring): Promise<void>;
  /**
   * Moves a workflow's own clock on to an instant (milliseconds since the epoch), unless it is there already, and waits
   * until what was due has been done. One that has ended, or never was, is left alone.
   * @throws DomainError `unavailable` when it is not done in time
   */
  advanceTo(id: string, instantMs: number): Promise<void>;
  /** Whether Temporal answers at all. */
  isReachable(): Promise<boolean>;
}

/** A workflow without input that runs again and again. */
export interface Recurring {
  scheduleId: string;
  workflow: string;
  queue: string;
  everySeconds: number;
}

const REACHABLE_WITHIN_MS = 1_000;
/** How long a workflow may take to do what is due where its clock has been moved. */
const ADVANCE_WITHIN_MS = 20_000;
/** As long as somebody should wait for what needs no answer. */
const OFFER_WITHIN_MS = 2_500;

/** Connects lazily: an API without Temporal still reads. */
export function connectWorkflows({ address, namespace }: { address: string; namespace: string }): Workflows {
  const connection = Connection.lazy({ address });
  const client = new Client({ connection, namespace });
  const intake = new Intake();
  return {
    start: (order) => start(client, order),
    offer: (order) => whileItAnswers(client, () => start(client, order)),
    startAndAsk: (order, update, ask) =>
      answerOf({ client, intake }, ask, () =>
        client.workflow.startUpdateWithStart(update, {
          startWorkflowOperation: new WithStartWorkflowOperation(order.workflow, {
            ...startOptions(order),
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
          updateId: ask.updateId,
          args: [ask.input],
          waitForStage: 'ACCEPTED',
        }),
      ),
    ask: (id, update, ask) =>
      answerOf({ client, intake }, ask, () =>
        client.workflow
          .getHandle(id)
          .startUpdate(update, { updateId: ask.updateId, args: [ask.input], waitForStage: 'ACCEPTED' }),
      ),
    tell: (id, signal) => tell(client, id, signal),
    lengthOf: (id) => lengthOf(client, id),
    mention: (id, signal) => whileItAnswers(client, () => tell(client, id, signal)),
    isRunning: (id) => isRunning(client, id),
    every: (schedule) => every(client, schedule),
    advanceTo: (id, instantMs) => advanceTo(client, id, instantMs),
    isReachable: () => isReachable(client),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** Once an id ran it never runs again, unless it says so: PostgreSQL is the lasting authority, this the first. */
function startOptions({ id, queue, input, summary, isRepeated = false, searchAttributes }: Order) {
  return {
    workflowId: id,
    taskQueue: queue,
    args: [input],
    workflowIdReusePolicy: isRepeated ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
    ...(summary !== undefined && { staticSummary: summary }),
    ...(searchAttributes !== undefined && { typedSearchAttributes: searchAttributes }),
  } as const;
}

async function start(client: Client, order: Order): Promise<boolean> {
  try {
    await client.workflow.start(order.workflow, startOptions(order));
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Does something that may as well happen later, and leaves it where Temporal does not answer in time. */
async function whileItAnswers(client: Client, act: () => Promise<unknown>): Promise<void> {
  try {
    await client.withDeadline(Date.now() + OFFER_WITHIN_MS, act);
  } catch (error) {
    if (!(error instanceof ServiceError) && !isGrpcServiceError(error)) throw error;
  }
}

async function tell(client: Client, id: string, signal: SignalDefinition): Promise<boolean> {
  try {
    await client.workflow.getHandle(id).signal(signal);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function lengthOf(client: Client, id: string): Promise<number> {
  try {
    return (await client.workflow.getHandle(id).describe()).historyLength;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 0;
    throw error;
  }
}

async function isRunning(client: Client, id: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function every(
  client: Client,
  { scheduleId, workflow, queue, everySeconds }: Recurring,
): Promise<void> {
  const spec = { intervals: [{ every: everySeconds * 1000 }] };
  try {
    await client.schedule.create({
      scheduleId,
      spec,
      policies: { overlap: 'SKIP', catchupWindow: '1h' },
      action: { type: 'startWorkflow', workflowType: workflow, taskQueue: queue, workflowId: scheduleId },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const schedule = client.schedule.getHandle(scheduleId);
    const [interval] = (await schedule.describe()).spec.intervals ?? [];
    if (interval?.every === everySeconds * 1000) return;
    await schedule.update((before) => ({ ...before, spec }));
  }
}

async function advanceTo(client: Client, id: string, instantMs: number): Promise<void> {
  try {
    const { isRunning, nowMs } = await standingOf(client, id);
    if (!isRunning) return;
    await waitForRest(client, id, ADVANCE_WITHIN_MS);
    const byMs = instantMs - nowMs;
    if (byMs > 0) await advanceBy(client, id, { byMs, patienceMs: ADVANCE_WITHIN_MS });
    await waitForRest(client, id, ADVANCE_WITHIN_MS);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return;
    if (!(error instanceof TimeStoodStill) && !isGrpcServiceError(error)) throw error;
    throw new DomainError('unavailable', `What is due does not get done now: ${error.message}`);
  }
}

async function isReachable(client: Client): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + REACHABLE_WITHIN_MS, () =>
      client.workflowService.getSystemInfo({}),
    );
    return true;
  } catch {
    return false;
  }
}
