import assert from 'node:assert/strict';
import { importListings } from '#db/import/import-listings.ts';
import { openListingsFile } from '#db/import/listings-file.ts';
import { searchStatement } from '#db/search.ts';
import type { PropertySearch } from '#db/search.ts';
import { FACETS_COUNTED_OF } from '#db/search/facets.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { csvOf, manyCells, scratch } from '#test/support/listings.ts';

const PROPERTIES = 8_000;
const STAYS_EACH = 10;
const SEASONS_EACH = 2;
const NIGHT_PRICES_EACH = 25;
/** A page of 20 and its look-ahead, each with the reads of its rules and stays, and some that were refused. */
const BUFFERS_OF_A_PAGE = 1_500;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Plans'?: Plan[];
}

const everyNode = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(everyNode)];

describe('the plan of a search', () => {
  const own = useOwnDatabase({ copies: true });

  before('fill the tables', async function () {
    this.timeout(120_000);
    const { db } = own();
    await using files = await scratch();
    const { records } = await openListingsFile(
      await files.file('listings.csv', csvOf(manyCells(PROPERTIES))),
    );
    const report = await importListings(db, records, {
      currency: 'GBP',
      timeZone: 'Europe/London',
      blocks: false,
    });
    assert.equal(report.created, PROPERTIES);
    await db.raw(
      `insert into stays (property_id, nights, kind, block_id)
       select p.id, daterange(date '2027-02-01' + n * 30, date '2027-02-06' + n * 30), 'block', p.id || n
       from properties p, generate_series(1, ?::integer) n`,
      [STAYS_EACH],
    );
    await db.raw(
      `with numbered as (select id, row_number() over (order by id) as n from properties)
       insert into property_links (home_id, room_id)
       select home.id, room.id from numbered home join numbered room on room.n = home.n + 1 and room.n % 2 = 0`,
    );
    // A table of links that is worth an index, and the cost of one property in ten that has a neighbour.
    await db.raw(`update properties set is_linked = false where hashtext(id) % 10 <> 0`);
    await db.raw(
      `insert into seasons (property_id, name, dates, minimum_nights)
       select r.property_id, 'Month ' || n, daterange(date '2027-01-01' + n * 30, date '2027-01-31' + n * 30), 1
       from stay_rules r, generate_series(1, ?::integer) n`,
      [SEASONS_EACH],
    );
    await db.raw(
      `insert into night_prices (property_id, night, amount_minor)
       select p.id, date '2027-03-01' + n, p.nightly_minor * (100 + n) / 100
       from properties p, generate_series(1, ?::integer) n where hashtext(p.id) % 4 = 0`,
      [NIGHT_PRICES_EACH],
    );
    await db.raw(
      `update properties p set night_prices_until = own.until, lowest_night_price_minor = own.lowest
       from (select property_id, max(night) as until, min(amount_minor) as lowest from night_prices group by 1) as own
       where own.property_id = p.id`,
    );
    await db.raw('vacuum analyze');
  });

  async function planOf(search: Partial<PropertySearch>): Promise<{ nodes: Plan[]; buffers: number }> {
    const { sql, bindings } = searchStatement({ sort: 'distance', limit: 21, ...search });
    const explained = await own().db.raw<{ rows: { 'QUERY PLAN': { Plan: Plan }[] }[] }>(
      `explain (analyze, buffers, format json) ${sql}`,
      bindings as Record<string, string>,
    );
    const plan = explained.rows[0]?.['QUERY PLAN'][0]?.Plan ?? assert.fail('no plan');
    return { nodes: everyNode(plan), buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
  }

  const place = { near: { latitude: 53.48, longitude: -2.24 }, radiusMetres: 10_000 };
  const box = { box: { west: -2.3, south: 53.42, east: -2.2, north: 53.55 } };
  const stay = { checkIn: '2027-03-20', checkOut: '2027-03-24', now: '2027-02-20T12:00:00.000Z' };
  const flexible = { ...stay, otherCheckIns: ['2027-03-19', '2027-03-21', '2027-03-18', '2027-03-22'] };
  const narrow = { guests: 2, maxPriceMinor: 120_000 };

  const CASES: Record<string, { search: Partial<PropertySearch>; index: string; isAPage: boolean }> = {
    'near a point': { search: { place }, index: 'properties_by_place', isAPage: true },
    'near a point, with dates, guests and price': {
      search: { place, stay, ...narrow },
      index: 'properties_by_place',
      isAPage: true,
    },
    'in a box, with dates': { search: { place: box, stay }, index: 'properties_by_place', isAPage: true },
    'in a box, by price': {
      search: { place: box, sort: 'price' },
      index: 'properties_by_place',
      isAPage: false,
    },
    'near a point, with dates, by rating': {
      search: { place, stay, ...narrow, sort: 'rating' },
      index: 'properties_by_place',
      isAPage: false,
    },
    'anywhere, by price': { search: { sort: 'price' }, index: 'properties_by_price', isAPage: true },
    'in a box, with dates, by the price of the stay': {
      search: { place: box, stay, sort: 'price' },
      index: 'properties_by_place',
      isAPage: false,
    },
    'anywhere, with dates, the cheapest stay first': {
      search: { stay, guests: 2, sort: 'price' },
      index: 'properties_by_least_night',
      isAPage: true,
    },
    'anywhere, with dates, best rated first': {
      search: { stay, ...narrow, sort: 'rating' },
      index: 'properties_by_rating',
      isAPage: true,
    },
    'anywhere, best rated first': {
      search: { sort: 'rating' },
      index: 'properties_by_rating',
      isAPage: true,
    },
    'by words': {
      search: { words: ['number', '4711'], sort: 'rating' },
      index: 'properties_by_text',
      isAPage: true,
    },
    'by a word with a typing error': {
      search: { words: ['sevenhundered'], sort: 'relevance' },
      index: 'properties_by_title',
      isAPage: true,
    },
    'near a point, with flexible dates': {
      search: { place, stay: flexible, ...narrow },
      index: 'properties_by_place',
      isAPage: true,
    },
    'near a point, with flexible dates, by rating': {
      search: { place, stay: flexible, ...narrow, sort: 'rating' },
      index: 'properties_by_place',
      isAPage: false,
    },
    'anywhere, with flexible dates, best rated first': {
      search: { stay: flexible, sort: 'rating' },
      index: 'properties_by_rating',
      isAPage: true,
    },
    'by a rare amenity': {
      search: { amenityKeys: ['sauna'], guests: 2, sort: 'price' },
      index: 'properties_by_amenity',
      isAPage: true,
    },
  };

  for (const [what, { search, index, isAPage }] of Object.entries(CASES)) {
    it(`${what} goes by ${index} and reads no table from end to end`, async () => {
      const { nodes, buffers } = await planOf(search);
      const scanned = nodes
        .filter((node) => node['Node Type'] === 'Seq Scan')
        .map((node) => node['Relation Name']);
      assert.deepEqual(scanned, []);
      const indexes = nodes.map((node) => node['Index Name']);
      assert.ok(indexes.includes(index), indexes.join(' '));
      if (isAPage) assert.ok(buffers < BUFFERS_OF_A_PAGE, `${buffers} buffers`);
    });
  }

  for (const [how, asked] of Object.entries({ certain: stay, flexible })) {
    it(`asks for the nights of a few candidates, however many stays there are, with ${how} dates`, async () => {
      const { nodes } = await planOf({ place, stay: asked, ...narrow });
      const stays = nodes.filter((node) => node['Relation Name'] === 'stays');
      assert.deepEqual(
        stays.map((node) => node['Index Name']),
        ['stays_by_property', 'stays_by_property'],
        'of the property, and of what is linked to it',
      );
    });
  }

  it('looks at no more properties for the counts than are counted, with dates too', async () => {
    const { nodes } = await planOf({ stay, sort: 'rating', facets: ['roomType', 'price'] });
    const rules = nodes.filter((node) => node['Relation Name'] === 'stay_rules');
    const asked = rules.map((node) => node['Actual Loops']);
    assert.ok(asked.length >= 2, 'for the page and for the counts');
    assert.ok(Math.max(...asked) <= 2 * FACETS_COUNTED_OF, String(asked));
  });
});
