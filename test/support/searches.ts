import assert from 'node:assert/strict';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { findProperty, insertProperty, setPublication } from '#db/properties.ts';
import { searchProperties } from '#db/search.ts';
import type { PropertySearch } from '#db/search.ts';
import { Chance } from '#db/seeds/chance.ts';
import { setStayRules } from '#db/stay-rules.ts';
import type { UserId } from '#domain/ids.ts';
import { bruteForce } from './brute-force-search.ts';
import type { Listing, Match } from './brute-force-search.ts';
import { someProperty, someRules, someSearch, someTaken } from './random-search.ts';

/** Offers so many random properties, the same at every call. */
export async function offerMany(db: Db, hostId: UserId, count: number): Promise<Listing[]> {
  const chance = new Chance(2027);
  const listings: Listing[] = [];
  for (let offered = 0; offered < count; offered++) listings.push(await offer(db, hostId, chance));
  await db.raw('vacuum analyze');
  return listings;
}

/** Searches at random, the same at every call, and fails where the database finds other entries or another order. */
export async function assertAgree(db: Db, listings: readonly Listing[], count: number): Promise<void> {
  const chance = new Chance(4711);
  const found = { some: 0, pages: 0 };
  for (let asked = 0; asked < count; asked++) {
    const search = someSearch(chance);
    const expected = bruteForce(listings, search);
    const pages = await firstPages(db, search);
    const which = `search ${asked}: ${JSON.stringify(search)}`;
    assert.deepEqual(pages.flat(), expected.slice(0, 2 * search.limit).map(shown), which);
    if (expected.length > 0) found.some += 1;
    if (expected.length > search.limit) found.pages += 1;
  }
  // Or it would compare nothing with nothing.
  assert.ok(found.some > count / 4 && found.pages > count / 20, JSON.stringify(found));
}

const shown = ({ id, stay }: Pick<Match, 'id' | 'stay'>): string =>
  stay === undefined ? id : `${id} ${stay.checkIn}/${stay.checkOut}`;

/** The first page and what comes after it, as a client reads them. */
async function firstPages(db: Db, search: PropertySearch): Promise<string[][]> {
  const pages: string[][] = [];
  let after: PropertySearch['after'];
  for (let page = 0; page < 2; page++) {
    const { rows } = await searchProperties(db, { ...search, after });
    pages.push(
      rows.map(({ id, checkIn, checkOut }) =>
        shown({
          id,
          stay: checkIn === undefined || checkOut === undefined ? undefined : { checkIn, checkOut },
        }),
      ),
    );
    const last = rows.at(-1);
    if (last === undefined || rows.length < search.limit) break;
    after = { value: last.sortValue, id: last.id };
  }
  return pages;
}

async function offer(db: Db, hostId: UserId, chance: Chance): Promise<Listing> {
  const rules = someRules(chance);
  const taken = someTaken(chance);
  const id = await db.transaction(async (trx) => {
    const property = await insertProperty(trx, { ...someProperty(chance), hostId });
    await setStayRules(trx, property, rules);
    if (chance.between(1, 12) > 1) await setPublication(trx, property, 'published');
    const reviews = chance.between(0, 3);
    await trx('properties')
      .where({ id: property.id })
      .update({ review_count: reviews, review_sum: reviews * chance.between(1, 5) });
    return property.id;
  });
  for (const { kind, stay } of taken) {
    await db('stays').insert({
      property_id: id,
      nights: `[${stay.checkIn},${stay.checkOut})`,
      kind,
      ...(kind === 'booking' ? { booking_id: newId('booking') } : { block_id: newId('block') }),
    });
  }
  const row = (await findProperty(db, id)) ?? assert.fail('It is not there.');
  return { row, rules, taken };
}
