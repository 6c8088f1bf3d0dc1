import type { Middleware, ParameterizedContext } from 'koa';
import type { Logger } from 'pino';
import { complaintOf, problemOf } from '../problems.ts';
import type { ApiState } from '../request.ts';

function answer(ctx: ParameterizedContext<ApiState>, error: unknown): void {
  const problem = problemOf(error, ctx.state.requestId);
  const { retryAfterSeconds } = problem;
  if (typeof retryAfterSeconds === 'number') ctx.set('Retry-After', String(retryAfterSeconds));
  if (problem.status === 401) ctx.set('WWW-Authenticate', 'Bearer');
  // A body that was refused unread would otherwise be taken for the next request.
  if (!ctx.req.complete) ctx.set('Connection', 'close');
  ctx.status = problem.status;
  ctx.body = JSON.stringify(problem);
  ctx.set('Content-Type', 'application/problem+json');
}

/** Makes a problem of whatever is thrown below it. A defect is logged whole and told of only by the request's id. */
export function answerProblems(log: Logger): Middleware<ApiState> {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const complaint = complaintOf(error);
      const { requestId, route } = ctx.state;
      if (complaint !== undefined) log.error({ requestId, route, err: error }, complaint);
      answer(ctx, error);
    }
  };
}
