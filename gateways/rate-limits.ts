/** Kinds of calls that are limited together. */
export const RATE_CLASSES = ['read', 'write', 'search', 'booking', 'sign_in', 'registration'] as const;
export type RateClass = (typeof RATE_CLASSES)[number];

export interface RateVerdict {
  allowed: boolean;
  /** Calls in a window of `windowSeconds`. */
  limit: number;
  windowSeconds: number;
  remaining: number;
  resetSeconds: number;
}

export interface RateLimits {
  /** Counts one call; undefined where that class has no limit. Never fails: without Redis it counts in the process. */
  consume(rateClass: RateClass, who: string): Promise<RateVerdict> | undefined;
}
