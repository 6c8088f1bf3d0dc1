import type { Context } from 'koa';
import { DomainError } from '#domain/errors.ts';
import type { RateClass, RateLimits } from '#gateways/rate-limits.ts';

/**
 * Counts the call against its caller's address, tells what is left in the `RateLimit` headers of the IETF draft, and
 * throws `rate_limited` when nothing is.
 */
export async function withinLimits(
  rateClass: RateClass | 'exempt',
  ctx: Pick<Context, 'ip' | 'set'>,
  rateLimits: RateLimits,
): Promise<void> {
  if (rateClass === 'exempt') return;
  const counted = rateLimits.consume(rateClass, ctx.ip);
  if (counted === undefined) return;
  const { allowed, limit, remaining, resetSeconds, windowSeconds } = await counted;
  ctx.set('RateLimit-Policy', `"${rateClass}";q=${limit};w=${windowSeconds}`);
  ctx.set('RateLimit', `"${rateClass}";r=${remaining};t=${resetSeconds}`);
  if (!allowed) {
    throw new DomainError('rate_limited', `Too many calls. Try again in ${resetSeconds} s.`, {
      retryAfterSeconds: resetSeconds,
    });
  }
}
