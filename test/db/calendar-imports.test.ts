import assert from 'node:assert/strict';
import { listConflicts, keepBooking } from '#db/calendar-conflicts.ts';
import { CalendarRow, findDueCalendars, insertCalendar, removeCalendar } from '#db/calendars.ts';
import { newId } from '#db/ids.ts';
import { importAnswer } from '#db/calendar-imports.ts';
import type { PropertyRow } from '#db/properties.ts';
import { releaseNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import type { FeedAnswer } from '#domain/calendars.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import { addHours } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { until } from '../support/virtual-time.ts';
import { aPendingBooking, aProperty, aUser, isWaiting, NOW, take, useDatabase } from './stays-fixture.ts';

const TODAY = NOW.slice(0, 10);
const stay = (checkIn: string, checkOut: string): Stay => ({ checkIn, checkOut });
const said = (...stays: Stay[]): FeedAnswer => ({
  is: 'read',
  reading: { stays, isEmpty: stays.length === 0, fault: null },
  version: { etag: '"1"', lastModified: null },
});
const broken: FeedAnswer = { is: 'broken', fault: 'refused' };

describe('the nights of imported calendars', () => {
  const db = useDatabase();
  let property: PropertyRow;
  let calendar: CalendarRow;

  async function added(): Promise<CalendarRow> {
    const { id, hostId } = property;
    const facts = { id: newId('calendar'), name: 'Elsewhere', url: 'https://elsewhere.example/a.ics' };
    return inTransaction(db(), (trx) => insertCalendar(trx, { id, hostId }, { calendar: facts, at: NOW }));
  }

  beforeEach(async () => {
    property = await aProperty(db());
    calendar = await added();
  });

  const answered = (answer: FeedAnswer, { at = NOW, of = calendar } = {}) =>
    inTransaction(db(), (trx) => importAnswer(trx, of, { answer, at, today: at.slice(0, 10), chance: 0.5 }));

  async function imported(of = calendar): Promise<string[]> {
    const rows = await db()('stays')
      .where({ calendar_id: of.id, live: true })
      .orderByRaw('nights')
      .select<{ nights: string }[]>(db().raw(`concat(lower(nights), ' ', upper(nights)) as nights`));
    return rows.map(({ nights }) => nights);
  }
  const now = async () => CalendarRow.query(db()).findById(calendar.id).throwIfNotFound();
  const eventsOf = (kind: string) => db()('events').where({ subject_id: calendar.id, kind }).pluck('data');

  /** A booking that has nights, as far as anybody here looks at it. */
  async function booked(
    nights: Stay,
    status: 'held' | 'awaiting_host' = 'awaiting_host',
  ): Promise<BookingId> {
    const guestId = await aUser(db());
    const bookingId = await aPendingBooking(db(), { property, guestId, status });
    await db()('bookings')
      .where({ id: bookingId })
      .update({ check_in: nights.checkIn, check_out: nights.checkOut });
    assert.equal(await take(db(), { propertyId: property.id, guestId, bookingId, ...nights }), 'taken');
    return bookingId;
  }
  const conflicts = () =>
    listConflicts(db(), property.id, { after: undefined, isOpen: undefined, limit: 10 });

  describe('replace those before', () => {
    it('new ones come, others go, and the rest are left as they were (I1)', async () => {
      assert.deepEqual(
        await answered(said(stay('2027-03-01', '2027-03-04'), stay('2027-04-01', '2027-04-03'))),
        { taken: 2, freed: 0, kept: 0, conflicts: 0 },
      );
      assert.deepEqual(
        await answered(said(stay('2027-03-02', '2027-03-05'), stay('2027-04-01', '2027-04-03'))),
        { taken: 1, freed: 1, kept: 1, conflicts: 0 },
      );
      assert.deepEqual(await imported(), ['2027-03-02 2027-03-05', '2027-04-01 2027-04-03']);
    });

    it('the same again changes nothing, and tells nothing', async () => {
      const same = said(stay('2027-03-01', '2027-03-04'));
      await answered(same);
      const ids = await db()('stays').where({ calendar_id: calendar.id }).pluck('id');
      assert.deepEqual(await answered(same), { taken: 0, freed: 0, kept: 1, conflicts: 0 });
      assert.deepEqual(await db()('stays').where({ calendar_id: calendar.id }).pluck('id'), ids);
      assert.equal((await eventsOf('calendar.imported')).length, 1);
    });

    it('overlapping events are one stay, and calendars lie on each other', async () => {
      const other = await added();
      await answered(said(stay('2027-03-01', '2027-03-04'), stay('2027-03-03', '2027-03-06')));
      await answered(said(stay('2027-03-02', '2027-03-09')), { of: other });
      assert.deepEqual(await imported(), ['2027-03-01 2027-03-06']);
      assert.deepEqual(await imported(other), ['2027-03-02 2027-03-09']);
      await answered(said(stay('2027-05-01', '2027-05-02')));
      assert.deepEqual(await imported(other), ['2027-03-02 2027-03-09']);
    });

    it('one of many that is gone frees its nights at once (I2)', async () => {
      await answered(said(stay('2027-03-01', '2027-03-04'), stay('2027-04-01', '2027-04-03')));
      await answered(said(stay('2027-04-01', '2027-04-03')));
      assert.deepEqual(await imported(), ['2027-04-01 2027-04-03']);
    });

    it('a window that moves on each day leaves one stay, and none behind (I9)', async () => {
      for (const day of ['10', '11', '12', '13']) {
        const window = said(
          stay(`2027-01-${day}`, `2027-01-${Number(day) + 2}`),
          stay('2027-12-01', '2099-01-01'),
        );
        await answered(window, { at: `2027-01-${day}T12:00:00.000Z` });
      }
      const { rows } = await db().raw<{ rows: { nights: string }[] }>(
        `select cast(nights as text) as nights from stays
         where calendar_id = ? and live and upper(nights) > '2027-01-13' order by nights`,
        [calendar.id],
      );
      assert.deepEqual(
        rows.map(({ nights }) => nights),
        ['[2027-01-13,2027-01-15)', '[2027-12-01,2030-02-01)'],
      );
    });

    it('keep guests away, and give them back with the calendar', async () => {
      const nights = {
        propertyId: property.id,
        guestId: await aUser(db()),
        ...stay('2027-03-03', '2027-03-05'),
      };
      await answered(said(stay('2027-03-01', '2027-03-04')));
      assert.equal(await take(db(), nights), 'dates_unavailable');
      const { id, hostId } = property;
      await inTransaction(db(), (trx) => removeCalendar(trx, { id, hostId }, { id: calendar.id, at: NOW }));
      assert.equal(await answered(said(stay('2027-03-01', '2027-03-04'))), undefined);
      assert.deepEqual(await imported(), []);
      assert.equal(await take(db(), nights), 'taken');
    });
  });

  describe('are freed by nothing that may be a mistake (I2)', () => {
    const NIGHTS = stay('2027-03-01', '2027-03-04');
    beforeEach(() => answered(said(NIGHTS)));

    it('not by a calendar that cannot be read', async () => {
      await answered(broken);
      assert.deepEqual(await imported(), ['2027-03-01 2027-03-04']);
      const { fault, failures, brokenSince } = await now();
      assert.deepEqual([fault, failures, brokenSince], ['refused', 1, NOW]);
      await answered(said(NIGHTS));
      assert.deepEqual([(await now()).fault, (await now()).failures], [null, 0]);
    });

    it('not by one that could be read in part, whose other nights are taken', async () => {
      const reading = {
        stays: [stay('2027-05-01', '2027-05-02')],
        isEmpty: false,
        fault: 'unreadable_events' as const,
      };
      await answered({ is: 'read', reading, version: { etag: '"2"', lastModified: null } });
      assert.deepEqual(await imported(), ['2027-03-01 2027-03-04', '2027-05-01 2027-05-02']);
      assert.deepEqual([(await now()).fault, (await now()).etag], ['unreadable_events', null]);
    });

    it('by one that is empty only when it has been for six hours on end', async () => {
      for (const hours of [0, 5.99]) {
        await answered(said(), { at: addHours(NOW, hours) });
        assert.deepEqual(await imported(), ['2027-03-01 2027-03-04'], `${hours} hours`);
      }
      assert.equal((await now()).emptySince, NOW);
      await answered(said(), { at: addHours(NOW, 6) });
      assert.deepEqual(await imported(), []);
      assert.equal((await now()).emptySince, null);
    });

    it('by one whose emptiness was but a moment’s, from the beginning', async () => {
      await answered(said());
      await answered(said(NIGHTS), { at: addHours(NOW, 3) });
      await answered(said(), { at: addHours(NOW, 7) });
      assert.deepEqual(await imported(), ['2027-03-01 2027-03-04']);
    });

    it('by one that is empty again only when it has been so ever since, and read as that', async () => {
      const inPart = {
        is: 'read' as const,
        reading: { stays: [NIGHTS], isEmpty: false, fault: 'unreadable_events' as const },
        version: { etag: null, lastModified: null },
      };
      for (const between of [broken, inPart]) {
        await answered(said(NIGHTS));
        await answered(said());
        await answered(between, { at: addHours(NOW, 3) });
        await answered(said(), { at: addHours(NOW, 6) });
        assert.deepEqual(await imported(), ['2027-03-01 2027-03-04']);
        assert.equal((await now()).emptySince, addHours(NOW, 6));
      }
    });

    it('its host hears of one that has been broken for a day, once', async () => {
      for (const hours of [0, 23.99, 24, 48]) {
        await answered(broken, { at: addHours(NOW, hours) });
        const told = await eventsOf('calendar.broken');
        assert.equal(told.length, hours < 24 ? 0 : 1, `${hours} hours`);
      }
    });
  });

  describe('never take a booking’s (I8)', () => {
    it('a conflict tells of both, the rest of the nights is taken, and the host hears once', async () => {
      const bookingId = await booked(stay('2027-03-03', '2027-03-06'));
      const both = said(stay('2027-03-01', '2027-03-04'), stay('2027-03-05', '2027-03-08'));
      for (const _ of ['found', 'found again']) await answered(both);
      assert.deepEqual(await imported(), ['2027-03-01 2027-03-03', '2027-03-06 2027-03-08']);
      const [conflict, ...others] = await conflicts();
      assert.deepEqual(others, []);
      assert.deepEqual(
        { ...conflict, id: '' },
        {
          id: '',
          calendarId: calendar.id,
          propertyId: property.id,
          bookingId,
          from: '2027-03-03',
          to: '2027-03-06',
          openedAt: NOW,
          resolvedAs: null,
          resolvedAt: null,
        },
      );
      assert.equal((await eventsOf('calendar.conflict_opened')).length, 1);
    });

    it('of a mere hold the host hears once it is their business', async () => {
      const bookingId = await booked(stay('2027-03-03', '2027-03-06'), 'held');
      await answered(said(stay('2027-03-03', '2027-03-06')));
      assert.deepEqual(await eventsOf('calendar.conflict_opened'), []);
      await db()('bookings')
        .where({ id: bookingId })
        .update({ status: 'awaiting_host', booking_mode: 'request', hold_expires_at: null, respond_by: NOW });
      await answered(said(stay('2027-03-03', '2027-03-06')));
      assert.equal((await eventsOf('calendar.conflict_opened')).length, 1);
    });

    it('are taken when the booking gives them back, and the conflict is gone', async () => {
      const bookingId = await booked(stay('2027-03-03', '2027-03-06'));
      await answered(said(stay('2027-03-03', '2027-03-06')));
      assert.deepEqual(await imported(), []);
      await releaseNights(db(), bookingId, NOW);
      await answered(said(stay('2027-03-03', '2027-03-06')));
      assert.deepEqual(await imported(), ['2027-03-03 2027-03-06']);
      assert.deepEqual(
        (await conflicts()).map(({ resolvedAs }) => resolvedAs),
        ['gone'],
      );
    });

    it('are asked about again only where the host has kept fewer', async () => {
      await booked(stay('2027-03-03', '2027-03-08'));
      const keep = async () => {
        const [conflict] = await conflicts();
        assert.ok(conflict);
        const kept = { id: conflict.id, at: NOW, actorId: property.hostId };
        return inTransaction(db(), (trx) => keepBooking(trx, property.id, kept));
      };
      await answered(said(stay('2027-03-04', '2027-03-06')));
      assert.equal((await keep()).resolvedAs, 'kept');
      await answered(said(stay('2027-03-04', '2027-03-06')));
      await answered(said(stay('2027-03-04', '2027-03-05')));
      assert.deepEqual(
        (await conflicts()).map(({ resolvedAs }) => resolvedAs),
        ['kept'],
      );
      await answered(said(stay('2027-03-04', '2027-03-07')));
      assert.deepEqual(
        (await conflicts()).map(({ resolvedAs, to }) => [resolvedAs, to]),
        [[null, '2027-03-07']],
      );
      assert.equal((await eventsOf('calendar.conflict_opened')).length, 2);
    });

    it('are not forgotten because a calendar could not be read', async () => {
      await booked(stay('2027-03-03', '2027-03-06'));
      await answered(said(stay('2027-03-03', '2027-03-06')));
      await answered(said());
      await answered(broken);
      assert.deepEqual(
        (await conflicts()).map(({ resolvedAs }) => resolvedAs),
        [null],
      );
    });
  });

  it('and a booking at the same moment: one has them, and the other knows why (A4)', async () => {
    const nights = stay('2027-03-01', '2027-03-04');
    for (let round = 0; round < 10; round += 1) {
      property = await aProperty(db());
      calendar = await added();
      const guestId = await aUser(db());
      const bookingId = await aPendingBooking(db(), { property, guestId, status: 'awaiting_host' });
      const [taken, synced] = await Promise.all([
        take(db(), { propertyId: property.id, guestId, bookingId, ...nights }),
        answered(said(nights)),
      ]);
      const explained = (await conflicts()).map((conflict) => conflict.bookingId);
      if (taken === 'taken') {
        assert.deepEqual([synced?.taken, explained], [0, [bookingId]]);
        assert.deepEqual(await imported(), []);
      } else {
        assert.deepEqual([taken, synced?.taken, explained], ['dates_unavailable', 1, []]);
      }
    }
  });

  it('wait for a booking that gives its nights back meanwhile: a conflict brings the calendar back for them (A4)', async () => {
    const [old, both] = [stay('2027-03-01', '2027-03-02'), stay('2027-03-03', '2027-03-06')];
    await answered(said(old));
    const bookingId = await booked(both);
    const cancelling = await db().transaction();
    await releaseNights(cancelling, bookingId, NOW);
    // Behind this the import waits in the midst of its work: it has seen the booking, and has changed nothing.
    await cancelling('stays').where({ calendar_id: calendar.id }).forUpdate().select('id');
    const synced = answered(said(both));
    await until('the import waits', () => isWaiting(db()));
    await cancelling.commit();
    await synced;
    const explained = (await conflicts()).map((conflict) => conflict.bookingId);
    assert.ok(
      explained.includes(bookingId) || (await imported()).length === 1,
      'nobody knows of these nights',
    );
  });

  it('are looked at when they are due, and not where the property or the calendar is gone', async () => {
    const due = async (at: string) => (await findDueCalendars(db(), at, 1_000)).includes(calendar.id);
    assert.equal(await due(NOW), true);
    await answered(said());
    assert.deepEqual([await due(addHours(NOW, 0.49)), await due(addHours(NOW, 0.5))], [false, true]);
    await db()('properties').where({ id: property.id }).update({ status: 'closed', deleted_at: NOW });
    assert.equal(await due(addHours(NOW, 1)), false);
  });

  it('are of twenty calendars at most', async () => {
    for (let more = 1; more < 20; more += 1) await added();
    await assert.rejects(added(), (error) => isDomainError(error, 'calendar_limit'));
    const { id, hostId } = property;
    await inTransaction(db(), (trx) => removeCalendar(trx, { id, hostId }, { id: calendar.id, at: TODAY }));
    await added();
  });
});
