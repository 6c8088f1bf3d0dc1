import assert from 'node:assert/strict';
import { useMarket } from './search-fixture.ts';

const STAY = { checkIn: '2027-04-05', checkOut: '2027-04-08', now: '2027-03-10T12:00:00.000Z' };
const COUNT = 14;
const CHANGES = 4;

describe('the pages of a search that changes meanwhile', () => {
  const { db, published, idsOf, paged } = useMarket();

  /** Equals among them, and all of them found by the same word. */
  async function offerSome(): Promise<void> {
    for (let count = 0; count < COUNT; count++) {
      const { id } = await published({
        title: `Canal ${count % 2}`,
        nightlyMinor: 10_000 + (count % 3) * 1_000,
      });
      await db()('properties')
        .where({ id })
        .update({ review_count: 1, review_sum: 1 + (count % 3) });
    }
  }

  for (const asked of [
    { sort: 'distance' },
    { sort: 'rating' },
    { sort: 'relevance', words: ['canal'] },
    { sort: 'price' },
    { sort: '-price' },
    { sort: 'price', stay: STAY },
    { sort: '-price', stay: STAY },
    { sort: 'rating', stay: { ...STAY, otherCheckIns: ['2027-04-06'] } },
    { sort: 'price', stay: { ...STAY, otherCheckIns: ['2027-04-06'] } },
  ] as const) {
    const what =
      asked.sort + ('stay' in asked ? ('otherCheckIns' in asked.stay ? ', flexible' : ', with dates') : '');
    it(`show all others once and in order, by ${what}`, async () => {
      await offerSome();
      const whole = await idsOf(asked);
      assert.equal(whole.length, COUNT);
      let changes = 0;
      const seen = await paged({ ...asked, limit: 4 }, async (shown) => {
        changes += 1;
        if (changes > CHANGES) return; // Or what comes in among equals would never end.
        // What has been shown goes away, and another comes in where it was.
        const last = shown.at(-1);
        const { title, nightly_minor: nightlyMinor } = await db()('properties').where({ id: last }).first();
        await db()('properties').where({ id: last }).update({ status: 'closed' });
        const { latitude, longitude } = await db()('properties').where({ id: shown[0] }).first();
        await published({ title, nightlyMinor, latitude, longitude });
      });
      assert.deepEqual(
        seen.filter((id) => whole.includes(id)),
        whole,
      );
      assert.equal(new Set(seen).size, seen.length);
    });
  }
});
