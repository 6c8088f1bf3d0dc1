import { onceOf } from '#db/idempotency.ts';
import type { AnswerOf, Endpoint, Outputs } from '../endpoint.ts';
import { checkedParams } from '../input.ts';
import { admit, authenticate } from '../middleware/authenticate.ts';
import { withinLimits } from '../middleware/rate-limit.ts';
import { keyOf } from '../once.ts';
import { perform } from '../perform.ts';
import { RequestInfo } from '../request.ts';
import { createLoaders } from './context.ts';
import type { Context } from './context.ts';
import { checkedInput } from './input.ts';

/** What is asked of an endpoint: the parts of an HTTP request that it knows, unchecked. */
export interface Asked {
  params?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  input?: unknown;
  idempotencyKey?: string | null | undefined;
}

/**
 * Has an endpoint of REST answer a field: its limit, its caller, its checks and its act, each its own. So a field states
 * only what its arguments and its type are called.
 */
export async function call<O extends Outputs>(
  endpoint: Endpoint<O>,
  asked: Asked,
  context: Context,
): Promise<AnswerOf<O>> {
  const { deps, koa } = context;
  const { limit, auth } = endpoint;
  // That something is read has been counted with the request (`yoga.ts`).
  if (limit !== 'exempt' && limit !== 'read') await withinLimits(limit, koa, deps.rateLimits);
  // Who signed out in the act before is signed out.
  if (context.hasActed) context.actor = await authenticate(auth, koa.req.headers.authorization, deps);
  const actor = admit(auth, context.actor);
  const key = keyOf(endpoint, actor, { key: asked.idempotencyKey ?? undefined, name: 'idempotencyKey' });
  const checked = {
    params: checkedParams(endpoint.params, asked.params, 'id'),
    query: endpoint.query && checkedInput(endpoint.query, asked.query ?? {}),
    input: endpoint.input && checkedInput(endpoint.input, asked.input ?? {}),
    actor,
    request: new RequestInfo(koa),
  };
  const onReplay = () => koa.set('Idempotent-Replayed', 'true');
  const reply = await perform(
    endpoint,
    deps,
    actor === undefined || key === undefined
      ? checked
      : { ...checked, actor, onReplay, once: onceOf({ userId: actor.id, key, ...named(endpoint, checked) }) },
  );
  // What is kept for many is kept as the bytes of its JSON.
  return ('body' in reply ? reply.body : JSON.parse(String(reply.bytes))) as AnswerOf<O>;
}

/** Names the act, as method and path do in REST: the same key there is another call, and refused. */
function named({ method, path }: Endpoint, { params, input }: { params: unknown; input: unknown }) {
  const ids = Object.values((params ?? {}) as Record<string, string>);
  return { route: ['GraphQL', method, path, ...ids].join(' '), body: input };
}

/** The same for a mutation. Each is a call of its own, as it would be in REST: what was read before it may be old. */
export async function act<O extends Outputs>(
  endpoint: Endpoint<O>,
  asked: Asked,
  context: Context,
): Promise<AnswerOf<O>> {
  if (context.hasActed) context.loaders = createLoaders(context.deps.db);
  try {
    return await call(endpoint, asked, context);
  } finally {
    context.hasActed = true;
  }
}

/** For an act that REST answers with no body: every field has a value. */
export async function done(acted: Promise<null>): Promise<true> {
  await acted;
  return true;
}

/** The argument of an act that REST takes only with an `Idempotency-Key`. */
export const KEY = {
  required: true,
  description:
    'A fresh value for each act, 1 to 255 printable ASCII characters. Sent again with the same arguments, it gives ' +
    'what came of the first call.',
} as const;

/** Likewise where REST takes one if it is sent. */
export const KEY_IF_ANY = {
  description: `${KEY.description} Without one, every call is a new act.`,
} as const;
