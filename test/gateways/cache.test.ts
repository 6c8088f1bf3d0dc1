import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { readConfig } from '#config';
import { createCache, DROPPED_SECONDS } from '#gateways/cache.ts';
import type { Cache } from '#gateways/cache.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';

describe('the cache', () => {
  const stack = useStack('redis');
  let redisUrl: string | undefined;
  let cache: Cache;
  before(() => {
    ({ redisUrl } = readConfig(stack().environment));
    cache = createCache({ redisUrl });
  });
  after(() => cache[Symbol.asyncDispose]());
  beforeEach('wait for the cache', () => until('the cache keeps values', keepsValues));

  async function keepsValues(): Promise<boolean> {
    const key = randomUUID();
    await cache.set(key, 'value', 60);
    return (await cache.get(key)) === 'value';
  }

  it('gives what was put in, as text and as bytes', async () => {
    const [text, bytes] = [randomUUID(), randomUUID()];
    await cache.set(text, 'é', 60);
    await cache.set(bytes, Buffer.from([0, 255, 10]), 60);
    assert.equal(await cache.get(text), 'é');
    assert.deepEqual(await cache.getBytes(bytes), Buffer.from([0, 255, 10]));
    assert.equal(await cache.get(randomUUID()), null);
    assert.equal(await cache.getBytes(randomUUID()), null);
  });

  it('keeps the first of two values: a new one comes in by a drop', async () => {
    const key = randomUUID();
    await cache.set(key, 'first', 60);
    await cache.set(key, 'second', 60);
    assert.equal(await cache.get(key), 'first');
  });

  it('is empty after a drop, and stays so for whoever read before it (S6)', async () => {
    const key = randomUUID();
    await cache.set(key, 'old', 60);
    assert.equal(await cache.drop([key, randomUUID()]), true);
    await cache.set(key, 'old', 60);
    assert.equal(await cache.get(key), null);
    assert.equal(await cache.getBytes(key), null);
  });

  it('takes values again a moment after a drop', async () => {
    const key = randomUUID();
    await cache.drop([key]);
    const from = performance.now();
    await until('the key takes a value', async () => {
      await cache.set(key, 'new', 60);
      return (await cache.get(key)) === 'new';
    });
    assert.ok(performance.now() - from < (DROPPED_SECONDS + 3) * 1000);
  });

  it('forgets a value when its time is over', async () => {
    const key = randomUUID();
    await cache.set(key, 'short', 1);
    await until('the value is gone', async () => (await cache.get(key)) === null);
  });

  it('is empty, and says so of a drop, while the server is down; and is back by itself (L17)', async () => {
    const key = randomUUID();
    await stack().part('redis').hold('SIGKILL');
    try {
      await cache.set(key, 'lost', 60);
      assert.equal(await cache.get(key), null);
      assert.equal(await cache.drop([key]), false);
      assert.equal(await cache.isReachable(), false);
    } finally {
      await stack().part('redis').release();
    }
    await until('the cache keeps values', keepsValues);
  });

  it('makes nobody wait long, and soon nobody at all, for a server that hangs (L17)', async () => {
    stack().part('redis').pause();
    try {
      const from = performance.now();
      for (let read = 0; read < 500; read++) assert.equal(await cache.get('x'), null);
      assert.ok(performance.now() - from < 5_000, '500 reads that wait would take 25 s');
    } finally {
      stack().part('redis').resume();
    }
  });

  it('loses its entries, and nothing else, when it is flushed (L17)', async () => {
    assert.ok(redisUrl);
    const redis = new Redis(redisUrl);
    const key = randomUUID();
    await cache.set(key, 'value', 60);
    await redis.flushall();
    redis.disconnect();
    assert.equal(await cache.get(key), null);
    await cache.set(key, 'value', 60);
    assert.equal(await cache.get(key), 'value');
  });

  it('without a server is empty and drops with success', async () => {
    await using none = createCache({});
    await none.set('x', 'y', 60);
    assert.equal(await none.get('x'), null);
    assert.equal(await none.drop(['x']), true);
  });
});
