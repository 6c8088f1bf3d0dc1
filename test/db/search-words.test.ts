import assert from 'node:assert/strict';
import { useMarket } from './search-fixture.ts';

describe('a search by words', () => {
  const { db, published, idsOf } = useMarket();

  it('finds parts of words in title and description, and takes %, _ and \\ for what they are', async () => {
    const { id } = await published({ title: 'Loft by the Canal', description: '100% wool, back\\slash' });
    await published({ title: 'Loft', description: 'no water' });
    assert.deepEqual(await idsOf({ words: ['canal', 'LOF'] }), [id]);
    assert.deepEqual(await idsOf({ words: ['100%'] }), [id]);
    assert.deepEqual(await idsOf({ words: ['k\\s'] }), [id]);
    assert.deepEqual(await idsOf({ words: ['c_nal'] }), []);
  });

  it('puts words as they were typed before typing errors, and the title before the rest', async () => {
    const { id: like } = await published({ title: 'The canel house' });
    const { id: below } = await published({ title: 'Loft', description: 'By the canal.' });
    const { id: above } = await published({ title: 'Canal loft' });
    await published({ title: 'The channel' });
    const by = (word: string) => idsOf({ words: [word], sort: 'relevance' });
    assert.deepEqual(await by('canal'), [above, below, like]);
    await db()('properties').where({ id: like }).update({ review_count: 1, review_sum: 5 });
    assert.deepEqual(await by('canal'), [above, below, like]);
    assert.deepEqual(await by('canla'), [above, like]);
  });

  for (const typed of ['lihgthouse', 'ilghthouse', 'lighthosue', 'ligthouse', 'lightthouse', 'lighthause'])
    it(`takes ${typed} for a lighthouse`, async () => {
      const { id } = await published({ title: 'Old Lighthouse' });
      await published({ title: 'Old mill', description: 'Near the lighthouse.' });
      assert.deepEqual(await idsOf({ words: [typed], sort: 'relevance' }), [id]);
    });

  it('forgives no error in a word of three letters', async () => {
    await published({ title: 'Cat house' });
    assert.equal((await idsOf({ words: ['cats'] })).length, 1);
    assert.equal((await idsOf({ words: ['car'] })).length, 0);
  });
});
