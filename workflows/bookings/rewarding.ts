import { setCurrentDetails, sleep } from '@temporalio/workflow';
import { payoutDueAt } from '#domain/payouts.ts';
import { payoutStep } from '../activities.ts';
import { instantNow } from '../clock.ts';
import type { Life } from './life.ts';

/** Has the host paid from a day after the scheduled check-in on, however the stay goes. Asked again it is the same wait. */
export function payHostWhenDue(life: Life): Promise<void> {
  return (life.payout ??= startPayout(life, 1));
}

async function startPayout(life: Life, n: number): Promise<void> {
  const { bookingId, amountMinor, checkInAt } = life.request;
  if (amountMinor === 0) {
    life.payouts = 0;
    return;
  }
  const leftMs = Date.parse(payoutDueAt(checkInAt)) - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: 'Payout to the host' });
  life.payouts = n;
  await payoutStep.startPayout({ bookingId, n, at: instantNow() });
}

/** An alteration may bring money when the host has had their payout already: then there is one more. */
export function payWhatIsAdded(life: Life): void {
  if (life.payout === undefined || life.payouts === undefined) return; // All of it goes out when it is due.
  const another = startPayout(life, life.payouts + 1);
  life.payout = Promise.all([life.payout, another]).then(() => undefined);
}

/** A stay that was given up: what of it is the host's all the same is paid when it would have been. */
export async function payWhatIsKept(life: Life): Promise<void> {
  const { bookingId, amountMinor, checkInAt } = life.request;
  if (amountMinor === 0) return;
  if (life.payout === undefined && !(await payoutStep.isHostOwed({ bookingId }))) return;
  setCurrentDetails(`Cancelled; the host is paid what they keep from ${payoutDueAt(checkInAt)} on.`);
  await payHostWhenDue(life);
}
