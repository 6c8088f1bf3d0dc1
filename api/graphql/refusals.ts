import { GraphQLError } from 'graphql';
import type { ExecutionResult, GraphQLErrorExtensions } from 'graphql';
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { complaintOf, problemOf } from '../problems.ts';
import type { Context } from './context.ts';

/** What was thrown in the first place, under all that it was wrapped in on its way. */
function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

/** Whether the document or the variables are at fault. While fields resolve, that is what points into the document. */
function isCallersFault(error: GraphQLError, cause: unknown): boolean {
  if (!(cause instanceof GraphQLError) || cause.extensions.unexpected === true) return false;
  return error.path === undefined || cause.nodes !== undefined;
}

/** The same place in document and answer, in other words. */
function reworded(error: GraphQLError, message: string, extensions: GraphQLErrorExtensions): GraphQLError {
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

/** What one answers to an error. */
function toldOf(error: GraphQLError, { log, requestId }: { log: Logger; requestId: string }): GraphQLError {
  const { path } = error;
  const cause = causeOf(error);
  if (isCallersFault(error, cause)) {
    return reworded(error, error.message, { ...error.extensions, code: 'invalid_input', requestId });
  }
  const complaint = complaintOf(cause);
  if (complaint !== undefined) log.error({ requestId, route: '/graphql', path, err: cause }, complaint);
  const { type: _type, title: _title, status, detail, ...facts } = problemOf(cause, requestId);
  const { retryAfterSeconds } = facts;
  const headers = {
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(typeof retryAfterSeconds === 'number' && { 'Retry-After': String(retryAfterSeconds) }),
  };
  // Only what was refused as a whole has a status of its own; in an answer with data, fields may fare differently.
  return reworded(error, detail, { ...facts, ...(path === undefined && { http: { status, headers } }) });
}

/**
 * Puts every error of an answer into the words of REST, whoever raised it and when: a refusal with its `code` and its
 * facts; a document that is wrong as `invalid_input`; anything else as `internal_error`, which tells nothing but the
 * request's id, and is logged whole. This is the only place where errors pass, so it is Yoga's masking as well.
 */
export function useRefusals(log: Logger): Plugin<object, Context> {
  return {
    onResultProcess(answer) {
      const { result, serverContext } = answer;
      const { requestId } = serverContext.koa.state;
      const told = (part: ExecutionResult): ExecutionResult =>
        part.errors === undefined
          ? part
          : { ...part, errors: part.errors.map((error) => toldOf(error, { log, requestId })) };
      if (isAsyncIterable(result)) answer.setResult(mapAsyncIterator(result, told));
      else answer.setResult(Array.isArray(result) ? result.map(told) : told(result));
    },
  };
}
