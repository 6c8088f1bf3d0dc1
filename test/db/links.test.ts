import assert from 'node:assert/strict';
import { freeAddedNights, settleNights, takeAddedNights } from '#db/altered-stays.ts';
import type { AlteredNights } from '#db/altered-stays.ts';
import { newId } from '#db/ids.ts';
import { readLinks, setRooms } from '#db/links.ts';
import { deleteProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { lockFamily } from '#db/property-lock.ts';
import { leaveNights, nightsAreFree, releaseNights, retakeNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import type { StayRules } from '#domain/availability.ts';
import { MAX_ROOMS_OF_HOME } from '#domain/availability/links.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BookingId, PropertyId, UserId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { aHeldBooking, aProperty, aUser, NOW, take, tally, useDatabase } from './stays-fixture.ts';

const FIRST = '2027-03-10';
const TODAY = '2027-01-10';
const ROUNDS = 20;

const stay = (from: number, until: number): Stay => ({
  checkIn: addDays(FIRST, from),
  checkOut: addDays(FIRST, until),
});

describe('linked properties', () => {
  const db = useDatabase();
  let hostId: UserId;
  let guests: UserId[];

  before(async () => {
    hostId = await aUser(db());
    guests = await Promise.all(Array.from({ length: 10 }, () => aUser(db())));
  });

  const property = (rules: Partial<StayRules> = {}) => aProperty(db(), { hostId, rules });
  const guestAt = (index: number): UserId => guests[index % guests.length] ?? assert.fail();

  async function linking(home: PropertyRow, roomIds: PropertyId[]): Promise<string> {
    try {
      const rooms = { roomIds, today: TODAY, at: NOW };
      await inTransaction(db(), (trx) => setRooms(trx, { id: home.id, hostId }, rooms));
      return 'linked';
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return error.code;
    }
  }

  /** A home and its two rooms. */
  async function household(
    rules: Partial<StayRules> = {},
  ): Promise<Record<'home' | 'room' | 'other', PropertyRow>> {
    const [home, room, other] = [await property(rules), await property(rules), await property(rules)];
    assert.equal(await linking(home, [room.id, other.id]), 'linked');
    return { home, room, other };
  }

  const taking = (
    { id: propertyId }: PropertyRow,
    nights: Stay,
    more: { bookingId?: BookingId; guest?: number } = {},
  ) => {
    const { guest = 0, ...rest } = more;
    return take(db(), { propertyId, guestId: guestAt(guest), ...nights, ...rest });
  };
  async function booked(where: PropertyRow, nights: Stay): Promise<BookingId> {
    const bookingId = newId('booking');
    assert.equal(await taking(where, nights, { bookingId }), 'taken');
    return bookingId;
  }

  /** All that lies on a property, as `kind from-until` in days from the first. */
  async function on({ id }: PropertyRow): Promise<string[]> {
    const rows: { kind: string; from: number; until: number }[] = await db()('stays')
      .where({ property_id: id, live: true })
      .select(
        'kind',
        db().raw(`lower(nights) - cast(? as date) as "from", upper(nights) - cast(? as date) as "until"`, [
          FIRST,
          FIRST,
        ]),
      );
    return rows.map(({ kind, from, until }) => `${kind} ${from.toString()}-${until.toString()}`).sort();
  }

  describe('as bookings come', () => {
    it('a stay in the home takes its rooms, and one in a room the home and no other room (A13)', async () => {
      const { home, room, other } = await household();
      await booked(home, stay(0, 3));
      for (const part of [room, other]) {
        assert.equal(await nightsAreFree(db(), part.id, stay(2, 4)), false);
        assert.equal(await taking(part, stay(2, 4)), 'dates_unavailable');
      }
      await booked(room, stay(3, 5));
      assert.equal(await nightsAreFree(db(), home.id, stay(4, 6)), false);
      assert.equal(await taking(home, stay(4, 6)), 'dates_unavailable');
      await booked(other, stay(3, 5));
      assert.deepEqual(await on(home), ['booking 0-3', 'linked 3-5', 'linked 3-5']);
    });

    it('what is to be prepared is so in every part, and no stay lies on it anywhere (A13, D3)', async () => {
      const { home, room, other } = await household({
        preparationNightsBefore: 1,
        preparationNightsAfter: 2,
      });
      await booked(room, stay(0, 3));
      assert.deepEqual(await on(home), ['linked 0-3', 'preparation -1-0', 'preparation 3-5']);
      assert.deepEqual(await on(other), []);
      for (const nights of [stay(-3, -1), stay(4, 6), stay(-1, 0)]) {
        assert.equal(await nightsAreFree(db(), home.id, nights), false, nights.checkIn);
        assert.equal(await taking(home, nights), 'dates_unavailable', nights.checkIn);
      }
      for (const nights of [stay(5, 6), stay(-4, -2)]) {
        assert.equal(await nightsAreFree(db(), home.id, nights), true, nights.checkIn);
        assert.equal(await taking(home, nights), 'taken', nights.checkIn);
      }
    });

    it('come free with the booking, and back with late money (A13)', async () => {
      const { home, room } = await household();
      const bookingId = await booked(home, stay(0, 3));
      await releaseNights(db(), bookingId, NOW);
      assert.deepEqual(await on(room), []);
      const again = { bookingId, propertyId: home.id, guestId: guestAt(0), ...stay(0, 3) };
      await inTransaction(db(), (trx) => retakeNights(trx, again));
      assert.deepEqual(await on(room), ['linked 0-3']);
      await releaseNights(db(), bookingId, NOW);
      await booked(room, stay(2, 4));
      await assert.rejects(
        inTransaction(db(), (trx) => retakeNights(trx, again)),
        (error) => isDomainError(error, 'dates_unavailable'),
      );
    });

    it('are left with the guest who leaves early (A13)', async () => {
      const { home, room } = await household({ preparationNightsAfter: 1 });
      const bookingId = await booked(home, stay(0, 4));
      await inTransaction(db(), (trx) => leaveNights(trx, { bookingId, leftOn: addDays(FIRST, 2), at: NOW }));
      assert.deepEqual(await on(home), ['booking 0-2', 'preparation 2-3']);
      assert.deepEqual(await on(room), ['linked 0-2', 'preparation 2-3']);
      await inTransaction(db(), (trx) => leaveNights(trx, { bookingId, leftOn: FIRST, at: NOW }));
      assert.deepEqual(await on(room), ['preparation 0-1']);
    });
  });

  describe('in a race', () => {
    it('a stay in the home and one in a room have one winner (A1, A13)', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { home, room, other } = await household({ preparationNightsAfter: round % 2 });
        const order = round % 2 === 0 ? [home, room] : [room, home];
        const outcomes = await Promise.all(
          order.map((one, guest) => taking(one, stay(guest, guest + 3), { guest })),
        );
        assert.deepEqual(tally(outcomes), { taken: 1, dates_unavailable: 1 });
        assert.equal(
          (await on(other)).length > 0,
          (await on(home)).some((row) => row.startsWith('booking')),
        );
      }
    }).timeout(120_000);

    it('many stays in all parts end without a deadlock, and without two on one night (A7, A13)', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { home, room, other } = await household();
        const parts = [room, home, other, home, room, other];
        const outcomes = await Promise.all(
          parts.map((one, guest) => taking(one, stay(guest % 2, 2 + (guest % 2)), { guest })),
        );
        const homes = outcomes.filter(
          (outcome, index) => parts[index] === home && outcome === 'taken',
        ).length;
        const rooms = outcomes.filter(
          (outcome, index) => parts[index] !== home && outcome === 'taken',
        ).length;
        assert.ok(homes === 1 ? rooms === 0 : homes === 0 && rooms >= 1, outcomes.join());
        assert.ok(outcomes.every((outcome) => ['taken', 'dates_unavailable'].includes(outcome)));
      }
    }).timeout(120_000);

    it('a link and a booking leave the one with the other’s shadow, or no link (A13)', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const [home, room] = [await property(), await property()];
        const order = [
          () => linking(home, [room.id]),
          () => taking(home, stay(0, 3), { guest: 0 }),
          () => taking(room, stay(2, 5), { guest: 1 }),
        ];
        const started = round % 2 === 0 ? order : order.toReversed();
        const outcomes = tally(await Promise.all(started.map((act) => act())));
        const isLinked = (await readLinks(db(), home.id)).roomIds.length === 1;
        assert.deepEqual(
          outcomes,
          isLinked ? { linked: 1, taken: 1, dates_unavailable: 1 } : { taken: 2, dates_unavailable: 1 },
        );
        const expected = isLinked ? 1 : 0;
        const shadows = [...(await on(home)), ...(await on(room))].filter((row) => row.startsWith('linked'));
        assert.equal(shadows.length, expected);
      }
    }).timeout(120_000);
  });

  describe('altered', () => {
    async function altered(
      where: PropertyRow,
      { from, to, preparation = 0 }: { from: Stay; to: Stay; preparation?: number },
    ): Promise<AlteredNights> {
      const guestId = await aUser(db());
      const bookingId = await aHeldBooking(db(), where, guestId);
      assert.equal(await take(db(), { propertyId: where.id, guestId, bookingId, ...from }), 'taken');
      const alterationId = newId('alteration');
      await db()('alterations').insert({
        ...{ id: alterationId, booking_id: bookingId, proposed_by: 'guest', price: '{}', lines: '[]' },
        ...{ check_in: to.checkIn, check_out: to.checkOut, adults: 1, children: 0, infants: 0, pets: 0 },
        ...{ check_in_at: NOW, check_out_at: NOW, proposed_at: NOW, charge_minor: 0, refund_minor: 0 },
      });
      const around = { preparationNightsBefore: 0, preparationNightsAfter: preparation };
      return { bookingId, propertyId: where.id, guestId, alterationId, from, to, preparation: around };
    }

    const adding = (nights: AlteredNights) =>
      inTransaction(db(), async (trx) => {
        await lockFamily(trx, nights.propertyId);
        await takeAddedNights(trx, nights);
      }).then(
        () => 'taken',
        (error: unknown) => (isDomainError(error) ? error.code : assert.fail(String(error))),
      );

    it('take what is added in every part, and give it back (A13)', async () => {
      const { home, room } = await household({ preparationNightsAfter: 1 });
      const nights = await altered(home, { from: stay(0, 3), to: stay(1, 5), preparation: 1 });
      const before = ['linked 0-3', 'preparation 3-4'];
      assert.deepEqual(await on(room), before);
      assert.equal(await adding(nights), 'taken');
      assert.deepEqual(await on(room), ['linked 0-3', 'linked 3-5', 'preparation 5-6']);
      assert.equal(await taking(room, stay(4, 7)), 'dates_unavailable');
      await inTransaction(db(), (trx) => freeAddedNights(trx, { ...nights, at: NOW }));
      assert.deepEqual(await on(room), before);
      assert.equal(await adding(nights), 'taken');
      await inTransaction(db(), (trx) => settleNights(trx, { ...nights, at: NOW }));
      assert.deepEqual(await on(room), ['linked 1-5', 'preparation 5-6']);
      assert.deepEqual(await on(home), ['booking 1-5', 'preparation 5-6']);
      assert.equal(await taking(room, stay(6, 7)), 'taken');
    });

    it('that swap a home’s nights with a room’s are neither’s, and none waits for the other (A7, A13)', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { home, room } = await household();
        const one = await altered(home, { from: stay(0, 3), to: stay(3, 6) });
        const other = await altered(room, { from: stay(3, 6), to: stay(0, 3) });
        assert.deepEqual(tally(await Promise.all([adding(one), adding(other)])), { dates_unavailable: 2 });
        assert.deepEqual(await on(home), ['booking 0-3', 'linked 3-6']);
      }
    }).timeout(120_000);
  });

  describe('when they are linked', () => {
    it('cast the shadows of the bookings they have, and take them back (A13)', async () => {
      const rules = { preparationNightsAfter: 1 };
      const [home, room, other] = [await property(rules), await property(rules), await property(rules)];
      await booked(home, stay(0, 3));
      await booked(room, stay(4, 6));
      await booked(other, stay(4, 7));
      assert.equal(await linking(home, [room.id, other.id]), 'linked');
      assert.deepEqual(await on(room), ['booking 4-6', 'linked 0-3', 'preparation 3-4', 'preparation 6-7']);
      assert.equal(await linking(home, [other.id]), 'linked');
      assert.deepEqual(await on(room), ['booking 4-6', 'preparation 6-7']);
      assert.deepEqual(await on(home), ['booking 0-3', 'linked 4-7', 'preparation 3-4', 'preparation 7-8']);
      assert.equal(await linking(home, []), 'linked');
      assert.deepEqual(await on(home), ['booking 0-3', 'preparation 3-4']);
      assert.deepEqual(await readLinks(db(), room.id), { homeId: null, roomIds: [] });
    });

    it('are not, where their bookings or what is to be prepared overlap, and change nothing (A13)', async () => {
      const [home, room, other] = [
        await property({ preparationNightsAfter: 1 }),
        await property(),
        await property(),
      ];
      const inHome = await booked(home, stay(0, 3));
      await booked(other, stay(3, 4));
      await booked(room, stay(6, 8));
      for (const rooms of [[room.id, other.id], [other.id]]) {
        await assert.rejects(
          inTransaction(db(), (trx) =>
            setRooms(trx, { id: home.id, hostId }, { roomIds: rooms, today: TODAY, at: NOW }),
          ),
          (error) => isDomainError(error, 'dates_unavailable') && String(error.details.bookingIds) === inHome,
        );
      }
      assert.deepEqual(await readLinks(db(), home.id), { homeId: null, roomIds: [] });
      assert.deepEqual(await on(room), ['booking 6-8']);
      // When they are over, they are in nobody’s way.
      const rooms = { roomIds: [room.id, other.id], today: addDays(FIRST, 9), at: NOW };
      await inTransaction(db(), (trx) => setRooms(trx, { id: home.id, hostId }, rooms));
      assert.deepEqual(await on(room), ['booking 6-8']);
    });

    it('take the nights that an alteration waits for along (A13)', async () => {
      const [home, room] = [await property(), await property()];
      const guestId = guestAt(0);
      const bookingId = await aHeldBooking(db(), home, guestId);
      await take(db(), { propertyId: home.id, guestId, bookingId, ...stay(0, 2) });
      const alterationId = newId('alteration');
      await db()('alterations').insert({
        ...{ id: alterationId, booking_id: bookingId, proposed_by: 'guest', price: '{}', lines: '[]' },
        ...{ check_in: FIRST, check_out: addDays(FIRST, 4), adults: 1, children: 0, infants: 0, pets: 0 },
        ...{ check_in_at: NOW, check_out_at: NOW, proposed_at: NOW, charge_minor: 0, refund_minor: 0 },
      });
      const around = { preparationNightsBefore: 0, preparationNightsAfter: 0 };
      const nights = {
        bookingId,
        propertyId: home.id,
        guestId,
        alterationId,
        from: stay(0, 2),
        to: stay(0, 4),
      };
      await inTransaction(db(), (trx) => takeAddedNights(trx, { ...nights, preparation: around }));
      assert.equal(await linking(home, [room.id]), 'linked');
      assert.deepEqual(await on(room), ['linked 0-2', 'linked 2-4']);
      await inTransaction(db(), (trx) => freeAddedNights(trx, { alterationId, at: NOW }));
      assert.deepEqual(await on(room), ['linked 0-2']);
    });

    it('have to be other properties of one host, on two floors and no more (S1)', async () => {
      const { home, room, other } = await household();
      const [theirs, lone] = [await aProperty(db()), await property()];
      const mine = (id: PropertyId, roomIds: PropertyId[], by = hostId) =>
        inTransaction(db(), (trx) =>
          setRooms(trx, { id, hostId: by }, { roomIds, today: TODAY, at: NOW }),
        ).then(
          () => 'linked',
          (error: unknown) =>
            isDomainError(error) ? [error.code, error.details.errors] : assert.fail(String(error)),
        );
      const wrong = (path: string, message: string) => ['invalid_input', [{ path, message }]];
      assert.deepEqual(
        await mine(home.id, [room.id, theirs.id]),
        wrong('roomIds.1', 'Must be a property of yours.'),
      );
      assert.deepEqual(await mine(home.id, [home.id]), wrong('roomIds.0', 'Must be another property.'));
      assert.deepEqual(await mine(lone.id, [home.id]), wrong('roomIds.0', 'Must not have rooms itself.'));
      assert.deepEqual(
        await mine(lone.id, [room.id]),
        wrong('roomIds.0', `Must not be a room of ${home.id} already.`),
      );
      assert.deepEqual(
        await mine(room.id, [lone.id]),
        wrong('roomIds.0', 'Must not be a room of a property that is a room itself.'),
      );
      assert.deepEqual(await mine(home.id, [], theirs.hostId), ['not_found', undefined]);
      assert.deepEqual(await readLinks(db(), home.id), { homeId: null, roomIds: [room.id, other.id].sort() });
      assert.deepEqual(await readLinks(db(), room.id), { homeId: home.id, roomIds: [] });
    });

    it('are linked no more once one of them is deleted (A12)', async () => {
      const { home, room, other } = await household();
      await booked(other, stay(0, 3));
      await inTransaction(db(), (trx) =>
        deleteProperty(trx, { id: room.id, hostId }, { now: NOW, today: () => TODAY }),
      );
      assert.deepEqual((await readLinks(db(), home.id)).roomIds, [other.id]);
      await inTransaction(db(), (trx) =>
        deleteProperty(trx, { id: home.id, hostId }, { now: NOW, today: () => TODAY }),
      );
      assert.deepEqual(await on(home), []);
      assert.equal(await linking(await property(), [other.id]), 'linked');
    });

    it('can be as many rooms as a home may have', async () => {
      const home = await property();
      const rooms = await Promise.all(Array.from({ length: MAX_ROOMS_OF_HOME }, () => property()));
      assert.equal(
        await linking(
          home,
          rooms.map(({ id }) => id),
        ),
        'linked',
      );
      await booked(home, stay(0, 2));
      for (const room of rooms) assert.deepEqual(await on(room), ['linked 0-2']);
    });
  });

  describe('after all of that', () => {
    it('are locked in one order by all who take their nights, so that no deadlock has to be broken up (A7, A13)', async () => {
      const { rows } = await db().raw<{ rows: { deadlocks: number }[] }>(
        'select cast(deadlocks as integer) as deadlocks from pg_stat_database where datname = current_database()',
      );
      assert.deepEqual(rows, [{ deadlocks: 0 }]);
    });
  });
});
