import { FIRST_PAYOUT_HOLD_MAX_DAYS } from '#domain/payouts.ts';
import { payHostId, recoverPayoutId } from '#workflows/payouts.contract.ts';
import { frozenPayout } from '../disputes.ts';
import type { World } from '../journeys.ts';
import { onboard, passToPayout, seesPayout, setStanding } from '../payouts.ts';
import type { Wire } from '../people.ts';
import { until } from '../virtual-time.ts';
import type { Courses } from './courses.ts';

const firstOf = ({ id: bookingId }: Wire): string => payHostId({ bookingId, n: 1, round: 1 });

/** A stay whose host the bank can pay, and has paid. */
export async function paid(world: World, request: Record<string, unknown> = {}) {
  const { booking, host } = await world.booked(request);
  const account = await onboard(world, host);
  await passToPayout(world, booking);
  await seesPayout(host, booking.id, { status: 'paid' });
  return { booking, host, account };
}

/** Each course of `payHost`. */
export const PAYOUTS: Courses = {
  'the-host-is-paid-when-it-is-due': async (world) => firstOf((await paid(world)).booking),

  'the-host-has-to-be-known-to-the-bank-first': async (world) => {
    const { booking, host } = await world.booked();
    await passToPayout(world, booking);
    await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'onboarding' });
    await onboard(world, host);
    await seesPayout(host, booking.id, { status: 'paid' });
    return firstOf(booking);
  },

  'the-first-is-held-until-an-operator-lets-it-go': async (world) => {
    const { booking, host } = await world.booked();
    const operator = await world.operator();
    const hold = (days: number) =>
      operator.must(200, operator.put(`/users/${host.id}/payout-hold`, { days, reason: 'Unknown to us.' }));
    await hold(FIRST_PAYOUT_HOLD_MAX_DAYS);
    await onboard(world, host);
    await passToPayout(world, booking);
    await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'hold' });
    await hold(0);
    await seesPayout(host, booking.id, { status: 'paid' });
    return firstOf(booking);
  },

  'what-was-taken-back-for-a-dispute-is-paid-again': async (world) => {
    const { booking } = await paid(world);
    const id = await world.bank.dispute(booking.id);
    await frozenPayout(world, id, 'waiting');
    await world.bank.judge(id, 'win');
    const { n, round, dispute_id: disputeId } = await frozenPayout(world, id, 'paid');
    return payHostId({ bookingId: booking.id, n, round, disputeId });
  },
};

/** Each course of `recoverPayout`. */
export const RECOVERIES: Courses = {
  'what-came-back-sets-out-anew': async (world) => {
    const { booking, account } = await paid(world, { paymentMethodId: 'pm_card_bypassPending' });
    const { data } = await world.bank.control('POST', `/accounts/${account}/payout`);
    await world.bank.control('POST', `/payouts/${data[0].id}/settlement`, { outcome: 'fail' });
    await setStanding(world, account, 'complete');
    const again = world.db('payouts').where({ booking_id: booking.id, status: 'paid', round: 2 });
    await until('the host is paid again', async () => (await again.clone()).length === 1);
    return recoverPayoutId(data[0].id);
  },
};
