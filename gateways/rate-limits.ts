import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { openRedis } from './redis.ts';

/** Kinds of calls that are limited together. */
export const RATE_CLASSES = ['read', 'write', 'search', 'booking', 'sign_in', 'registration'] as const;
export type RateClass = (typeof RATE_CLASSES)[number];

const WINDOW_SECONDS = 60;

export interface RateVerdict {
  allowed: boolean;
  /** Calls in a window of `windowSeconds`. */
  limit: number;
  windowSeconds: number;
  remaining: number;
  /** Until the window ends and all of `limit` is there again. */
  resetSeconds: number;
}

export interface RateLimits extends AsyncDisposable {
  /**
   * Counts one call of `who` (an address, an account). Undefined, with nothing counted, where the class has no limit.
   * Never fails: while Redis is away each process counts for itself.
   */
  consume(rateClass: RateClass, who: string): Promise<RateVerdict> | undefined;
}

export interface RateLimitOptions {
  /** Calls a minute by class; 0 or absent is unlimited. */
  perMinute: Readonly<Partial<Record<RateClass, number>>>;
  redisUrl?: string | undefined;
}

type Limiter = RateLimiterMemory | RateLimiterRedis;

function verdictOf(limit: number, result: RateLimiterRes, allowed: boolean): RateVerdict {
  const resetSeconds = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
  const remaining = Math.max(0, result.remainingPoints);
  return { allowed, limit, windowSeconds: WINDOW_SECONDS, remaining, resetSeconds };
}

async function count(limiter: Limiter, who: string): Promise<RateVerdict> {
  try {
    return verdictOf(limiter.points, await limiter.consume(who), true);
  } catch (error) {
    if (error instanceof RateLimiterRes) return verdictOf(limiter.points, error, false);
    throw error;
  }
}

/** Limits counted in Redis for all processes together, or in this process where there is none. */
export function createRateLimits({ perMinute, redisUrl }: RateLimitOptions): RateLimits {
  const redis = redisUrl === undefined ? undefined : openRedis(redisUrl);
  const limiters = new Map<RateClass, Limiter>();
  for (const rateClass of RATE_CLASSES) {
    const points = perMinute[rateClass] ?? 0;
    if (points === 0) continue;
    const window = { points, duration: WINDOW_SECONDS, keyPrefix: `rate:${rateClass}` };
    const local = new RateLimiterMemory(window);
    const limiter =
      redis === undefined
        ? local
        : new RateLimiterRedis({
            ...window,
            storeClient: redis,
            insuranceLimiter: local,
            rejectIfRedisNotReady: true,
            inMemoryBlockOnConsumed: points,
          });
    limiters.set(rateClass, limiter);
  }
  return {
    consume(rateClass, who) {
      const limiter = limiters.get(rateClass);
      return limiter === undefined ? undefined : count(limiter, who);
    },
    [Symbol.asyncDispose]() {
      redis?.disconnect();
      return Promise.resolve();
    },
  };
}
