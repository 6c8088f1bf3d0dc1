import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { grantRole } from '#db/users.ts';
import type { UserId } from '#domain/ids.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { Person, newPerson } from '../support/people.ts';
import type { Answer, Call, Wire } from '../support/people.ts';

const PASSWORD = 'correct horse battery staple';

describe('users', () => {
  const api = useLocalApi([...userEndpoints, ...sessionEndpoints]);

  async function call(person: Person, path: string, request: Call = {}): Promise<Answer<Wire>> {
    const { method = 'GET' } = request;
    const answer = await person.call(path, request);
    const contentType = answer.headers.get('content-type');
    assertConforms({ method, url: path }, { status: answer.status, contentType, body: answer.body });
    return answer;
  }
  const anyone = () => new Person(api().url);
  const register = (body: object) => call(anyone(), '/users', { method: 'POST', body });
  const aPerson = (facts: object = {}) => ({
    email: `${randomUUID()}@example.org`,
    password: PASSWORD,
    name: 'Ada',
    ...facts,
  });

  describe('registering', () => {
    it('makes a guest and gives their account back, without the password', async () => {
      const person = aPerson({ name: '  Ada Lovelace ' });
      const { status, body, headers } = await register(person);
      assert.equal(status, 201);
      assert.deepEqual(Object.keys(body).sort(), ['createdAt', 'email', 'id', 'name', 'roles']);
      assert.equal(body.name, 'Ada Lovelace');
      assert.deepEqual(body.roles, ['guest']);
      assert.equal(headers.get('location'), `/users/${body.id}`);
      assert.ok(!JSON.stringify(await api().db('users').where({ id: body.id })).includes(PASSWORD));
    });

    it('takes one mail address once, however it is spelt', async () => {
      const person = aPerson();
      assert.equal((await register(person)).status, 201);
      const again = await register({ ...person, email: person.email.toUpperCase() });
      assert.equal(again.status, 409);
      assert.equal(again.body.code, 'email_taken');
    });

    it('makes one account when the same person registers ten times at once', async () => {
      const person = aPerson();
      const answers = await Promise.all(Array.from({ length: 10 }, () => register(person)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array<number>(9).fill(409)]);
    });

    it('names every bad field', async () => {
      const { status, body } = await register({ email: 'ada', password: 'short' });
      assert.equal(status, 400);
      assert.deepEqual(body.errors.map(({ path }: Wire) => path).sort(), ['email', 'name', 'password']);
    });

    it('refuses roles, ids and anything else that is not asked for (S4)', async () => {
      const { status, body } = await register(aPerson({ roles: ['operator'], id: 'usr_x' }));
      assert.equal(status, 400);
      assert.deepEqual(body.errors.map(({ path }: Wire) => path).sort(), ['id', 'roles']);
    });

    for (const [password, why] of [
      ['password123', 'common'],
      ['PassWord123', 'common in other letters'],
      ['aaaaaaaaaaaa', 'one character'],
      ['ada lovelace', 'the own name'],
      ['x'.repeat(7), 'too short'],
      ['0123456789abcdef'.repeat(9), 'too long'],
    ] as const) {
      it(`refuses a password that is ${why}`, async () => {
        const { status, body } = await register(aPerson({ name: 'Ada Lovelace', password }));
        assert.equal(status, 400);
        assert.equal(body.errors[0].path, 'password');
      });
    }
  });

  describe('reading', () => {
    it('shows the whole account to its owner and to operators, and the public view to others (S1)', async () => {
      const [ada, bob, olga] = [
        await newPerson(api().url),
        await newPerson(api().url),
        await newPerson(api().url),
      ];
      await grantRole(api().db, { userId: olga.id as UserId, role: 'operator', actorId: 'system' });
      const operator = await signedIn(olga);
      for (const who of [ada, operator]) {
        assert.equal((await call(who, `/users/${ada.id}`)).body.email, ada.email);
      }
      for (const who of [bob, anyone()]) {
        const { body } = await call(who, `/users/${ada.id}`);
        assert.deepEqual(Object.keys(body).sort(), ['createdAt', 'id', 'name', 'rating']);
      }
      assert.equal((await call(ada, '/users/me')).body.id, ada.id);
    });

    it('knows nobody by an id that is unknown or none', async () => {
      for (const id of ['usr_00000000000000000000000000', 'nobody', '%00', '%']) {
        assert.equal((await anyone().get(`/users/${id}`)).status, 404, id);
      }
    });

    it('lists users, page by page, for operators alone', async () => {
      const [ada, olga] = [await newPerson(api().url), await newPerson(api().url)];
      assert.equal((await call(ada, '/users')).status, 403);
      assert.equal((await call(anyone(), '/users')).status, 401);
      await grantRole(api().db, { userId: olga.id as UserId, role: 'operator', actorId: 'system' });
      const operator = await signedIn(olga);
      const first = await call(operator, '/users?limit=1');
      assert.equal(first.body.data[0].id, olga.id);
      const second = await call(operator, `/users?limit=1&cursor=${first.body.nextCursor}`);
      assert.equal(second.body.data[0].id, ada.id);
      assert.equal((await call(operator, '/users?cursor=what')).body.errors[0].path, 'cursor');
      assert.equal((await call(operator, '/users?limit=101')).body.errors[0].path, 'limit');
    });
  });

  async function signedIn({ id, email }: Person): Promise<Person> {
    const body = { email, password: PASSWORD };
    const session = await anyone().must(201, anyone().post('/sessions', body));
    return new Person(api().url, { token: session.token, id, email });
  }

  describe('changing', () => {
    const patch = (person: Person, body: object) => call(person, '/users/me', { method: 'PATCH', body });

    it('renames without further ado', async () => {
      const ada = await newPerson(api().url);
      assert.equal((await patch(ada, { name: 'Countess' })).body.name, 'Countess');
      assert.equal((await patch(ada, {})).body.name, 'Countess');
    });

    it('asks for the current password before mail address and password change', async () => {
      const ada = await newPerson(api().url);
      const email = `${randomUUID()}@example.org`;
      const without = await patch(ada, { email });
      assert.equal(without.status, 400);
      assert.equal(without.body.errors[0].path, 'currentPassword');
      assert.equal((await patch(ada, { email, currentPassword: 'not this one' })).status, 403);
      assert.equal((await patch(ada, { email, currentPassword: PASSWORD })).body.email, email);
    });

    it('ends the other sessions when the password changes, and keeps this one', async () => {
      const here = await newPerson(api().url);
      const elsewhere = await signedIn(here);
      const password = 'another fine passphrase';
      assert.equal((await patch(here, { password, currentPassword: PASSWORD })).status, 200);
      assert.equal((await call(elsewhere, '/users/me')).status, 401);
      assert.equal((await call(here, '/users/me')).status, 200);
      const signIn = { method: 'POST', body: { email: here.email, password } };
      assert.equal((await call(anyone(), '/sessions', signIn)).status, 201);
    });

    it('cannot make its caller an operator (S4)', async () => {
      const ada = await newPerson(api().url);
      assert.equal((await patch(ada, { roles: ['operator'] })).status, 400);
      assert.deepEqual((await call(ada, '/users/me')).body.roles, ['guest']);
    });
  });
});
