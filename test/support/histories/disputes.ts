import { settleDisputeId } from '#workflows/disputes.contract.ts';
import { disputeIs, disputeIsOver, disputePasses, frozenPayout } from '../disputes.ts';
import type { World } from '../journeys.ts';
import type { Courses } from './courses.ts';
import { paid } from './payouts.ts';

async function disputed(world: World, complaint: object = {}) {
  const { booking } = await world.booked();
  const id = await world.bank.dispute(booking.id, complaint);
  return { id, row: await disputeIs(world, id, 'inquiry' in complaint ? 'inquiry' : 'opened') };
}

/** Each course of `settleDispute`. */
export const DISPUTES: Courses = {
  'it-is-lost-before-it-is-answered': async (world) => {
    const { id } = await disputed(world);
    await world.bank.judge(id, 'lose');
    await disputeIsOver(world, id, 'lost');
    return settleDisputeId(id);
  },

  'the-operators-are-reminded-and-it-is-answered-and-won': async (world) => {
    const { id, row } = await disputed(world);
    await disputePasses(world, row, { to: 'reminder' });
    await disputePasses(world, row, { to: 'answer' });
    await disputeIs(world, id, 'under_review');
    await world.bank.judge(id, 'win');
    await disputeIsOver(world, id, 'won');
    return settleDisputeId(id);
  },

  'the-host-had-been-paid-and-it-is-won': async (world) => {
    const { booking } = await paid(world);
    const id = await world.bank.dispute(booking.id);
    await frozenPayout(world, id, 'waiting');
    await world.bank.judge(id, 'win');
    await disputeIsOver(world, id, 'won');
    return settleDisputeId(id);
  },

  'an-inquiry-comes-to-nothing': async (world) => {
    const { id } = await disputed(world, { inquiry: true });
    await world.bank.judge(id, 'win');
    await disputeIsOver(world, id, 'inquiry_closed');
    return settleDisputeId(id);
  },
};
