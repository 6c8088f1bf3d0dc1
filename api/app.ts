import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { Middleware } from 'koa';
import { DomainError, notFound } from '#domain/errors.ts';
import type { ApiDeps } from './deps.ts';
import type { Endpoint } from './endpoint.ts';
import { cors } from './middleware/cors.ts';
import { answerProblems } from './middleware/problems.ts';
import { logRequests } from './middleware/request-log.ts';
import { secure } from './middleware/secure.ts';
import type { ApiState } from './request.ts';
import { RouteTree } from './router.ts';
import { serve } from './serve.ts';
import type { Serve } from './serve.ts';

/** Finds the endpoint that a request is for, and lets it answer. A path that no endpoint has is left to others. */
function route(endpoints: readonly Endpoint[], deps: ApiDeps): Middleware<ApiState> {
  const routes = new RouteTree<Serve>();
  for (const endpoint of endpoints) routes.add(endpoint.method, endpoint.path, serve(endpoint, deps));
  return (ctx, next) => {
    const found = routes.find(ctx.method, ctx.state.path);
    if (found.target !== undefined) return found.target(ctx, found.params);
    const { methods } = found;
    if (methods.length === 0) return next();
    ctx.set('Allow', methods.join(', '));
    throw new DomainError('method_not_allowed', `Here only ${methods.join(', ')} will do.`);
  };
}

/** A caller who goes away in the middle of an answer has every right to. */
function isHangUp(error: Error & { code?: string }): boolean {
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '');
}

const refuse: Middleware = () => {
  throw notFound('path');
};

/** The API over its endpoints. `mounts` are what answers beside them: GraphQL, the development inbox. */
export function createApp(
  endpoints: readonly Endpoint[],
  deps: ApiDeps,
  mounts: readonly Middleware[] = [],
): Koa<ApiState> {
  const { corsOrigins, trustProxy } = deps.settings;
  // Of the addresses forwarded, the last is our own proxy's word; those before it are the caller's.
  const app = new Koa<ApiState>({ proxy: trustProxy, maxIpsCount: 1 });
  app.on('error', (error: Error) => {
    if (!isHangUp(error)) deps.log.error({ err: error }, 'defect');
  });
  app.use(logRequests(deps));
  app.use(secure());
  if (corsOrigins.length > 0) app.use(cors(corsOrigins));
  app.use(answerProblems(deps.log));
  app.use(route(endpoints, deps));
  for (const mount of mounts) app.use(mount);
  app.use(refuse);
  return app;
}

export interface Listening extends AsyncDisposable {
  url: string;
}

const CLOSE_IDLE_EVERY_MS = 50;

/** New connections that wait to be taken: whoever finds no place among them tries again a whole second later. */
const MAX_WAITING = 4_096;

export interface ListenOptions {
  host?: string;
  port: number;
  graceMs?: number;
  /** Aborted: whoever asks is answered, and told to ask elsewhere next time. */
  leaving?: AbortSignal;
}

/** Listens; disposing of it takes no new connection and waits for the answers under way, `graceMs` at most. */
export async function listen(
  app: Koa<ApiState>,
  { host = '127.0.0.1', port, graceMs = 10_000, leaving }: ListenOptions,
): Promise<Listening> {
  const answer = app.callback();
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    if (leaving?.aborted === true) response.shouldKeepAlive = false;
    void answer(request, response);
  });
  server.listen({ port, host, backlog: MAX_WAITING });
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${actual}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection that is kept alive is idle, and can go, once its answer is out.
      const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}
