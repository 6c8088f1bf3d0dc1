import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readConfig } from '#config';
import { openRedis } from '#gateways/redis.ts';
import { SharedCount } from '#gateways/shared-count.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';

describe('a shared count', () => {
  const stack = useStack('redis');

  /** Two processes of an installation, as far as counting goes. */
  function pair() {
    const { redisUrl = '' } = readConfig(stack().environment);
    const opened = new DisposableStack();
    const keyPrefix = `test:${randomUUID()}`;
    const [one, other] = [1, 2].map(() => {
      const redis = opened.adopt(openRedis(redisUrl), (it) => it.disconnect());
      return opened.use(new SharedCount({ redis, keyPrefix, windowSeconds: 3_600 }));
    }) as [SharedCount, SharedCount];
    return { one, other, [Symbol.dispose]: () => opened.dispose() };
  }

  it('counts each caller alone, at once', () => {
    using count = new SharedCount({ redis: undefined, keyPrefix: 'test', windowSeconds: 60 });
    assert.equal(count.add('ada').calls, 1);
    assert.equal(count.add('ada').calls, 2);
    assert.equal(count.add('bob').calls, 1);
  });

  it('begins anew with each window, and tells what is left of it', () => {
    let now = 59_000;
    const clock = { now: () => now };
    using count = new SharedCount({ redis: undefined, keyPrefix: 'test', windowSeconds: 60, ...clock });
    assert.deepEqual(count.add('ada'), { calls: 1, leftMs: 1_000 });
    now = 60_000;
    assert.deepEqual(count.add('ada'), { calls: 1, leftMs: 60_000 });
  });

  it('learns in a moment what other processes have counted', async () => {
    using both = pair();
    for (let call = 0; call < 40; call++) both.one.add('ada');
    await until('the other process knows', () => both.other.add('ada').calls > 40);
  });

  it('goes on alone while Redis is away (L17)', async () => {
    await stack().part('redis').hold('SIGKILL');
    try {
      using both = pair();
      assert.deepEqual(
        [1, 2, 3].map(() => both.one.add('ada').calls),
        [1, 2, 3],
      );
    } finally {
      await stack().part('redis').release();
    }
  });
});
