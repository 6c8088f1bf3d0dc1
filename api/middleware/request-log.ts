import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import type { ApiDeps } from '../deps.ts';
import type { ApiState } from '../request.ts';

/** An id the caller sent is kept when it is harmless in a log and in a header. */
const SANE_ID = /^[\w.:-]{1,100}$/;

function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE_ID.test(header) ? header : randomUUID();
}

/**
 * Gives the request its id and writes one line when it is answered. The line has the path but never the query, a
 * header or a body: those may hold tokens, keys and mail addresses.
 */
export function logRequests({ log, metrics }: Pick<ApiDeps, 'log' | 'metrics'>): Middleware<ApiState> {
  return async (ctx, next) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(ctx.req.headers['request-id']);
    ctx.state.requestId = requestId;
    await next();
    if (ctx.respond !== false) ctx.res.setHeader('Request-Id', requestId);
    const { route, actorId } = ctx.state;
    const { method, status } = ctx;
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    metrics?.observe({ method, route, status, seconds: ms / 1000 });
    log.info({ requestId, method, route, path: route && ctx.path, status, ms, actorId }, 'request');
  };
}
