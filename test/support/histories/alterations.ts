import { addDays } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { acceptWith, answer, propose, seesAlteration } from '../alterations.ts';
import type { Traveller, World } from '../journeys.ts';
import type { Wire } from '../people.ts';
import { until } from '../virtual-time.ts';
import type { Courses } from './courses.ts';

const CARD = 'pm_card_visa';
const CHALLENGED = 'pm_card_authenticationRequired';
const DECLINED = 'pm_card_visa_chargeDeclined';

/** A booking whose host has proposed another check-out, so many days later. */
async function proposed(world: World, days: number) {
  const { booking, guest, host } = await world.booked();
  const checkOut = addDays(booking.checkOut, days);
  const proposal = await host.must(201, propose(host, booking, { checkOut }));
  return { booking, guest, host, proposal };
}

async function isLived(world: World, guest: Traveller, { id }: Wire): Promise<string> {
  const workflowId = bookStayId(id);
  const { checkOutAt } = await guest.must(200, guest.get(`/bookings/${id}`));
  await world.temporal.advanceTo(workflowId, Date.parse(checkOutAt) + 1_000);
  await until(`${id} is over`, async () => (await world.temporal.statusOf(workflowId)) === 'COMPLETED');
  return workflowId;
}

/** Each course of a booking that a side wants to be another one. */
export const ALTERATIONS: Courses = {
  'it-is-made-longer-and-paid-at-once': async (world) => {
    const { booking, guest, proposal } = await proposed(world, 1);
    await guest.must(200, acceptWith(guest, proposal, CARD));
    return isLived(world, guest, booking);
  },

  'it-is-made-longer-after-a-challenge': async (world) => {
    const { booking, guest, proposal } = await proposed(world, 1);
    const { payment } = await guest.must(200, acceptWith(guest, proposal, CHALLENGED));
    await world.bank.passChallenge(payment.nextActionUrl);
    await seesAlteration(guest, booking, { status: 'altered' });
    return isLived(world, guest, booking);
  },

  'it-is-made-shorter-and-a-part-goes-back': async (world) => {
    const { booking, guest, proposal } = await proposed(world, -1);
    await guest.must(200, answer(guest, proposal, 'acceptance'));
    await world.refunded(booking.id, { reason: 'alteration' });
    return isLived(world, guest, booking);
  },

  'it-stays-as-it-is-since-the-card-is-declined': async (world) => {
    const { booking, guest, proposal } = await proposed(world, 1);
    await guest.must(402, acceptWith(guest, proposal, DECLINED));
    return isLived(world, guest, booking);
  },

  'it-stays-as-it-is-since-nobody-pays-for-what-was-agreed': async (world) => {
    const { booking, guest, proposal } = await proposed(world, 1);
    const { payBy } = await guest.must(200, answer(guest, proposal, 'acceptance'));
    await world.passTo(booking, payBy);
    await seesAlteration(guest, booking, { status: 'failed' });
    return isLived(world, guest, booking);
  },

  'it-stays-as-it-is-since-the-other-side-refuses': async (world) => {
    const { booking, guest, proposal } = await proposed(world, 1);
    await guest.must(200, answer(guest, proposal, 'refusal'));
    return isLived(world, guest, booking);
  },
};
