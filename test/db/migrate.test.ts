import assert from 'node:assert/strict';
import { migrate } from '#db/migrate.ts';
import { useOwnDatabase } from '#test/support/database.ts';

describe('migrations', () => {
  const own = useOwnDatabase();
  const note = (name: string) =>
    own().db('knex_migrations').insert({ name, batch: 2, migration_time: 'now' });
  afterEach(() => own().db('knex_migrations').where({ batch: 2 }).del());

  it('have nothing to do where all are applied', async () => {
    assert.deepEqual(await migrate(own().db), { applied: [], ahead: [] });
  });

  it('leave a schema alone that a later version has taken further, as after a roll back', async () => {
    await note('9999_of_the_next_version');
    assert.deepEqual(await migrate(own().db), { applied: [], ahead: ['9999_of_the_next_version'] });
  });

  it('refuse a schema that has one which no version of ours has in that place', async () => {
    await note('0002_of_somebody_else');
    await assert.rejects(migrate(own().db), /0002_of_somebody_else/);
  });
});
