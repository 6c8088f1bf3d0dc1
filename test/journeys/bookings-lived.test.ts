import assert from 'node:assert/strict';
import { addDays, weekdayOf } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { eventsOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const MINUTE_MS = 60_000;

describe('a stay', () => {
  const world = useWorld();

  /** The last Sunday of March to come, far enough away to be booked around. */
  function nextSpringForward(): string {
    for (let sunday = inDays(3); ; sunday = addDays(sunday, 1)) {
      if (weekdayOf(sunday) === 7 && /-03-(2[5-9]|3[01])$/.test(sunday)) return sunday;
    }
  }

  it('begins at check-in and is completed at check-out, by timers alone', async () => {
    const { booking, guest, host } = await world().booked();
    const workflow = bookStayId(booking.id);
    await world().temporal.advanceTo(workflow, Date.parse(booking.checkInAt) - MINUTE_MS);
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
    await world().temporal.advanceTo(workflow, Date.parse(booking.checkInAt));
    await world().sees(guest, booking.id, 'in_stay');
    await world().temporal.advanceTo(workflow, Date.parse(booking.checkOutAt) - MINUTE_MS);
    assert.equal((await host.get(`/bookings/${booking.id}`)).body.status, 'in_stay');
    await world().temporal.advanceTo(workflow, Date.parse(booking.checkOutAt));
    await world().sees(guest, booking.id, 'completed');
    await until(
      'the workflow is over',
      async () => (await world().temporal.statusOf(workflow)) === 'COMPLETED',
    );
    const [, , , begun, completed] = await eventsOf(world().db, booking.id);
    assert.deepEqual([begun?.kind, completed?.kind], ['booking.in_stay', 'booking.completed']);
    assert.ok((begun?.occurred_at ?? '') >= booking.checkInAt);
    assert.ok((completed?.occurred_at ?? '') >= booking.checkOutAt);
  });

  it('keeps its nights across a clock change, an hour shorter (D6)', async () => {
    const { property } = await world().home({ timeZone: 'Europe/London' });
    const guest = await world().person();
    const sunday = nextSpringForward();
    const request = {
      propertyId: property.id,
      checkIn: addDays(sunday, -1),
      checkOut: addDays(sunday, 2),
      guests: { adults: 1 },
      paymentMethodId: 'pm_card_visa',
    };
    const booking = await guest.books(request);
    assert.equal(booking.nights, 3);
    assert.equal(booking.lines[0].quantity, 3);
    assert.equal(booking.checkInAt, `${request.checkIn}T15:00:00.000Z`);
    assert.equal(booking.checkOutAt, `${request.checkOut}T10:00:00.000Z`);
  });

  it('has its instants from the wall of its property: 15:00 and 11:00 there (D10)', async () => {
    const cases = [
      ['Asia/Kolkata', '09:30:00.000Z', '05:30:00.000Z'],
      ['Pacific/Kiritimati', '01:00:00.000Z', '21:00:00.000Z'],
      ['Pacific/Pago_Pago', '02:00:00.000Z', '22:00:00.000Z'],
    ] as const;
    for (const [timeZone, checkIn, checkOut] of cases) {
      const { property } = await world().home({ timeZone });
      const guest = await world().person();
      const request = {
        propertyId: property.id,
        checkIn: inDays(60),
        checkOut: inDays(63),
        guests: { adults: 1 },
      };
      const booking = await guest.books(request);
      assert.equal(booking.nights, 3);
      assert.deepEqual([booking.checkInAt.slice(11), booking.checkOutAt.slice(11)], [checkIn, checkOut]);
    }
  });

  it('can be neither paid nor cancelled when it is completed', async () => {
    const { booking, guest } = await world().booked();
    const workflow = bookStayId(booking.id);
    await world().temporal.advanceTo(workflow, Date.parse(booking.checkOutAt) + MINUTE_MS);
    await world().sees(guest, booking.id, 'completed');
    const acts = [
      await guest.post(`/bookings/${booking.id}/cancellation`),
      await guest.post('/payments', { bookingId: booking.id, paymentMethodId: 'pm_card_visa' }),
    ];
    for (const { status, body } of acts) {
      assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'completed']);
    }
    assert.deepEqual(await world().bank.refundsOf(booking.id), []);
  });
});
