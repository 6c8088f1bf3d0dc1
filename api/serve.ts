import assert from 'node:assert/strict';
import type { Middleware, ParameterizedContext } from 'koa';
import type { z } from 'zod';
import { onceOf } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { Actor } from '#domain/permissions.ts';
import type { ApiDeps } from './deps.ts';
import type { Endpoint } from './endpoint.ts';
import { checked, readBytes, readJson } from './input.ts';
import { authenticate } from './middleware/authenticate.ts';
import { withinLimits } from './middleware/rate-limit.ts';
import { checkedKey, runOnce } from './once.ts';
import type { RawReply, Reply } from './replies.ts';
import { RequestInfo } from './request.ts';
import type { ApiState } from './request.ts';

type Context = ParameterizedContext<ApiState> & { params: Record<string, string> };

/** Whether the caller has this very version already. */
function isKnown(etag: string | undefined, ifNoneMatch: string | undefined): boolean {
  if (etag === undefined || ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch === etag || ifNoneMatch.split(/\s*,\s*/).some((known) => known.replace(/^W\//, '') === etag)
  );
}

function send(ctx: Context, reply: Reply | RawReply): void {
  const { headers } = reply;
  for (const name in headers) ctx.res.setHeader(name, headers[name] ?? '');
  ctx.status = reply.status;
  ctx.body = 'bytes' in reply ? reply.bytes : reply.body;
  if (isKnown(headers?.ETag, ctx.req.headers['if-none-match'])) ctx.status = 304;
}

/** An id that cannot be one names nothing: that is 404, as for any other thing that is not there. */
function paramsOf(schema: z.ZodType, params: Record<string, string>): Record<string, string> {
  const result = schema.safeParse(params);
  if (!result.success) throw notFound('path');
  return result.data as Record<string, string>;
}

async function bodyOf(endpoint: Endpoint, ctx: Context): Promise<unknown> {
  if (endpoint.body === 'raw') return readBytes(ctx.req);
  if (endpoint.input === undefined) return undefined;
  return checked(endpoint.input, (await readJson(ctx.req)) ?? {});
}

/** The call's idempotency key, where the endpoint takes one and somebody is signed in to own it. */
function keyOf(endpoint: Endpoint, ctx: Context): string | undefined {
  if (endpoint.idempotency === undefined) return undefined;
  const header = ctx.req.headers['idempotency-key'];
  const key = checkedKey(Array.isArray(header) ? header.join() : header);
  if (key !== undefined || endpoint.idempotency === 'accepted') return key;
  throw new DomainError(
    'idempotency_key_missing',
    'This needs an Idempotency-Key header: a fresh key for each act.',
  );
}

/** The middleware that an endpoint's specification asks for: its limits, its checks, its act, its answer. */
export function serve(endpoint: Endpoint, deps: ApiDeps): Middleware<ApiState> {
  const { params, query } = endpoint;
  const handle = (
    ctx: Context,
    call: { input: unknown; query: unknown; actor: Actor | undefined; once: Once | undefined },
  ) => endpoint.handle({ ...deps, ...call, params: ctx.params, request: new RequestInfo(ctx) });

  return async (context) => {
    const ctx = context as Context;
    ctx.state.route = endpoint.path;
    await withinLimits(endpoint.limit, ctx, deps.rateLimits);
    const actor = await authenticate(endpoint.auth, ctx.req.headers.authorization, deps);
    if (actor !== undefined) ctx.state.actorId = actor.id;
    const key = actor === undefined ? undefined : keyOf(endpoint, ctx);
    if (params !== undefined) ctx.params = paramsOf(params, ctx.params);
    const call = {
      query: query === undefined ? undefined : checked(query, { ...ctx.query }),
      input: await bodyOf(endpoint, ctx),
      actor,
      once: undefined,
    };
    if (actor === undefined || key === undefined) {
      send(ctx, await handle(ctx, call));
      return;
    }
    const route = `${ctx.method} ${ctx.path.replace(/\/$/, '')}`;
    const once = onceOf({ userId: actor.id, key, route, body: call.input });
    const reply = await runOnce<Reply | RawReply>(deps.db, once, {
      handle: async (claimable) => handle(ctx, { ...call, once: claimable }),
      replay: async ({ resourceId, status }) => {
        const request = new RequestInfo(ctx);
        const again = { ...deps, resourceId, firstStatus: status, params: ctx.params, actor, request };
        assert(endpoint.replay !== undefined);
        return endpoint.replay(again);
      },
      onReplay: () => ctx.set('Idempotent-Replayed', 'true'),
    });
    send(ctx, reply);
  };
}
