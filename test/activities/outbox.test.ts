import assert from 'node:assert/strict';
import { advance, advanceGathering, numberEvents } from '#activities/outbox.ts';
import { recordEvent } from '#db/events.ts';
import { isRelayNeeded, keepBankEvent, markDelivered } from '#db/relay.ts';
import type { EventRow } from '#db/events.ts';
import { useOwnDatabase } from '../support/database.ts';
import { assertChainHolds } from '../support/ledger.ts';

describe('the outbox', () => {
  const own = useOwnDatabase();
  const db = () => own().db;

  const tell = (trx: Parameters<typeof recordEvent>[0], kind: string) =>
    recordEvent(trx, { kind, subjectId: 'bkg_1', actorId: 'system', data: { kind } });

  const numbered = async (): Promise<string[]> =>
    (await db()('events').whereNotNull('seq').orderBy('seq')).map(({ kind }: EventRow) => kind);

  beforeEach('empty it', async () => {
    await db().raw('truncate events');
    await db()('event_followers').delete();
  });

  it('numbers what is committed, in one chain, and what was numbered never again', async () => {
    for (const kind of ['a', 'b', 'c']) await tell(db(), kind);
    assert.equal(await numberEvents(db()), 3);
    assert.equal(await numberEvents(db()), 0);
    await tell(db(), 'd');
    assert.equal(await numberEvents(db()), 1);
    assert.deepEqual(await numbered(), ['a', 'b', 'c', 'd']);
    await assertChainHolds(db());
  });

  it('gives a late committer a later number, so that nobody who reads by number misses it', async () => {
    const slow = await db().transaction();
    await tell(slow, 'slow');
    await tell(db(), 'quick');
    assert.equal(await numberEvents(db()), 1);
    const seen: string[] = [];
    const follower = {
      name: 'reader',
      follow({ kind }: EventRow) {
        seen.push(kind);
        return Promise.resolve();
      },
    };
    await advance(db(), [follower]);
    await slow.commit();
    assert.equal(await numberEvents(db()), 1);
    await advance(db(), [follower]);
    assert.deepEqual(seen, ['quick', 'slow']);
    assert.deepEqual(await numbered(), ['quick', 'slow']);
    await assertChainHolds(db());
  });

  it('forgets what was rolled back', async () => {
    const undone = await db().transaction();
    await tell(undone, 'undone');
    await undone.rollback();
    await tell(db(), 'done');
    await numberEvents(db());
    assert.deepEqual(await numbered(), ['done']);
  });

  it('is history: what is numbered can be neither changed nor taken away', async () => {
    await tell(db(), 'a');
    await numberEvents(db());
    await assert.rejects(async () => db()('events').update({ data: '{}' }), /append-only/);
    await assert.rejects(async () => db()('events').update({ seq: 9 }), /append-only/);
    await assert.rejects(async () => db()('events').delete(), /append-only/);
  });

  it('stops a follower at what it cannot do, lets it go on from there, and keeps nobody else', async () => {
    for (const kind of ['a', 'b', 'c']) await tell(db(), kind);
    await numberEvents(db());
    let isBroken = true;
    const [brittle, sound] = [[] as string[], [] as string[]];
    const followers = [
      {
        name: 'brittle',
        follow({ kind }: EventRow) {
          if (kind === 'b' && isBroken) return Promise.reject(new Error('not now'));
          brittle.push(kind);
          return Promise.resolve();
        },
      },
      {
        name: 'sound',
        follow({ kind }: EventRow) {
          sound.push(kind);
          return Promise.resolve();
        },
      },
    ];
    const failures = [{ name: 'brittle', error: new Error('not now') }];
    assert.deepEqual(await advance(db(), followers), { taken: 4, failures });
    assert.deepEqual(await advance(db(), followers), { taken: 0, failures });
    assert.deepEqual([brittle, sound], [['a'], ['a', 'b', 'c']]);
    isBroken = false;
    assert.deepEqual(await advance(db(), followers), { taken: 2, failures: [] });
    assert.deepEqual(
      [brittle, sound],
      [
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
      ],
    );
    assert.deepEqual(await advance(db(), followers), { taken: 0, failures: [] });
  });

  describe('tells who gathers', () => {
    const batches: string[][] = [];
    let isBroken = false;
    const gatherer = {
      name: 'gatherer',
      everyMs: 0,
      gather(events: readonly EventRow[]) {
        const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== 'nothing');
        if (kinds.length === 0) return undefined;
        return () => {
          batches.push(kinds);
          return isBroken ? Promise.reject(new Error('cut short')) : Promise.resolve();
        };
      },
    };
    const placeOf = async () => db()('event_followers').where({ name: 'gatherer' }).first('seq', 'taking');
    beforeEach(() => batches.splice(0));

    it('of all that has come, once', async () => {
      for (const kind of ['a', 'b', 'nothing']) await tell(db(), kind);
      await numberEvents(db());
      assert.equal(await advanceGathering(db(), gatherer), 3);
      assert.equal(await advanceGathering(db(), gatherer), 0);
      await tell(db(), 'c');
      await numberEvents(db());
      assert.equal(await advanceGathering(db(), gatherer), 1);
      assert.deepEqual(batches, [['a', 'b'], ['c']]);
    });

    it('of a batch that was cut short once more, and of nothing that has come since', async () => {
      for (const kind of ['a', 'b']) await tell(db(), kind);
      await numberEvents(db());
      isBroken = true;
      await assert.rejects(advanceGathering(db(), gatherer), /cut short/);
      await tell(db(), 'c');
      await numberEvents(db());
      await assert.rejects(advanceGathering(db(), gatherer), /cut short/);
      isBroken = false;
      while ((await advanceGathering(db(), gatherer)) > 0);
      assert.deepEqual(batches, [['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
    });

    it('of a hundred at a time', async () => {
      for (let n = 0; n < 101; n += 1) await tell(db(), 'a');
      await numberEvents(db());
      assert.equal(await advanceGathering(db(), gatherer), 100);
      assert.equal(await advanceGathering(db(), gatherer), 1);
      assert.deepEqual(
        batches.map(({ length }) => length),
        [100, 1],
      );
    });

    it('of nothing that is not its business, and does not write that down twice', async () => {
      await tell(db(), 'nothing');
      await numberEvents(db());
      assert.equal(await advanceGathering(db(), gatherer), 1);
      assert.deepEqual(batches, []);
      assert.deepEqual((await placeOf())?.taking, null);
    });
  });

  it('knows when there is nothing to do', async () => {
    const follower = { name: 'reader', follow: () => Promise.resolve() };
    const isNeeded = (graceMs = 0) => isRelayNeeded(db(), { followers: [follower.name], graceMs });
    await db()('bank_events').delete();
    assert.equal(await isNeeded(), false);
    await tell(db(), 'a');
    assert.equal(await isNeeded(), true);
    await numberEvents(db());
    assert.equal(await isNeeded(), true); // The follower has not heard of it.
    await advance(db(), [follower]);
    assert.equal(await isNeeded(), false);
    await keepBankEvent(db(), { id: 'evt_1', kind: 'account.updated', objectId: undefined, payload: {} });
    assert.equal(await isNeeded(), true);
    assert.equal(await isNeeded(60_000), false);
    await markDelivered(db(), new Map([['evt_1', 'nobody']]));
    assert.equal(await isNeeded(), false);
  });
});
