import assert from 'node:assert/strict';
import { importListings } from '#db/import/import-listings.ts';
import type { ImportOptions, ImportReport } from '#db/import/import-listings.ts';
import { openListingsFile } from '#db/import/listings-file.ts';
import { PropertyRow } from '#db/properties.ts';
import { insertUser } from '#db/users.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { cells, csvOf, gzipped, manyCells, scratch } from '#test/support/listings.ts';
import type { Cells } from '#test/support/listings.ts';

const OPTIONS: ImportOptions = { currency: 'GBP', timeZone: 'Europe/London', blocks: false };

describe('importing listings', () => {
  const own = useOwnDatabase({ copies: true });
  const db = () => own().db;

  beforeEach(() => db().raw('truncate users, properties, stays, events cascade'));

  async function importFile(content: string | Buffer, options = OPTIONS): Promise<ImportReport> {
    await using files = await scratch();
    const { records } = await openListingsFile(await files.file('listings.csv', content));
    return await importListings(db(), records, options);
  }
  const importCells = (rows: Cells[], options = OPTIONS) => importFile(csvOf(rows), options);

  async function count(table: string): Promise<number> {
    const [row] = await db()(table).count<{ count: number }[]>('*');
    return row?.count ?? Number.NaN;
  }

  async function onlyProperty(): Promise<PropertyRow> {
    const [property, ...others] = await PropertyRow.query(db());
    assert.ok(property !== undefined && others.length === 0);
    return property;
  }

  it('publishes each as instant and flexible, under a host who cannot sign in', async () => {
    const report = await importCells([cells()]);
    assert.deepEqual(report, {
      rows: 1,
      created: 1,
      updated: 0,
      unchanged: 0,
      skipped: {},
      hostsCreated: 1,
      blocks: { set: 0, inTheWayOfBookings: 0 },
    });
    const property = await onlyProperty();
    const expected = {
      status: 'published',
      bookingMode: 'instant',
      cancellationPolicy: 'flexible',
      title: 'Loft by the canal',
      nightlyMinor: 8_500,
      currency: 'GBP',
      timeZone: 'Europe/London',
      capacity: 2,
      amenities: ['Wifi', 'Kitchen'],
      amenityKeys: ['wifi', 'kitchen'],
      latitude: 53.48,
      ratingAverage: 4.5,
      ratingCount: 10,
      sourceId: '1000000000000000001',
    };
    for (const [column, value] of Object.entries(expected)) {
      assert.deepEqual(property.$toJson()[column as 'title'], value, column);
    }
    assert.notEqual(property.blurredLatitude, property.latitude);
    const host = await db()('users').where({ id: property.hostId }).first();
    assert.equal(host.email, 'host-77@inside-airbnb.invalid');
    assert.equal(host.password_hash, null);
    assert.deepEqual(host.roles, ['guest', 'host']);
    const rules = await db()('stay_rules').where({ property_id: property.id }).first();
    assert.deepEqual([rules.minimum_nights, rules.maximum_nights], [2, 365]);
  });

  it('reads gzip by what is in the file, whatever it is called', async () => {
    assert.equal((await importFile(gzipped(csvOf(manyCells(300))))).created, 300);
  });

  it('reports what it leaves out by reason, the second of two with one id too', async () => {
    const rows = [
      cells({ id: '1' }),
      cells({ id: '2', price: '' }),
      cells({ id: '3', latitude: '200' }),
      cells({ id: '1', name: 'The second' }),
      cells({ id: '4', price: '' }),
    ];
    const { created, skipped } = await importCells(rows);
    assert.equal(created, 1);
    assert.deepEqual(skipped, { 'no price': 2, 'bad coordinates': 1, 'duplicate id': 1 });
    assert.equal((await onlyProperty()).title, 'Loft by the canal');
  });

  it('makes one host for all listings of one host_id', async () => {
    const rows = ['1', '2', '3'].map((id) => cells({ id, host_id: id === '3' ? '8' : '7' }));
    assert.equal((await importCells(rows)).hostsCreated, 2);
    assert.equal(await count('users'), 2);
  });

  it('changes nothing when repeated, and tells of nothing', async () => {
    const rows = manyCells(50);
    await importCells(rows);
    const before = await db()('properties').orderBy('id');
    const told = await count('events');
    const { created, updated, unchanged, hostsCreated } = await importCells(rows);
    assert.deepEqual(
      { created, updated, unchanged, hostsCreated },
      { created: 0, updated: 0, unchanged: 50, hostsCreated: 0 },
    );
    assert.deepEqual(await db()('properties').orderBy('id'), before);
    assert.equal(await count('events'), told);
  });

  it('brings a changed listing up to date under the same id, and tells of it', async () => {
    await importCells([cells({ id: '1' }), cells({ id: '2' })]);
    const { updated, unchanged } = await importCells([
      cells({ id: '1', price: '$90.00' }),
      cells({ id: '2' }),
    ]);
    assert.deepEqual([updated, unchanged], [1, 1]);
    const changed = await PropertyRow.query(db()).findOne({ sourceId: '1' }).throwIfNotFound();
    assert.deepEqual([changed.nightlyMinor, changed.version], [9_000, 2]);
    const events = await db()('events').where({ subject_id: changed.id }).orderBy('recorded_at');
    assert.deepEqual(
      events.map(({ kind }) => kind as string),
      ['property.created', 'property.updated'],
    );
  });

  it('keeps the secret of a public point, so that importing often reveals nothing', async () => {
    await importCells([cells()]);
    const first = await onlyProperty();
    await importCells([cells({ latitude: '53.481' })]);
    const second = await onlyProperty();
    assert.equal(second.locationSalt, first.locationSalt);
    const shift = (row: PropertyRow) => row.blurredLatitude - row.latitude;
    const rounding = 2e-6; // Of the public point, in degrees; compared as rounded text it fell on either side at times.
    assert.ok(Math.abs(shift(second) - shift(first)) < rounding);
  });

  it('adds its rating to that of the reviews here, however often', async () => {
    await importCells([cells()]);
    const { id } = await onlyProperty();
    await db()('properties').where({ id }).update({ review_count: 1, review_sum: 1 });
    for (const row of [cells(), cells({ price: '$90.00' })]) {
      await importCells([row]);
      const { ratingAverage, ratingCount } = await onlyProperty();
      assert.deepEqual([ratingAverage, ratingCount], [(4.5 * 10 + 1) / 11, 11]);
    }
    await db()('properties').where({ id }).update({ review_count: 0, review_sum: 0 });
    const { ratingAverage, ratingCount } = await onlyProperty();
    assert.deepEqual([ratingAverage, ratingCount], [4.5, 10]);
  });

  it('leaves alone what was closed or deleted here', async () => {
    await importCells([cells({ id: '1' }), cells({ id: '2' })]);
    await db()('properties').where({ source_id: '1' }).update({ status: 'closed' });
    await db()('properties').where({ source_id: '2' }).update({ status: 'closed', deleted_at: new Date() });
    await importCells([cells({ id: '1', price: '$90.00' }), cells({ id: '2', price: '$90.00' })]);
    const rows = await db()('properties').orderBy('source_id').select('status', 'nightly_minor');
    assert.deepEqual(rows, [
      { status: 'closed', nightly_minor: 9_000 },
      { status: 'closed', nightly_minor: 8_500 },
    ]);
  });

  describe('with blocks', () => {
    const withBlocks = { ...OPTIONS, blocks: true };
    const taken = cells({
      availability_30: '20',
      availability_60: '50',
      availability_90: '80',
      availability_365: '355',
    });

    it('blocks the nights that the file counts as taken, once', async () => {
      assert.deepEqual((await importCells([taken], withBlocks)).blocks, { set: 1, inTheWayOfBookings: 0 });
      assert.deepEqual((await importCells([taken], withBlocks)).blocks, { set: 0, inTheWayOfBookings: 0 });
      assert.equal(await count('stays'), 1);
    });

    it('replaces the blocks of an earlier file and none of the host’s own', async () => {
      await importCells([taken], withBlocks);
      const { id } = await onlyProperty();
      await db()('stays').insert({
        property_id: id,
        nights: '[2027-06-01,2027-06-05)',
        kind: 'block',
        block_id: 'blk_own',
      });
      await importCells([cells()], withBlocks);
      assert.deepEqual(await db()('stays').pluck('block_id'), ['blk_own']);
    });

    it('leaves booked nights to their guest (A3)', async () => {
      await importCells([taken]);
      const { id } = await onlyProperty();
      await db()('stays').insert({
        property_id: id,
        nights: '[2027-01-01,2027-01-31)',
        kind: 'booking',
        booking_id: 'bkg_1',
      });
      assert.deepEqual((await importCells([taken], withBlocks)).blocks, { set: 0, inTheWayOfBookings: 1 });
    });
  });

  describe('from a file that is no good', () => {
    const whole = csvOf(manyCells(2_000));
    const nothing = async () => {
      for (const table of ['properties', 'users', 'events']) assert.equal(await count(table), 0, table);
    };

    for (const [what, content, message] of [
      ['a gzip file cut off', gzipped(whole).subarray(0, 30_000), /gzip file is cut off after listing \d+/],
      ['a gzip file damaged', damaged(gzipped(whole)), /damaged/],
      ['a CSV file cut off', whole.slice(0, whole.length / 2 + 7), /damaged or cut off after listing \d+/],
      [
        'a CSV file of something else',
        'date,amount\n2027-01-01,5\n',
        /no Inside Airbnb listings file.*host_id/,
      ],
      ['a file without listings', csvOf([]), /holds no listings/],
      ['an empty file', '', /holds no listings/],
      ['something binary', Buffer.from('7f454c460201010022002200', 'hex'), /damaged|no Inside Airbnb/],
    ] as const) {
      it(`imports nothing of ${what}, and says so`, async () => {
        await assert.rejects(importFile(content), { name: 'ListingsFileError', message });
        await nothing();
      });
    }

    it('says that a file is not there', async () => {
      await assert.rejects(openListingsFile('/nowhere/listings.csv'), {
        name: 'ListingsFileError',
        message: /cannot be read/,
      });
    });

    it('imports nothing when the database refuses in the middle', async () => {
      await insertUser(db(), { email: 'ada@example.com', name: 'Ada', passwordHash: null });
      await assert.rejects(importCells(manyCells(10), { ...OPTIONS, timeZone: 'Mars/Olympus' }), /time zone/);
      assert.equal(await count('properties'), 0);
      assert.equal(await count('users'), 1);
    });
  });
});

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, 20_000, 20_200);
  return copy;
}
