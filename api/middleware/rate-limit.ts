import { createHash } from 'node:crypto';
import type { ParameterizedContext } from 'koa';
import { DomainError } from '#domain/errors.ts';
import type { RateClass, RateLimits, RateVerdict } from '#gateways/rate-limits.ts';
import type { ApiState } from '../request.ts';

function requireAllowed({ allowed, resetSeconds }: RateVerdict): void {
  if (allowed) return;
  throw new DomainError('rate_limited', `Too many calls. Try again in ${resetSeconds} s.`, {
    retryAfterSeconds: resetSeconds,
  });
}

/** The `RateLimit` headers of the IETF draft. Throws `rate_limited` when nothing is left. */
function tell(rateClass: RateClass, { headers }: ApiState, verdict: RateVerdict): void {
  const { limit, windowSeconds, remaining, resetSeconds } = verdict;
  const policy = `"${rateClass}";q=${limit};w=${windowSeconds}`;
  const left = `"${rateClass}";r=${remaining};t=${resetSeconds}`;
  headers.push('RateLimit-Policy', policy, 'RateLimit', left);
  requireAllowed(verdict);
}

/**
 * Counts the call against its caller's address, and tells in the answer what is left. Undefined where nothing is to be
 * waited for: then it has counted. Throws `rate_limited`.
 */
export function withinLimits(
  rateClass: RateClass,
  { ip, state }: Pick<ParameterizedContext<ApiState>, 'ip' | 'state'>,
  rateLimits: RateLimits,
): Promise<void> | undefined {
  const counted = rateLimits.consume(rateClass, ip);
  if (counted instanceof Promise) return counted.then((verdict) => tell(rateClass, state, verdict));
  if (counted !== undefined) tell(rateClass, state, counted);
  return undefined;
}

/**
 * Counts a password tried on an account, wherever it comes from: many addresses guess no faster than one. The account
 * need not exist, and the counter knows only a hash of its address. Throws `rate_limited`.
 */
export async function countSignIn(email: string, rateLimits: RateLimits): Promise<void> {
  const account = createHash('sha256').update(email).digest('base64url').slice(0, 22);
  const verdict = await rateLimits.consume('sign_in', `account:${account}`);
  if (verdict !== undefined) requireAllowed(verdict);
}
