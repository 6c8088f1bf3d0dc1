import { condition, proxyActivities, proxyLocalActivities, setHandler, Trigger } from '@temporalio/workflow';
import { reserveBare } from './bare-booking.contract.ts';
import type { BareActivities } from './bare-booking.contract.ts';

const local = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '2s' });
const regular = proxyActivities<BareActivities>({ startToCloseTimeout: '20s' });

/** The bones of a booking: one local and one regular activity, the answer, and a workflow that stays open. */
export async function bareBooking(input: { id: string }): Promise<void> {
  const answer = new Trigger<string>();
  setHandler(reserveBare, async () => answer);
  await local.holdNothing(input);
  answer.resolve(await regular.payNothing(input));
  await condition(() => false);
}
