import assert from 'node:assert/strict';
import { recordEvent } from '#db/events.ts';
import { retimeSome } from '#db/timetables.ts';
import { inTransaction } from '#db/transaction.ts';
import { ZONE_DATA } from '#db/zone-data.ts';
import { addDays } from '#domain/nights.ts';
import { bookStayId, stayRetimed } from '#workflows/bookings.contract.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import { answer, propose, seesAlteration } from '../support/alterations.ts';
import { instalmentOf, LONG_STAY, passToInstalment, seesInstalment } from '../support/instalments.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { eventsOf } from '../support/ledger.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';
import {
  AN_HOUR_EARLIER,
  AN_HOUR_LATER,
  goesByItsRow,
  OLDER,
  reckonedByOlder,
  retimeStays,
  timesIn,
} from '../support/zones.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('zone data that changes after the booking', () => {
  const world = useWorld();

  /** What its clocks show from now on is that of another zone, and the booking has heard of it. */
  async function moves(booking: Wire, timeZone: string): Promise<void> {
    await reckonedByOlder(world(), booking, timeZone);
    await retimeStays(world());
    await goesByItsRow(world(), booking);
  }

  async function timesSeen(person: Traveller, { id }: Wire): Promise<[string, string]> {
    const { checkInAt, checkOutAt } = await person.must(200, person.get(`/bookings/${id}`));
    return [checkInAt, checkOutAt];
  }

  /** Its own time comes to just before an instant, and it is what it was; at the instant it is something else. */
  async function turnsAt(person: Traveller, booking: Wire, turn: { at: string; from: string; to: string }) {
    await world().passTo(booking, turn.at, -MINUTE_MS);
    await world().temporal.rests(bookStayId(booking.id));
    assert.equal((await person.must(200, person.get(`/bookings/${booking.id}`))).status, turn.from);
    await world().passTo(booking, turn.at, 0);
    return world().sees(person, booking.id, turn.to);
  }

  const retimings = async ({ id }: Wire) =>
    (await eventsOf(world().db, id)).filter(({ kind }) => kind === 'booking.retimed');

  for (const timeZone of [AN_HOUR_EARLIER, AN_HOUR_LATER]) {
    it(`has stays begin and end when the clocks show it, as in ${timeZone} (D7)`, async () => {
      const { booking, guest } = await world().booked();
      const [checkInAt, checkOutAt] = timesIn(timeZone, booking);
      await moves(booking, timeZone);
      assert.deepEqual(await timesSeen(guest, booking), [checkInAt, checkOutAt]);
      const waits = await world().temporal.detailsOf(bookStayId(booking.id));
      assert.equal(waits, `Confirmed; waiting for check-in at ${checkInAt}.`);
      await turnsAt(guest, booking, { at: checkInAt, from: 'confirmed', to: 'in_stay' });
      await turnsAt(guest, booking, { at: checkOutAt, from: 'in_stay', to: 'completed' });
      await until('it can be reviewed', async () => {
        const seen = await guest.must(200, guest.get(`/bookings/${booking.id}`));
        return Date.parse(seen.reviewBy) === Date.parse(checkOutAt) + 14 * 24 * HOUR_MS;
      });
    });
  }

  it('tells of it once, however often it is looked, and touches no other booking (D7)', async () => {
    const [{ booking, guest }, other] = await Promise.all([world().booked(), world().booked()]);
    const { checkInAt, checkOutAt } = booking;
    await world().db('bookings').where({ id: other.booking.id }).update({ zone_data: OLDER });
    const untouched = await other.guest.must(200, other.guest.get(`/bookings/${other.booking.id}`));
    await moves(booking, AN_HOUR_EARLIER);
    const seen = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    await retimeStays(world());
    assert.deepEqual(await guest.must(200, guest.get(`/bookings/${booking.id}`)), seen);
    const [told, ...more] = await retimings(booking);
    assert.deepEqual(more, []);
    assert.deepEqual(told?.data.from, { checkInAt, checkOutAt });
    assert.deepEqual(told.data.to, { checkInAt: seen.checkInAt, checkOutAt: seen.checkOutAt });

    assert.deepEqual(await retimings(other.booking), []);
    assert.deepEqual(
      await other.guest.must(200, other.guest.get(`/bookings/${other.booking.id}`)),
      untouched,
    );
    const { zone_data: zoneData } = await world().db('bookings').where({ id: other.booking.id }).first();
    assert.equal(zoneData, ZONE_DATA);
  });

  it('is not taken back by a process that has older data (D7)', async () => {
    const { booking, guest } = await world().booked();
    await moves(booking, AN_HOUR_EARLIER);
    const moved = await timesSeen(guest, booking);
    // As that process would reckon.
    await world().db('bookings').where({ id: booking.id }).update({ time_zone: 'Europe/London' });
    const older = { zoneData: '2000a', now: new Date(), limit: 1_000 };
    await inTransaction(world().db, (trx) => retimeSome(trx, older));
    assert.deepEqual(await timesSeen(guest, booking), moved);
  });

  it('is heard while the nights are only held, and nothing else that is said is lost by it (D7)', async () => {
    const { booking, guest } = await world().held();
    await reckonedByOlder(world(), booking, AN_HOUR_LATER);
    await retimeStays(world());
    await until('it has been told', async () => (await retimings(booking)).length === 1);
    await world().temporal.client.workflow.getHandle(bookStayId(booking.id)).signal(stayRetimed);
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_visa' };
    await guest.must(201, guest.post('/payments', pay));
    await world().sees(guest, booking.id, 'confirmed');
    await goesByItsRow(world(), booking);
    assert.deepEqual(await timesSeen(guest, booking), timesIn(AN_HOUR_LATER, booking));
  });

  /** A stay that begins within hours, and where. */
  function soon(): [stay: Record<string, string>, property: Record<string, string>] {
    const [checkIn = '', time = ''] = new Date(Date.now() + 7 * HOUR_MS).toISOString().split('T');
    const checkInTime = `${time.slice(0, 2)}:00`;
    return [
      { checkIn, checkOut: addDays(checkIn, 2) },
      { timeZone: 'Etc/UTC', checkInTime },
    ];
  }

  it('never leaves a host time past check-in (D7)', async () => {
    const [stay, property] = soon();
    const { booking, guest } = await world().requested(stay, property);
    assert.equal(booking.respondBy, booking.checkInAt);
    await moves(booking, AN_HOUR_EARLIER);
    const { respondBy, checkInAt } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    assert.ok(checkInAt < booking.checkInAt);
    assert.equal(respondBy, checkInAt);
    await turnsAt(guest, booking, { at: respondBy, from: 'awaiting_host', to: 'awaiting_host' });
    await world().passTo(booking, respondBy);
    await world().sees(guest, booking.id, 'expired');
  });

  it('never leaves an alteration to be paid past check-in (D7)', async () => {
    const [stay, property] = soon();
    const { booking, guest, host } = await world().booked(stay, property);
    const checkOut = addDays(booking.checkOut, 1);
    const proposal = await host.must(201, propose(host, booking, { checkOut }));
    const accepted = await guest.must(200, answer(guest, proposal, 'acceptance'));
    assert.equal(accepted.payBy, booking.checkInAt);
    await moves(booking, AN_HOUR_EARLIER);
    const { checkInAt } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    assert.ok(checkInAt < booking.checkInAt);
    assert.equal((await seesAlteration(guest, booking, { status: 'accepted' })).payBy, checkInAt);
    await turnsAt(guest, booking, { at: checkInAt, from: 'confirmed', to: 'in_stay' });
    await seesAlteration(guest, booking, { status: 'failed' });
  });

  it('leaves a stay begun that has begun, and ends it at once when its end has passed by it (D7)', async () => {
    const { booking, guest } = await world().booked();
    await turnsAt(guest, booking, { at: booking.checkInAt, from: 'confirmed', to: 'in_stay' });
    await moves(booking, AN_HOUR_LATER);
    const [, later] = timesIn(AN_HOUR_LATER, booking);
    assert.deepEqual(await timesSeen(guest, booking), [booking.checkInAt, later]);
    const [, earlier] = timesIn(AN_HOUR_EARLIER, booking);
    await turnsAt(guest, booking, { at: earlier, from: 'in_stay', to: 'in_stay' });
    await reckonedByOlder(world(), booking, AN_HOUR_EARLIER);
    await retimeStays(world());
    await world().sees(guest, booking.id, 'completed');
    assert.deepEqual(await timesSeen(guest, booking), [booking.checkInAt, earlier]);
  });

  it('moves the scheduled end of a stay whose guest has left early (D7)', async () => {
    const { booking, guest } = await world().booked();
    await turnsAt(guest, booking, { at: booking.checkInAt, from: 'confirmed', to: 'in_stay' });
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-out`));
    await moves(booking, AN_HOUR_LATER);
    const [, ends] = timesIn(AN_HOUR_LATER, booking);
    assert.deepEqual(await timesSeen(guest, booking), [booking.checkInAt, ends]);
    const waits = await world().temporal.detailsOf(bookStayId(booking.id));
    assert.equal(waits, `The guest has left; waiting for the scheduled check-out at ${ends}.`);
    await world().passTo(booking, booking.checkOutAt);
    await world().temporal.rests(bookStayId(booking.id));
    const windows = () => world().db('review_windows').where({ booking_id: booking.id });
    assert.deepEqual(await windows(), []);
    await world().passTo(booking, ends);
    await world().temporal.isStarted(collectReviewsId(booking.id));
    assert.deepEqual(
      (await windows()).map(({ opens_at: opensAt }) => opensAt),
      [ends],
    );
  });

  it('moves the months of a long stay that have not begun (D7)', async () => {
    const { booking, guest } = await world().booked(LONG_STAY);
    await moves(booking, AN_HOUR_LATER);
    const seen = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    const { dueAt } = instalmentOf(seen, 2);
    assert.equal(Date.parse(dueAt) - Date.parse(instalmentOf(booking, 2).dueAt), HOUR_MS);
    await passToInstalment(world(), booking, { n: 2 });
    await world().temporal.rests(bookStayId(booking.id));
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'scheduled' });
    await passToInstalment(world(), seen, { n: 2 });
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    const [first] = await world().db('instalments').where({ booking_id: booking.id, n: 1 });
    assert.equal(first.begins_at, seen.checkInAt);
  });

  it('is reckoned with where an alteration was proposed before and is accepted after (D7)', async () => {
    const { booking, guest, host } = await world().booked();
    const checkOut = addDays(booking.checkOut, -1);
    const proposal = await guest.must(201, propose(guest, booking, { checkOut }));
    await moves(booking, AN_HOUR_EARLIER);
    await host.must(200, answer(host, proposal, 'acceptance'));
    const expected = timesIn(AN_HOUR_EARLIER, { ...booking, checkOut });
    assert.deepEqual(await timesSeen(guest, booking), expected);
    await goesByItsRow(world(), booking);
  });

  it('has a stay wait for what its row says, though its timer has not heard of it (D7)', async () => {
    const { booking, guest } = await world().booked();
    const [checkInAt, checkOutAt] = timesIn(AN_HOUR_LATER, booking);
    // As after a crash, before the relay is back.
    const row = { check_in_at: checkInAt, check_out_at: checkOutAt };
    await world().db('bookings').where({ id: booking.id }).update(row);
    await world().passTo(booking, booking.checkInAt);
    await goesByItsRow(world(), booking);
    await turnsAt(guest, booking, { at: checkInAt, from: 'confirmed', to: 'in_stay' });
    await turnsAt(guest, booking, { at: checkOutAt, from: 'in_stay', to: 'completed' });
  });

  it('is told to a booking that is over in vain, and keeps nobody else from hearing (D7)', async () => {
    const [over, booked] = await Promise.all([world().booked(), world().booked()]);
    await over.guest.must(200, over.guest.post(`/bookings/${over.booking.id}/cancellation`));
    await world().sees(over.guest, over.booking.id, 'cancelled');
    await until('its workflow is over', async () => {
      return (await world().temporal.statusOf(bookStayId(over.booking.id))) === 'COMPLETED';
    });
    const event = { kind: 'booking.retimed', subjectId: over.booking.id, actorId: 'system' };
    await inTransaction(world().db, (trx) => recordEvent(trx, event));
    await moves(booked.booking, AN_HOUR_EARLIER);
  });
});

describe('the zone data that instants are reckoned by', () => {
  it('is that whose version is noted: the calendar library has none but that of Intl (D7)', () => {
    assert.equal('Temporal' in globalThis, false);
    assert.match(ZONE_DATA, /^2\d{3}[a-z]+$/);
  });
});
