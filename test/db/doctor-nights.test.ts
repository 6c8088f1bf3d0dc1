import assert from 'node:assert/strict';
import { checksOfNights } from '#db/doctor/nights.ts';
import { setRooms } from '#db/links.ts';
import type { PropertyRow } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import type { BookingId } from '#domain/ids.ts';
import { aHeldBooking, aProperty, aUser, take, useDatabase } from './stays-fixture.ts';

/** Far enough ahead that the doctor, who looks at the calendar on the wall, always takes it for a stay to come. */
const AT = '2099-01-10T12:00:00.000Z';
const STAY = { checkIn: '2099-03-10', checkOut: '2099-03-13' };

const EMPTY = 'Around a stay to come is kept empty what was to be when its nights were taken';
const SHADOWS = 'A stay to come is at every property that is linked to its own as it is there';
const STRAY = 'A stay lies on the nights of another property only while that is linked to its own';

describe('the doctor, of nights,', () => {
  const db = useDatabase();
  let home: PropertyRow;
  let room: PropertyRow;
  let bookingId: BookingId;

  beforeEach('link a home and its room, and book the home', async () => {
    await db().raw('truncate bookings, stays, property_links cascade');
    const hostId = await aUser(db());
    const guestId = await aUser(db());
    const rules = { preparationNightsBefore: 1, preparationNightsAfter: 2 };
    home = await aProperty(db(), { hostId, rules });
    room = await aProperty(db(), { hostId });
    await inTransaction(db(), (trx) =>
      setRooms(trx, { id: home.id, hostId }, { roomIds: [room.id], today: '2099-01-10', at: AT }),
    );
    bookingId = await aHeldBooking(db(), home, guestId);
    const { checkIn: check_in, checkOut: check_out } = STAY;
    const kept = { preparation_nights_before: 1, preparation_nights_after: 2 };
    await db()('bookings')
      .where({ id: bookingId })
      .update({ check_in, check_out, hold_expires_at: AT, ...kept });
    assert.equal(await take(db(), { propertyId: home.id, guestId, bookingId, ...STAY, at: AT }), 'taken');
  });

  async function found(): Promise<Record<string, string[]>> {
    const entries: [string, string[]][] = [];
    for (const { invariant, breaches } of checksOfNights(db())) {
      const ids = (await breaches()).map(({ id }) => id);
      if (ids.length > 0) entries.push([invariant, ids]);
    }
    return Object.fromEntries(entries);
  }
  const rows = (where: object) => db()('stays').where({ booking_id: bookingId, ...where });

  it('finds nothing where the home has its nights, and the room their shadows (A13)', async () => {
    assert.deepEqual(await found(), {});
  });

  it('finds a shadow that is missing, or lies elsewhere', async () => {
    await rows({ kind: 'linked' }).update({ nights: '[2099-03-10,2099-03-12)' });
    assert.deepEqual(await found(), { [SHADOWS]: [bookingId] });
    await rows({ kind: 'linked' }).delete();
    assert.deepEqual(await found(), { [SHADOWS]: [bookingId] });
  });

  it('finds preparation that is missing, everywhere or in one place (D3)', async () => {
    await rows({ kind: 'preparation', property_id: room.id })
      .whereRaw(`upper(nights) = '2099-03-10'`)
      .delete();
    assert.deepEqual(await found(), { [SHADOWS]: [bookingId] });
    await rows({ kind: 'preparation', property_id: home.id })
      .whereRaw(`upper(nights) = '2099-03-10'`)
      .delete();
    assert.deepEqual(await found(), { [EMPTY]: [bookingId] });
  });

  it('finds a shadow on what is not linked any more', async () => {
    await db()('property_links').delete();
    assert.deepEqual(await found(), { [STRAY]: [bookingId, bookingId, bookingId] });
  });
});
