import assert from 'node:assert/strict';
import { deleteBlock, insertBlock } from '#db/blocks.ts';
import { insertCalendar } from '#db/calendars.ts';
import { newId } from '#db/ids.ts';
import { deleteProperty, setPublication } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { readStayRules } from '#db/stay-rules.ts';
import { nightsAreFree, releaseNights, retakeNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { DEFAULT_STAY_RULES, STAY_RULE_LIMITS } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BookingId, UserId } from '#domain/ids.ts';
import { PROPERTY_STATUSES } from '#domain/properties.ts';
import { aHeldBooking, aProperty, aUser, NOW, take, useDatabase } from './stays-fixture.ts';

const stay = (checkIn: string, checkOut: string) => ({ checkIn, checkOut });
const WEEK = stay('2027-03-01', '2027-03-08');

describe('taking nights', () => {
  const db = useDatabase();
  let guest: UserId;
  let property: PropertyRow;
  const given = async (rules?: Partial<StayRules>) => {
    property = await aProperty(db(), rules && { rules });
  };
  const taking = (nights: { checkIn: string; checkOut: string }, more: object = {}) =>
    take(db(), { propertyId: property.id, guestId: guest, ...nights, ...more });
  const liveRows = (bookingId: BookingId) =>
    db()('stays')
      .where({ booking_id: bookingId, live: true })
      .orderBy('id')
      .select('kind', db().raw('nights::text'));
  const block = (from: string, to: string) => {
    const mine = { id: property.id, hostId: property.hostId };
    const id = newId('block');
    return inTransaction(db(), (trx) => insertBlock(trx, mine, { id, from, to, note: null }));
  };

  beforeEach(async () => {
    guest = await aUser(db());
    await given();
  });

  describe('which nights', () => {
    it('refuses nights that overlap a booking, by one night on either side, within it or around it', async () => {
      assert.equal(await taking(WEEK), 'taken');
      for (const [checkIn, checkOut] of [
        ['2027-03-01', '2027-03-08'],
        ['2027-02-27', '2027-03-02'],
        ['2027-03-07', '2027-03-09'],
        ['2027-03-03', '2027-03-04'],
        ['2027-02-20', '2027-03-20'],
      ] as const) {
        assert.equal(await taking(stay(checkIn, checkOut)), 'dates_unavailable');
        assert.equal(await nightsAreFree(db(), property.id, stay(checkIn, checkOut)), false);
      }
    });

    it('lets a stay begin on the day another ends (D2)', async () => {
      await taking(WEEK);
      for (const next of [stay('2027-03-08', '2027-03-10'), stay('2027-02-25', '2027-03-01')]) {
        assert.equal(await nightsAreFree(db(), property.id, next), true);
        assert.equal(await taking(next), 'taken');
      }
    });

    it('takes the same nights of another property', async () => {
      await taking(WEEK);
      await given();
      assert.equal(await taking(WEEK), 'taken');
    });

    it('refuses nights that the host has blocked, until the block is gone (A3)', async () => {
      const { id } = await block('2027-03-05', '2027-03-06');
      assert.equal(await taking(WEEK), 'dates_unavailable');
      const freeing = { id, by: 'host', actorId: property.hostId, at: NOW } as const;
      await inTransaction(db(), (trx) => deleteBlock(trx, property.id, freeing));
      assert.equal(await taking(WEEK), 'taken');
    });

    it('refuses a block over a booked night, and lets blocks overlap each other (A3)', async () => {
      await taking(WEEK);
      await assert.rejects(block('2027-03-07', '2027-03-10'), (error) =>
        isDomainError(error, 'dates_unavailable'),
      );
      await block('2027-03-08', '2027-03-10');
      await block('2027-03-09', '2027-03-12');
    });
  });

  describe('preparation nights (D3)', () => {
    const after = stay('2027-03-08', '2027-03-10');
    const oneLater = stay('2027-03-09', '2027-03-11');

    it('keeps the nights after a stay empty', async () => {
      await given({ preparationNightsAfter: 1 });
      await taking(WEEK);
      assert.equal(await nightsAreFree(db(), property.id, after), false);
      assert.equal(await taking(after), 'dates_unavailable');
      assert.equal(await taking(oneLater), 'taken');
    });

    it('keeps the nights before a stay empty, also those that a later stay asks for', async () => {
      await given({ preparationNightsBefore: 2 });
      await taking(WEEK);
      assert.equal(await nightsAreFree(db(), property.id, oneLater), false);
      assert.equal(await taking(oneLater), 'dates_unavailable');
      assert.equal(await taking(stay('2027-03-10', '2027-03-11')), 'taken');
    });

    it('lets the preparations of two stays overlap each other', async () => {
      await given({ preparationNightsBefore: 2, preparationNightsAfter: 2 });
      await taking(WEEK);
      const twoLater = stay('2027-03-10', '2027-03-12');
      assert.equal(await nightsAreFree(db(), property.id, twoLater), true);
      assert.equal(await taking(twoLater), 'taken');
    });

    it('lets the preparation of a stay fall on blocked nights', async () => {
      await given({ preparationNightsAfter: 3 });
      await block('2027-03-08', '2027-03-20');
      assert.equal(await taking(WEEK), 'taken');
    });

    it('leaves nothing behind when only the preparation collides', async () => {
      await given({ preparationNightsAfter: 1 });
      await taking(stay('2027-03-08', '2027-03-10'));
      const bookingId = newId('booking');
      assert.equal(await taking(WEEK, { bookingId }), 'dates_unavailable');
      assert.deepEqual(await liveRows(bookingId), []);
    });
  });

  describe('whose nights', () => {
    it('changes nothing when the booking has them already', async () => {
      await given({ preparationNightsAfter: 1 });
      const bookingId = newId('booking');
      assert.equal(await taking(WEEK, { bookingId }), 'taken');
      const before = await liveRows(bookingId);
      assert.equal(before.length, 2);
      assert.equal(await taking(WEEK, { bookingId }), 'taken');
      assert.deepEqual(await liveRows(bookingId), before);
    });

    it('still says so after the rules have changed or the property was closed', async () => {
      const bookingId = newId('booking');
      await taking(WEEK, { bookingId });
      const mine = { id: property.id, hostId: property.hostId };
      await inTransaction(db(), (trx) => setPublication(trx, mine, 'closed'));
      assert.equal(await taking(WEEK, { bookingId }), 'taken');
    });

    it('gives released nights to the next guest, and releases once', async () => {
      const bookingId = newId('booking');
      await taking(WEEK, { bookingId });
      await releaseNights(db(), bookingId, NOW);
      await releaseNights(db(), bookingId, '2027-01-11T12:00:00.000Z');
      assert.equal(await taking(WEEK), 'taken');
      const released = await db()('stays').where({ booking_id: bookingId }).select('live', 'released_at');
      assert.deepEqual(released, [{ live: false, released_at: NOW }]);
    });
  });

  describe('refusals by rule', () => {
    it('names the rule, judged by the booking\u2019s own now', async () => {
      await given({ minimumNights: 3, advanceNoticeDays: 2 });
      assert.equal(await taking(stay('2027-03-01', '2027-03-03')), 'minimum_nights');
      assert.equal(await taking(WEEK, { guests: { adults: 5 } }), 'capacity');
      assert.equal(await taking(WEEK, { at: '2027-02-28T00:00:00.000Z' }), 'advance_notice');
      assert.equal(await taking(WEEK, { at: '2027-02-27T23:59:59.999Z' }), 'taken');
    });

    it('takes the property\u2019s today for today (D9)', async () => {
      property = await aProperty(db(), { timeZone: 'Pacific/Kiritimati' });
      const tonight = stay('2027-02-28', '2027-03-01');
      // 10:30 UTC is 00:30 of the next day at +14.
      assert.equal(await taking(tonight, { at: '2027-02-28T10:30:00.000Z' }), 'past');
      property = await aProperty(db(), { timeZone: 'Pacific/Pago_Pago' });
      assert.equal(await taking(tonight, { at: '2027-03-01T10:30:00.000Z' }), 'taken');
    });

    it('takes a booking at the very minute the same day closes, and none after (D12)', async () => {
      await given({ sameDayLatestTime: '18:00' });
      const tonight = stay('2027-02-28', '2027-03-01');
      assert.equal(await taking(tonight, { at: '2027-02-28T18:00:00.001Z' }), 'advance_notice');
      assert.equal(await taking(tonight, { at: '2027-02-28T18:00:00.000Z' }), 'taken');
    });

    it('takes nothing of a property that is not published, and knows no deleted one (A12)', async () => {
      const mine = { id: property.id, hostId: property.hostId };
      for (const status of PROPERTY_STATUSES.filter((one) => one !== 'published')) {
        await db()('properties').where({ id: property.id }).update({ status });
        assert.equal(await taking(WEEK), 'not_published', status);
      }
      const at = { now: NOW, today: () => '2027-01-10' };
      await inTransaction(db(), (trx) => deleteProperty(trx, mine, at));
      assert.equal(await taking(WEEK), 'not_found');
    });

    it('lets nobody book their own property', async () => {
      assert.equal(await taking(WEEK, { guestId: property.hostId }), 'own_property');
    });

    it('lets a guest hold three stays and no fourth (A17)', async () => {
      const held = [];
      for (let count = 0; count < 3; count++) held.push(await aHeldBooking(db(), property, guest));
      assert.equal(await taking(WEEK), 'hold_limit');
      assert.equal(
        await taking(WEEK, { bookingId: held[0] }),
        'taken',
        'a hold does not count against itself',
      );
      await given();
      assert.equal(await taking(WEEK, { guestId: await aUser(db()) }), 'taken', 'nor against another guest');
    });
  });

  describe('retaking nights for late money', () => {
    const retaking = (bookingId: BookingId) =>
      inTransaction(db(), (trx) =>
        retakeNights(trx, { bookingId, propertyId: property.id, guestId: guest, ...WEEK }),
      );

    it('takes free nights whatever the rules say by now', async () => {
      const bookingId = newId('booking');
      await taking(WEEK, { bookingId });
      await releaseNights(db(), bookingId, NOW);
      for (let count = 0; count < 3; count++) await aHeldBooking(db(), property, guest);
      const mine = { id: property.id, hostId: property.hostId };
      await inTransaction(db(), (trx) => setPublication(trx, mine, 'closed'));
      await retaking(bookingId);
      await retaking(bookingId);
      assert.equal((await liveRows(bookingId)).length, 1);
    });

    it('refuses nights that went to somebody else', async () => {
      const bookingId = newId('booking');
      await taking(WEEK, { bookingId });
      await releaseNights(db(), bookingId, NOW);
      await taking(stay('2027-03-07', '2027-03-09'));
      await assert.rejects(retaking(bookingId), (error) => isDomainError(error, 'dates_unavailable'));
    });
  });

  describe('the table itself', () => {
    const insert = (row: object) =>
      db()('stays').insert({
        property_id: property.id,
        kind: 'booking',
        booking_id: newId('booking'),
        ...row,
      });

    it('refuses a second solid row whoever writes it', async () => {
      await insert({ nights: '[2027-03-01,2027-03-08)' });
      const row = { property_id: property.id, kind: 'import', nights: '[2027-03-07,2027-03-09)' };
      await assert.rejects(
        inTransaction(db(), async (trx) => {
          const calendar = {
            id: newId('calendar'),
            name: 'Elsewhere',
            url: 'https://elsewhere.example/a.ics',
          };
          const { id } = await insertCalendar(trx, property, { calendar, at: NOW });
          await trx('stays').insert({ ...row, calendar_id: id });
        }),
        (error) => isDomainError(error, 'dates_unavailable'),
      );
    });

    it('refuses nights without end, without a night, and without an owner', async () => {
      await assert.rejects(insert({ nights: '[2027-03-01,)' }), /stays_begin_and_end/);
      await assert.rejects(insert({ nights: '[2027-03-01,infinity)' }), /stays_begin_and_end/);
      await assert.rejects(insert({ nights: '[2027-03-01,2027-03-01)' }), /stays_have_a_night/);
      await assert.rejects(
        insert({ nights: '[2027-03-01,2027-03-02)', booking_id: null }),
        /stays_name_their_owner/,
      );
      await assert.rejects(
        insert({ kind: 'import', nights: '[2027-03-01,2027-03-02)', booking_id: null }),
        /imports_alone_name_a_calendar/,
      );
    });

    it('lets nobody choose a layer', async () => {
      await assert.rejects(insert({ nights: '[2027-03-01,2027-03-02)', layer: '[1,1]' }), /layer/);
    });
  });

  describe('the rules of a property', () => {
    it('without a word from its host are those of the domain', async () => {
      await db()('stay_rules').insert({ property_id: property.id });
      assert.deepEqual(await readStayRules(db(), property.id), DEFAULT_STAY_RULES);
    });

    it('may go as far as the domain lets them', async () => {
      for (const bound of ['least', 'most'] as const) {
        const limits = Object.entries(STAY_RULE_LIMITS).map(([rule, limit]) => [rule, limit[bound]]);
        const rules = { ...DEFAULT_STAY_RULES, ...(Object.fromEntries(limits) as Partial<StayRules>) };
        await given(rules);
        assert.deepEqual(await readStayRules(db(), property.id), rules);
      }
    });
  });
});
