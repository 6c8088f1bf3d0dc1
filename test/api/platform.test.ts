import assert from 'node:assert/strict';
import { ENDPOINTS } from '#api/endpoints.ts';
import { createMetrics, serveMetrics } from '#api/platform/metrics.ts';
import { connect } from '#db/connect.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';

const openDiscrepancies = () => Promise.resolve(new Map([['not_ours', 2]]));
const metrics = createMetrics({ openDiscrepancies });
const own = {
  metrics,
  probes: { redis: () => Promise.resolve(true), temporal: () => Promise.reject(new Error('gone')) },
};

describe('the platform', () => {
  const api = useLocalApi(ENDPOINTS, own);

  async function get(path: string) {
    const response = await fetch(api().url + path);
    const body: unknown = await response.json();
    const contentType = response.headers.get('content-type');
    assertConforms({ method: 'GET', url: path }, { status: response.status, contentType, body });
    return { status: response.status, body };
  }

  it('lives', async () => {
    assert.deepEqual(await get('/healthz'), { status: 200, body: { status: 'ok' } });
  });

  it('is ready when the database is, and tells of the rest (L17)', async () => {
    const { status, body } = await get('/readyz');
    assert.equal(status, 200);
    assert.deepEqual(body, { status: 'ready', parts: { database: 'up', redis: 'up', temporal: 'down' } });
  });

  it('gives its document', async () => {
    const response = await fetch(`${api().url}/openapi.json`);
    const document = (await response.json()) as { openapi: string; paths: object };
    assert.equal(document.openapi, '3.1.1');
    assert.ok('/bookings' in document.paths);
  });

  it('counts its answers by route, on a port of their own', async () => {
    await get('/healthz');
    await using served = await serveMetrics(metrics, { host: '127.0.0.1', port: 0 });
    const text = await (await fetch(`${served.url}/metrics`)).text();
    assert.match(
      text,
      /stayward_http_request_seconds_count\{method="GET",route="\/healthz",status="200"\} [1-9]/,
    );
    assert.match(text, /process_resident_memory_bytes/);
  });
});

describe('the platform’s metrics', () => {
  it('tell how many discrepancies are open, by cause', async () => {
    const text = await metrics.registry.metrics();
    assert.match(text, /stayward_open_discrepancies\{cause="not_ours"\} 2/);
    assert.match(text, /stayward_open_discrepancies\{cause="not_at_bank"\} 0/);
  });

  it('are there without them while the database is away', async () => {
    const { registry } = createMetrics({ openDiscrepancies: () => Promise.reject(new Error('gone')) });
    const text = await registry.metrics();
    assert.doesNotMatch(text, /stayward_open_discrepancies\{/);
    assert.match(text, /process_resident_memory_bytes/);
  });
});

describe('the platform while it is leaving', () => {
  const api = useLocalApi(ENDPOINTS, { leaving: AbortSignal.abort() });

  it('lives but is not ready, although its database is there', async () => {
    assert.equal((await fetch(`${api().url}/healthz`)).status, 200);
    const answer = await fetch(`${api().url}/readyz`);
    assert.equal(answer.status, 503);
    assert.deepEqual(await answer.json(), { status: 'unready', parts: { database: 'up' } });
  });
});

describe('the platform without a database', () => {
  const db = connect({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', acquireTimeoutMs: 500 });
  const api = useLocalApi(ENDPOINTS, { db });
  after(() => db.destroy());

  it('lives but is not ready, and says of itself that this passes', async () => {
    assert.equal((await fetch(`${api().url}/healthz`)).status, 200);
    assert.equal((await fetch(`${api().url}/readyz`)).status, 503);
    const read = await fetch(`${api().url}/users/usr_00000000000000000000000000`);
    assert.equal(read.status, 503);
    assert.equal(((await read.json()) as { code: string }).code, 'unavailable');
  });
});
