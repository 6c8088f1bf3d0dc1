import { after, before } from 'mocha';
import { createApp, listen } from '#api/app.ts';
import type { Listening } from '#api/app.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { Endpoint } from '#api/endpoint.ts';
import { PublishedProperties } from '#api/properties/cache.ts';
import { readConfig } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import { createCache } from '#gateways/cache.ts';
import { createLog } from '#gateways/log.ts';
import { createPasswords } from '#gateways/passwords.ts';
import { createRateLimits } from '#gateways/rate-limits.ts';
import { useStack } from './stack.ts';

export interface LocalApi {
  url: string;
  db: Db;
  deps: ApiDeps;
}

/**
 * These endpoints alone, served in the test's own process over the stack's PostgreSQL and Redis, so that a test may
 * bring endpoints and dependencies of its own. For what needs workflows there is the stack's API.
 */
export function useLocalApi(endpoints: readonly Endpoint[], own: Partial<ApiDeps> = {}): () => LocalApi {
  const stack = useStack('postgres', 'redis');
  let opened: AsyncDisposableStack | undefined;
  let api: LocalApi | undefined;
  before('serve the endpoints', async () => {
    const { databaseUrl, redisUrl } = readConfig(stack().environment);
    opened = new AsyncDisposableStack();
    const db = opened.adopt(connect({ databaseUrl }), (pool) => pool.destroy());
    const cache = opened.use(createCache({ redisUrl }));
    const deps = {
      db,
      cache,
      properties: new PublishedProperties({ db, cache }),
      log: createLog({ level: 'fatal', name: 'test' }),
      now: () => new Date(),
      leaving: new AbortController().signal,
      rateLimits: opened.use(createRateLimits({ perMinute: {} })),
      passwords: createPasswords(),
      probes: {},
      settings: { corsOrigins: [], trustProxy: false, outgoingAnywhere: true },
      ...own,
    } as ApiDeps;
    const listening: Listening = opened.use(await listen(createApp(endpoints, deps), { port: 0 }));
    api = { url: listening.url, db, deps };
  });
  after('stop serving', async () => opened?.[Symbol.asyncDispose]());
  return () => {
    if (api === undefined) throw new Error('The API is there only inside a test.');
    return api;
  };
}
