import assert from 'node:assert/strict';
import { deleteBlock, insertBlock } from '#db/blocks.ts';
import { addedNightsAreFree, takeAddedNights } from '#db/altered-stays.ts';
import { listTakenHere } from '#db/calendar-addresses.ts';
import { listConflicts } from '#db/calendar-conflicts.ts';
import { importAnswer } from '#db/calendar-imports.ts';
import { readCalendar } from '#db/calendar.ts';
import { insertCalendar } from '#db/calendars.ts';
import type { CalendarRow } from '#db/calendars.ts';
import { newId } from '#db/ids.ts';
import { setRooms } from '#db/links.ts';
import type { PropertyRow } from '#db/properties.ts';
import { lockFamily } from '#db/property-lock.ts';
import { searchProperties } from '#db/search.ts';
import { setStayRules } from '#db/stay-rules.ts';
import { nightsAreFree, retakeNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BlockId, BookingId, UserId } from '#domain/ids.ts';
import type { Stay } from '#domain/nights.ts';
import { aPendingBooking, aProperty, aUser, NOW, take, useDatabase } from './stays-fixture.ts';

const TODAY = NOW.slice(0, 10);
const ROUNDS = 20;
const KEPT = { checkIn: '2027-03-10', checkOut: '2027-03-13' };
/** Shares a night with what is kept. */
const WANTED = { checkIn: '2027-03-12', checkOut: '2027-03-14' };
const AFTER = { checkIn: '2027-03-13', checkOut: '2027-03-15' };

describe('nights that are kept in a part of a home', () => {
  const db = useDatabase();
  let hostId: UserId;
  let home: PropertyRow;
  let room: PropertyRow;
  let other: PropertyRow;

  beforeEach('link a home and its two rooms', async () => {
    hostId = await aUser(db());
    [home, room, other] = [
      await aProperty(db(), { hostId }),
      await aProperty(db(), { hostId }),
      await aProperty(db(), { hostId }),
    ];
    const rooms = { roomIds: [room.id, other.id], today: TODAY, at: NOW };
    await inTransaction(db(), (trx) => setRooms(trx, { id: home.id, hostId }, rooms));
  });

  async function blocked({ id }: PropertyRow, { checkIn: from, checkOut: to }: Stay): Promise<BlockId> {
    const block = { id: newId('block'), from, to, note: null };
    return (await inTransaction(db(), (trx) => insertBlock(trx, { id, hostId }, block))).id;
  }

  async function calendarOf({ id }: PropertyRow): Promise<CalendarRow> {
    const calendar = { id: newId('calendar'), name: 'Elsewhere', url: 'https://elsewhere.example/a.ics' };
    return inTransaction(db(), (trx) => insertCalendar(trx, { id, hostId }, { calendar, at: NOW }));
  }

  /** A calendar of it says that they are taken. */
  async function imported(calendar: CalendarRow, nights: Stay): Promise<void> {
    const reading = { stays: [nights], isEmpty: false, fault: null };
    const answer = { is: 'read' as const, reading, version: { etag: null, lastModified: null } };
    await inTransaction(db(), (trx) =>
      importAnswer(trx, calendar, { answer, at: NOW, today: TODAY, chance: 0.5 }),
    );
  }

  async function booking(property: PropertyRow, nights: Stay) {
    const guestId = await aUser(db());
    const bookingId = await aPendingBooking(db(), { property, guestId, status: 'awaiting_host' });
    return { bookingId, propertyId: property.id, guestId, ...nights };
  }
  const taking = async (property: PropertyRow, nights: Stay) =>
    take(db(), { propertyId: property.id, guestId: await aUser(db()), ...nights });

  /** Whether guests find it when they search for the nights, are told that they are free, and can book them. */
  async function answers(property: PropertyRow, stay: Stay): Promise<[boolean, boolean, string]> {
    const place = { near: { latitude: 51.5, longitude: -0.1 }, radiusMetres: 1_000 };
    const asked = { place, sort: 'distance' as const, guests: 1, limit: 1_000, stay: { ...stay, now: NOW } };
    const { rows } = await searchProperties(db(), asked);
    const isFound = rows.some(({ id }) => id === property.id);
    return [isFound, await nightsAreFree(db(), property.id, stay), await taking(property, stay)];
  }

  const IS_TAKEN = [false, false, 'dates_unavailable'];
  const IS_FREE = [true, true, 'taken'];

  const kept = {
    'blocked by the host': (property: PropertyRow) => blocked(property, KEPT),
    'sold elsewhere': async (property: PropertyRow) => imported(await calendarOf(property), KEPT),
  };

  for (const [how, keep] of Object.entries(kept)) {
    it(`${how}, those of a room are not to be had with the home, and no other room’s (A13)`, async () => {
      await keep(room);
      assert.deepEqual(await answers(home, WANTED), IS_TAKEN);
      assert.deepEqual(await answers(other, WANTED), IS_FREE);
      assert.deepEqual(await answers(home, { checkIn: '2027-03-14', checkOut: '2027-03-16' }), IS_FREE);
    });

    it(`${how}, those of the home are not to be had with any room (A13)`, async () => {
      await keep(home);
      for (const part of [room, other]) {
        assert.deepEqual(await answers(part, WANTED), IS_TAKEN);
        assert.deepEqual(await answers(part, AFTER), IS_FREE);
      }
    });

    it(`${how}, they are so in the host’s own calendar of the home`, async () => {
      await keep(room);
      const { taken } = await readCalendar(db(), home.id, KEPT);
      const by = how === 'sold elsewhere' ? 'imported' : 'blocked';
      assert.deepEqual(taken, [{ by, ...KEPT }]);
    });

    it(`${how}, neither late money nor an alteration has them (A5, A13)`, async () => {
      await keep(room);
      const late = await booking(home, WANTED);
      await assert.rejects(
        inTransaction(db(), (trx) => retakeNights(trx, late)),
        (error) => isDomainError(error, 'dates_unavailable'),
      );
      const altered = await booking(home, AFTER);
      assert.equal(await take(db(), altered), 'taken');
      const to = { ...AFTER, checkIn: WANTED.checkIn };
      const preparation = { preparationNightsBefore: 0, preparationNightsAfter: 0 };
      const nights = { ...altered, alterationId: newId('alteration'), from: AFTER, to, preparation };
      await inTransaction(db(), async (trx) => {
        assert.equal(await addedNightsAreFree(trx, nights), false);
        await lockFamily(trx, home.id);
        await trx('alterations').insert({
          ...{ id: nights.alterationId, booking_id: altered.bookingId, proposed_by: 'guest', price: '{}' },
          ...{ check_in: to.checkIn, check_out: to.checkOut, adults: 1, children: 0, infants: 0, pets: 0 },
          ...{ check_in_at: NOW, check_out_at: NOW, proposed_at: NOW, charge_minor: 0, refund_minor: 0 },
          lines: '[]',
        });
        await assert.rejects(takeAddedNights(trx, nights), (error) =>
          isDomainError(error, 'dates_unavailable'),
        );
      });
    });
  }

  it('come free for the home with the block', async () => {
    const id = await blocked(room, KEPT);
    await inTransaction(db(), (trx) =>
      deleteBlock(trx, room.id, { id, by: 'host', actorId: hostId, at: NOW }),
    );
    assert.deepEqual(await answers(home, WANTED), IS_FREE);
  });

  it('by a guest of the home leave a room no night to be prepared in, as a search says too (A13, D3)', async () => {
    const rules = { ...DEFAULT_STAY_RULES, preparationNightsAfter: 1 };
    await inTransaction(db(), (trx) => setStayRules(trx, { id: room.id, hostId }, rules));
    assert.equal(await taking(home, KEPT), 'taken');
    assert.deepEqual(await answers(room, WANTED), IS_TAKEN);
    assert.deepEqual(await answers(room, { checkIn: '2027-03-08', checkOut: '2027-03-10' }), IS_TAKEN);
    assert.deepEqual(await answers(room, { checkIn: '2027-03-08', checkOut: '2027-03-09' }), IS_FREE);
  });

  it('are told to other platforms as the home’s, once, but for what was imported (I5)', async () => {
    await blocked(room, KEPT);
    await imported(await calendarOf(other), KEPT);
    const told = await listTakenHere(db(), home.id, NOW);
    assert.deepEqual(
      told.map(({ checkIn, checkOut, isReserved }) => ({ checkIn, checkOut, isReserved })),
      [{ ...KEPT, isReserved: false }],
    );
  });

  const conflictsAt = async ({ id }: PropertyRow): Promise<BookingId[]> => {
    const page = { after: undefined, isOpen: true, limit: 10 };
    return (await listConflicts(db(), id, page)).map(({ bookingId }) => bookingId);
  };

  it('are in conflict with a booking of the home where another platform has sold a room (A13, I8)', async () => {
    const ofHome = await booking(home, WANTED);
    assert.equal(await take(db(), ofHome), 'taken');
    await imported(await calendarOf(room), KEPT);
    assert.deepEqual(await conflictsAt(room), [ofHome.bookingId]);
    assert.deepEqual(await answers(room, { checkIn: '2027-03-10', checkOut: '2027-03-11' }), IS_TAKEN);
  });

  it('and a booking of the home at the same moment: one has them, and the other knows why (A4, A13)', async () => {
    const calendar = await calendarOf(room);
    for (let round = 0; round < ROUNDS; round++) {
      const month = `2027-0${(2 + (round % 8)).toString()}`;
      const day = 1 + 3 * Math.floor(round / 8);
      const nights = {
        checkIn: `${month}-0${day.toString()}`,
        checkOut: `${month}-0${(day + 2).toString()}`,
      };
      const ofHome = await booking(home, nights);
      const [taken] = await Promise.all([take(db(), ofHome), imported(calendar, nights)]);
      assert.deepEqual(
        await conflictsAt(room),
        taken === 'taken' ? [ofHome.bookingId] : [],
        `round ${round.toString()}: ${taken}`,
      );
    }
  }).timeout(60_000);
});
