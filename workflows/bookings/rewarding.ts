import { condition, setCurrentDetails } from '@temporalio/workflow';
import type { BookingId } from '#domain/ids.ts';
import { payoutDueAt } from '#domain/payouts.ts';
import { payoutStep } from '../activities.ts';
import { instantNow } from '../clock.ts';
import type { Plan } from './charging.ts';
import type { Life } from './life.ts';
import { awaitBeside, sleepUnless } from './timetable.ts';

/** Has the host paid from a day after the scheduled check-in on, however the stay goes. Asked again it is the same wait. */
export function payHostWhenDue(life: Life): Promise<void> {
  return (life.payout ??= startPayout(life, 1));
}

async function startPayout(life: Life, n: number): Promise<void> {
  const { request, plan } = life;
  const { bookingId, amountMinor } = request;
  if (amountMinor === 0) {
    life.payouts = 0;
    return;
  }
  await isDue(() => life.request.checkInAt);
  life.payouts = n;
  await payoutStep.startPayout({ bookingId, n, at: instantNow() });
  if (plan !== undefined) await startMonths(bookingId, plan);
}

/** Of a long stay each month is paid for by itself, a day after it has begun. */
async function startMonths(bookingId: BookingId, plan: Plan): Promise<void> {
  for (const part of plan.parts) {
    await condition(() => part.isPaid || plan.isOver);
    if (!part.isPaid) continue;
    await isDue(() => part.beginsAt);
    await payoutStep.startPayout({ bookingId, n: part.n, at: instantNow() });
  }
}

/** Wherever what it is reckoned from is moved meanwhile. */
async function isDue(beginsAt: () => string): Promise<void> {
  for (;;) {
    const from = beginsAt();
    const leftMs = Date.parse(payoutDueAt(from)) - Date.now();
    if (leftMs <= 0) return;
    await sleepUnless(() => beginsAt() !== from, leftMs, 'Payout to the host');
  }
}

/** What a booking stays for when all else is over. */
export async function awaitPayout(life: Life): Promise<void> {
  await awaitBeside(life, payHostWhenDue(life));
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
  await awaitPayout(life);
}
