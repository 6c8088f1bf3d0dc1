import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { insertUser } from '#db/users.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { Person, newPerson } from '../support/people.ts';
import type { Answer, Call, Wire } from '../support/people.ts';
import { useStack } from '../support/stack.ts';

const PASSWORD = 'correct horse battery staple';
const ENDPOINTS = [...userEndpoints, ...sessionEndpoints];

describe('sessions over HTTP', () => {
  const api = useLocalApi(ENDPOINTS);
  const elsewhere = useLocalApi(ENDPOINTS);
  const stack = useStack('redis');

  async function call(person: Person, path: string, request: Call = {}): Promise<Answer<Wire>> {
    const answer = await person.call(path, request);
    const contentType = answer.headers.get('content-type');
    const { status, body } = answer;
    assertConforms({ method: request.method ?? 'GET', url: path }, { status, contentType, body });
    return answer;
  }
  const anyone = () => new Person(api().url);
  const post = (path: string, body: object) => call(anyone(), path, { method: 'POST', body });
  const bearer = (token: string, at = api()) => new Person(at.url, { token, id: '', email: '' });
  async function signedIn(): Promise<Wire> {
    const { email } = await newPerson(api().url);
    return (await post('/sessions', { email, password: PASSWORD })).body;
  }
  const status = async (token: string, at = api()) => (await bearer(token, at).get('/users/me')).status;

  it('sign in and give the account with the tokens', async () => {
    const { email, id } = await newPerson(api().url);
    const { status, body, headers } = await post('/sessions', {
      email: email.toUpperCase(),
      password: PASSWORD,
    });
    assert.equal(status, 201);
    assert.equal(body.user.id, id);
    assert.match(headers.get('location') ?? '', /^\/sessions\/ses_/);
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('answer a wrong password, an unknown address and an account without password alike', async () => {
    const { email } = await newPerson(api().url);
    const imported = `host-${randomUUID()}@york.invalid`;
    await insertUser(api().db, { email: imported, name: 'Host', passwordHash: null });
    const answers = [
      await post('/sessions', { email, password: 'not this one' }),
      await post('/sessions', { email: `${randomUUID()}@example.org`, password: PASSWORD }),
      await post('/sessions', { email: imported, password: PASSWORD }),
    ];
    for (const { status, body, headers } of answers) {
      assert.equal(status, 401);
      assert.equal(headers.get('www-authenticate'), 'Bearer');
      assert.equal(body.detail, answers[0]?.body.detail);
    }
  });

  it('refuse what is no token, and a token that is unknown, also where none is needed', async () => {
    const user = (await signedIn()).user.id;
    for (const authorization of [
      'Bearer',
      'Bearer sta_unknown',
      'Basic YTpi',
      `Bearer ${'x'.repeat(5000)}`,
      '',
    ]) {
      const answer = await anyone().call(`/users/${user}`, { headers: { authorization } });
      assert.equal(answer.status, 401, authorization);
    }
  });

  it('refresh, and take the same refresh token again for a lost answer', async () => {
    const { refreshToken, user } = await signedIn();
    const first = await post('/sessions/refresh', { refreshToken });
    assert.equal(first.status, 201);
    assert.equal(first.body.user.id, user.id);
    assert.equal(await status(first.body.token), 200);
    assert.equal((await post('/sessions/refresh', { refreshToken })).status, 201);
    assert.equal((await post('/sessions/refresh', { refreshToken: 'str_unknown' })).status, 401);
  });

  it('are listed to their user, the current one marked', async () => {
    const first = await signedIn();
    const second = (await post('/sessions', { email: first.user.email, password: PASSWORD })).body;
    const { body } = await call(bearer(second.token), '/sessions');
    assert.deepEqual(
      body.data.map(({ current }: Wire) => current),
      [true, false, false],
    );
    const page = await call(bearer(second.token), '/sessions?limit=1');
    const next = await call(bearer(second.token), `/sessions?cursor=${page.body.nextCursor}`);
    assert.equal(next.body.data.length, 2);
  });

  it('end at once when signed out, also in the cache (S6)', async () => {
    const { token, refreshToken } = await signedIn();
    assert.equal(await status(token), 200); // Now Redis has it.
    const { status: answered } = await call(bearer(token), '/sessions/current', { method: 'DELETE' });
    assert.equal(answered, 204);
    for (let read = 0; read < 5; read++) assert.equal(await status(token), 401);
    assert.equal(await status(token, elsewhere()), 401);
    assert.equal((await post('/sessions/refresh', { refreshToken })).status, 401);
  });

  it('stay ended though reads that began before are still filling the cache (S6)', async () => {
    for (let round = 0; round < 10; round++) {
      const { token } = await signedIn();
      const reads = Array.from({ length: 8 }, (_, n) => status(token, n % 2 === 0 ? api() : elsewhere()));
      await call(bearer(token), '/sessions/current', { method: 'DELETE' });
      await Promise.all(reads);
      assert.equal(await status(token), 401);
      assert.equal(await status(token, elsewhere()), 401);
    }
  });

  it('can be ended from another one, but not by somebody else (S1)', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    const lost = (await post('/sessions', { email: mine.user.email, password: PASSWORD })).body;
    const { id } = (await call(bearer(lost.token), '/sessions')).body.data[0];
    assert.equal((await call(bearer(theirs.token), `/sessions/${id}`, { method: 'DELETE' })).status, 404);
    assert.equal(await status(lost.token), 200);
    assert.equal((await call(bearer(mine.token), `/sessions/${id}`, { method: 'DELETE' })).status, 204);
    assert.equal(await status(lost.token), 401);
    assert.equal(await status(mine.token), 200);
  });

  it('can all be ended together', async () => {
    const first = await signedIn();
    const second = (await post('/sessions', { email: first.user.email, password: PASSWORD })).body;
    assert.equal((await call(bearer(first.token), '/sessions', { method: 'DELETE' })).status, 204);
    for (const { token } of [first, second]) assert.equal(await status(token), 401);
  });

  it('ignore an Idempotency-Key', async () => {
    const { email } = await newPerson(api().url);
    const request = { method: 'POST', body: { email, password: PASSWORD }, key: 'k' };
    const [first, second] = [
      await call(anyone(), '/sessions', request),
      await call(anyone(), '/sessions', request),
    ];
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.notEqual(first.body.token, second.body.token);
    assert.equal(second.headers.get('idempotent-replayed'), null);
  });

  it('work as ever while Redis is down (L17)', async () => {
    await stack().part('redis').hold('SIGKILL');
    try {
      const { token } = await signedIn();
      assert.equal(await status(token), 200);
      assert.equal((await call(bearer(token), '/sessions/current', { method: 'DELETE' })).status, 204);
      assert.equal(await status(token), 401);
    } finally {
      await stack().part('redis').release();
    }
  });

  it('work as ever while Redis is frozen (L17)', async () => {
    const { token } = await signedIn();
    stack().part('redis').pause();
    try {
      for (let read = 0; read < 10; read++) assert.equal(await status(token), 200);
    } finally {
      stack().part('redis').resume();
    }
  });
});
