import assert from 'node:assert/strict';
import { findProperty } from '#db/properties.ts';
import { DEMO_ACCOUNTS, DEMO_PROPERTY_ID, DEMO_REQUEST_PROPERTY_ID, plantDemo } from '#db/seeds/demo.ts';
import { findUserByEmail } from '#db/users.ts';
import { isId } from '#domain/ids.ts';
import { useOwnDatabase } from '#test/support/database.ts';

describe('demo data', () => {
  const own = useOwnDatabase();
  const db = () => own().db;

  before('plant it', async function () {
    this.timeout(60_000);
    assert.equal(await plantDemo(db(), 'a hash'), true);
  });

  it('has an account for each role', async () => {
    for (const { role, email } of DEMO_ACCOUNTS) {
      const user = await findUserByEmail(db(), email);
      assert.equal(user?.password_hash, 'a hash');
      assert.ok(user.roles.includes(role));
    }
  });

  it('has a property under a fixed id that can be booked at once', async () => {
    assert.ok(isId('property', DEMO_PROPERTY_ID));
    const property = await findProperty(db(), DEMO_PROPERTY_ID);
    const { status, bookingMode, cancellationPolicy } = property ?? assert.fail('it is not there');
    assert.deepEqual([status, bookingMode, cancellationPolicy], ['published', 'instant', 'flexible']);
    assert.equal(await db()('stay_rules').where({ property_id: DEMO_PROPERTY_ID }).first(), undefined);
  });

  it('has another under a fixed id whose host wants to be asked', async () => {
    assert.ok(isId('property', DEMO_REQUEST_PROPERTY_ID));
    const property = await findProperty(db(), DEMO_REQUEST_PROPERTY_ID);
    assert.deepEqual([property?.status, property?.bookingMode], ['published', 'request']);
  });

  it('has three hundred published properties in three zones and currencies', async () => {
    const { rows } = await db().raw<{ rows: object[] }>(
      `select time_zone, currency, count(*)::integer as count from properties
       where status = 'published' group by 1, 2 order by 1`,
    );
    assert.deepEqual(rows, [
      { time_zone: 'America/New_York', currency: 'USD', count: 100 },
      { time_zone: 'Asia/Tokyo', currency: 'JPY', count: 100 },
      { time_zone: 'Europe/Lisbon', currency: 'EUR', count: 100 },
    ]);
  });

  it('is planted once, and what became of it is left alone', async () => {
    await db()('properties').where({ id: DEMO_PROPERTY_ID }).update({ title: 'Mine now' });
    assert.equal(await plantDemo(db(), 'another hash'), false);
    assert.equal((await findProperty(db(), DEMO_PROPERTY_ID))?.title, 'Mine now');
  });
});
