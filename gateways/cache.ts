import { Breaker } from './breaker.ts';
import { DEADLINE_MS, openRedis } from './redis.ts';
import type { RedisOptions } from './redis.ts';

/** A dropped key stays empty so long: longer than any read that began before the drop. */
export const DROPPED_SECONDS = 2;
const DROPPED = '';
/** Compared and set in one step. */
const REPLACE = `if redis.call('get', KEYS[1]) == ARGV[1] then
  redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
end`;

export interface Renewal {
  /** What the key must hold for it. */
  old: Buffer;
  value: Buffer;
  ttlSeconds: number;
}

/**
 * Copies of what the database knows, which may be lost at any time. A cache that is down, slow or flushed is a cache
 * without entries: no call throws, and none takes longer than its deadline (50 ms; nothing at all once a few in a
 * row have failed). Read through it like this, and a reader never puts back what a writer has just made stale:
 *
 *     const cached = await cache.get(key);
 *     if (cached !== null) return cached;
 *     const fresh = await readFromDatabase();
 *     await cache.set(key, fresh, ttlSeconds);
 *
 * - `set` fills an empty key and leaves a filled one alone. A new value is brought in by `drop`, not by `set`.
 * - `drop` empties keys and keeps them empty for two seconds, so that a `set` of a value read before it comes to
 *   nothing. It returns once the server has done so: a read that begins after it finds the database's word.
 * - `drop` answers false when it could not reach the server. Copies may then live on until their time is over, so
 *   what must not be stale for longer has to be set with a time to live that says so.
 * - `replace` renews a copy before its time is over, if it still is the one that was read: one that was dropped
 *   meanwhile stays dropped.
 */
export interface Cache extends AsyncDisposable {
  get(key: string): Promise<string | null>;
  getBytes(key: string): Promise<Buffer | null>;
  set(key: string, value: string | Buffer, ttlSeconds: number): Promise<void>;
  replace(key: string, renewal: Renewal): Promise<void>;
  drop(keys: readonly string[]): Promise<boolean>;
  isReachable(): Promise<boolean>;
}

/** Every read a miss: the API without Redis. */
const NO_CACHE: Cache = {
  get: () => Promise.resolve(null),
  getBytes: () => Promise.resolve(null),
  set: () => Promise.resolve(),
  replace: () => Promise.resolve(),
  drop: () => Promise.resolve(true),
  isReachable: () => Promise.resolve(false),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

export interface CacheOptions extends RedisOptions {
  /** Undefined: no cache at all. */
  redisUrl?: string | undefined;
}

/** A cache in Redis, or none. */
export function createCache({ redisUrl, ...options }: CacheOptions): Cache {
  if (redisUrl === undefined) return NO_CACHE;
  const redis = openRedis(redisUrl, options);
  const breaker = new Breaker({ deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  return {
    async get(key) {
      const found = await breaker.attempt(() => redis.get(key), null);
      return found === DROPPED ? null : found;
    },
    async getBytes(key) {
      const found = await breaker.attempt(() => redis.getBuffer(key), null);
      return found?.length === 0 ? null : found;
    },
    async set(key, value, ttlSeconds) {
      await breaker.attempt<unknown>(() => redis.set(key, value, 'EX', ttlSeconds, 'NX'), null);
    },
    async replace(key, { old, value, ttlSeconds }) {
      await breaker.attempt<unknown>(() => redis.eval(REPLACE, 1, key, old, value, ttlSeconds), null);
    },
    async drop(keys) {
      const drops = () => Promise.all(keys.map((key) => redis.set(key, DROPPED, 'EX', DROPPED_SECONDS)));
      return keys.length === 0 || (await breaker.attempt(drops, null)) !== null;
    },
    isReachable: () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    [Symbol.asyncDispose]() {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}
