import { Redis } from 'ioredis';

/** What any one command may take. A server that is slower than the database is no help. */
export const DEADLINE_MS = 50;
/** A server that went away is asked this often whether it is back. */
const RECONNECT_MS = 500;

export interface RedisOptions {
  /** Hears of the server going away and coming back. */
  report?: ((reachable: boolean) => void) | undefined;
  /** What any one command may take once it is sent, in milliseconds. */
  deadlineMs?: number | undefined;
}

/**
 * A connection for what may be lost: nothing waits for a server that is away, every command is answered or fails
 * within the deadline, and commands of the same turn share one round trip. Those of the turns after are sent when that
 * is over: who must not wait for two has a deadline of their own (`breaker.ts`).
 */
export function openRedis(redisUrl: string, { report, deadlineMs = DEADLINE_MS }: RedisOptions = {}): Redis {
  const redis = new Redis(redisUrl, {
    commandTimeout: deadlineMs,
    connectTimeout: 2_000,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RECONNECT_MS,
  });
  let reachable: boolean | undefined;
  const note = (now: boolean) => () => {
    if (now !== reachable) report?.(now);
    reachable = now;
  };
  redis.on('ready', note(true));
  redis.on('close', note(false));
  redis.on('error', () => undefined); // Its commands fail by themselves; unheard, the event would end the process.
  return redis;
}
