import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import { step } from './activities.ts';
import type { BookingOutcome, BookStay } from './bookings.contract.ts';
import { awaitHost } from './bookings/hosting.ts';
import { now, tellStatus } from './bookings/life.ts';
import type { End, Life, Money } from './bookings/life.ts';
import { Mailbox } from './bookings/mailbox.ts';
import { awaitMoney } from './bookings/paying.ts';
import { awaitStay } from './bookings/staying.ts';

/**
 * A stay is booked when its nights are held and its price is paid. Either both stand or neither does; and whatever
 * the guest, the host, the bank and the clock do meanwhile, the booking comes to an end that the ledger explains.
 *
 * Temporal's own cancel is ignored on purpose: a booking is cancelled by its guest, under its policy.
 */
export async function bookStay(request: BookStay): Promise<BookingOutcome> {
  return CancellationScope.nonCancellable(async () => {
    const status = await live({ request, mailbox: new Mailbox() });
    tellStatus(status);
    await condition(allHandlersFinished);
    return { status };
  });
}

async function live(life: Life): Promise<End> {
  const { request, mailbox } = life;
  const hold = await step.holdNights(now(request));
  if (!hold.held) {
    mailbox.reserved({ status: 'rejected', rejection: hold.rejection });
    mailbox.close('rejected');
    return 'rejected';
  }
  const money = await settle(life, hold.holdExpiresAt);
  if (money.is === 'ended') return money.as;
  mailbox.reserved({ status: 'confirmed' });
  return awaitStay(life);
}

/** What costs nothing needs no payment: once its nights are held, only the host, if one is to be asked, has a say. */
async function settle(life: Life, holdExpiresAt: string): Promise<Money> {
  const { request } = life;
  if (request.amountMinor > 0) return awaitMoney(life, holdExpiresAt);
  if (request.bookingMode === 'request') return awaitHost(life);
  await step.confirmFree(now(request));
  return { is: 'in' };
}
