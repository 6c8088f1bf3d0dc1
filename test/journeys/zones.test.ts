import assert from 'node:assert/strict';
import { propose } from '../support/alterations.ts';
import { addDays, deadlineBefore, instantOf } from '#domain/nights.ts';
import { useWorld } from '../support/journeys.ts';
import { inDays } from '../support/people.ts';

const CHECK_OUT = inDays(33);

describe('the zone of a booking', () => {
  const world = useWorld();

  const justAfter = (instant: string) => new Date(Date.parse(instant) + 1).toISOString();

  it('stays as it was made when its property moves to another: times, deadlines and alterations (D8)', async () => {
    const { booking, guest, host, property } = await world().booked({}, { cancellationPolicy: 'moderate' });
    await host.must(200, host.patch(`/properties/${property.id}`, { timeZone: 'Pacific/Auckland' }));
    const seen = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    assert.deepEqual([seen.checkInAt, seen.checkOutAt], [booking.checkInAt, booking.checkOutAt]);
    assert.equal(seen.checkInAt, instantOf(booking.checkIn, '15:00', 'Europe/London'));
    const ends = deadlineBefore({ date: booking.checkIn, time: '15:00', zone: 'Europe/London' }, 5);
    const reasonAt = async (at: string) =>
      (await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation-quote`, { at }))).reason;
    assert.deepEqual([await reasonAt(ends), await reasonAt(justAfter(ends))], ['full', 'partial']);

    const checkOut = addDays(CHECK_OUT, -1);
    const proposal = await guest.must(201, propose(guest, booking, { checkOut }));
    await host.must(200, host.post(`/bookings/${booking.id}/alterations/${proposal.id}/acceptance`));
    const after = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    assert.equal(after.checkOutAt, instantOf(checkOut, '11:00', 'Europe/London'));

    // Who books from then on is there by the new one.
    const next = { propertyId: property.id, guests: { adults: 1 }, paymentMethodId: 'pm_card_visa' };
    const later = { checkIn: inDays(40), checkOut: inDays(42) };
    const other = await world().person();
    const made = await other.must(201, other.post('/bookings', { ...next, ...later }));
    assert.equal(made.checkInAt, instantOf(later.checkIn, '15:00', 'Pacific/Auckland'));
  });

  it('has its deadlines reckoned anew from the date and time on the wall, whatever zone data it was made by (D7)', async () => {
    const { booking, guest } = await world().booked({}, { cancellationPolicy: 'moderate' });
    // As it would have been written by older zone data, an hour off.
    const hourOff = (instant: string) => new Date(Date.parse(instant) - 3_600_000).toISOString();
    const old = { check_in_at: hourOff(booking.checkInAt), check_out_at: hourOff(booking.checkOutAt) };
    await world().db('bookings').where({ id: booking.id }).update(old);
    const ends = deadlineBefore({ date: booking.checkIn, time: '15:00', zone: 'Europe/London' }, 5);
    const reasonAt = async (at: string) =>
      (await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation-quote`, { at }))).reason;
    assert.deepEqual([await reasonAt(ends), await reasonAt(justAfter(ends))], ['full', 'partial']);
  });
});
