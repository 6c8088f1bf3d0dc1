import assert from 'node:assert/strict';
import { newId } from '#db/ids.ts';
import type { PropertySearch } from '#db/search.ts';
import { AMENITIES_COUNTED, FACETS_COUNTED_OF } from '#db/search/facets.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Point } from '#domain/properties.ts';
import { MANCHESTER, publicPoint, useMarket } from './search-fixture.ts';

describe('the counts beside a search', () => {
  const { db, published, search } = useMarket();

  /** As many more that are like it. */
  async function copyProperty(id: PropertyId, copies: number): Promise<void> {
    await db().raw(
      `insert into properties (id, host_id, title, room_type, latitude, longitude, location_salt,
         blurred_latitude, blurred_longitude, time_zone, currency, capacity, nightly_minor, status)
       select id || n, host_id, title, room_type, latitude, longitude, location_salt,
         blurred_latitude, blurred_longitude, time_zone, currency, capacity, nightly_minor, status
       from properties, generate_series(1, ?::integer) n where id = ?`,
      [copies, id],
    );
  }

  const counted = async (asked: Partial<PropertySearch>) => (await search(asked)).facets;

  it('counts where a property seems to be, not where it is', async () => {
    const property = await published();
    const within = (point: Point) => ({ near: point, radiusMetres: 50 });
    const facets = ['roomType'] as const;
    assert.equal((await counted({ place: within(MANCHESTER), facets }))?.count, 0);
    assert.equal((await counted({ place: within(publicPoint(property)), facets }))?.count, 1);
  });

  it('counts prices by currency, without the bounds of a price', async () => {
    for (const nightlyMinor of [5_000, 7_000, 9_000]) await published({ nightlyMinor });
    await published({ currency: 'EUR', nightlyMinor: 100 });
    const facets = await counted({ minPriceMinor: 6_000, facets: ['price'] });
    assert.deepEqual(facets, {
      count: 2,
      isExact: true,
      price: [
        { currency: 'GBP', least: 5_000, most: 9_000, count: 3 },
        { currency: 'EUR', least: 100, most: 100, count: 1 },
      ],
    });
  });

  it('counts so many amenities, the most frequent', async () => {
    const rare = Array.from({ length: AMENITIES_COUNTED + 5 }, (_, index) => `a${index}`);
    await published({ amenities: ['Wifi', ...rare] });
    await published({ amenities: ['Wi-Fi'] });
    const facets = (await counted({ facets: ['amenities'] })) ?? assert.fail('nothing is counted');
    assert.deepEqual(facets.amenities?.at(0), { value: 'wifi', count: 2 });
    assert.equal(facets.amenities.length, AMENITIES_COUNTED);
  });

  it('counts what is possible on any of the dates that would do', async () => {
    const { id } = await published();
    await published({ rules: { minimumNights: 5 } });
    const stay = { checkIn: '2027-04-05', checkOut: '2027-04-08', now: '2027-03-10T12:00:00.000Z' };
    const facets = ['bookingMode'] as const;
    await db()('stays').insert({
      property_id: id,
      nights: '[2027-04-05,2027-04-06)',
      kind: 'block',
      block_id: newId('block'),
    });
    assert.equal((await counted({ stay, facets }))?.count, 0);
    assert.equal((await counted({ stay: { ...stay, otherCheckIns: ['2027-04-06'] }, facets }))?.count, 1);
  });

  for (const [more, count, isExact] of [
    [0, FACETS_COUNTED_OF, true],
    [1, FACETS_COUNTED_OF, false],
  ] as const) {
    it(`says that it has counted ${isExact ? 'all' : 'a part'} of ${count + more}`, async () => {
      const { id } = await published();
      await copyProperty(id, count + more - 1);
      const facets = await counted({ facets: ['roomType'] });
      assert.deepEqual(facets, { count, isExact, roomType: [{ value: 'entire_home', count }] });
    });
  }
});
