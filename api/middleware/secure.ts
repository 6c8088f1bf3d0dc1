import type { Middleware } from 'koa';

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  // Unless an endpoint says otherwise, an answer is for its caller alone.
  'Cache-Control': 'no-store',
} as const;
const ENTRIES = Object.entries(HEADERS);

/** The headers of every answer; an endpoint may set its own over them. */
export function secure(): Middleware {
  return (ctx, next) => {
    for (const [name, value] of ENTRIES) ctx.res.setHeader(name, value);
    return next();
  };
}
