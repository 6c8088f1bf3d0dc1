import assert from 'node:assert/strict';
import { freeAddedNights, settleNights, takeAddedNights } from '#db/altered-stays.ts';
import type { AlteredNights } from '#db/altered-stays.ts';
import { newId } from '#db/ids.ts';
import type { PropertyRow } from '#db/properties.ts';
import { lockFamily } from '#db/property-lock.ts';
import { inTransaction } from '#db/transaction.ts';
import { isDomainError } from '#domain/errors.ts';
import { addDays } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { aHeldBooking, aProperty, aUser, NOW, take, tally, useDatabase } from './stays-fixture.ts';

const FIRST = '2027-03-10';
const ROUNDS = 20;
const NONE = { preparationNightsBefore: 0, preparationNightsAfter: 0 };

const stay = (from: number, until: number): Stay => ({
  checkIn: addDays(FIRST, from),
  checkOut: addDays(FIRST, until),
});

describe('the nights of an alteration', () => {
  const db = useDatabase();

  /** A booking that has its nights, and an alteration of them that both sides want. */
  async function altered(property: PropertyRow, from: Stay, to: Stay): Promise<AlteredNights> {
    const guestId = await aUser(db());
    const bookingId = await aHeldBooking(db(), property, guestId);
    assert.equal(await take(db(), { propertyId: property.id, guestId, bookingId, ...from }), 'taken');
    const alterationId = newId('alteration');
    await db()('alterations').insert({
      id: alterationId,
      booking_id: bookingId,
      proposed_by: 'guest',
      check_in: to.checkIn,
      check_out: to.checkOut,
      adults: 1,
      children: 0,
      infants: 0,
      pets: 0,
      check_in_at: NOW,
      check_out_at: NOW,
      price: '{}',
      lines: '[]',
      charge_minor: 0,
      refund_minor: 0,
      proposed_at: NOW,
    });
    return { bookingId, propertyId: property.id, guestId, alterationId, from, to, preparation: NONE };
  }

  async function taking(nights: AlteredNights): Promise<string> {
    try {
      await inTransaction(db(), async (trx) => {
        await lockFamily(trx, nights.propertyId);
        await takeAddedNights(trx, nights);
      });
      return 'taken';
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return error.code;
    }
  }

  const settled = (nights: AlteredNights) =>
    inTransaction(db(), (trx) => settleNights(trx, { ...nights, at: NOW }));
  const freed = ({ alterationId }: AlteredNights) =>
    inTransaction(db(), (trx) => freeAddedNights(trx, { alterationId, at: NOW }));

  /** Everything that a booking has, as `kind [from,until)` in days from the first. */
  async function has({ bookingId }: AlteredNights): Promise<string[]> {
    const rows: { kind: string; from: number; until: number }[] = await db()('stays')
      .where({ booking_id: bookingId, live: true })
      .select(
        'kind',
        db().raw(`lower(nights) - cast(? as date) as "from", upper(nights) - cast(? as date) as "until"`, [
          FIRST,
          FIRST,
        ]),
      );
    return rows.map(({ kind, from, until }) => `${kind} ${from.toString()}-${until.toString()}`).sort();
  }

  it('of two bookings that swap dates are neither’s, and none waits for the other (A7)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const property = await aProperty(db());
      const one = await altered(property, stay(0, 3), stay(3, 6));
      const other = await altered(property, stay(3, 6), stay(0, 3));
      const outcomes = await Promise.all([taking(one), taking(other)]);
      assert.deepEqual(tally(outcomes), { dates_unavailable: 2 });
      assert.deepEqual([await has(one), await has(other)], [['booking 0-3'], ['booking 3-6']]);
    }
  }).timeout(120_000);

  it('between two bookings that both want them are one’s (A5)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const property = await aProperty(db());
      const before = await altered(property, stay(0, 3), stay(0, 5));
      const after = await altered(property, stay(5, 8), stay(3, 8));
      const guestId = await aUser(db());
      const outcomes = await Promise.all([
        taking(before),
        taking(after),
        take(db(), { propertyId: property.id, guestId, ...stay(4, 5) }),
      ]);
      assert.deepEqual(tally(outcomes), { taken: 1, dates_unavailable: 2 });
    }
  }).timeout(120_000);

  it('lie beside the booking’s own until they are settled, or freed (A6)', async () => {
    const nights = await altered(await aProperty(db()), stay(0, 3), stay(-1, 5));
    assert.equal(await taking(nights), 'taken');
    assert.deepEqual(await has(nights), ['booking -1-0', 'booking 0-3', 'booking 3-5']);
    await freed(nights);
    assert.deepEqual(await has(nights), ['booking 0-3']);
    assert.equal(await taking(nights), 'taken');
    await settled(nights);
    assert.deepEqual(await has(nights), ['booking -1-5']);
    await freed(nights);
    assert.deepEqual(await has(nights), ['booking -1-5']);
  });

  it('make the booking’s own preparation give way, and put it back when they are freed', async () => {
    const property = await aProperty(db(), {
      rules: { preparationNightsBefore: 2, preparationNightsAfter: 2 },
    });
    const longer = await altered(property, stay(0, 3), stay(0, 4));
    const nights = { ...longer, preparation: { preparationNightsBefore: 2, preparationNightsAfter: 2 } };
    const before = ['booking 0-3', 'preparation -2-0', 'preparation 3-5'];
    assert.deepEqual(await has(nights), before);
    assert.equal(await taking(nights), 'taken');
    assert.deepEqual(await has(nights), [
      'booking 0-3',
      'booking 3-4',
      'preparation -2-0',
      'preparation -2-0',
      'preparation 4-6',
    ]);
    await freed(nights);
    assert.deepEqual(await has(nights), before);
    assert.equal(await taking(nights), 'taken');
    await settled(nights);
    assert.deepEqual(await has(nights), ['booking 0-4', 'preparation -2-0', 'preparation 4-6']);
  });

  it('that are given up can be had by others at once, the new preparation aside', async () => {
    const property = await aProperty(db());
    const nights = await altered(property, stay(0, 5), stay(3, 8));
    assert.equal(await taking(nights), 'taken');
    const guestId = await aUser(db());
    const theirs = { propertyId: property.id, guestId, ...stay(0, 3) };
    assert.equal(await take(db(), theirs), 'dates_unavailable');
    await settled({ ...nights, preparation: { preparationNightsBefore: 1, preparationNightsAfter: 0 } });
    assert.deepEqual(await has(nights), ['booking 3-8', 'preparation 2-3']);
    assert.equal(await take(db(), theirs), 'dates_unavailable');
    assert.equal(await take(db(), { ...theirs, ...stay(0, 2) }), 'taken');
  });
});
