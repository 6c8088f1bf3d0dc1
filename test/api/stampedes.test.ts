import assert from 'node:assert/strict';
import { PublishedProperties, sharedKeyOf } from '#api/properties/cache.ts';
import { propertyEndpoints } from '#api/properties/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Cache } from '#gateways/cache.ts';
import { useLocalApi } from '../support/api.ts';
import { newPerson, newProperty } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';

const READERS = 500;
/** In which every copy that Redis has now is over. */
const TEN_MINUTES_MS = 600_000;

describe('readers of a property, all at once', () => {
  const stack = useStack('postgres', 'redis');
  const api = useLocalApi([...propertyEndpoints, ...userEndpoints, ...sessionEndpoints]);
  let host: Person;
  let id: PropertyId;

  before(async () => {
    host = await newPerson(api().url);
  });
  beforeEach('offer a property', async () => {
    ({ id } = await newProperty(host));
  });

  const aProcess = (own: { cache?: Cache; now?: () => number } = {}) =>
    new PublishedProperties({ db: api().db, cache: api().deps.cache, ...own });
  const tenMinutesLater = () => Date.now() + TEN_MINUTES_MS;
  const sharedBytes = () => api().deps.cache.getBytes(sharedKeyOf(id));
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
    const stampede = async () => {
      answers.push(...(await Promise.all(Array.from({ length: READERS }, get))));
    };
    assert.equal(await statements(stampede), 1);
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
    const { cache } = api().deps;
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
    await until('copies are shared', async () => (await statements(async () => aProcess().read(id))) === 0);
  });
});
