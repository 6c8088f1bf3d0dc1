import type { z } from 'zod';
import type { Once } from '#db/idempotency.ts';
import type { ErrorCode } from '#domain/errors.ts';
import type { Actor } from '#domain/permissions.ts';
import type { RateClass } from '#gateways/rate-limits.ts';
import type { ApiDeps } from './deps.ts';
import type { RawReply, Reply, StreamedReply } from './replies.ts';
import type { RequestInfo } from './request.ts';

/** `optional`: a token, if sent, must be good, and the answer may depend on it. */
export type Auth = 'none' | 'optional' | 'user' | 'operator';
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** What else than JSON an endpoint may answer in. */
export type Rendition = 'text/csv' | 'text/html';

/** A shape for each status that an endpoint may answer; `null` is no body. */
export type Outputs = Readonly<Record<number, z.ZodType | null>>;
type Keyed = boolean | 'required' | 'accepted';

type ActorOf<A extends Auth> = A extends 'none'
  ? undefined
  : A extends 'optional'
    ? Actor | undefined
    : Actor;
type InputOf<I extends z.ZodType, B> = B extends 'raw' ? Buffer : z.output<I>;
type OnceOf<K extends Keyed> = K extends true | 'required'
  ? Once
  : K extends 'accepted'
    ? Once | undefined
    : undefined;
type BodyOf<S> = S extends z.ZodType ? z.output<S> : null;
type ReplyOf<O extends Outputs> =
  { [S in keyof O & number]: Reply<S, BodyOf<O[S]>> }[keyof O & number] | RawReply;
type Answer<O extends Outputs> = ReplyOf<O> | Promise<ReplyOf<O>>;
type Rendered = RawReply | StreamedReply;
type Renderer<C> = (context: C) => Rendered | Promise<Rendered>;

/** What `handle` is given, beside the dependencies. */
export interface Call<Input, Params, Query, A, K> {
  /** The checked body; with `body: 'raw'` the bytes as they came. */
  input: Input;
  params: Params;
  query: Query;
  actor: A;
  /** The idempotency key of this call, to be claimed (`db/idempotency.ts`) in the transaction that writes the resource. */
  once: K;
  request: RequestInfo;
}

/** What `replay` is given, beside the dependencies: a finished call came in again with its key. */
export interface ReplayCall<Params> {
  resourceId: string;
  /** The status of the first answer. It is given again, but for a 202, which becomes the status that `replay` gives. */
  firstStatus: number;
  params: Params;
  actor: Actor;
  request: RequestInfo;
}

interface Specification<
  A extends Auth,
  K extends Keyed,
  B extends 'json' | 'raw',
  I extends z.ZodType,
  P extends z.ZodType,
  Q extends z.ZodType,
  O extends Outputs,
> {
  method: Method;
  /** As OpenAPI writes it: `/properties/{id}/blocks/{blockId}`. */
  path: `/${string}`;
  auth: A;
  /** `true` or `required`: without `Idempotency-Key` it is refused. `accepted`: honoured when sent. Needs `replay`. */
  idempotent?: K;
  /** A few words for the documentation, an imperative: `Book a stay`. */
  summary: string;
  description?: string;
  tags?: readonly string[];
  /** Which limit its calls count against; by default `read` for GET and `write` for the rest. */
  limit?: RateClass | 'exempt';
  params?: P;
  query?: Q;
  /** `raw` leaves the body untouched by any parser: what a signature covers is the bytes. */
  body?: B;
  input?: I;
  output: O;
  /** What a body is sent as, where it is not JSON; `handle` then gives the bytes. */
  media?: string;
  /** Refusals of its own; those of its kind (`invalid_input`, `unauthenticated`, …) are added by themselves. */
  problems?: readonly ErrorCode[];
  handle(context: Call<InputOf<I, B>, z.output<P>, z.output<Q>, ActorOf<A>, OnceOf<K>> & ApiDeps): Answer<O>;
  /** The same in another shape, for whoever would rather have that (`Accept`). Of GETs alone. */
  also?: Partial<
    Record<Rendition, Renderer<Call<undefined, z.output<P>, z.output<Q>, ActorOf<A>, undefined> & ApiDeps>>
  >;
  /** Today's answer for what a finished call made; throws the refusal where the resource has recorded one. */
  replay?(context: ReplayCall<z.output<P>> & ApiDeps): Answer<O>;
}

/** An endpoint with its types erased but for what it answers, as the router, the document and GraphQL read it. */
export interface Endpoint<O extends Outputs = Outputs> {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly auth: Auth;
  readonly idempotency: 'required' | 'accepted' | undefined;
  readonly summary: string;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly limit: RateClass | 'exempt';
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: 'json' | 'raw';
  readonly input: z.ZodType | undefined;
  readonly output: O;
  readonly media: string;
  readonly problems: readonly ErrorCode[];
  handle(
    context: Call<unknown, unknown, unknown, Actor | undefined, Once | undefined> & ApiDeps,
  ): Answer<Outputs>;
  readonly also?: Readonly<
    Partial<
      Record<
        Rendition,
        Renderer<Call<unknown, unknown, unknown, Actor | undefined, Once | undefined> & ApiDeps>
      >
    >
  >;
  replay?(context: ReplayCall<unknown> & ApiDeps): Answer<Outputs>;
}

/** The body that an endpoint answers with when it does what was asked. */
export type AnswerOf<O extends Outputs> = BodyOf<O[keyof O & number]>;

/**
 * An endpoint states everything about itself: how it is reached, by whom, what it takes, what it answers and how it
 * refuses. The route, the checks and the OpenAPI operation are all made from this one object, so they cannot drift.
 *
 * `handle` receives the checked call and every dependency of `ApiDeps` in one object, and destructures what it uses.
 * Each `api/<domain>/routes.ts` exports its endpoints as one array, which `api/endpoints.ts` collects. A domain
 * that needs a dependency of its own adds a line to `ApiDeps`.
 */
export function endpoint<
  A extends Auth,
  O extends Outputs,
  K extends Keyed = false,
  B extends 'json' | 'raw' = 'json',
  I extends z.ZodType = z.ZodUndefined,
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
>(specification: Specification<A, K, B, I, P, Q, O>): Endpoint<O> {
  const { idempotent, path, method } = specification;
  const idempotency = idempotent === 'accepted' ? 'accepted' : idempotent ? 'required' : undefined;
  if (idempotency !== undefined && specification.replay === undefined) {
    throw new Error(`${method} ${path} takes an Idempotency-Key but cannot replay.`);
  }
  const erased = {
    ...specification,
    idempotency,
    description: specification.description,
    tags: specification.tags ?? [path.split('/')[1] ?? ''],
    limit: specification.limit ?? (method === 'get' ? 'read' : 'write'),
    params: specification.params,
    query: specification.query,
    body: specification.body ?? 'json',
    input: specification.input,
    media: specification.media ?? 'application/json',
    problems: specification.problems ?? [],
  };
  return erased as unknown as Endpoint<O>;
}
