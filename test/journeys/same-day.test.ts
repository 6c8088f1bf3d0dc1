import assert from 'node:assert/strict';
import { addDays, todayIn } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { onboard, passToPayout, seesPayout } from '../support/payouts.ts';
import { stayRequest } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

describe('a stay from today on', () => {
  const world = useWorld();

  it('begins at once where check-in has come already, and is paid out a day after that (D13, D14)', async () => {
    const timeZone = zoneWhereItIsNoon();
    const { host, property } = await world().home({ timeZone, checkInTime: '00:00' });
    await onboard(world(), host);
    const guest = await world().person();
    const checkIn = todayIn(timeZone, new Date().toISOString());
    const nights = { checkIn, checkOut: addDays(checkIn, 2) };
    const booking = await guest.books(stayRequest({ propertyId: property.id, ...nights }));
    assert.ok(booking.checkInAt < booking.createdAt);
    await world().sees(guest, booking.id, 'in_stay');
    await passToPayout(world(), booking, -2_000);
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
    await passToPayout(world(), booking);
    await seesPayout(host, booking.id, { status: 'paid' });
    await world().passTo(booking, booking.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
    await until('the workflow is over', async () => {
      return (await world().temporal.statusOf(bookStayId(booking.id))) === 'COMPLETED';
    });
  });
});

/** So that today is not over in the midst of a test. */
function zoneWhereItIsNoon(): string {
  const hoursAhead = 12 - new Date().getUTCHours();
  const sign = hoursAhead > 0 ? '-' : '+'; // As these zones have it, east is minus.
  return hoursAhead === 0 ? 'Etc/UTC' : `Etc/GMT${sign}${Math.abs(hoursAhead)}`;
}
