import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { Redis } from 'ioredis';
import pg from 'pg';
import { ensureSearchAttributes } from '#dev/stack/temporal.ts';
import { useStack } from '#test/support/stack.ts';

describe('the embedded stack', () => {
  const stack = useStack('postgres', 'redis', 'temporal');

  async function ping(timeoutMs = 5000): Promise<string> {
    const redis = new Redis(stack().addresses.redisUrl, {
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      commandTimeout: timeoutMs,
    });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await redis.ping();
    } finally {
      redis.disconnect();
    }
  }

  it('serves PostgreSQL 18 with the schema in place, and to nobody without the password', async () => {
    const { databaseUrl } = stack().addresses;
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    await client.query('SELECT FROM stays');
    await client.end();
    assert.match(rows[0]?.server_version ?? '', /^18\./);
    const stranger = new pg.Client({ connectionString: databaseUrl.replace(/:\w+@/, ':guess@') });
    await assert.rejects(stranger.connect(), /password authentication failed/);
  });

  it('serves Temporal with every search attribute, also where the namespace is older than they are', async () => {
    const { temporalAddress } = stack().addresses;
    await ensureSearchAttributes(temporalAddress, 'default');
    const connection = await Connection.connect({ address: temporalAddress });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    await connection.close();
    for (const name of ['BookingStatus', 'PropertyId', 'GuestId', 'HostId', 'CheckIn', 'CheckOut']) {
      assert.ok(name in customAttributes, name);
    }
  });

  it('serves the Temporal UI', async () => {
    const response = await fetch(stack().addresses.temporalUi ?? '');
    assert.equal(response.status, 200);
  });

  it('starts again what was killed, on its port', async () => {
    const part = stack().part('redis');
    const before = part.pid;
    await part.kill('SIGKILL');
    await part.ready();
    assert.notEqual(part.pid, before);
    assert.equal(await ping(), 'PONG');
  });

  it('keeps down what is held, until it is released', async () => {
    const part = stack().part('redis');
    await part.hold('SIGKILL');
    assert.equal(part.pid, undefined);
    await assert.rejects(ping());
    await assert.rejects(part.ready(), /held down/);
    await part.release();
    assert.equal(await ping(), 'PONG');
  });

  it('freezes a part, which then stops all the same', async () => {
    const part = stack().part('redis');
    part.pause();
    await assert.rejects(ping(200));
    part.resume();
    assert.equal(await ping(), 'PONG');
    part.pause();
    await part.hold();
    await part.release();
    assert.equal(await ping(), 'PONG');
  });

  it('tells in stack.json, to its owner alone, where its parts are', async () => {
    const path = join(stack().home, 'stack.json');
    const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown> & {
      parts: Record<string, { pid: number }>;
    };
    assert.equal(file.databaseUrl, stack().addresses.databaseUrl);
    assert.equal(file.redisUrl, stack().addresses.redisUrl);
    assert.equal(file.temporalAddress, stack().addresses.temporalAddress);
    assert.equal(file.parts.postgres?.pid, stack().part('postgres').pid);
    assert.equal((await stat(path)).mode & 0o077, 0);
  });
});
