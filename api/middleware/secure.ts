import type { Middleware } from 'koa';

/** What every answer tells a browser: run nothing, show it nowhere, take its word for what it is. */
export const SECURE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
} as const;
const ENTRIES = Object.entries({ ...SECURE_HEADERS, 'Cache-Control': 'no-store' });

/** Sets the headers of every answer that Koa writes, where it has no other; endpoints write their own (`send.ts`). */
export function secure(): Middleware {
  return async (ctx, next) => {
    await next();
    if (ctx.respond === false) return;
    for (const [name, value] of ENTRIES) if (!ctx.res.hasHeader(name)) ctx.res.setHeader(name, value);
  };
}
