import assert from 'node:assert/strict';
import { connect as openSocket } from 'node:net';
import { z } from 'zod';
import { createApp, listen } from '#api/app.ts';
import type { Listening } from '#api/app.ts';
import type { ApiDeps } from '#api/deps.ts';
import { endpoint } from '#api/endpoint.ts';
import { created, noContent, ok, raw } from '#api/replies.ts';
import { IdOf, Money } from '#api/schemas.ts';
import { DomainError } from '#domain/errors.ts';
import { createRateLimits } from '#gateways/rate-limits.ts';
import { capturedLog } from '../support/captured-log.ts';

const ID = 'prp_01jz3v9qk8w5xw7d2m4n6p8r0t';
const Thing = z.strictObject({
  name: z.string().min(2),
  price: Money,
  tags: z.array(z.string()).max(2).default([]),
});
const slow = { begun: Promise.withResolvers<undefined>(), mayEnd: Promise.withResolvers<undefined>() };

const ENDPOINTS = [
  endpoint({
    method: 'post',
    path: '/things',
    auth: 'none',
    summary: 'Echo',
    input: Thing,
    output: { 201: Thing },
    handle: ({ input }) => created(input, { location: '/things/1' }),
  }),
  endpoint({
    method: 'get',
    path: '/things/{id}',
    auth: 'none',
    summary: 'Read',
    params: z.strictObject({ id: IdOf('property') }),
    query: z.strictObject({ limit: z.coerce.number().int().max(100).optional() }),
    output: { 200: z.unknown() },
    handle: ({ params, query }) => ok({ ...params, ...query }),
  }),
  endpoint({
    method: 'delete',
    path: '/things/{id}',
    auth: 'none',
    summary: 'Delete',
    output: { 204: null },
    handle: () => noContent(),
  }),
  endpoint({
    method: 'get',
    path: '/bytes',
    auth: 'none',
    summary: 'Read bytes',
    output: { 200: z.unknown() },
    handle: () => raw(Buffer.from('{"a":1}'), { 'ETag': '"v1"', 'Cache-Control': 'public, no-cache' }),
  }),
  endpoint({
    method: 'post',
    path: '/hooks',
    auth: 'none',
    summary: 'Take bytes',
    limit: 'exempt',
    body: 'raw',
    output: { 200: z.unknown() },
    handle: ({ input }) => ok({ hex: input.toString('hex') }),
  }),
  endpoint({
    method: 'get',
    path: '/refusal',
    auth: 'none',
    summary: 'Refuse',
    output: { 200: z.unknown() },
    handle: () => {
      throw new DomainError('stay_refused', 'Two nights at least.', { rule: 'minimum_nights', minimum: 2 });
    },
  }),
  endpoint({
    method: 'get',
    path: '/defect',
    auth: 'none',
    summary: 'Break',
    output: { 200: z.unknown() },
    handle: () => {
      throw Object.assign(new Error('Key (email)=(ada@example.org) is sta_0123456789abcdefghijklmnop'), {
        detail: 'ada@example.org',
        config: { password: 'hunter22' },
      });
    },
  }),
  endpoint({
    method: 'get',
    path: '/outage',
    auth: 'none',
    summary: 'Fail to connect',
    output: { 200: z.unknown() },
    handle: () => {
      throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    },
  }),
  endpoint({
    method: 'get',
    path: '/slow',
    auth: 'none',
    summary: 'Wait',
    output: { 200: z.unknown() },
    async handle() {
      slow.begun.resolve(undefined);
      await slow.mayEnd.promise;
      return ok({ waited: true });
    },
  }),
];

/** A window that does not end in the middle of a test. */
const NOON = Date.UTC(2026, 10, 1, 12);

describe('the API', () => {
  const { log, lines } = capturedLog();
  let api: Listening;

  function start(own: Partial<ApiDeps> = {}): Promise<Listening> {
    const settings = { corsOrigins: ['https://ours.example'], trustProxy: false };
    const deps = { log, settings, rateLimits: createRateLimits({ perMinute: {} }), ...own } as ApiDeps;
    return listen(createApp(ENDPOINTS, deps), { port: 0 });
  }
  before(async () => {
    api = await start();
  });
  after(() => api[Symbol.asyncDispose]());

  async function ask(path: string, init: RequestInit = {}, at = api) {
    const response = await fetch(at.url + path, init);
    const text = await response.text();
    const { status, headers } = response;
    const isJson = headers.get('content-type')?.includes('json') === true;
    return {
      status,
      headers,
      text,
      body: (isJson && text !== '' ? JSON.parse(text) : undefined) as Record<string, unknown>,
    };
  }
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    ask('/things', { method: 'POST', body, headers });
  const pathsOf = (body: Record<string, unknown>) =>
    (body.errors as { path: string }[]).map(({ path }) => path).sort();

  describe('an answer', () => {
    it('carries what was created and where it is', async () => {
      const thing = { name: 'Hut', price: { amount: 100, currency: 'GBP' } };
      const { status, headers, body } = await post(JSON.stringify(thing));
      assert.equal(status, 201);
      assert.equal(headers.get('location'), '/things/1');
      assert.deepEqual(body, { ...thing, tags: [] });
    });

    it('carries the security headers and is not stored, also when it is a problem', async () => {
      for (const path of [`/things/${ID}`, '/nowhere', '/defect', '/refusal']) {
        const { headers } = await ask(path);
        assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
        assert.match(headers.get('strict-transport-security') ?? '', /max-age=\d{8}/, path);
        assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/, path);
        assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
        assert.equal(headers.get('cache-control'), 'no-store', path);
        assert.match(headers.get('request-id') ?? '', /^[\w-]{36}$/, path);
      }
    });

    it('carries the Request-Id it was asked with, unless that is no sane one', async () => {
      const idOf = async (id: string) => {
        const { headers } = await ask('/nowhere', { headers: { 'request-id': id } });
        return headers.get('request-id');
      };
      assert.equal(await idOf('trace:42.a_b-c'), 'trace:42.a_b-c');
      for (const insane of ['a b', 'x'.repeat(101), '"', '']) assert.notEqual(await idOf(insane), insane);
    });

    it('of nothing has no body', async () => {
      const { status, text, headers } = await ask(`/things/${ID}`, { method: 'DELETE' });
      assert.deepEqual([status, text, headers.get('content-type')], [204, '', null]);
    });

    it('to HEAD has the length and no body', async () => {
      const { status, text, headers } = await ask('/bytes', { method: 'HEAD' });
      assert.deepEqual([status, text, headers.get('content-length')], [200, '', '7']);
    });

    it('is 304 for whoever has that version', async () => {
      const ask304 = (tag: string) => ask('/bytes', { headers: { 'if-none-match': tag } });
      const { status, text, headers } = await ask304('"v1"');
      assert.deepEqual([status, text, headers.get('etag')], [304, '', '"v1"']);
      assert.equal(headers.get('cache-control'), 'public, no-cache');
      assert.equal((await ask304('"v0", W/"v1"')).status, 304);
      assert.equal((await ask304('"v2"')).status, 200);
    });
  });

  describe('a body', () => {
    it('with mistakes is refused, each bad field by name (S4)', async () => {
      const { status, headers, body } = await post(
        '{"name":"x","price":{"amount":1.5,"currency":"pounds","tip":1},"hostId":1,"__proto__":{}}',
      );
      assert.equal(status, 400);
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.equal(body.code, 'invalid_input');
      assert.deepEqual(pathsOf(body), [
        '__proto__',
        'hostId',
        'name',
        'price.amount',
        'price.currency',
        'price.tip',
      ]);
    });

    it('that is missing is refused with the fields that are required', async () => {
      const { status, body } = await ask('/things', { method: 'POST' });
      assert.equal(status, 400);
      assert.deepEqual(pathsOf(body), ['name', 'price']);
    });

    for (const [what, body, headers] of [
      ['broken off', '{"name":', { 'content-type': 'application/json' }],
      ['an array', '[]', { 'content-type': 'application/json' }],
      ['null', 'null', { 'content-type': 'application/json' }],
      ['a form', 'name=Hut', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['plain text, which a foreign page may send', '{}', { 'content-type': 'text/plain' }],
      ['compressed', '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
      [
        'larger than 100 kB',
        JSON.stringify({ name: 'x'.repeat(100_000) }),
        { 'content-type': 'application/json' },
      ],
    ] as const) {
      it(`that is ${what} is refused in words`, async () => {
        const answer = await post(body, headers);
        assert.equal(answer.status, 400);
        assert.equal(answer.body.code, 'invalid_input');
        assert.match(String(answer.body.detail), /\w+ \w+/);
      });
    }

    it('is not read on when it says itself to be too large', async () => {
      const { port } = new URL(api.url);
      const socket = openSocket(Number(port), '127.0.0.1');
      socket.write(
        'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{',
      );
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 400 .*connection: close/is);
    });

    it('for a webhook comes byte by byte, whatever it is (W6)', async () => {
      const bytes = Buffer.from('{ "a" : 1.0,\n"é": "\u0000" }\xff', 'latin1');
      for (const type of ['application/json', 'text/plain']) {
        const { body } = await ask('/hooks', {
          method: 'POST',
          body: bytes,
          headers: { 'content-type': type },
        });
        assert.equal(body.hex, bytes.toString('hex'));
      }
    });
  });

  describe('a request', () => {
    it('with an unknown or a bad query field is refused by its name', async () => {
      const { status, body } = await ask(`/things/${ID}?limit=101&sort=up`);
      assert.equal(status, 400);
      assert.deepEqual(pathsOf(body), ['limit', 'sort']);
      assert.deepEqual((await ask(`/things/${ID}?limit=7`)).body, { id: ID, limit: 7 });
    });

    it('for an id that cannot be one finds nothing', async () => {
      assert.equal((await ask('/things/1')).body.code, 'not_found');
    });

    it('for an unknown path finds nothing, for another method learns which', async () => {
      assert.equal((await ask('/nowhere')).status, 404);
      const { status, headers, body } = await ask('/things', { method: 'PUT' });
      assert.deepEqual([status, headers.get('allow'), body.code], [405, 'POST', 'method_not_allowed']);
    });

    it('from a listed origin is answered to browsers, from another one not', async () => {
      const preflight = { 'origin': 'https://ours.example', 'access-control-request-method': 'POST' };
      const allowed = await ask('/things', { method: 'OPTIONS', headers: preflight });
      assert.equal(allowed.status, 204);
      assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://ours.example');
      const read = await ask(`/things/${ID}`, { headers: { origin: 'https://ours.example' } });
      assert.equal(read.headers.get('access-control-allow-origin'), 'https://ours.example');
      const foreign = await ask(`/things/${ID}`, { headers: { origin: 'https://theirs.example' } });
      assert.equal(foreign.headers.get('access-control-allow-origin'), null);
    });
  });

  describe('a problem', () => {
    it('is a refusal with its code and its facts', async () => {
      const { status, body, headers } = await ask('/refusal');
      assert.equal(status, 422);
      assert.deepEqual(body, {
        rule: 'minimum_nights',
        minimum: 2,
        type: 'urn:stayward:problem:stay_refused',
        title: 'Stay refused',
        status: 422,
        detail: 'Two nights at least.',
        code: 'stay_refused',
        requestId: headers.get('request-id'),
      });
    });

    it('of our own making tells nothing but where the log has it, and the log tells no secrets (S8)', async () => {
      const { status, body } = await ask('/defect');
      assert.equal(status, 500);
      assert.equal(body.code, 'internal_error');
      assert.doesNotMatch(JSON.stringify(body), /ada@|Error|\.ts/);
      const line = lines().find(({ msg, requestId }) => msg === 'defect' && requestId === body.requestId);
      assert.match(JSON.stringify(line), /app\.test\.ts/);
      assert.doesNotMatch(JSON.stringify(lines()), /ada@example|sta_0123|hunter22/);
    });

    it('with the database is temporary', async () => {
      const { status, headers, body } = await ask('/outage');
      assert.deepEqual([status, headers.get('retry-after'), body.code], [503, '2', 'unavailable']);
    });
  });

  it('logs a line for each request, with its route and without its query (S8)', async () => {
    const { headers } = await ask(`/things/${ID}?limit=7`);
    const line = lines().find(({ requestId }) => requestId === headers.get('request-id'));
    assert.equal(line?.route, '/things/{id}');
    assert.equal(line.status, 200);
    assert.doesNotMatch(JSON.stringify(line), /limit/);
  });

  it('limits the calls of an address by class, and tells what is left', async () => {
    await using limited = await start({
      rateLimits: createRateLimits({ perMinute: { read: 2 }, now: () => NOON }),
    });
    const first = await ask('/bytes', {}, limited);
    assert.equal(first.headers.get('ratelimit-policy'), '"read";q=2;w=60');
    assert.match(first.headers.get('ratelimit') ?? '', /^"read";r=1;t=\d+$/);
    await ask('/bytes', {}, limited);
    const third = await ask('/bytes', {}, limited);
    assert.deepEqual([third.status, third.body.code], [429, 'rate_limited']);
    assert.equal(Number(third.headers.get('retry-after')), third.body.retryAfterSeconds);
    const hook = { method: 'POST', body: '{}' };
    for (let call = 0; call < 5; call++) assert.equal((await ask('/hooks', hook, limited)).status, 200);
  });

  it('counts behind our own proxy by the address that it saw, not by those the caller made up', async () => {
    const rateLimits = createRateLimits({ perMinute: { read: 2 }, now: () => NOON });
    const callFrom = async (address: string, { trustProxy }: { trustProxy: boolean }) => {
      await using behind = await start({
        rateLimits,
        settings: { corsOrigins: [], trustProxy, outgoingAnywhere: false },
      });
      return (await ask('/bytes', { headers: { 'x-forwarded-for': address } }, behind)).status;
    };
    const trusting = { trustProxy: true };
    for (const [address, status] of [
      ['1.1.1.1, 9.9.9.9', 200],
      ['2.2.2.2, 9.9.9.9', 200],
      ['3.3.3.3, 9.9.9.9', 429],
      ['9.9.9.9, 3.3.3.3', 200],
    ] as const) {
      assert.equal(await callFrom(address, trusting), status, address);
    }
    for (const status of [200, 200, 429]) {
      assert.equal(await callFrom(`${Math.random()}`, { trustProxy: false }), status);
    }
  });

  it('answers what it has begun before it closes', async () => {
    const closing = await start();
    const answer = ask('/slow', {}, closing);
    await slow.begun.promise;
    const closed = closing[Symbol.asyncDispose]();
    slow.mayEnd.resolve(undefined);
    assert.equal((await answer).status, 200);
    await closed;
    await assert.rejects(ask('/bytes', {}, closing));
  });
});
