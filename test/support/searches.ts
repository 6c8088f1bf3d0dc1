import assert from 'node:assert/strict';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { setNightPrices } from '#db/night-prices.ts';
import type { NightPrice } from '#db/night-prices.ts';
import { findProperty, insertProperty, setPublication } from '#db/properties.ts';
import { searchProperties } from '#db/search.ts';
import type { PropertySearch } from '#db/search.ts';
import type { FoundProperty } from '#db/search/columns.ts';
import { Chance } from '#db/seeds/chance.ts';
import { setStayRules } from '#db/stay-rules.ts';
import type { Facets } from '#db/search/facets.ts';
import type { UserId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import { bruteForceFacets } from './brute-force-facets.ts';
import { bruteForce } from './brute-force-search.ts';
import type { Listing, Match } from './brute-force-search.ts';
import { someDated, someProperty, someRules, someSearch, someTaken } from './random-search.ts';

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
    const { pages, facets } = await firstPages(db, search);
    const which = `search ${asked}: ${JSON.stringify(search)}`;
    assert.deepEqual(pages.flat(), expected.slice(0, 2 * search.limit).map(shown), which);
    if (search.facets !== undefined) assert.deepEqual(facets, bruteForceFacets(listings, search), which);
    if (expected.length > 0) found.some += 1;
    if (expected.length > search.limit) found.pages += 1;
  }
  // Or it would compare nothing with nothing.
  assert.ok(found.some > count / 4 && found.pages > count / 20, JSON.stringify(found));
}

const shown = ({ id, stay }: Pick<Match, 'id' | 'stay'>): string =>
  stay === undefined ? id : `${id} ${stay.checkIn}/${stay.checkOut} for ${stay.totalMinor}`;

function nightPricesOf(dated: Listing['dated']): NightPrice[] {
  return Object.entries(dated).map(([night, amountMinor]) => ({
    checkIn: night,
    checkOut: addDays(night, 1),
    amountMinor,
  }));
}

/** The first page and what comes after it, as a client reads them. */
async function firstPages(
  db: Db,
  search: PropertySearch,
): Promise<{ pages: string[][]; facets: Facets | undefined }> {
  const pages: string[][] = [];
  let after: PropertySearch['after'];
  let counted: Facets | undefined;
  for (let page = 0; page < 2; page++) {
    const { rows, facets } = await searchProperties(db, { ...search, after });
    if (page === 0) counted = facets;
    else assert.deepEqual(facets, counted);
    pages.push(rows.map((row) => shown({ id: row.id, stay: stayOf(row) })));
    const last = rows.at(-1);
    if (last === undefined || rows.length < search.limit) break;
    after = { value: last.sortValue, id: last.id };
  }
  return { pages, facets: counted };
}

function stayOf({ checkIn, checkOut, totalMinor }: FoundProperty): Match['stay'] {
  if (checkIn === undefined || checkOut === undefined || totalMinor === undefined) return undefined;
  return { checkIn, checkOut, totalMinor };
}

async function offer(db: Db, hostId: UserId, chance: Chance): Promise<Listing> {
  const rules = someRules(chance);
  const taken = someTaken(chance);
  const dated = someDated(chance);
  const id = await db.transaction(async (trx) => {
    const property = await insertProperty(trx, { ...someProperty(chance), hostId });
    await setStayRules(trx, property, rules);
    await setNightPrices(trx, property, nightPricesOf(dated));
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
  return { row, rules, taken, dated };
}
