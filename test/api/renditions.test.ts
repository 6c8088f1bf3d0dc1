import assert from 'node:assert/strict';
import { z } from 'zod';
import { endpoint } from '#api/endpoint.ts';
import { documentOf } from '#api/openapi.ts';
import { ok, raw, streamed } from '#api/replies.ts';
import { createLog } from '#gateways/log.ts';
import { useLocalApi } from '../support/api.ts';
import { until } from '../support/virtual-time.ts';

const LINES = 20_000;
/** More than any buffer on the way holds. */
const MANY_LINES = 1_000_000;
const LINE = `${'x'.repeat(99)}\n`;
let made = 0;
let ended = 0;

/** So many lines, and then what comes after them. */
async function* lines(count: number, end: () => void = () => undefined): AsyncGenerator<string> {
  try {
    for (let n = 0; n < count; n += 1) {
      made += 1;
      yield await Promise.resolve(LINE);
    }
    end();
  } finally {
    ended += 1;
  }
}

const breaks = (): never => {
  throw new Error('the database went away');
};

const csv = { 'Content-Type': 'text/csv; charset=utf-8' };
const list = endpoint({
  method: 'get',
  path: '/list',
  auth: 'none',
  limit: 'exempt',
  summary: 'List',
  query: z.strictObject({ breaks: z.literal('yes').optional(), lines: z.coerce.number().default(LINES) }),
  output: { 200: z.strictObject({ of: z.string() }) },
  handle: () => ok({ of: 'json' }),
  also: {
    'text/csv': ({ query }) => streamed(lines(query.lines, query.breaks && breaks), csv),
    'text/html': () => raw('<p>', { 'Content-Type': 'text/html', 'Content-Security-Policy': 'sandbox' }),
  },
});

describe('an endpoint that answers in several shapes', () => {
  const complaints: string[] = [];
  const log = createLog({ level: 'error', name: 'test' });
  log.error = (facts: { err: Error }) => complaints.push(facts.err.message);
  const api = useLocalApi([list], { log });
  beforeEach(() => {
    [made, ended] = [0, 0];
    complaints.length = 0;
  });

  const get = (accept: string, { path = '/list', ...init }: RequestInit & { path?: string } = {}) =>
    fetch(`${api().url}${path}`, { headers: { accept }, ...init });

  it('streams the whole of what has no bound, under the headers of every answer', async () => {
    const response = await get('text/csv');
    assert.equal((await response.text()).length, LINES * LINE.length);
    const { headers } = response;
    assert.equal(headers.get('content-type'), csv['Content-Type']);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('vary'), 'Accept');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('request-id') ?? '', /\w/);
    assert.equal(headers.get('content-length'), null);
    assert.equal(ended, 1);
  });

  it('breaks the connection where the making breaks: a part does not pass for the whole', async () => {
    const response = await get('text/csv', { path: '/list?breaks=yes' });
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
    assert.deepEqual(complaints, ['the database went away']);
    assert.equal((await get('application/json')).status, 200);
  });

  it('stops making what nobody takes any more', async () => {
    const leaving = new AbortController();
    const response = await get('text/csv', { path: `/list?lines=${MANY_LINES}`, signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await until('the making has ended', () => ended === 1);
    assert.ok(made < MANY_LINES, `${made} lines were made`);
    assert.deepEqual(complaints, []);
  });

  it('makes nothing for HEAD', async () => {
    const response = await get('text/csv', { method: 'HEAD' });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    assert.equal(made, 0);
  });

  it('has the policy that a page states instead of its own', async () => {
    assert.equal((await get('text/html')).headers.get('content-security-policy'), 'sandbox');
    const closed = "default-src 'none'; frame-ancestors 'none'";
    assert.equal((await get('text/csv')).headers.get('content-security-policy'), closed);
    assert.equal((await get('*/*')).headers.get('content-security-policy'), closed);
  });

  it('refuses in one shape, whichever was asked for', async () => {
    const response = await get('text/html', { path: '/list?breaks=no' });
    assert.equal(response.status, 400);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  });

  it('states them all in the document', () => {
    const { content } = documentOf([list]).paths?.['/list']?.get?.responses?.['200'] as { content: object };
    assert.deepEqual(Object.keys(content), ['application/json', 'text/csv', 'text/html']);
  });
});
