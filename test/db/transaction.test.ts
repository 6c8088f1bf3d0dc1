import assert from 'node:assert/strict';
import { databaseError } from '#db/constraints.ts';
import { plannedOnce } from '#db/connect.ts';
import type { Transaction } from '#db/connect.ts';
import { Row } from '#db/model.ts';
import { inTransaction, together } from '#db/transaction.ts';
import { aProperty, useDatabase } from './stays-fixture.ts';

describe('a transaction', () => {
  const db = useDatabase();
  const raise = (trx: Transaction, code: string) =>
    trx.raw(`do $$ begin raise exception 'staged' using errcode = '${code}'; end $$`);

  for (const code of ['40P01', '40001']) {
    it(`that the database gives up with ${code} is run again, three times at most`, async () => {
      let runs = 0;
      const stubborn = inTransaction(db(), async (trx) => {
        runs += 1;
        await raise(trx, code);
      });
      await assert.rejects(stubborn, { code });
      assert.equal(runs, 4);

      runs = 0;
      const result = await inTransaction(db(), async (trx) => {
        runs += 1;
        if (runs < 3) await raise(trx, code);
        return runs;
      });
      assert.equal(result, 3);
    });
  }

  it('is known for given up through a model too, which wraps what the driver says', async () => {
    class Raising extends Row {
      static override tableName = 'properties';
    }
    // A function of this connection alone, so that the failure comes out of a model's own query.
    const staging = `create function pg_temp.give_up() returns text language plpgsql as
      $$ begin raise exception 'staged' using errcode = '40001'; end $$`;
    await aProperty(db()); // Of no row nothing is asked.
    let runs = 0;
    await inTransaction(db(), async (trx) => {
      runs += 1;
      if (runs > 1) return;
      await trx.raw(staging);
      await Raising.query(trx).whereRaw(`id = pg_temp.give_up()`);
    });
    assert.equal(runs, 2);
  });

  it('that breaks for any other reason is not run again, and leaves nothing', async () => {
    const { id } = await aProperty(db());
    let runs = 0;
    const broken = inTransaction(db(), async (trx) => {
      runs += 1;
      await trx('properties').where({ id }).update({ title: 'changed' });
      throw new Error('on purpose');
    });
    await assert.rejects(broken, /on purpose/);
    assert.equal(runs, 1);
    assert.deepEqual(await db()('properties').where({ id }).select('title'), [{ title: 'Mews cottage' }]);
  });

  it('carries out side by side in order, as far as nothing fails, and leaves nothing of it then', async () => {
    const { id } = await aProperty(db());
    const entitle = (trx: Transaction, title: string) =>
      trx('properties').where({ id }).update({ title }).returning<{ title: string }[]>('title');
    const inOrder = await inTransaction(db(), (trx) =>
      together([
        entitle(trx, 'first'),
        entitle(trx, 'second'),
        trx('properties').where({ id }).select('title'),
      ]),
    );
    assert.deepEqual(inOrder, [[{ title: 'first' }], [{ title: 'second' }], [{ title: 'second' }]]);

    let outcomes: PromiseSettledResult<unknown>[] = [];
    const failing = inTransaction(db(), async (trx) => {
      outcomes = await Promise.allSettled([
        entitle(trx, 'third'),
        raise(trx, 'P0001'),
        entitle(trx, 'fourth'),
      ]);
      throw new Error('on purpose');
    });
    await assert.rejects(failing, /on purpose/);
    const codes = outcomes.map((each) =>
      each.status === 'rejected' ? databaseError(each.reason)?.code : 'done',
    );
    assert.deepEqual(codes, ['done', 'P0001', '25P02']);
    assert.deepEqual(await db()('properties').where({ id }).select('title'), [{ title: 'second' }]);
  });

  it('says what failed, however deep, and not that the rest failed with it', async () => {
    let runs = 0;
    const victim = inTransaction(db(), async (trx) => {
      runs += 1;
      const deep = async () => together([together([raise(trx, '40P01')])]);
      await together([deep(), trx.raw('select 1')]);
    });
    await assert.rejects(victim, { code: '40P01' });
    assert.equal(runs, 4);
  });

  it('goes on with what was planned before a migration added a column', async () => {
    await inTransaction(db(), async (trx) => {
      await trx.raw('create temporary table planned (one integer) on commit drop');
      await trx('planned').insert({ one: 1 });
      const ask = () =>
        trx.raw<{ rows: unknown[] }>('select one from planned').options(plannedOnce('planned'));
      assert.deepEqual((await ask()).rows, [{ one: 1 }]);
      await trx.raw('alter table planned add column two integer');
      assert.deepEqual((await ask()).rows, [{ one: 1 }]);
      const { rows } = await trx.raw<{ rows: unknown[] }>('select name from pg_prepared_statements');
      assert.deepEqual(rows, [{ name: 'planned' }]);
    });
  });
});
