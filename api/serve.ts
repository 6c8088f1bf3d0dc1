import type { ParameterizedContext } from 'koa';
import { onceOf } from '#db/idempotency.ts';
import type { ApiDeps } from './deps.ts';
import type { Endpoint, Rendition } from './endpoint.ts';
import { checked, checkedParams, readBytes, readJson } from './input.ts';
import { authenticate } from './middleware/authenticate.ts';
import { withinLimits } from './middleware/rate-limit.ts';
import { keyOf } from './once.ts';
import { perform } from './perform.ts';
import { RequestInfo } from './request.ts';
import type { ApiState } from './request.ts';
import { send, stream } from './send.ts';

type Context = ParameterizedContext<ApiState>;
type Params = Record<string, string>;

/** Answers a request whose path has been found to be the endpoint's. */
export type Serve = (ctx: Context, params: Params) => Promise<void>;

async function bodyOf({ body, input }: Endpoint, ctx: Context): Promise<unknown> {
  if (body === 'raw') return readBytes(ctx.req);
  return input === undefined ? undefined : checked(input, (await readJson(ctx.req)) ?? {});
}

/** What answers in the shape that the caller would rather have; JSON where they do not care, or want what there is not. */
function renditionOf({ also = {} }: Endpoint, ctx: Context) {
  const types = Object.keys(also);
  if (types.length === 0) return undefined;
  ctx.state.headers.push('Vary', 'Accept');
  return also[ctx.accepts('application/json', ...types) as Rendition];
}

/** What an endpoint's specification asks for, in order: its limits, its caller, its checks, its act, its answer. */
export function serve(endpoint: Endpoint, deps: ApiDeps): Serve {
  const { auth, limit, params, query } = endpoint;
  return async (ctx, found) => {
    ctx.state.route = endpoint.path;
    if (limit !== 'exempt') await withinLimits(limit, ctx, deps.rateLimits);
    const actor = await authenticate(auth, ctx.req.headers.authorization, deps);
    ctx.state.actorId = actor?.id;
    const key = keyOf(endpoint, actor, { key: ctx.get('Idempotency-Key'), name: 'Idempotency-Key' });
    const call = {
      params: checkedParams(params, found, 'path'),
      query: query && checked(query, { ...ctx.query }),
      input: await bodyOf(endpoint, ctx),
      actor,
      request: new RequestInfo(ctx),
    };
    const render = renditionOf(endpoint, ctx);
    if (render !== undefined) {
      const rendered = await render({ ...deps, ...call, once: undefined });
      if ('chunks' in rendered) await stream(ctx, rendered);
      else send(ctx, rendered);
      return;
    }
    if (actor === undefined || key === undefined) {
      send(ctx, await perform(endpoint, deps, call));
      return;
    }
    const route = `${ctx.method} ${ctx.path.replace(/(?<=.)\/$/, '')}`;
    const once = onceOf({ userId: actor.id, key, route, body: call.input });
    const onReplay = () => ctx.set('Idempotent-Replayed', 'true');
    send(ctx, await perform(endpoint, deps, { ...call, actor, once, onReplay }));
  };
}
