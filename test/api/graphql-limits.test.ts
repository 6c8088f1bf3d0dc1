import assert from 'node:assert/strict';
import { buildSchema, parse, validate } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import type { Listening } from '#api/app.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import {
  ACT_COST,
  LIMITS,
  MAX_ALIASES,
  MAX_COST,
  MAX_DEPTH,
  MAX_DIRECTIVES,
  MAX_PAGE,
  MAX_TOKENS,
} from '#api/graphql/limits.ts';
import { SCHEMA } from '#api/graphql/schema.ts';
import { MAX_BODY_BYTES } from '#api/input.ts';
import { PageQuery } from '#api/schemas.ts';
import { connect } from '#db/connect.ts';
import { createRateLimits } from '#gateways/rate-limits.ts';
import { Person } from '#test/support/people.ts';
import type { Wire } from '#test/support/people.ts';
import { useLocalApi } from '#test/support/api.ts';
import { capturedLog } from '#test/support/captured-log.ts';
import { ask, codesOf, serveWithGraphql } from './graphql-fixture.ts';

/** Our own schema has few ways in a circle; this one goes as deep as one likes. */
const ENDLESS = buildSchema(`
  interface Named { name: String }
  type Query { node: Node, nodes(limit: Int = 20): [Node!]! }
  type Node implements Named { name: String, node: Node, nodes(limit: Int): [Node!]! }
`);

/** The limits that a document breaks, by the names that clients see. */
function broken(document: string, schema: GraphQLSchema = ENDLESS): unknown[] {
  return validate(schema, parse(document), LIMITS).map(({ extensions }) => extensions.rule);
}

function nested(depth: number, innermost = 'name'): string {
  return depth === 1 ? innermost : `node { ${nested(depth - 1, innermost)} }`;
}

/** A window that does not end in the middle of a test. */
const NOON = Date.UTC(2026, 10, 1, 12);

describe('the limits of a GraphQL query (S5)', () => {
  it(`allow ${MAX_DEPTH} levels of fields and refuse one more`, () => {
    assert.deepEqual(broken(`{ ${nested(MAX_DEPTH)} }`), []);
    assert.deepEqual(broken(`{ ${nested(MAX_DEPTH + 1)} }`), ['query_depth']);
  });

  it('see depth through fragments', () => {
    const fragment = `fragment F on Node { ${nested(3)} }`;
    assert.deepEqual(broken(`{ ${nested(MAX_DEPTH - 2, '...F')} } ${fragment}`), []);
    assert.deepEqual(broken(`{ ${nested(MAX_DEPTH - 1, '...F')} } ${fragment}`), ['query_depth']);
    assert.deepEqual(broken(`{ ... on Query { ${nested(MAX_DEPTH, '... on Named { node { name } }')} } }`), [
      'query_depth',
    ]);
  });

  it(`allow ${MAX_ALIASES} aliases and refuse one more`, () => {
    const aliases = (count: number) => Array.from({ length: count }, (_, n) => `a${n}: __typename`).join(' ');
    assert.deepEqual(broken(`{ ${aliases(MAX_ALIASES)} }`), []);
    assert.deepEqual(broken(`{ ${aliases(MAX_ALIASES + 1)} }`), ['query_aliases']);
  });

  it(`allow ${MAX_DIRECTIVES} directives and refuse one more, known or not`, () => {
    assert.deepEqual(broken(`{ __typename ${'@a '.repeat(MAX_DIRECTIVES)} }`), []);
    assert.deepEqual(broken(`{ __typename ${'@a '.repeat(MAX_DIRECTIVES + 1)} }`), ['query_directives']);
  });

  it(`allow a cost of ${MAX_COST} and refuse one more`, () => {
    // A page of n entries with 99 fields each is 1 + 99 n; so many fields beside it fill up what is left.
    const fields = (count: number) => 'name '.repeat(count);
    const filled = (rest: number) => `{ nodes(limit: 100) { ${fields(99)} } node { ${fields(rest)} } }`;
    const rest = MAX_COST - 1 - 99 * 100 - 1;
    assert.deepEqual(broken(filled(rest)), []);
    assert.deepEqual(broken(filled(rest + 1)), ['query_cost']);
  });

  it('count a page by its limit, by the default of it, and at its longest where a variable decides', () => {
    const within = (limit: string) => `nodes${limit} { nodes(limit: 100) { name } }`;
    assert.deepEqual(broken(`{ ${within('(limit: 99)')} }`), []);
    assert.deepEqual(broken(`{ ${within('(limit: 100)')} }`), ['query_cost']);
    assert.deepEqual(broken(`{ ${within('')} }`), []); // 20 by default.
    assert.deepEqual(broken(`query ($n: Int = 1) { ${within('(limit: $n)')} }`), ['query_cost']);
    assert.deepEqual(broken(`{ ${within('(limit: 5000)')} }`), ['query_cost']);
    assert.deepEqual(broken(`{ nodes(limit: 100) { nodes(limit: -100) { nodes { name } } } }`), [
      'query_cost',
    ]);
  });

  it('measure fragments that multiply or chase each other in no time', () => {
    const doubling = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Node { node { ...F${n + 1} ...F${n + 1} } }`,
    );
    const bomb = `{ node { ...F0 } } ${doubling.join(' ')} fragment F30 on Node { name }`;
    assert.deepEqual(broken(bomb), ['query_depth', 'query_cost']);
    assert.deepEqual(broken('{ node { ...A } } fragment A on Node { ...B } fragment B on Node { ...A }'), []);
  });

  it('leave room for a whole page of whole properties', () => {
    const leaves = (name: string): string => {
      const type = SCHEMA.getType(name);
      assert.ok(type && 'getFields' in type);
      return Object.values(type.getFields())
        .map((field) => {
          const inner = SCHEMA.getType(String(field.type).replaceAll(/[![\]]/g, ''));
          return inner && 'getFields' in inner ? `${field.name} { ${leaves(inner.name)} }` : field.name;
        })
        .join(' ');
    };
    assert.deepEqual(
      broken(`{ properties(limit: ${MAX_PAGE}) { data { ${leaves('Property')} } } }`, SCHEMA),
      [],
    );
  });

  it('have ten acts done at once, and not one more', () => {
    const acts = Object.values(SCHEMA.getMutationType()?.getFields() ?? {});
    assert.ok(acts.length > 0);
    for (const { name, extensions } of acts) assert.equal(extensions.cost, ACT_COST, name);
    const signOuts = (count: number) =>
      `mutation { ${Array.from({ length: count }, (_, n) => `a${n}: signOut`).join(' ')} }`;
    assert.deepEqual(broken(signOuts(10), SCHEMA), []);
    assert.deepEqual(broken(signOuts(11), SCHEMA), ['query_cost']);
  });

  it('hold for what is followed too', () => {
    const following = (fields: string) => `subscription { bookingProgress(id: "x") { ${fields} } }`;
    assert.deepEqual(broken(following('property { host { rating { count } } }'), SCHEMA), []);
    const aliased = Array.from({ length: MAX_ALIASES + 1 }, (_, n) => `a${n}: id`).join(' ');
    assert.deepEqual(broken(following(aliased), SCHEMA), ['query_aliases']);
  });

  it('know how long a page may be', () => {
    assert.ok(PageQuery.safeParse({ limit: MAX_PAGE }).success);
    assert.ok(!PageQuery.safeParse({ limit: MAX_PAGE + 1 }).success);
  });
});

describe('GraphQL over HTTP', () => {
  const local = useLocalApi(ENDPOINTS);
  let api: Listening;
  let nobody: Person;

  before(async () => {
    api = await serveWithGraphql(local().deps);
    nobody = new Person(api.url);
  });
  after(() => api[Symbol.asyncDispose]());

  const send = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${api.url}/graphql`, { method: 'POST', body, headers });

  it(`parses ${MAX_TOKENS} tokens and not one more`, async () => {
    const tokens = (count: number) => `{ property(id: ["${'" "'.repeat(count - 13)}"]) { id } }`;
    assert.equal([...tokens(20).matchAll(/"[^"]*"|\w+|[^\s\w]/g)].length, 20);
    const parsed = await ask(nobody, tokens(MAX_TOKENS));
    assert.match(parsed.errors[0].message, /^ID cannot represent/); // Read to its end, and only then judged.
    const refused = await ask(nobody, tokens(MAX_TOKENS + 1));
    assert.deepEqual(codesOf(refused), ['invalid_input']);
    assert.match(refused.errors[0].message, /1000 tokens/);
  });

  it('refuses what is over a limit with the limit’s name and value', async () => {
    const refused = await ask(nobody, `{ ${nested(MAX_DEPTH + 1)} }`);
    const { message: _, extensions } = refused.errors.find(
      (error: Wire) => error.extensions.rule !== undefined,
    );
    assert.deepEqual(
      { ...extensions, requestId: '' },
      { code: 'invalid_input', rule: 'query_depth', limit: MAX_DEPTH, requestId: '' },
    );
  });

  it('gives no hint at names that are nearly right', async () => {
    const documents: [string, Wire?][] = [
      ['{ mee { id } }'],
      ['{ properties(limt: 1) { nextCursor } }'],
      ['{ properties(roomType: entire_hom) { nextCursor } }'],
      ['{ properties(near: { latitude: 1, longitud: 2 }) { nextCursor } }'],
      ['fragment F on Propert { id } { property(id: "x") { ...F } }'],
      ['query ($room: RoomType) { properties(roomType: $room) { nextCursor } }', { room: 'entire_hom' }],
      ['query ($at: PointInput) { properties(near: $at) { nextCursor } }', { at: { latitud: 1 } }],
    ];
    for (const [document, variables] of documents) {
      const { errors } = await ask(nobody, document, variables);
      assert.ok(errors.length > 0);
      for (const { message, extensions } of errors) {
        assert.equal(extensions.code, 'invalid_input');
        assert.doesNotMatch(message, /did you mean/i, document);
      }
    }
  });

  it('takes nothing that a form or a link can send', async () => {
    const query = encodeURIComponent('{ __typename }');
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'text/plain',
      'application/graphql',
    ]) {
      const response = await send(`query=${query}`, { 'content-type': type });
      assert.equal(response.status, 400, type);
      assert.deepEqual(codesOf(await response.json()), ['invalid_input'], type);
    }
    for (const asked of [query, encodeURIComponent('mutation { signOut }')]) {
      const link = await fetch(`${api.url}/graphql?query=${asked}`);
      assert.equal(link.status, 405);
      assert.equal(link.headers.get('allow'), 'POST');
    }
  });

  it('refuses batches, bodies that are no JSON, too large or empty, and unknown members', async () => {
    const bodies = [
      '[{"query":"{__typename}"},{"query":"{__typename}"}]',
      '{"query":',
      '',
      '"{__typename}"',
      '{"query":"{__typename}","extra":1}',
      JSON.stringify({ query: '{ __typename }', variables: { pad: 'x'.repeat(100_000) } }),
    ];
    for (const body of bodies) {
      const response = await send(body);
      assert.equal(response.status, 400, body.slice(0, 50));
      assert.deepEqual(codesOf(await response.json()), ['invalid_input'], body.slice(0, 50));
    }
  });

  it(`takes a body of ${MAX_BODY_BYTES} bytes and not one more`, async () => {
    const padded = (bytes: number) => {
      const bare = JSON.stringify({ query: '{ __typename }', variables: { pad: '' } });
      return bare.replace('""', `"${'x'.repeat(bytes - bare.length)}"`);
    };
    assert.equal(padded(MAX_BODY_BYTES).length, MAX_BODY_BYTES);
    assert.deepEqual(await (await send(padded(MAX_BODY_BYTES))).json(), { data: { __typename: 'Query' } });
    const refused = await send(padded(MAX_BODY_BYTES + 1));
    assert.deepEqual([refused.status, codesOf(await refused.json())], [400, ['invalid_input']]);
  });

  it('says so when there is no query in the body', async () => {
    assert.deepEqual(codesOf(await (await send('{}')).json()), ['invalid_input']);
  });

  it('answers 401 to a token that is no good, and reads no cookie', async () => {
    const query = JSON.stringify({ query: '{ me { id } }' });
    const refused = await send(query, { 'content-type': 'application/json', 'authorization': 'Bearer what' });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
    assert.deepEqual(codesOf(await refused.json()), ['unauthenticated']);
    const cookie = await send(query, { 'content-type': 'application/json', 'cookie': 'token=what' });
    assert.equal(cookie.status, 200);
    assert.deepEqual(codesOf(await cookie.json()), ['unauthenticated']);
  });

  it('answers 400 to a wrong document when asked for the media type of GraphQL, else 200', async () => {
    const body = JSON.stringify({ query: '{ what }' });
    const strict = { 'content-type': 'application/json', 'accept': 'application/graphql-response+json' };
    assert.equal((await send(body, strict)).status, 400);
    assert.equal((await send(body, { ...strict, accept: 'application/json' })).status, 200);
  });

  it('sends the headers of every answer of the API', async () => {
    const { headers } = await send('{"query":"{__typename}"}');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('request-id') ?? '', /^[\w-]{36}$/);
  });

  it('streams an answer to who asks for events', async () => {
    const headers = { 'content-type': 'application/json', 'accept': 'text/event-stream' };
    const response = await send('{"query":"{__typename}"}', headers);
    assert.match(await response.text(), /event: next\ndata: \{"data":\{"__typename":"Query"\}\}/);
  });

  it('counts calls against the limits of the API', async () => {
    await using rateLimits = createRateLimits({ perMinute: { read: 3 }, now: () => NOON });
    await using limited = await serveWithGraphql({ ...local().deps, rateLimits });
    const caller = new Person(limited.url);
    const answers = [];
    for (let call = 0; call < 4; call += 1) {
      answers.push(await caller.call('/graphql', { method: 'POST', body: { query: '{ __typename }' } }));
    }
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 429],
    );
    assert.ok(Number(answers[3]?.headers.get('retry-after')) > 0);
    assert.deepEqual(codesOf(answers[3]?.body), ['rate_limited']);
  });

  it('counts each act against the limit of its own kind', async () => {
    await using rateLimits = createRateLimits({
      perMinute: { registration: 1, sign_in: 1, write: 1 },
      now: () => NOON,
    });
    await using limited = await serveWithGraphql({ ...local().deps, rateLimits });
    const caller = new Person(limited.url);
    const acts = [
      'register(input: { email: "what", password: "", name: "" }) { id }',
      'signIn(input: { email: "what", password: "" }) { token }',
      'signOut',
    ];
    for (const act of acts) {
      const twice = await ask(caller, `mutation { once: ${act} again: ${act} }`);
      assert.equal(codesOf(twice)[1], 'rate_limited', act);
      assert.notEqual(codesOf(twice)[0], 'rate_limited', act);
      assert.ok(twice.errors[1].extensions.retryAfterSeconds > 0);
    }
  });

  it('tells nothing of a defect but the request that met it, by which the log has it', async () => {
    const db = connect({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' });
    await db.destroy();
    const { log, lines } = capturedLog();
    await using broken = await serveWithGraphql({ ...local().deps, db, log });
    const { data, errors } = await ask(new Person(broken.url), '{ properties { nextCursor } }');
    assert.deepEqual(data, { properties: null });
    const [{ message, extensions }] = errors;
    assert.deepEqual(Object.keys(extensions).sort(), ['code', 'requestId']);
    assert.equal(extensions.code, 'internal_error');
    assert.equal(message, `Something broke on our side. Please quote request ${extensions.requestId}.`);
    const defects = lines().filter(({ msg }) => msg === 'defect');
    assert.deepEqual(
      defects.map(({ requestId }) => requestId),
      [extensions.requestId],
    );
  });
});

describe('exploring the schema', () => {
  const local = useLocalApi(ENDPOINTS);
  const introspection = '{ __schema { queryType { name } } }';
  const page = (url: string) => fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });

  it('is possible where allowed: by introspection, and by a page that needs nothing from elsewhere', async () => {
    await using api = await serveWithGraphql(local().deps);
    const { data } = await ask(new Person(api.url), introspection);
    assert.equal(data.__schema.queryType.name, 'Query');
    const response = await page(api.url);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; script-src 'sha256-/,
    );
    const html = await response.text();
    assert.doesNotMatch(html, /<(?:script|link|img)[^>]+(?:src|href)="?https?:/);
    const headers = { 'accept': 'text/html', 'if-none-match': response.headers.get('etag') ?? '' };
    assert.equal((await fetch(`${api.url}/graphql`, { headers })).status, 304);
  });

  it('is refused where not', async () => {
    await using api = await serveWithGraphql(local().deps, { explorable: false });
    for (const query of [introspection, '{ __type(name: "User") { fields { name } } }']) {
      const refused = await ask(new Person(api.url), query);
      assert.equal(refused.data, undefined);
      assert.deepEqual(new Set(codesOf(refused)), new Set(['invalid_input']));
    }
    assert.deepEqual(await ask(new Person(api.url), '{ __typename }'), { data: { __typename: 'Query' } });
    assert.equal((await page(api.url)).status, 405);
  });
});
