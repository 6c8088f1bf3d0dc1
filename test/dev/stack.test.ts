import assert from 'node:assert/strict';
import pg from 'pg';
import { useStack } from '#test/support/stack.ts';

describe('the embedded stack', () => {
  const stack = useStack('postgres', 'redis', 'temporal');

  it('serves PostgreSQL 18 with the schema in place', async () => {
    const client = new pg.Client({ connectionString: stack().addresses.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    await client.end();
    assert.match(rows[0]?.server_version ?? '', /^18\./);
  });
});
