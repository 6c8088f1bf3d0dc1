import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Middleware, ParameterizedContext } from 'koa';
import type { ApiDeps } from '../deps.ts';
import type { ApiState } from '../request.ts';

/** An id the caller sent is kept when it is harmless in a log and in a header. */
const SANE_ID = /^[\w.:-]{1,100}$/;
const PLAIN_PATH = /^(\/[^?#\s]*)(?:\?[^#\s]*)?$/;

function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE_ID.test(header) ? header : randomUUID();
}

/** What needs only to be cut at its query need not be made an URL; Koa does that for the few that are no plain paths. */
function pathOf(ctx: ParameterizedContext<ApiState>): string {
  return PLAIN_PATH.exec(ctx.req.url ?? '')?.[1] ?? ctx.path;
}

/** For an answer that Koa writes; `send.ts` takes them as they are. */
function setHeaders(response: ServerResponse, headers: readonly string[]): void {
  for (let i = 0; i + 1 < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
}

/**
 * Gives the request its id and writes one line when it is answered. The line has the path but never the query, a
 * header or a body: those may hold tokens, keys and mail addresses.
 */
export function logRequests({ log, metrics }: Pick<ApiDeps, 'log' | 'metrics'>): Middleware<ApiState> {
  return async (ctx, next) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(ctx.req.headers['request-id']);
    const { state } = ctx;
    state.requestId = requestId;
    state.headers = ['Request-Id', requestId];
    state.path = pathOf(ctx);
    await next();
    const { route, actorId } = state;
    if (ctx.respond !== false) setHeaders(ctx.res, state.headers);
    const { method, status } = ctx;
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    metrics?.observe({ method, route, status, seconds: ms / 1000 });
    log.info({ requestId, method, route, path: route && state.path, status, ms, actorId }, 'request');
  };
}
