import {
  NoSchemaIntrospectionCustomRule,
  execute,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import type { DocumentNode, GraphQLSchema, ParseOptions } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { GraphQLParams, Plugin, YogaServerInstance } from 'graphql-yoga';
import type { Middleware, ParameterizedContext } from 'koa';
import { LRUCache } from 'lru-cache';
import { DomainError } from '#domain/errors.ts';
import type { Progress } from '../bookings/progress.ts';
import type { ApiDeps } from '../deps.ts';
import { readJson } from '../input.ts';
import { actorOf } from '../middleware/authenticate.ts';
import { withinLimits } from '../middleware/rate-limit.ts';
import type { ApiState } from '../request.ts';
import { createLoaders } from './context.ts';
import type { Context } from './context.ts';
import { sendGraphiql, wantsPage } from './graphiql.ts';
import { LIMITS, MAX_TOKENS } from './limits.ts';
import { useRefusals } from './refusals.ts';
import { SCHEMA } from './schema.ts';

const PATH = /^\/graphql\/?$/;
/** Characters of documents whose trees are kept. A tree may weigh some hundred times its text, which strangers write. */
const MAX_KEPT_CHARACTERS = 200_000;

export interface GraphqlOptions {
  /** Tells subscribers; to be disposed of before the server waits for open answers to end. */
  progress: Progress;
  /** Whether anyone may ask what the schema is and open GraphiQL. Not in production, unless allowed. */
  explorable: boolean;
}

/** The words of graphql-js itself, held to the limits, and never with a hint at what a name might have been. */
function useEngine({ explorable }: Pick<GraphqlOptions, 'explorable'>): Plugin<object, Context> {
  const rules = [...specifiedRules, ...LIMITS, ...(explorable ? [] : [NoSchemaIntrospectionCustomRule])];
  const hideSuggestions = true;
  const parseSome = (text: string, options?: ParseOptions) =>
    parse(text, { ...options, maxTokens: MAX_TOKENS });
  const validateAll = (schema: GraphQLSchema, document: DocumentNode) =>
    validate(schema, document, rules, { hideSuggestions });
  return {
    onParse: ({ setParseFn }) => setParseFn(parseSome),
    onValidate: ({ setValidationFn }) => setValidationFn(validateAll),
    onExecute: ({ setExecuteFn }) => setExecuteFn((args) => execute({ ...args, hideSuggestions })),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn((args) => subscribe({ ...args, hideSuggestions })),
  };
}

/** Before anything is read: the limits on calls, who asks, and a body of the kind and size that REST takes too. */
function useCaller(): Plugin<object, Context> {
  return {
    async onRequestParse({ serverContext, setRequestParser }) {
      const { koa, deps } = serverContext;
      await withinLimits('read', koa, deps.rateLimits);
      serverContext.actor = await actorOf(koa.req.headers.authorization, deps);
      koa.state.actorId = serverContext.actor?.id;
      setRequestParser(async () => (await readJson(koa.req)) as GraphQLParams);
    },
  };
}

function createServer(deps: ApiDeps, options: GraphqlOptions): YogaServerInstance<Context, object> {
  const documentCache = new LRUCache<string, DocumentNode>({
    maxSize: MAX_KEPT_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });
  const errorCache = { get: () => undefined, set: () => undefined }; // What is wrong is not asked again.
  return createYoga<Context>({
    schema: SCHEMA,
    plugins: [useEngine(options), useCaller(), useRefusals(deps.log)],
    parserAndValidationCache: { documentCache, errorCache },
    maskedErrors: false, // `useRefusals` does it for every error, those of Yoga itself too.
    maxRequestBodySize: false, // `readJson` has the limit of all bodies.
    batching: false,
    multipart: false,
    cors: false, // The app's own goes before.
    graphiql: false, // Yoga's page comes from the network; ours does not.
    landingPage: false,
    logging: false,
  });
}

async function send(koa: ParameterizedContext<ApiState>, response: Response): Promise<void> {
  koa.status = response.status;
  for (const [name, value] of response.headers) koa.set(name, value);
  // A body that was refused unread would otherwise be taken for the next request.
  if (!koa.req.complete) koa.set('Connection', 'close');
  const isWhole = response.headers.get('Content-Type')?.includes('json') === true;
  koa.body = isWhole ? await response.text() : response.body; // A stream, which Koa ends when the caller goes away.
}

/**
 * GraphQL at `/graphql`, to be mounted beside the endpoints. Only POST with `application/json` is answered: it takes
 * more than a form or a link to send that, and no cookie is ever read, so no other site can act in a user's name. A
 * browser that opens the page gets GraphiQL, where the schema is open.
 */
export function graphql(deps: ApiDeps, options: GraphqlOptions): Middleware<ApiState> {
  const yoga = createServer(deps, options);
  const { progress } = options;
  return async (koa, next) => {
    if (!PATH.test(koa.path)) {
      await next();
      return;
    }
    koa.state.route = '/graphql';
    if (options.explorable && wantsPage(koa)) {
      await sendGraphiql(koa);
      return;
    }
    if (koa.method !== 'POST') {
      koa.set('Allow', 'POST');
      throw new DomainError('method_not_allowed', 'Here only POST will do.');
    }
    const context = {
      deps,
      progress,
      koa,
      actor: undefined,
      loaders: createLoaders(deps.db),
      hasActed: false,
    };
    await send(koa, await yoga.handleNodeRequestAndResponse(koa.req, koa.res, context));
  };
}
