import { bookStayId } from '#workflows/bookings.contract.ts';
import { DECLINED_LATER, LONG_STAY, passToInstalment, passToPayBy, seesInstalment } from '../instalments.ts';
import type { World } from '../journeys.ts';
import { onboard } from '../payouts.ts';
import type { Wire } from '../people.ts';
import { until } from '../virtual-time.ts';
import type { Courses } from './courses.ts';

const DAY_MS = 24 * 3_600_000;

/** The card is replaced before the second month by one that is declined then. */
async function due(world: World) {
  const { booking, guest, host } = await world.booked(LONG_STAY);
  const path = `/bookings/${booking.id}/payment-method`;
  await guest.must(200, guest.put(path, { paymentMethodId: DECLINED_LATER }));
  await passToInstalment(world, booking, { n: 2 });
  const told = await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'due' });
  return { booking: told, guest, host, path };
}

async function isOver(world: World, { id, checkOutAt }: Wire): Promise<string> {
  const workflowId = bookStayId(id);
  if ((await world.temporal.statusOf(workflowId)) === 'RUNNING')
    await world.temporal.advanceTo(workflowId, Date.parse(checkOutAt) + 1_000);
  await until(`${id} is over`, async () => (await world.temporal.statusOf(workflowId)) === 'COMPLETED');
  return workflowId;
}

/** Each course of a stay that is paid for a month at a time. */
export const INSTALMENTS: Courses = {
  'a-month-at-a-time': async (world) => {
    const { booking, guest, host } = await world.booked(LONG_STAY);
    await onboard(world, host);
    await passToInstalment(world, booking, { n: 2 });
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    return isOver(world, booking);
  },

  'a-month-is-paid-by-its-guest': async (world) => {
    const { booking, guest } = await due(world);
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_mastercard' };
    await guest.must(201, guest.post('/payments', pay));
    return isOver(world, booking);
  },

  'a-month-is-paid-in-the-browser-and-found-by-the-retry': async (world) => {
    const { booking, guest } = await due(world);
    await world.bank.control('POST', '/webhooks/pause');
    await world.bank.payInBrowser(booking.instalments[1].clientSecret);
    await world.temporal.advance(bookStayId(booking.id), DAY_MS + 1_000);
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    await world.bank.heal();
    return isOver(world, booking);
  },

  'a-month-is-paid-by-another-card': async (world) => {
    const { booking, guest, path } = await due(world);
    await guest.must(200, guest.put(path, { paymentMethodId: 'pm_card_visa' }));
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    return isOver(world, booking);
  },

  'a-month-is-not-paid-in-time': async (world) => {
    const { booking, guest } = await due(world);
    await passToPayBy(world, booking, { n: 2 });
    await world.sees(guest, booking.id, 'cancelled');
    return isOver(world, booking);
  },

  'two-months-go-back': async (world) => {
    const { booking, guest, host } = await world.booked(LONG_STAY);
    await passToInstalment(world, booking, { n: 2 });
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    await host.must(200, host.post(`/bookings/${booking.id}/cancellation`));
    return isOver(world, booking);
  },

  'its-guest-leaves-before-the-next-month': async (world) => {
    const { booking, guest } = await world.booked(LONG_STAY);
    await world.passTo(booking, booking.checkInAt, DAY_MS);
    await world.sees(guest, booking.id, 'in_stay');
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-out`));
    return isOver(world, booking);
  },
};
