import assert from 'node:assert/strict';
import { PublishedProperties, sharedKeyOf } from '#api/properties/cache.ts';
import { READ_EVERY_MILLISECONDS } from '#api/properties/copies.ts';
import { propertyEndpoints } from '#api/properties/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import type { PropertyId } from '#domain/ids.ts';
import { readConfig } from '#config';
import { createCache } from '#gateways/cache.ts';
import type { Cache } from '#gateways/cache.ts';
import { useLocalApi } from '../support/api.ts';
import { newPerson, newProperty } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';

const READERS = 500;
/** In which every copy that Redis has now is over. */
const TEN_MINUTES_MS = 600_000;
/** These are about the order of things: no call of theirs is to be given up because the machine is busy. */
const PATIENT_MS = 10_000;

describe('readers of a property, all at once', () => {
  const stack = useStack('postgres', 'redis');
  const api = useLocalApi([...propertyEndpoints, ...userEndpoints, ...sessionEndpoints]);
  let cache: Cache;
  let host: Person;
  let id: PropertyId;

  before(async () => {
    const { redisUrl } = readConfig(stack().environment);
    cache = createCache({ redisUrl, deadlineMs: PATIENT_MS });
    host = await newPerson(api().url);
  });
  after(() => cache[Symbol.asyncDispose]());
  beforeEach('offer a property', async () => {
    ({ id } = await newProperty(host));
  });

  const aProcess = (own: { cache?: Cache; now?: () => number } = {}) =>
    new PublishedProperties({ db: api().db, cache, ...own });
  const tenMinutesLater = () => Date.now() + TEN_MINUTES_MS;
  const sharedBytes = () => cache.getBytes(sharedKeyOf(id));
  const get = () => fetch(`${api().url}/properties/${id}`);

  /** How many statements the database gets while `act` runs. */
  async function statements(act: () => Promise<unknown>): Promise<number> {
    let count = 0;
    const countOne = () => count++;
    api().db.on('query', countOne);
    await act();
    api().db.removeListener('query', countOne);
    return count;
  }
  /** A key that was just dropped takes no copy for a while. */
  const shared = () =>
    until('Redis has a copy', async () => {
      await aProcess().read(id);
      return (await sharedBytes()) !== null;
    });

  it('are one read of the database where no copy is left', async () => {
    await get();
    await api().deps.properties.drop(id);
    const answers: Response[] = [];
    const begun = performance.now();
    const stampede = async () => {
      answers.push(...(await Promise.all(Array.from({ length: READERS }, get))));
    };
    const reads = await statements(stampede);
    // On a machine so slow that a copy is over before all have been answered, it is read again.
    assert.ok(
      reads <= 1 + Math.floor((performance.now() - begun) / READ_EVERY_MILLISECONDS),
      `${reads} reads`,
    );
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.equal(((await answer.json()) as { id: string }).id, id);
    }
  });

  it('are one read in each process at most', async () => {
    await api().deps.properties.drop(id);
    const processes = [aProcess(), aProcess()];
    const stampede = () =>
      Promise.all(Array.from({ length: READERS }, async (_, reader) => processes[reader % 2]?.read(id)));
    assert.ok((await statements(stampede)) <= 2);
  });

  it('never come to the end of a shared copy that is in demand: one read renews it, and nobody waits', async () => {
    await shared();
    const old = (await sharedBytes()) ?? assert.fail('no copy');
    const count = await statements(async () => {
      const copy = await aProcess({ now: tenMinutesLater }).read(id);
      assert.deepEqual(copy?.bytes, old.subarray(old.indexOf('\n') + 1));
      await until('the copy is a new one', async () => (await sharedBytes())?.equals(old) === false);
    });
    assert.equal(count, 1);
    assert.equal(await statements(async () => aProcess({ now: tenMinutesLater }).read(id)), 0);
  });

  it('find no old copy that was renewed while it was dropped', async () => {
    await shared();
    const [reached, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const replaced = Promise.withResolvers<undefined>();
    const slow: Cache = {
      ...cache,
      async replace(key, renewal) {
        reached.resolve(undefined);
        await gate.promise;
        await cache.replace(key, renewal);
        replaced.resolve(undefined);
      },
    };
    await aProcess({ cache: slow, now: tenMinutesLater }).read(id);
    await reached.promise; // It has read the old row, and is about to put it into Redis.
    await host.must(200, host.patch(`/properties/${id}`, { title: 'Another' }));
    assert.equal(await aProcess().drop(id), true);
    gate.resolve(undefined);
    await replaced.promise;
    assert.equal(await sharedBytes(), null);
  });

  it('are answered without an error while Redis hangs for ten seconds, and share copies again after (L17)', async function () {
    this.timeout(120_000);
    await shared();
    let isOver = false;
    const statuses = new Set<number>();
    const reader = async () => {
      while (!isOver) statuses.add((await get()).status);
    };
    const redis = stack().part('redis');
    redis.pause();
    try {
      const readers = Array.from({ length: 32 }, reader);
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      isOver = true;
      await Promise.all(readers);
    } finally {
      redis.resume();
    }
    assert.deepEqual([...statuses], [200]);
    // By the very connection that was given up.
    const again = async () => aProcess({ cache: api().deps.cache }).read(id);
    await until('copies are shared', async () => (await statements(again)) === 0);
  });
});
