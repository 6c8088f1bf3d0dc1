import assert from 'node:assert/strict';
import { newId } from '#db/ids.ts';
import { setPublication } from '#db/properties.ts';
import type { PropertySearch } from '#db/search.ts';
import { Chance } from '#db/seeds/chance.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import { MAX_STAYS_ASKED } from '#domain/flexible-dates.ts';
import { addDays, addMonths } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import type { Point } from '#domain/properties.ts';
import { MANCHESTER, near, publicPoint, useMarket } from './search-fixture.ts';

describe('search', () => {
  const { db, published, find, idsOf, paged } = useMarket();

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

    for (const sort of ['distance', 'rating', 'price', '-price'] as const) {
      it(`pages by ${sort} without a gap or a repetition, among equals too`, async () => {
        for (let count = 0; count < 23; count++) await published({ nightlyMinor: 100 + (count % 3) });
        const whole = await idsOf({ sort });
        const seen = await paged({ sort, limit: 5 });
        assert.deepEqual(seen, whole);
        assert.equal(new Set(seen).size, 23);
      });
    }
  });

  describe('by dates', () => {
    const NOW = '2027-03-10T12:00:00.000Z';

    it('asks about so many stays at most', async () => {
      const { id } = await published();
      const asked = (count: number) => ({
        ...{ checkIn: '2027-04-01', checkOut: '2027-04-02', now: NOW },
        otherCheckIns: Array.from({ length: count - 1 }, (_, day) => addDays('2027-04-02', day)),
      });
      assert.deepEqual(await idsOf({ stay: asked(MAX_STAYS_ASKED) }), [id]);
      await assert.rejects(idsOf({ stay: asked(MAX_STAYS_ASKED + 1) }), /too many/);
    });
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

    it('goes by the rules of the domain where the host has set none', async () => {
      const { id } = await published();
      assert.deepEqual(await db()('stay_rules').where({ property_id: id }), []);
      const { bookingWindowMonths, maximumNights } = DEFAULT_STAY_RULES;
      const last = addMonths(NOW.slice(0, 10), bookingWindowMonths);
      const found = (checkIn: string, nights: number) =>
        idsOf({ stay: stay(checkIn, addDays(checkIn, nights)) });
      assert.deepEqual(await found(last, 1), [id]);
      assert.deepEqual(await found(addDays(last, 1), 1), []);
      assert.deepEqual(await found(last, maximumNights), [id]);
      assert.deepEqual(await found(last, maximumNights + 1), []);
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

/** By the haversine, which the search does not use. */
function metresBetween(a: Point, b: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const chord =
    half(b.latitude - a.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(b.longitude - a.longitude);
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(chord));
}
