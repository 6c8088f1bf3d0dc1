import {
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { WorkflowUpdateHandle, Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DomainError, ERROR_CODES } from '#domain/errors.ts';
import type { ErrorCode, ErrorDetails } from '#domain/errors.ts';
import type { Intake } from './intake.ts';
import { NotTaken } from './intake.ts';

/** How far an ask came: answered; taken but still working; not taken, as far as we know; or nobody there any more. */
export type Answer<T> =
  { is: 'answered'; result: T } | { is: 'working' } | { is: 'not_taken' } | { is: 'gone' };

export interface Ask<Input> {
  /** The same id is the same ask: repeated, it gives the same answer. */
  updateId: string;
  input: Input;
  /** Patience for Temporal to take it, counted anew while it takes those of others; and after that for its answer. */
  acceptWithinMs: number;
  answerWithinMs: number;
}

/** Sends an ask, and says how far it came. @throws the DomainError with which the workflow refuses */
export async function answerOf<T, Input>(
  { client, intake }: { client: Client; intake: Intake },
  ask: Ask<Input>,
  send: () => Promise<WorkflowUpdateHandle<T>>,
): Promise<Answer<T>> {
  let handle: WorkflowUpdateHandle<T>;
  try {
    handle = await intake.pass({
      withinMs: ask.acceptWithinMs,
      send: (deadline) => client.withDeadline(deadline, send),
      hasTimedOut: (error) => error instanceof WorkflowUpdateRPCTimeoutOrCancelledError,
    });
  } catch (error) {
    return whereItEnded(error, 'not_taken');
  }
  try {
    return {
      is: 'answered',
      result: await client.withDeadline(Date.now() + ask.answerWithinMs, () => handle.result()),
    };
  } catch (error) {
    return whereItEnded(error, 'working');
  }
}

function whereItEnded(error: unknown, without: 'not_taken' | 'working'): Answer<never> {
  if (error instanceof WorkflowUpdateFailedError) throw domainErrorOf(error.cause) ?? error;
  if (error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError) {
    return { is: 'gone' };
  }
  const timedOut = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof NotTaken;
  if (timedOut || error instanceof ServiceError || isGrpcServiceError(error)) return { is: without };
  throw error;
}

/** The way back of a refusal through Temporal: the failure's type is the code, its first detail the details. */
function domainErrorOf(cause: Error | undefined): DomainError | undefined {
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const code = ERROR_CODES.find((known: ErrorCode) => known === cause.type);
  if (code === undefined) return undefined;
  return new DomainError(code, cause.message, (cause.details?.[0] ?? {}) as ErrorDetails);
}
