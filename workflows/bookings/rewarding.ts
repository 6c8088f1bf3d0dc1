import { condition, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { BookingId } from '#domain/ids.ts';
import { payoutDueAt } from '#domain/payouts.ts';
import { payoutStep } from '../activities.ts';
import { instantNow } from '../clock.ts';
import type { Life } from './life.ts';

/** Has the host paid from a day after the scheduled check-in on, however the stay goes. Asked again it is the same wait. */
export function payHostWhenDue(life: Life): Promise<void> {
  return (life.payout ??= startPayout(life));
}

async function startPayout({ request, plan }: Life): Promise<void> {
  const { bookingId, amountMinor, checkInAt } = request;
  if (amountMinor === 0) return;
  await startWhenDue({ bookingId, n: 1, beginsAt: checkInAt });
  if (plan === undefined) return;
  for (const part of plan.parts) {
    await condition(() => part.isPaid || plan.isOver);
    if (part.isPaid) await startWhenDue({ ...part, bookingId });
  }
}

/** Of a long stay each month is paid for by itself, a day after it has begun. */
async function startWhenDue({ bookingId, n, beginsAt }: Month): Promise<void> {
  const leftMs = Date.parse(payoutDueAt(beginsAt)) - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: 'Payout to the host' });
  await payoutStep.startPayout({ bookingId, n, at: instantNow() });
}

interface Month {
  bookingId: BookingId;
  n: number;
  beginsAt: string;
}

/** A stay that was given up: what of it is the host's all the same is paid when it would have been. */
export async function payWhatIsKept(life: Life): Promise<void> {
  const { bookingId, amountMinor, checkInAt } = life.request;
  if (amountMinor === 0) return;
  if (life.payout === undefined && !(await payoutStep.isHostOwed({ bookingId }))) return;
  setCurrentDetails(`Cancelled; the host is paid what they keep from ${payoutDueAt(checkInAt)} on.`);
  await payHostWhenDue(life);
}
