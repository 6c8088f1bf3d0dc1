import type { Listing } from '#test/support/brute-force-search.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { assertAgree, offerMany } from '#test/support/searches.ts';
import { aUser } from './stays-fixture.ts';

const PROPERTIES = 300;
/** Not part of `npm test`: `npm test -- test/db/search-brute-force.rehearsal.ts`. */
const SEARCHES = 2_000;

describe('a search against a look at every property', () => {
  const own = useOwnDatabase();
  let listings: Listing[];

  before('offer them', async function () {
    this.timeout(120_000);
    listings = await offerMany(own().db, await aUser(own().db), PROPERTIES);
  });

  it(`finds the same properties and dates in the same order, ${SEARCHES} times`, async function () {
    this.timeout(600_000);
    await assertAgree(own().db, listings, SEARCHES);
  });
});
