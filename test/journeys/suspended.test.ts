import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import type { Home } from '../support/journeys.ts';
import { inDays, stayRequest } from '../support/people.ts';

describe('a property that has been suspended', () => {
  const world = useWorld();

  const suspend = ({ property }: Home) =>
    world().db('properties').where({ id: property.id }).update({ status: 'suspended' });

  it('lets who has a hold, a request or a booking there go on as agreed (A12)', async () => {
    const held = await world().held();
    const requested = await world().requested();
    const booked = await world().booked();
    for (const home of [held, requested, booked]) await suspend(home);

    const pay = { bookingId: held.booking.id, paymentMethodId: 'pm_card_visa' };
    await held.guest.must(201, held.guest.post('/payments', pay));
    await world().sees(held.guest, held.booking.id, 'confirmed');

    const { host, booking: request } = requested;
    const accepted = await host.must(200, host.post(`/bookings/${request.id}/acceptance`));
    assert.equal(accepted.status, 'confirmed');

    const { guest, booking } = booked;
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await guest.must(200, guest.get(`/properties/${booking.propertyId}`));
  });

  it('is neither found nor booked by anybody else, and no stay there gets longer (A12)', async () => {
    const booked = await world().booked();
    await suspend(booked);
    const { booking, guest, property } = booked;
    const [other, nights] = [await world().person(), { checkIn: inDays(40), checkOut: inDays(42) }];
    const { status, body } = await other.post(
      '/bookings',
      stayRequest({ propertyId: property.id, ...nights }),
    );
    assert.deepEqual([status, body.code], [404, 'not_found']);
    const dates = `checkIn=${nights.checkIn}&checkOut=${nights.checkOut}`;
    const near = `near=53.4808,-2.2426&radiusKm=5&limit=100`;
    const { data } = await other.must(200, other.get(`/properties?${near}&${dates}`));
    assert.ok(!data.some(({ id }: { id: string }) => id === property.id));
    const longer = await guest.post(`/bookings/${booking.id}/alterations`, { checkOut: inDays(34) });
    assert.deepEqual([longer.status, longer.body.rule], [422, 'not_published']);
  });
});
