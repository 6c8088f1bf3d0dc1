import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { useWorld } from '../support/journeys.ts';
import { csvOf, gzipped, manyCells, scratch } from '../support/listings.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const run = promisify(execFile);

/** A real city where its file lies beside the checkout, as it does for whoever develops this. */
const MANCHESTER = new URL(
  '../../../shared/data/inside-airbnb/manchester-2025-09-26-listings.csv.gz',
  import.meta.url,
);
const CITIES = {
  'a made-up city': { listings: 1_200, created: 1_200, skipped: [] },
  ...(existsSync(MANCHESTER) && {
    Manchester: { listings: 7_418, created: 6_562, skipped: ['856 skipped: no price'] },
  }),
} as const;

const NIGHTS = { checkIn: inDays(40), checkOut: inDays(44) };
const SEARCH = new URLSearchParams({
  near: '53.48,-2.24',
  radiusKm: '10',
  guests: '2',
  maxPrice: '80000',
  ...NIGHTS,
});

describe('a city that was imported', function () {
  this.timeout(180_000);
  // Other suites have properties in the same place, some of which cannot be had at once.
  let others: string[] = [];
  after('give it back', () => world().db('properties').whereIn('id', others).update({ status: 'published' }));
  const world = useWorld(); // Its own hooks come after the one above, and before the one below.
  before('have the place to itself', async () => {
    const published = world().db('properties').where({ status: 'published' });
    others = (await published.update({ status: 'closed' }).returning<{ id: string }[]>('id')).map(
      ({ id }) => id,
    );
  });

  // Nor is anybody else to find what was imported.
  afterEach('close what was imported', () =>
    world().db('properties').where({ source: 'inside-airbnb' }).update({ status: 'closed' }),
  );

  async function importFile(file: string): Promise<string[]> {
    const args = [new URL('../../bin/import.ts', import.meta.url).pathname, file, '--blocks'];
    const { stdout } = await run(process.execPath, args, { env: world().stack.environment });
    return stdout.trimEnd().split('\n');
  }

  async function importCity(city: keyof typeof CITIES): Promise<string[]> {
    if (city === 'Manchester') return importFile(MANCHESTER.pathname);
    await using files = await scratch();
    return await importFile(await files.file('listings.csv', gzipped(csvOf(manyCells(1_200)))));
  }

  for (const [city, expected] of Object.entries(CITIES)) {
    it(`${city} is imported, searched, booked, given back and booked again (A19)`, async () => {
      const said = await importCity(city as keyof typeof CITIES);
      assert.match(said[0] ?? '', new RegExp(`^${expected.listings} listings in `));
      assert.match(said[1] ?? '', new RegExp(`^${expected.created} created, 0 updated, 0 unchanged`));
      assert.deepEqual(
        said.filter((line) => line.includes('skipped')),
        expected.skipped,
      );

      const guest = await world().person();
      const found = async (): Promise<Wire[]> =>
        (await guest.must(200, guest.get(`/properties?${SEARCH}&limit=100`))).data;
      const nearest =
        (await found()).find(({ pricing }) => pricing.nightly >= 1_000) ?? assert.fail('nothing found');

      const { stay, ...facts } = nearest;
      const property = await guest.must(200, guest.get(`/properties/${nearest.id}`));
      assert.deepEqual(property, facts);
      const quote = await guest.must(
        201,
        guest.post(`/properties/${property.id}/quotes`, { ...NIGHTS, guests: { adults: 2 } }),
      );
      assert.deepEqual(stay.total, quote.total);
      const request = stayRequest({ propertyId: property.id, quoteId: quote.id, ...NIGHTS });
      const booking = await guest.books(request);
      assert.deepEqual([booking.status, booking.total], ['confirmed', quote.total]);
      const isFound = async () => (await found()).some(({ id }) => id === property.id);
      assert.equal(await isFound(), false);

      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      await until('the property is found again', isFound);
      const another = await world().person();
      const again = await another.books(stayRequest({ propertyId: property.id, ...NIGHTS }));
      assert.equal(again.status, 'confirmed');
    });
  }

  it('is imported again without a change, and says so', async () => {
    await importCity('a made-up city');
    const [, counts] = await importCity('a made-up city');
    assert.equal(counts, '0 created, 0 updated, 1200 unchanged, 0 new hosts');
  });
});
