import assert from 'node:assert/strict';
import { insertBlock } from '#db/blocks.ts';
import { newId } from '#db/ids.ts';
import { takeNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { isDomainError } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import { addDays, staysOverlap } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { aHeldBooking, aProperty, aUser, NOW, take, tally, useDatabase } from './stays-fixture.ts';

const FIRST_NIGHT = '2027-03-01';
const GUESTS = 50;
const ROUNDS = 20;

/** `take` throws on anything but a refusal, so a deadlock or a lost connection fails these tests by itself. */
describe('a race for nights', () => {
  const db = useDatabase();
  let guests: UserId[];

  before(async () => {
    guests = await Promise.all(Array.from({ length: GUESTS }, () => aUser(db())));
  });

  const guestAt = (index: number): UserId => guests[index % GUESTS] ?? assert.fail();

  /** The stays that hold nights of a property, as ranges. */
  async function taken(propertyId: string): Promise<Stay[]> {
    return db()('stays')
      .where({ property_id: propertyId, kind: 'booking', live: true })
      .select(db().raw('lower(nights) as "checkIn", upper(nights) as "checkOut"'));
  }

  it('for the same nights has one winner, and the rest learn that they are taken (A1)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id: propertyId } = await aProperty(db());
      const nights = { checkIn: FIRST_NIGHT, checkOut: addDays(FIRST_NIGHT, 3) };
      const outcomes = await Promise.all(
        guests.map((guestId) => take(db(), { propertyId, guestId, ...nights })),
      );
      assert.deepEqual(tally(outcomes), { taken: 1, dates_unavailable: GUESTS - 1 });
    }
  }).timeout(120_000);

  it('for unequal nights that all overlap has one winner (A1)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id: propertyId } = await aProperty(db());
      const outcomes = await Promise.all(
        guests.map((guestId, index) => {
          const checkIn = addDays(FIRST_NIGHT, index % 5);
          return take(db(), {
            propertyId,
            guestId,
            checkIn,
            checkOut: addDays(FIRST_NIGHT, 5 + (index % 7)),
          });
        }),
      );
      assert.deepEqual(tally(outcomes), { taken: 1, dates_unavailable: GUESTS - 1 });
    }
  }).timeout(120_000);

  it('for random nights leaves no two stays that share one, and no night idle that somebody could have had', async () => {
    const { id: propertyId } = await aProperty(db());
    const wanted = guests.map((guestId, index) => {
      const checkIn = addDays(FIRST_NIGHT, (index * 7) % 30);
      return { propertyId, guestId, checkIn, checkOut: addDays(checkIn, 1 + (index % 5)) };
    });
    const outcomes = await Promise.all(wanted.map((one) => take(db(), one)));
    const winners = wanted.filter((_, index) => outcomes[index] === 'taken');
    const losers = wanted.filter((_, index) => outcomes[index] === 'dates_unavailable');
    assert.equal(winners.length + losers.length, GUESTS);
    assert.equal((await taken(propertyId)).length, winners.length);
    for (const winner of winners) {
      assert.ok(winners.every((other) => other === winner || !staysOverlap(winner, other)));
    }
    for (const loser of losers) assert.ok(winners.some((winner) => staysOverlap(winner, loser)));
  });

  it('of neighbours with preparation nights has one winner (D3)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const rules = { preparationNightsBefore: round % 2, preparationNightsAfter: 1 };
      const { id: propertyId } = await aProperty(db(), { rules });
      const noon = addDays(FIRST_NIGHT, 3);
      const outcomes = await Promise.all([
        take(db(), { propertyId, guestId: guestAt(0), checkIn: FIRST_NIGHT, checkOut: noon }),
        take(db(), { propertyId, guestId: guestAt(1), checkIn: noon, checkOut: addDays(noon, 3) }),
      ]);
      assert.deepEqual(tally(outcomes), { taken: 1, dates_unavailable: 1 });
    }
  });

  it('between a booking and a block has one winner (A3)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id: propertyId, hostId } = await aProperty(db());
      const block = { id: newId('block'), from: FIRST_NIGHT, to: addDays(FIRST_NIGHT, 2), note: null };
      const outcomes = await Promise.all([
        take(db(), { propertyId, guestId: guestAt(round), checkIn: block.from, checkOut: block.to }),
        inTransaction(db(), (trx) => insertBlock(trx, { id: propertyId, hostId }, block)).then(
          () => 'taken',
          (error: unknown) => (isDomainError(error) ? error.code : assert.fail(String(error))),
        ),
      ]);
      assert.deepEqual(tally(outcomes), { taken: 1, dates_unavailable: 1 });
    }
  });

  it('at two properties in opposite order is broken up by the database and run again (A7)', async () => {
    for (let round = 0; round < 2; round++) {
      const [one, other] = [await aProperty(db()), await aProperty(db())];
      const both = (guestId: UserId, order: readonly { id: typeof one.id }[]) =>
        inTransaction(db(), async (trx) => {
          for (const { id: propertyId } of order) {
            await takeNights(trx, {
              bookingId: newId('booking'),
              propertyId,
              guestId,
              checkIn: FIRST_NIGHT,
              checkOut: addDays(FIRST_NIGHT, 1),
              guests: { adults: 1, children: 0, infants: 0, pets: 0 },
              bookingMode: 'instant',
              at: NOW,
            });
          }
        }).then(
          () => 'taken',
          (error: unknown) => (isDomainError(error) ? error.code : assert.fail(String(error))),
        );
      const outcomes = await Promise.all([both(guestAt(0), [one, other]), both(guestAt(1), [other, one])]);
      assert.deepEqual(tally(outcomes), { taken: 1, dates_unavailable: 1 });
    }
  });

  it('of one guest at many properties leaves them the holds they may have (A17)', async () => {
    const guestId = await aUser(db());
    const properties = await Promise.all(Array.from({ length: 10 }, () => aProperty(db())));
    await aHeldBooking(db(), await aProperty(db()), guestId);
    const outcomes = await Promise.all(
      properties.map((property) =>
        inTransaction(db(), async (trx) => {
          // As the booking does: nights and status in one transaction.
          await takeNights(trx, {
            bookingId: await aHeldBooking(trx, property, guestId),
            propertyId: property.id,
            guestId,
            checkIn: FIRST_NIGHT,
            checkOut: addDays(FIRST_NIGHT, 1),
            guests: { adults: 1, children: 0, infants: 0, pets: 0 },
            bookingMode: 'instant',
            at: NOW,
          });
        }).then(
          () => 'taken',
          (error: unknown) => (isDomainError(error) ? error.code : assert.fail(String(error))),
        ),
      ),
    );
    assert.deepEqual(tally(outcomes), { taken: 2, hold_limit: 8 });
  });
});
