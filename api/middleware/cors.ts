import type { Middleware } from 'koa';

const EXPOSED = 'Request-Id, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, Location, ETag';
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, If-None-Match, Request-Id',
  'Access-Control-Max-Age': '600',
};

/** Lets browsers call from the listed origins alone. Tokens travel in a header, so no credentials are allowed. */
export function cors(origins: readonly string[]): Middleware {
  const allowed = new Set(origins);
  return async (ctx, next) => {
    ctx.vary('Origin');
    const { origin } = ctx.req.headers;
    if (origin === undefined || !allowed.has(origin)) {
      await next();
      return;
    }
    ctx.set('Access-Control-Allow-Origin', origin);
    ctx.set('Access-Control-Expose-Headers', EXPOSED);
    const isPreflight =
      ctx.method === 'OPTIONS' && ctx.req.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) {
      await next();
      return;
    }
    ctx.set(PREFLIGHT);
    ctx.status = 204;
  };
}
