import assert from 'node:assert/strict';
import type { CalendarId } from '#domain/ids.ts';
import { addressOf, imports, synced } from '../support/calendars.ts';
import { calendarOf, useFeeds } from '../support/feeds.ts';
import { useWorld } from '../support/journeys.ts';
import type { Home } from '../support/journeys.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const LONG_MS = 120_000;
const nights = (from: number, to: number) => ({ checkIn: inDays(from), checkOut: inDays(to) });

describe('calendars of other platforms', function () {
  this.timeout(LONG_MS);
  const world = useWorld();
  const elsewhere = useFeeds();
  let path = 0;
  /** The address of a calendar on another platform, and how it comes to say something else. */
  function feed(...stays: Parameters<typeof calendarOf>) {
    const name = `/${(path += 1)}.ics`;
    const says = (...others: Parameters<typeof calendarOf>) => elsewhere().says(name, calendarOf(...others));
    return {
      url: says(...stays),
      says,
      fails: () => elsewhere().answers(name, (_, response) => response.writeHead(500).end()),
    };
  }
  const free = (property: Wire, from: number, to: number) =>
    world().availability(property.id, inDays(from), inDays(to));

  it('close nights here, as soon as they are imported, and open them as they change (I1, A4)', async () => {
    const home = await world().home();
    const { url, says } = feed({ uid: 'a', ...nights(30, 32) });
    const calendar = await home.host.must(
      201,
      home.host.post(`/properties/${home.property.id}/calendars`, { name: 'Elsewhere', url }),
    );
    await until('it has been read', async () => (await read(home, calendar.id)).readAt !== undefined);
    assert.deepEqual(await free(home.property, 29, 33), [true, false, false, true]);
    const guest = await world().person();
    const refused = await guest.post(
      '/bookings',
      stayRequest({ propertyId: home.property.id, ...nights(31, 33) }),
    );
    assert.deepEqual([refused.status, refused.body.code], [409, 'dates_unavailable']);
    says({ uid: 'a', ...nights(31, 33) });
    assert.deepEqual(await synced(world(), calendar.id), {
      is: 'imported',
      taken: 1,
      freed: 1,
      kept: 0,
      conflicts: 0,
    });
    assert.deepEqual(await free(home.property, 29, 34), [true, true, false, false, true]);
    assert.equal((await read(home, calendar.id)).nights, 2);
  });

  it('free nothing while they are broken, and say since when (I2)', async () => {
    const home = await world().home();
    const { url, says, fails } = feed(nights(30, 32));
    const { id } = await imports(world(), home, url);
    fails();
    assert.deepEqual(await synced(world(), id), { is: 'broken', fault: 'refused' });
    const { fault, faultDetail, brokenSince } = await read(home, id);
    assert.equal(fault, 'refused');
    assert.ok(faultDetail !== undefined && brokenSince !== undefined);
    says();
    await synced(world(), id);
    assert.deepEqual(await free(home.property, 30, 32), [false, false]);
    assert.notEqual((await read(home, id)).emptySince, undefined);
    await home.host.must(204, home.host.delete(`/properties/${home.property.id}/calendars/${id}`));
    assert.deepEqual(await free(home.property, 30, 32), [true, true]);
  });

  it('at a new address are imported beside the old one before that is taken away: no night is free meanwhile (I7)', async () => {
    const home = await world().home();
    const old = await imports(world(), home, feed(nights(30, 32)).url);
    const renewed = await imports(world(), home, feed(nights(30, 32), nights(40, 41)).url);
    assert.equal((await read(home, renewed.id)).nights, 3);
    assert.deepEqual(await free(home.property, 30, 32), [false, false]);
    await home.host.must(204, home.host.delete(`/properties/${home.property.id}/calendars/${old.id}`));
    assert.deepEqual(await free(home.property, 29, 33), [true, false, false, true]);
    assert.deepEqual(await free(home.property, 40, 41), [false]);
  });

  it('cancel no booking: its host hears of both, and decides (I8)', async () => {
    const booked = await world().booked(nights(30, 33));
    const { host: keeper, property, booking } = booked;
    const { id } = await imports(world(), booked, feed(nights(31, 35)).url);
    const letter = await world().mail(keeper, /Two bookings of the same nights/);
    assert.ok(letter.text.includes(booking.id));
    const conflictsPath = `/properties/${property.id}/calendar-conflicts`;
    const { data } = await keeper.must(200, keeper.get(`${conflictsPath}?open=true`));
    assert.deepEqual(
      data.map(({ bookingId, from, to }: Wire) => ({ bookingId, from, to })),
      [{ bookingId: booking.id, from: inDays(31), to: inDays(33) }],
    );
    assert.equal((await read(booked, id)).conflicts, 1);
    const kept = await keeper.must(200, keeper.post(`${conflictsPath}/${data[0].id}/keep-booking`));
    assert.equal(kept.resolvedAs, 'kept');
    await synced(world(), id);
    assert.deepEqual((await keeper.must(200, keeper.get(`${conflictsPath}?open=true`))).data, []);
    assert.equal(
      (await booked.guest.must(200, booked.guest.get(`/bookings/${booking.id}`))).status,
      'confirmed',
    );
    assert.deepEqual(await free(property, 29, 36), [true, false, false, false, false, false, true]);
  });

  it('have the nights of a booking that its guest cancels, without a word from anybody (I8)', async () => {
    const booked = await world().booked(nights(30, 33));
    await imports(world(), booked, feed(nights(30, 33)).url);
    await booked.guest.must(200, booked.guest.post(`/bookings/${booked.booking.id}/cancellation`));
    await until('the calendar has taken the nights', async () => {
      const row: unknown = await world()
        .db('stays')
        .where({ property_id: booked.property.id, kind: 'import', live: true })
        .first('id');
      return row !== undefined;
    });
    const guest = await world().person();
    const again = await guest.post(
      '/bookings',
      stayRequest({ propertyId: booked.property.id, ...nights(30, 33) }),
    );
    assert.equal(again.status, 409);
  });

  it('that tell our own nights back take none, and are in conflict with none (I5)', async () => {
    const booked = await world().booked(nights(30, 33));
    const ours = await (await fetch(await addressOf(booked))).text();
    assert.match(ours, /Reserved/);
    const { id } = await imports(world(), booked, elsewhere().says('/echo.ics', ours));
    const { nights: imported, conflicts, fault } = await read(booked, id);
    assert.deepEqual([imported, conflicts, fault], [0, 0, undefined]);
  });

  it('and bookings at the same moment: one has the nights, the other is told why (A4)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const home = await world().home();
      const { url, says } = feed(nights(60, 61));
      const { id } = await imports(world(), home, url);
      const guest = await world().person();
      says(nights(30, 33), nights(60, 61));
      const [booking, outcome] = await Promise.all([
        guest.books(stayRequest({ propertyId: home.property.id, ...nights(30, 33) })).catch(() => undefined),
        synced(world(), id),
      ]);
      assert.ok(outcome.is === 'imported');
      const path = `/properties/${home.property.id}/calendar-conflicts`;
      const { data } = await home.host.must(200, home.host.get(path));
      if (booking === undefined) {
        assert.deepEqual([outcome.taken, data], [1, []]);
      } else {
        assert.deepEqual([booking.status, outcome.taken], ['confirmed', 0]);
        assert.deepEqual(
          data.map(({ bookingId }: Wire) => bookingId),
          [booking.id],
        );
      }
    }
  });

  const read = (home: Home, id: CalendarId): Promise<Wire> =>
    home.host.must(200, home.host.get(`/properties/${home.property.id}/calendars/${id}`));
});
