import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { openRedis } from './redis.ts';
import { SharedCount } from './shared-count.ts';

/** Kinds of calls that are limited together. */
export const RATE_CLASSES = ['read', 'write', 'search', 'booking', 'sign_in', 'registration'] as const;
export type RateClass = (typeof RATE_CLASSES)[number];

/**
 * Where one call more does no harm, the processes tell each other of their counts a little later (`shared-count.ts`):
 * to ask Redis before each cached read would take longer than the read. A guess at a password is counted before it is heard.
 */
const COUNTED_LATER: ReadonlySet<RateClass> = new Set(['read', 'write', 'search']);

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
  consume(rateClass: RateClass, who: string): RateVerdict | Promise<RateVerdict> | undefined;
}

export interface RateLimitOptions {
  /** Calls a minute by class; 0 or absent is unlimited. */
  perMinute: Readonly<Partial<Record<RateClass, number>>>;
  redisUrl?: string | undefined;
  /** By which windows of `COUNTED_LATER` begin and end. */
  now?: () => number;
}

type Limiter = (who: string) => RateVerdict | Promise<RateVerdict>;

interface Limit {
  points: number;
  keyPrefix: string;
  redis: Redis | undefined;
}

function verdictOf(limit: number, remaining: number, leftMs: number): RateVerdict {
  return {
    allowed: remaining >= 0,
    limit,
    windowSeconds: WINDOW_SECONDS,
    remaining: Math.max(0, remaining),
    resetSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
  };
}

/** Counted in Redis before the call goes on, or in this process while there is none. */
function exactLimiter({ points, keyPrefix, redis }: Limit): Limiter {
  const window = { points, duration: WINDOW_SECONDS, keyPrefix };
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
  return async (who) => {
    try {
      const { remainingPoints, msBeforeNext } = await limiter.consume(who);
      return verdictOf(points, remainingPoints, msBeforeNext);
    } catch (error) {
      if (error instanceof RateLimiterRes) return verdictOf(points, -1, error.msBeforeNext);
      throw error;
    }
  };
}

/** Counted here, and together with the other processes in a moment. */
function laterLimiter(count: SharedCount, points: number): Limiter {
  return (who) => {
    const { calls, leftMs } = count.add(who);
    return verdictOf(points, points - calls, leftMs);
  };
}

/** Limits for all processes together, by Redis; for this process alone where there is none. */
export function createRateLimits({ perMinute, redisUrl, now = Date.now }: RateLimitOptions): RateLimits {
  const redis = redisUrl === undefined ? undefined : openRedis(redisUrl);
  const limiters = new Map<RateClass, Limiter>();
  const counts: SharedCount[] = [];
  for (const rateClass of RATE_CLASSES) {
    const points = perMinute[rateClass] ?? 0;
    if (points === 0) continue;
    const keyPrefix = `rate:${rateClass}`;
    if (COUNTED_LATER.has(rateClass)) {
      const count = new SharedCount({ redis, keyPrefix, windowSeconds: WINDOW_SECONDS, now });
      counts.push(count);
      limiters.set(rateClass, laterLimiter(count, points));
    } else {
      limiters.set(rateClass, exactLimiter({ points, keyPrefix, redis }));
    }
  }
  return {
    consume(rateClass, who) {
      return limiters.get(rateClass)?.(who);
    },
    [Symbol.asyncDispose]() {
      for (const count of counts) count[Symbol.dispose]();
      redis?.disconnect();
      return Promise.resolve();
    },
  };
}
