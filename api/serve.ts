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
function renditionOf({ also }: Endpoint, ctx: Context) {
  if (also === undefined) return undefined;
  ctx.state.headers.push('Vary', 'Accept');
  return also[ctx.accepts('application/json', ...Object.keys(also)) as Rendition];
}

/**
 * What an endpoint's specification asks for, in order: its limits, its caller, its checks, its act, its answer. It waits
 * only for what is not there yet: each wait is another turn of the queue, and a cached read is little more than that.
 */
export function serve(endpoint: Endpoint, deps: ApiDeps): Serve {
  const { auth, limit, params, query, input, body, idempotency } = endpoint;
  const hasBody = input !== undefined || body === 'raw';
  return async (ctx, found) => {
    const { state, req } = ctx;
    state.route = endpoint.path;
    const counting = limit === 'exempt' ? undefined : withinLimits(limit, ctx, deps.rateLimits);
    if (counting !== undefined) await counting;
    const asking = authenticate(auth, req.headers.authorization, deps);
    const actor = asking instanceof Promise ? await asking : asking;
    state.actorId = actor?.id;
    const name = 'Idempotency-Key';
    const key = idempotency && keyOf(endpoint, actor, { key: ctx.get(name), name });
    const call = {
      params: checkedParams(params, found, 'path'),
      query: query && checked(query, { ...ctx.query }),
      input: hasBody ? await bodyOf(endpoint, ctx) : undefined,
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
    const route = `${ctx.method} ${state.path.replace(/(?<=.)\/$/, '')}`;
    const once = onceOf({ userId: actor.id, key, route, body: call.input });
    const onReplay = () => ctx.set('Idempotent-Replayed', 'true');
    send(ctx, await perform(endpoint, deps, { ...call, actor, once, onReplay }));
  };
}
