import { allHandlersFinished, CancellationScope, condition, setCurrentDetails } from '@temporalio/workflow';
import { step } from './activities.ts';
import type { BookingOutcome, BookStay } from './bookings.contract.ts';
import { AT_ONCE, withdraw } from './bookings/ending.ts';
import { awaitHost } from './bookings/hosting.ts';
import { now, tellStatus } from './bookings/life.ts';
import type { End, Life, Money } from './bookings/life.ts';
import { Mailbox } from './bookings/mailbox.ts';
import { awaitMoney } from './bookings/paying.ts';
import { Proposals } from './bookings/proposals.ts';
import { awaitStay } from './bookings/staying.ts';
import { Timetable } from './bookings/timetable.ts';

/**
 * A stay is booked when its nights are held and its price is paid. Either both stand or neither does; and whatever
 * the guest, the host, the bank and the clock do meanwhile, the booking comes to an end that the ledger explains.
 *
 * Temporal's own cancel is ignored on purpose: a booking is cancelled by its guest, under its policy.
 */
export async function bookStay(request: BookStay): Promise<BookingOutcome> {
  return CancellationScope.nonCancellable(async () => {
    const life: Life = {
      request,
      mailbox: new Mailbox(),
      timetable: new Timetable(),
      proposals: new Proposals(),
      closings: [],
    };
    const status = await live(life);
    if (life.closings.length > 0) await Promise.all(life.closings);
    tellStatus(status, `Over: the booking is ${status}.`);
    await condition(allHandlersFinished);
    return { status };
  });
}

async function live(life: Life): Promise<End> {
  const money = (await calledOff(life)) ?? (await reserve(life));
  if (money.is === 'ended') return money.as;
  life.mailbox.reserved({ status: 'confirmed' });
  return awaitStay(life);
}

/** The guest may have called off what was left lying, or was long in coming: then the bank is not asked at all. */
async function calledOff(life: Life): Promise<Money | undefined> {
  const message = life.mailbox.takeCancellation();
  return message && withdraw(life, message, { until: AT_ONCE, left: { is: 'nothing' } });
}

/** From requested to nights that are held, and on; or to a refusal. */
async function reserve(life: Life): Promise<Money> {
  const { request, mailbox } = life;
  setCurrentDetails('Taking the nights.');
  const hold = await step.holdNights(now(request));
  if (hold.held) return (await calledOff(life)) ?? settle(life, hold.holdExpiresAt);
  mailbox.reserved({ status: 'rejected', rejection: hold.rejection });
  mailbox.close('rejected');
  return { is: 'ended', as: 'rejected' };
}

/** What costs nothing needs no payment: once its nights are held, only the host, if one is to be asked, has a say. */
async function settle(life: Life, holdExpiresAt: string): Promise<Money> {
  const { request } = life;
  if (request.amountMinor > 0) return awaitMoney(life, holdExpiresAt);
  if (request.bookingMode === 'request') return awaitHost(life);
  await step.confirmFree(now(request));
  return { is: 'in' };
}
