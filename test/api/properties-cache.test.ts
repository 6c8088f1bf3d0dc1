import assert from 'node:assert/strict';
import { PublishedProperties, dropChanged, sharedKeyOf } from '#api/properties/cache.ts';
import { readConfig } from '#config';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { insertProperty, setPublication, updateProperty } from '#db/properties.ts';
import { insertUser } from '#db/users.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { createCache } from '#gateways/cache.ts';
import type { Cache } from '#gateways/cache.ts';
import { useOwnDatabase } from '../support/database.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';

/** How far behind another process's write a read may be. */
const BOUND_MS = 2_000;
/** These are about the order of things: no call of theirs is to be given up because the machine is busy. */
const PATIENT_MS = 10_000;

describe('copies of published properties', () => {
  const stack = useStack('postgres', 'redis');
  const own = useOwnDatabase(); // No relay hears of what is written here, and drops it from Redis.
  let db: Db;
  let cache: Cache;
  let hostId: UserId;

  before(async () => {
    const { redisUrl } = readConfig(stack().environment);
    assert.ok(redisUrl !== undefined, 'the stack has no Redis');
    ({ db } = own());
    cache = createCache({ redisUrl, deadlineMs: PATIENT_MS });
    const email = `${newId('user')}@example.com`;
    hostId = (await insertUser(db, { email, name: 'Hugo', passwordHash: null })).id;
  });
  after(async () => {
    await cache[Symbol.asyncDispose]();
  });

  async function aProperty(): Promise<PropertyId> {
    return db.transaction(async (trx) => {
      const { id } = await insertProperty(trx, {
        hostId,
        title: 'Title 0',
        roomType: 'entire_home',
        latitude: 1,
        longitude: 1,
        timeZone: 'UTC',
        currency: 'GBP',
        capacity: 1,
        nightlyMinor: 1,
      });
      await setPublication(trx, { id, hostId }, 'published');
      return id;
    });
  }
  const aProcess = (itsCache = cache) => new PublishedProperties({ db, cache: itsCache });
  const write = (id: PropertyId, title: string) =>
    db.transaction((trx) => updateProperty(trx, { id, hostId }, { title }));
  async function titleIn(properties: PublishedProperties, id: PropertyId): Promise<string> {
    const copy = await properties.read(id);
    return (JSON.parse((copy?.bytes ?? assert.fail('no copy')).toString()) as { title: string }).title;
  }
  /** Nothing is kept before the connection is up: what has to be in Redis is read until it is. */
  const sharedCopy = (id: PropertyId) =>
    until('there is a copy in Redis', async () => {
      await titleIn(aProcess(), id);
      return (await cache.getBytes(sharedKeyOf(id))) !== null;
    });
  /** How many statements the database gets while `act` runs. */
  async function statements(act: () => Promise<unknown>): Promise<number> {
    let count = 0;
    const countOne = () => count++;
    db.on('query', countOne);
    await act();
    db.removeListener('query', countOne);
    return count;
  }
  /** A real cache, one call of which waits for the gate. */
  function gated(call: 'getBytes' | 'set'): { cache: Cache; reached: Promise<unknown>; open: () => void } {
    const [reached, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const waiting = async <T>(act: () => Promise<T>): Promise<T> => {
      reached.resolve(undefined);
      await gate.promise;
      return act();
    };
    const own: Cache = {
      ...cache,
      ...(call === 'getBytes' && {
        getBytes: async (key) => {
          const found = await cache.getBytes(key);
          return waiting(() => Promise.resolve(found));
        },
      }),
      ...(call === 'set' && { set: (key, value, seconds) => waiting(() => cache.set(key, value, seconds)) }),
    };
    return { cache: own, reached: reached.promise, open: () => gate.resolve(undefined) };
  }

  it('are read once from the database for many who ask at once, and then not at all', async () => {
    const id = await aProperty();
    const properties = aProcess();
    const many = () => Promise.all(Array.from({ length: 100 }, () => titleIn(properties, id)));
    assert.equal(await statements(many), 1);
    assert.equal(await statements(many), 0);
  });

  it('are shared between processes through Redis', async () => {
    const id = await aProperty();
    await sharedCopy(id);
    await until('another process reads it from there', async () => {
      return (await statements(() => titleIn(aProcess(), id))) === 0;
    });
  });

  it('are not what another release has made, in a shape of its own', async () => {
    const id = await aProperty();
    await sharedCopy(id);
    const old = (await cache.getBytes(sharedKeyOf(id))) ?? assert.fail('no copy');
    const value = Buffer.from(old.toString().replace(/^\S+/, 'another').replace('Title 0', 'Titre 0'));
    await cache.replace(sharedKeyOf(id), { old, value, ttlSeconds: 60 });
    assert.equal(await titleIn(aProcess(), id), 'Title 0');
  });

  it('that are made together end apart: within ten minutes, and not before the last of them', async () => {
    const id = await aProperty();
    const now = Date.now();
    const ends: number[] = [];
    const noting: Cache = {
      ...cache,
      getBytes: () => Promise.resolve(null),
      set: (_key, value) => Promise.resolve(void ends.push(Number(value.toString().split(' ')[1]))),
    };
    for (let copy = 0; copy < 20; copy++)
      await new PublishedProperties({ db, cache: noting, now: () => now }).read(id);
    assert.ok(ends.every((end) => end > now + 9 * 60_000 && end <= now + 10 * 60_000));
    assert.ok(new Set(ends).size > 10, ends.join());
  });

  it('are of what is published only', async () => {
    const id = await aProperty();
    const properties = aProcess();
    await titleIn(properties, id);
    await db.transaction((trx) => setPublication(trx, { id, hostId }, 'closed'));
    await properties.drop(id);
    for (const process of [properties, aProcess()]) assert.equal(await process.read(id), undefined);
    assert.equal(await properties.read(newId('property')), undefined);
  });

  it('are never behind one’s own write, however many read meanwhile', async () => {
    const id = await aProperty();
    const properties = aProcess();
    let answered = 0;
    let isOver = false;
    const reader = async () => {
      let reads = 0;
      for (; !isOver; reads++) {
        const least = answered;
        const seen = Number((await titleIn(properties, id)).split(' ')[1]);
        assert.ok(seen >= least, `read ${seen} after ${least} was answered`);
        await new Promise(setImmediate);
      }
      return reads;
    };
    const readers = Array.from({ length: 8 }, reader);
    for (let version = 1; version <= 60; version++) {
      await write(id, `Title ${version}`);
      await properties.drop(id);
      answered = version;
    }
    isOver = true;
    for (const reads of await Promise.all(readers)) assert.ok(reads > 10);
  });

  it('do not come back old into Redis from a read that began before the write', async () => {
    const id = await aProperty();
    const { cache: slow, reached, open } = gated('set');
    const reading = titleIn(aProcess(slow), id);
    await reached; // It has read the old row, and is about to put it into Redis.
    await write(id, 'Title 1');
    await aProcess().drop(id);
    open();
    assert.equal(await reading, 'Title 0'); // Begun before the write was answered: it may.
    assert.equal(await cache.getBytes(sharedKeyOf(id)), null);
    assert.equal(await titleIn(aProcess(), id), 'Title 1');
  });

  it('do not stay old in the process from a read that began before the write', async () => {
    for (const call of ['getBytes', 'set'] as const) {
      const id = await aProperty();
      if (call === 'getBytes') await sharedCopy(id); // So that it finds the old copy in Redis.
      const { cache: slow, reached, open } = gated(call);
      const properties = aProcess(slow);
      const reading = titleIn(properties, id);
      await reached;
      await write(id, 'Title 1');
      await properties.drop(id);
      open();
      assert.equal(await titleIn(properties, id), 'Title 1', call);
      assert.equal(await reading, 'Title 0');
      assert.equal(await titleIn(properties, id), 'Title 1', call);
    }
  });

  it('are at most two seconds behind another process’s write', async () => {
    const id = await aProperty();
    const other = aProcess();
    await titleIn(other, id);
    await write(id, 'Title 1');
    await aProcess().drop(id);
    const dropped = performance.now();
    while ((await titleIn(other, id)) === 'Title 0') {
      assert.ok(performance.now() - dropped < BOUND_MS + 100, 'still old');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('come from the database when Redis is flushed or away (L17)', async () => {
    const id = await aProperty();
    await titleIn(aProcess(), id);
    await cache.drop([sharedKeyOf(id)]);
    assert.equal(await titleIn(aProcess(), id), 'Title 0');
    await using away = createCache({ redisUrl: 'redis://127.0.0.1:1' });
    const properties = aProcess(away);
    assert.equal(await titleIn(properties, id), 'Title 0');
    await write(id, 'Title 1');
    assert.equal(await properties.drop(id), false);
    assert.equal(await titleIn(properties, id), 'Title 1');
    assert.equal(await titleIn(aProcess(away), id), 'Title 1');
    await using none = createCache({});
    assert.equal(await titleIn(aProcess(none), id), 'Title 1');
  });

  it('are of the database in the process whose drop failed, until the relay has made up for it', async () => {
    const id = await aProperty();
    let isAway = false;
    const flaky: Cache = { ...cache, drop: async (keys) => !isAway && cache.drop(keys) };
    const properties = aProcess(flaky);
    await sharedCopy(id);
    await titleIn(properties, id);
    await write(id, 'Title 1');
    isAway = true;
    assert.equal(await properties.drop(id), false);
    assert.equal(await titleIn(properties, id), 'Title 1');
    // In the others only the relay can mend it.
    await until(
      'another process reads the old copy',
      async () => (await titleIn(aProcess(), id)) === 'Title 0',
    );
    await dropChanged(cache, id);
    assert.equal(await titleIn(aProcess(), id), 'Title 1');
  });

  it('are dropped by the relay for a change of any origin, and tried again while Redis is away', async () => {
    const id = await aProperty();
    await sharedCopy(id);
    await write(id, 'Title 1');
    await dropChanged(cache, newId('booking')); // None of ours: nothing to do.
    await until('the old copy is read', async () => (await titleIn(aProcess(), id)) === 'Title 0');
    await dropChanged(cache, id);
    assert.equal(await titleIn(aProcess(), id), 'Title 1');
    await using away = createCache({ redisUrl: 'redis://127.0.0.1:1' });
    await assert.rejects(dropChanged(away, id), /could not be dropped/);
  });
});
