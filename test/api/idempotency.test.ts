import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { endpoint } from '#api/endpoint.ts';
import { accepted, created, ok } from '#api/replies.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { claim } from '#db/idempotency.ts';
import { DomainError } from '#domain/errors.ts';
import { useLocalApi } from '../support/api.ts';
import { Person, newPerson } from '../support/people.ts';

/** A thing whose fate the test decides. What it has become is what a replay gives. */
interface Thing {
  id: string;
  outcome: 'created' | 'accepted' | 'declined' | 'breaks before' | 'breaks after' | 'refused before';
}
const things = new Map<string, Thing>();
let writes = 0;
let held: { begun: () => void; mayEnd: Promise<unknown> } | undefined;

function thingOf({ id }: { id: string }): Thing {
  const thing = things.get(id);
  assert.ok(thing);
  return thing;
}

const NewThing = z.strictObject({ outcome: z.string() });
const AThing = z.unknown();

function declined(): DomainError {
  return new DomainError('card_declined', 'The card was declined.', { declineCode: 'generic_decline' });
}

function show(thing: Thing) {
  if (thing.outcome === 'declined') throw declined();
  return thing.outcome === 'accepted' ? accepted(thing) : created(thing);
}

const make = endpoint({
  method: 'post',
  path: '/things/{place}',
  auth: 'user',
  idempotent: true,
  summary: 'Make a thing',
  params: z.strictObject({ place: z.string() }),
  input: NewThing,
  output: { 201: AThing, 202: AThing },
  async handle({ input, once, db }) {
    const outcome = input.outcome as Thing['outcome'];
    if (outcome === 'refused before') throw new DomainError('hold_limit', 'Too many.');
    if (outcome === 'breaks before') throw new Error('before');
    const id = await db.transaction(async (trx) => {
      const { fresh, resourceId } = await claim(trx, once, `thing_${randomUUID()}`);
      if (fresh) writes += 1;
      return resourceId;
    });
    const thing = things.get(id) ?? { id, outcome };
    things.set(id, thing);
    held?.begun();
    await held?.mayEnd;
    if (thing.outcome === 'breaks after') throw new Error('after');
    return show(thing);
  },
  replay: ({ resourceId }) => show(thingOf({ id: resourceId })),
});

const touch = endpoint({
  method: 'post',
  path: '/touches',
  auth: 'optional',
  idempotent: 'accepted',
  summary: 'Touch',
  input: z.strictObject({}),
  output: { 200: AThing },
  async handle({ once, db }) {
    const { resourceId } = await db.transaction((trx) => claim(trx, once, randomUUID()));
    return ok({ id: resourceId });
  },
  replay: ({ resourceId }) => ok({ id: resourceId }),
});

describe('an Idempotency-Key', () => {
  const api = useLocalApi([...userEndpoints, ...sessionEndpoints, make, touch]);
  let ada: Person;
  before(async () => {
    ada = await newPerson(api().url);
  });
  beforeEach(() => {
    writes = 0;
    held = undefined;
  });
  const post = (key: string, outcome: Thing['outcome'], { who = ada, path = '/things/here' } = {}) =>
    who.post(path, { outcome }, key);

  it('makes the same call again give the same thing and status (M23)', async () => {
    const key = randomUUID();
    const first = await post(key, 'created');
    const second = await post(key, 'created');
    assert.deepEqual([first.status, second.status, writes], [201, 201, 1]);
    assert.equal(second.body.id, first.body.id);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
  });

  it('gives the thing as it is today, with the first status', async () => {
    const key = randomUUID();
    const { body } = await post(key, 'created');
    thingOf(body).outcome = 'accepted';
    const again = await post(key, 'created');
    assert.deepEqual([again.status, again.body.outcome], [201, 'accepted']);
  });

  it('turns a 202 into what it came to, for good', async () => {
    const key = randomUUID();
    const { status, body } = await post(key, 'accepted');
    assert.equal(status, 202);
    assert.equal((await post(key, 'accepted')).status, 202);
    thingOf(body).outcome = 'created';
    assert.equal((await post(key, 'accepted')).status, 201);
    thingOf(body).outcome = 'accepted';
    assert.equal((await post(key, 'accepted')).status, 201);
  });

  it('turns a 202 into the refusal it came to', async () => {
    const key = randomUUID();
    thingOf((await post(key, 'accepted')).body).outcome = 'declined';
    const again = await post(key, 'accepted');
    assert.deepEqual([again.status, again.body.code], [402, 'card_declined']);
  });

  it('keeps the refusal of a thing that was recorded (M23)', async () => {
    const key = randomUUID();
    for (const replayed of [null, 'true', 'true']) {
      const { status, body, headers } = await post(key, 'declined');
      assert.deepEqual([status, body.declineCode], [402, 'generic_decline']);
      assert.equal(headers.get('idempotent-replayed'), replayed);
    }
    assert.equal(writes, 1);
  });

  it('keeps nothing of a call that recorded nothing', async () => {
    const key = randomUUID();
    assert.equal((await post(key, 'refused before')).status, 409);
    assert.equal((await post(key, 'breaks before')).status, 500);
    assert.equal((await post(key, 'created')).status, 201);
  });

  it('lets a call that broke be made again at once, on the thing it had recorded (M24)', async () => {
    const key = randomUUID();
    assert.equal((await post(key, 'breaks after')).status, 500);
    for (const thing of things.values()) if (thing.outcome === 'breaks after') thing.outcome = 'created';
    const again = await post(key, 'breaks after');
    assert.deepEqual([again.status, writes], [201, 1]);
  });

  it('with another body or for another path is refused (M23)', async () => {
    const key = randomUUID();
    await post(key, 'created');
    for (const other of [post(key, 'declined'), post(key, 'created', { path: '/things/there' })]) {
      const { status, body } = await other;
      assert.deepEqual([status, body.code], [422, 'idempotency_key_reused']);
    }
    assert.equal((await post(key, 'created', { path: '/things/here/' })).status, 201);
  });

  it('of another user is another key (M23)', async () => {
    const key = randomUUID();
    const bob = await newPerson(api().url);
    const [mine, theirs] = [await post(key, 'created'), await post(key, 'created', { who: bob })];
    assert.notEqual(mine.body.id, theirs.body.id);
    assert.equal(theirs.headers.get('idempotent-replayed'), null);
  });

  it('while its call is running is told to wait (M23)', async () => {
    const begun = Promise.withResolvers<undefined>();
    const mayEnd = Promise.withResolvers<undefined>();
    held = { begun: () => begun.resolve(undefined), mayEnd: mayEnd.promise };
    const key = randomUUID();
    const running = post(key, 'created');
    await begun.promise;
    const { status, body, headers } = await post(key, 'created');
    assert.deepEqual([status, body.code], [409, 'idempotency_in_progress']);
    assert.ok(Number(headers.get('retry-after')) >= 1);
    mayEnd.resolve(undefined);
    assert.equal((await running).status, 201);
    assert.equal((await post(key, 'created')).status, 201);
    assert.equal(writes, 1);
  });

  it('sent ten times at once makes one thing (M23)', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(key, 'created')));
    for (const { status } of answers) assert.ok(status === 201 || status === 409);
    assert.ok(answers.some(({ status }) => status === 201));
    assert.equal(writes, 1);
  });

  it('is missing where it is required, and refused when it is none', async () => {
    const send = (headers: Record<string, string>) =>
      fetch(`${api().url}/things/here`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'authorization': `Bearer ${ada.token}`, ...headers },
        body: '{"outcome":"created"}',
      });
    const codeOf = async (response: Response) => [
      response.status,
      ((await response.json()) as { code: string }).code,
    ];
    assert.deepEqual(await codeOf(await send({})), [400, 'idempotency_key_missing']);
    for (const key of ['x'.repeat(256), 'é']) {
      assert.deepEqual(await codeOf(await send({ 'idempotency-key': key })), [400, 'invalid_input']);
    }
  });

  it('is honoured where it is accepted, and ignored without a user to own it', async () => {
    const key = randomUUID();
    const idOf = async (who: Person, own?: string) => (await who.post('/touches', {}, own)).body.id as string;
    assert.equal(await idOf(ada, key), await idOf(ada, key));
    assert.notEqual(await idOf(ada), await idOf(ada));
    const nobody = new Person(api().url);
    assert.notEqual(await idOf(nobody, key), await idOf(nobody, key));
  });
});
