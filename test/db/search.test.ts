import assert from 'node:assert/strict';
import { newId } from '#db/ids.ts';
import { insertProperty, setPublication } from '#db/properties.ts';
import type { NewProperty, PropertyRow } from '#db/properties.ts';
import { searchProperties } from '#db/search.ts';
import type { PropertySearch } from '#db/search.ts';
import type { FoundProperty } from '#db/search/columns.ts';
import { AMENITIES_COUNTED, FACETS_COUNTED_OF } from '#db/search/facets.ts';
import { setStayRules } from '#db/stay-rules.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import type { Stay } from '#domain/nights.ts';
import type { Point } from '#domain/properties.ts';
import { Chance } from '#db/seeds/chance.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { aUser } from './stays-fixture.ts';

const MANCHESTER: Point = { latitude: 53.48, longitude: -2.24 };
const FIRST = { sort: 'distance', limit: 100 } as const;

interface Facts extends Partial<NewProperty> {
  rules?: Partial<StayRules>;
}

describe('search', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  let hostId: UserId;

  beforeEach(async () => {
    await db().raw('truncate users, properties cascade');
    hostId = await aUser(db());
  });

  async function published({ rules, ...facts }: Facts = {}): Promise<PropertyRow> {
    return db().transaction(async (trx) => {
      const { id } = await insertProperty(trx, {
        hostId,
        title: 'Flat',
        roomType: 'entire_home',
        ...MANCHESTER,
        timeZone: 'Europe/London',
        currency: 'GBP',
        capacity: 4,
        nightlyMinor: 10_000,
        ...facts,
      });
      if (rules !== undefined) await setStayRules(trx, { id, hostId }, { ...DEFAULT_STAY_RULES, ...rules });
      return setPublication(trx, { id, hostId }, 'published');
    });
  }

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

  const find = async (search: Partial<PropertySearch>): Promise<FoundProperty[]> =>
    (await searchProperties(db(), { ...FIRST, place: near(MANCHESTER), ...search })).rows;
  const idsOf = async (search: Partial<PropertySearch>): Promise<PropertyId[]> =>
    (await find(search)).map(({ id }) => id);

  describe('by place', () => {
    it('finds what lies within the radius, nearest first in true distance at any latitude', async () => {
      const chance = new Chance(1);
      for (const centre of [
        MANCHESTER,
        { latitude: 78, longitude: 15 },
        { latitude: -0.1, longitude: 179.99 },
      ]) {
        await db().raw('truncate properties cascade');
        const rows = [];
        for (let count = 0; count < 40; count++) {
          const latitude = centre.latitude + (chance.next() - 0.5) * 0.4;
          const longitude = ((centre.longitude + (chance.next() - 0.5) * 1.2 + 540) % 360) - 180;
          rows.push(await published({ latitude, longitude }));
        }
        const expected = rows
          .map((row) => ({ id: row.id, metres: metresBetween(centre, publicPoint(row)) }))
          .filter(({ metres }) => metres <= 20_000)
          .sort((a, b) => a.metres - b.metres);
        assert.ok(expected.length > 5 && expected.length < 40);
        const found = await idsOf({ place: { near: centre, radiusMetres: 20_000 } });
        assert.deepEqual(
          found,
          expected.map(({ id }) => id),
        );
      }
    });

    it('finds what lies in the box, over the date line too', async () => {
      const east = await published({ latitude: -17, longitude: 179.9 });
      const west = await published({ latitude: -17.1, longitude: -179.9 });
      await published({ latitude: -17, longitude: 170 });
      await published({ latitude: -25, longitude: 179.9 });
      const box = { west: 179, south: -18, east: -179, north: -16 };
      assert.deepEqual((await idsOf({ place: { box } })).sort(), [east.id, west.id].sort());
      assert.deepEqual(await idsOf({ place: { box: { ...box, east: 180 } } }), [east.id]);
    });

    it('knows only the blurred point', async () => {
      const property = await published();
      const [found] = await find({});
      assert.equal(found?.blurredLatitude, property.blurredLatitude);
      for (const hidden of ['latitude', 'longitude', 'address', 'locationSalt'])
        assert.ok(!(hidden in found));
      assert.deepEqual(await idsOf({ place: { near: MANCHESTER, radiusMetres: 50 } }), []);
      assert.deepEqual(await idsOf({ place: { near: publicPoint(property), radiusMetres: 1 } }), [
        property.id,
      ]);
    });

    it('finds only what is published', async () => {
      const property = await published();
      await db().transaction((trx) => setPublication(trx, property, 'closed'));
      assert.deepEqual(await idsOf({}), []);
    });
  });

  describe('by facts', () => {
    it('finds room for the guests, prices within both bounds, the currency and the room type', async () => {
      const cheap = await published({ nightlyMinor: 5_000, capacity: 2 });
      const dear = await published({ nightlyMinor: 9_000, roomType: 'private_room' });
      const euro = await published({ nightlyMinor: 7_000, currency: 'EUR' });
      const by = async (search: Partial<PropertySearch>) =>
        (await idsOf({ ...search, sort: 'price' })) as string[];
      assert.deepEqual(await by({ guests: 3 }), [euro.id, dear.id]);
      assert.deepEqual(await by({ minPriceMinor: 5_000, maxPriceMinor: 7_000 }), [cheap.id, euro.id]);
      assert.deepEqual(await by({ currency: 'GBP' }), [cheap.id, dear.id]);
      assert.deepEqual(await by({ roomType: 'private_room' }), [dear.id]);
    });

    it('finds amenities in any spelling, all of them', async () => {
      const { id } = await published({ amenities: ['Wi-Fi', 'Free parking on premises'] });
      await published({ amenities: ['WIFI'] });
      assert.deepEqual(await idsOf({ amenityKeys: ['wifi', 'free_parking_on_premises'] }), [id]);
      assert.equal((await idsOf({ amenityKeys: ['wifi'] })).length, 2);
    });

    it('finds parts of words in title and description, and takes %, _ and \\ for what they are', async () => {
      const { id } = await published({ title: 'Loft by the Canal', description: '100% wool, back\\slash' });
      await published({ title: 'Loft', description: 'no water' });
      assert.deepEqual(await idsOf({ words: ['canal', 'LOF'] }), [id]);
      assert.deepEqual(await idsOf({ words: ['100%'] }), [id]);
      assert.deepEqual(await idsOf({ words: ['k\\s'] }), [id]);
      assert.deepEqual(await idsOf({ words: ['c_nal'] }), []);
    });

    it('sorts by price both ways and by rating, the unrated last', async () => {
      const prices = [300, 100, 200];
      const rows = await Promise.all(prices.map((nightlyMinor) => published({ nightlyMinor })));
      await db()('properties').where({ id: rows[0]?.id }).update({ review_count: 1, review_sum: 4 });
      await db()('properties').where({ id: rows[1]?.id }).update({ review_count: 1, review_sum: 5 });
      for (const place of [near(MANCHESTER), undefined]) {
        const values = async (sort: PropertySearch['sort']) =>
          (await find({ sort, place })).map(({ sortValue }) => sortValue);
        assert.deepEqual(await values('price'), [100, 200, 300]);
        assert.deepEqual(await values('-price'), [300, 200, 100]);
        assert.deepEqual(await values('rating'), [5, 4, 0]);
      }
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
      assert.deepEqual(await by('canla'), [like, above]);
    });

    it('forgives no error in a word of three letters', async () => {
      await published({ title: 'Cat house' });
      assert.equal((await idsOf({ words: ['cats'] })).length, 1);
      assert.equal((await idsOf({ words: ['car'] })).length, 0);
    });

    it('pages on by relevance where others come and go meanwhile', async () => {
      const rows = [];
      for (let count = 0; count < 12; count++) rows.push(await published({ title: `Canal ${count}` }));
      const asked = { words: ['canal'], sort: 'relevance', limit: 4 } as const;
      const whole = await idsOf({ ...asked, limit: 100 });
      const seen: PropertyId[] = [];
      for (let after: PropertySearch['after']; ;) {
        const page = await find({ ...asked, after });
        seen.push(...page.map(({ id }) => id));
        const last = page.at(-1);
        if (last === undefined) break;
        after = { value: last.sortValue, id: last.id };
        await published({ title: 'Canal: a new one comes first' }); // Made last, so first among equals.
        const [gone] = seen.slice(-2);
        await db()('properties').where({ id: gone }).update({ title: 'Something else' });
      }
      assert.deepEqual(seen, whole);
    });

    for (const sort of ['distance', 'rating', 'price', '-price'] as const) {
      it(`pages by ${sort} without a gap or a repetition, among equals too`, async () => {
        for (let count = 0; count < 23; count++) await published({ nightlyMinor: 100 + (count % 3) });
        const whole = await idsOf({ sort });
        const paged: PropertyId[] = [];
        for (let after: PropertySearch['after']; ;) {
          const page = await find({ sort, after, limit: 5 });
          paged.push(...page.map(({ id }) => id));
          const last = page.at(-1);
          if (last === undefined) break;
          after = { value: last.sortValue, id: last.id };
        }
        assert.deepEqual(paged, whole);
        assert.equal(new Set(paged).size, 23);
      });
    }
  });

  describe('by counts', () => {
    const counted = async (search: Partial<PropertySearch>) =>
      (await searchProperties(db(), { ...FIRST, place: near(MANCHESTER), ...search })).facets;

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

  describe('by dates', () => {
    const NOW = '2027-03-10T12:00:00.000Z';
    const stay = (checkIn: string, checkOut: string, now = NOW) => ({ checkIn, checkOut, now });

    async function take(
      propertyId: string,
      kind: 'booking' | 'block',
      { checkIn, checkOut }: Stay,
    ): Promise<void> {
      const owner = kind === 'booking' ? { booking_id: newId('booking') } : { block_id: newId('block') };
      await db()('stays').insert({
        property_id: propertyId,
        nights: `[${checkIn},${checkOut})`,
        kind,
        ...owner,
      });
    }

    it('leaves out what is taken, and not what is left or entered on the day (D2)', async () => {
      const { id } = await published();
      await take(id, 'booking', { checkIn: '2027-04-05', checkOut: '2027-04-08' });
      assert.deepEqual(await idsOf({ stay: stay('2027-04-07', '2027-04-09') }), []);
      assert.deepEqual(await idsOf({ stay: stay('2027-04-08', '2027-04-09') }), [id]);
      assert.deepEqual(await idsOf({ stay: stay('2027-04-02', '2027-04-05') }), [id]);
    });

    it('counts only what is live', async () => {
      const { id } = await published();
      await take(id, 'booking', { checkIn: '2027-04-05', checkOut: '2027-04-08' });
      await db()('stays').update({ live: false, released_at: NOW });
      assert.deepEqual(await idsOf({ stay: stay('2027-04-05', '2027-04-08') }), [id]);
    });

    it('keeps preparation nights from bookings, and lets blocks touch them (D3)', async () => {
      const rules = { preparationNightsBefore: 1, preparationNightsAfter: 2 };
      const booked = await published({ rules });
      const blocked = await published({ rules });
      await take(booked.id, 'booking', { checkIn: '2027-04-05', checkOut: '2027-04-08' });
      await take(blocked.id, 'block', { checkIn: '2027-04-05', checkOut: '2027-04-08' });
      assert.deepEqual(await idsOf({ stay: stay('2027-04-08', '2027-04-10') }), [blocked.id]);
      assert.deepEqual(await idsOf({ stay: stay('2027-04-02', '2027-04-04') }), [blocked.id]);
      assert.equal((await idsOf({ stay: stay('2027-04-09', '2027-04-11') })).length, 2);
    });

    it('goes by the property’s own today (D9)', async () => {
      const rules = { bookingWindowMonths: 1 };
      const early = await published({ timeZone: 'Pacific/Kiritimati', rules });
      const late = await published({ timeZone: 'Pacific/Pago_Pago', rules });
      const now = '2027-03-10T10:30:00.000Z'; // The 11th on Kiritimati, still the 9th on Pago Pago.
      assert.deepEqual(await idsOf({ stay: stay('2027-03-10', '2027-03-11', now) }), [late.id]);
      assert.deepEqual(await idsOf({ stay: stay('2027-04-11', '2027-04-12', now) }), [early.id]);
    });

    it('takes a booking for today until the latest time, that instant included (D12)', async () => {
      const { id } = await published({ rules: { sameDayLatestTime: '18:00' } });
      const at = (now: string) => idsOf({ stay: stay('2027-07-10', '2027-07-12', now) });
      assert.deepEqual(await at('2027-07-10T17:00:00.000Z'), [id]); // 18:00 in London's summer.
      assert.deepEqual(await at('2027-07-10T17:00:00.001Z'), []);
    });
  });
});

function near(point: Point): PropertySearch['place'] {
  return { near: point, radiusMetres: 50_000 };
}

function publicPoint(row: PropertyRow): Point {
  return { latitude: row.blurredLatitude, longitude: row.blurredLongitude };
}

/** By the haversine, which the search does not use. */
function metresBetween(a: Point, b: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const chord =
    half(b.latitude - a.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(b.longitude - a.longitude);
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(chord));
}
