import assert from 'node:assert/strict';
import type { ParameterizedContext } from 'koa';
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
import { send } from './send.ts';

type Context = ParameterizedContext<ApiState>;
type Params = Record<string, string>;

/** Answers a request whose path has been found to be the endpoint's. */
export type Serve = (ctx: Context, params: Params) => Promise<void>;

interface Call {
  input: unknown;
  params: unknown;
  query: unknown;
  actor: Actor | undefined;
}

/** An id that cannot be one names nothing: that is 404, as for any other thing that is not there. */
function checkedParams(schema: z.ZodType | undefined, params: Params): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(params);
  if (!result.success) throw notFound('path');
  return result.data;
}

async function bodyOf({ body, input }: Endpoint, ctx: Context): Promise<unknown> {
  if (body === 'raw') return readBytes(ctx.req);
  return input === undefined ? undefined : checked(input, (await readJson(ctx.req)) ?? {});
}

/** The key that a signed-in caller sent with a call that takes one. Throws `idempotency_key_missing` where it must. */
function keyOf({ idempotency }: Endpoint, ctx: Context, actor: Actor | undefined): string | undefined {
  if (idempotency === undefined || actor === undefined) return undefined;
  const key = checkedKey(ctx.get('Idempotency-Key') || undefined);
  if (key !== undefined || idempotency === 'accepted') return key;
  throw new DomainError(
    'idempotency_key_missing',
    'This needs an Idempotency-Key header: a fresh key for each act.',
  );
}

/** What an endpoint's specification asks for, in order: its limits, its caller, its checks, its act, its answer. */
export function serve(endpoint: Endpoint, deps: ApiDeps): Serve {
  const { auth, limit, params, query } = endpoint;

  async function act(ctx: Context, call: Call, once?: Once): Promise<Reply | RawReply> {
    return endpoint.handle({ ...deps, ...call, once, request: new RequestInfo(ctx) });
  }

  function actOnce(ctx: Context, call: Call & { actor: Actor }, once: Once): Promise<Reply | RawReply> {
    return runOnce(deps.db, once, {
      handle: () => act(ctx, call, once),
      replay({ resourceId, status: firstStatus }) {
        assert(endpoint.replay !== undefined);
        const { params, actor } = call;
        return endpoint.replay({
          ...deps,
          resourceId,
          firstStatus,
          params,
          actor,
          request: new RequestInfo(ctx),
        });
      },
      onReplay: () => ctx.set('Idempotent-Replayed', 'true'),
    });
  }

  return async (ctx, found) => {
    ctx.state.route = endpoint.path;
    if (limit !== 'exempt') await withinLimits(limit, ctx, deps.rateLimits);
    const actor = auth === 'none' ? undefined : await authenticate(auth, ctx.req.headers.authorization, deps);
    ctx.state.actorId = actor?.id;
    const key = keyOf(endpoint, ctx, actor);
    const call = {
      params: checkedParams(params, found),
      query: query && checked(query, { ...ctx.query }),
      input: await bodyOf(endpoint, ctx),
      actor,
    };
    if (actor === undefined || key === undefined) {
      send(ctx, await act(ctx, call));
      return;
    }
    const route = `${ctx.method} ${ctx.path.replace(/(?<=.)\/$/, '')}`;
    const once = onceOf({ userId: actor.id, key, route, body: call.input });
    send(ctx, await actOnce(ctx, { ...call, actor }, once));
  };
}
