import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readConfig } from '#config';
import { createRateLimits } from '#gateways/rate-limits.ts';
import type { RateLimits } from '#gateways/rate-limits.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';

const LIMITS = { perMinute: { sign_in: 3, read: 0 } };

/** Of so many calls in a row, how many were let through. */
async function allowed(limits: RateLimits, who: string, calls: number): Promise<number> {
  let count = 0;
  for (let call = 0; call < calls; call++) {
    if ((await limits.consume('sign_in', who))?.allowed === true) count += 1;
  }
  return count;
}

describe('rate limits', () => {
  const stack = useStack('redis');
  const shared = () => createRateLimits({ ...LIMITS, redisUrl: readConfig(stack().environment).redisUrl });

  it('let so many calls through and tell what is left', async () => {
    await using limits = createRateLimits(LIMITS);
    const first = await limits.consume('sign_in', 'ada');
    assert.deepEqual(
      [first?.allowed, first?.limit, first?.remaining, first?.windowSeconds],
      [true, 3, 2, 60],
    );
    assert.equal(await allowed(limits, 'ada', 5), 2);
    const last = await limits.consume('sign_in', 'ada');
    assert.deepEqual([last?.allowed, last?.remaining], [false, 0]);
    assert.ok(last && last.resetSeconds >= 1 && last.resetSeconds <= 60);
    assert.equal(await allowed(limits, 'bob', 5), 3);
  });

  it('of nought, or not set, count nothing', async () => {
    await using limits = createRateLimits(LIMITS);
    assert.equal(limits.consume('read', 'ada'), undefined);
    assert.equal(limits.consume('booking', 'ada'), undefined);
  });

  it('count for all processes together', async () => {
    await using one = shared();
    await using other = shared();
    const who = randomUUID();
    await until('both count together', async () => {
      const probe = randomUUID();
      await one.consume('sign_in', probe);
      return (await other.consume('sign_in', probe))?.remaining === 1;
    });
    await allowed(one, who, 1);
    assert.equal(await allowed(other, who, 5), 2);
    assert.equal(await allowed(one, who, 5), 0);
  });

  it('count in the process while Redis is down, and never fail (L17)', async () => {
    await stack().part('redis').hold('SIGKILL');
    try {
      await using limits = shared();
      assert.equal(await allowed(limits, randomUUID(), 5), 3);
    } finally {
      await stack().part('redis').release();
    }
  });

  it('count in the process while Redis hangs (L17)', async () => {
    await using limits = shared();
    stack().part('redis').pause();
    try {
      assert.equal(await allowed(limits, randomUUID(), 5), 3);
    } finally {
      stack().part('redis').resume();
    }
  });
});
