import { setCurrentDetails } from '@temporalio/workflow';
import type { ApplicationFailure } from '@temporalio/workflow';
import type { BookingStatus } from '#domain/bookings.ts';
import { noShowFrom } from '#domain/bookings.ts';
import { payoutDueAt } from '#domain/payouts.ts';
import { openReviews, step } from '../activities.ts';
import { alter } from './altering.ts';
import { cancel } from './ending.ts';
import { endInstalments, objectionTo, planOf, saidOfInstalments, takeNext } from './instalments.ts';
import { now, tellStatus } from './life.ts';
import type { End, Life } from './life.ts';
import { notAny, refuse } from './mailbox.ts';
import type { Said, StayMessage } from './mailbox.ts';
import { awaitPayout, payHostWhenDue } from './rewarding.ts';
import { retime, sleepUnless } from './timetable.ts';

/** From confirmed to completed, unless the guest cancels. Nobody has to record anything: timers move the stay on. */
export async function awaitStay(life: Life): Promise<End> {
  if (life.request.isInInstalments) life.plan = await planOf(life);
  const cancelled = await awaitCheckIn(life);
  if (cancelled !== undefined) return cancelled;
  void payHostWhenDue(life); // Beside the stay: it may be due before or after its end.
  const end = await awaitCheckOut(life);
  setCurrentDetails(`The stay is over; the host is paid from ${payoutDueAt(life.request.checkInAt)} on.`);
  await awaitPayout(life);
  return end;
}

/** The end, if it comes before the check-in instant. */
async function awaitCheckIn(life: Life): Promise<End | undefined> {
  const { timetable } = life;
  for (;;) {
    if (timetable.isStale()) await retime(life);
    hearBeforeStay(life);
    const message = await takeNext(life, Date.parse(life.request.checkInAt), 'Check-in');
    if (message === undefined) {
      if (timetable.isStale()) continue;
      hearOfStay(life);
      const early = await step.beginStay(now(life.request));
      if (early === undefined) return undefined;
      timetable.outdated();
    } else if (message.kind === 'cancel') {
      return cancel(life, message);
    } else if (message.kind === 'alter') {
      const cancellation = await alter(life, message, 'confirmed');
      if (cancellation !== undefined) return cancel(life, cancellation);
    } else {
      refuse(message, 'confirmed');
    }
  }
}

function hearBeforeStay(life: Life): void {
  const { checkInAt } = life.request;
  const why = { message: `The stay begins at ${checkInAt}.`, details: { from: checkInAt } };
  life.mailbox.hears({
    status: 'confirmed',
    kinds: ['cancel', 'alter', ...saidOfInstalments(life)],
    objection: (said) =>
      said.kind === 'stay' ? notAny('confirmed', why) : objection(life, said, 'confirmed'),
  });
  tellStatus('confirmed', `Confirmed; waiting for check-in at ${checkInAt}.`);
}

/** Why something cannot be said of instalments or of a proposal; nothing against what is about something else. */
function objection(life: Life, said: Said, status: BookingStatus): ApplicationFailure | undefined {
  return objectionTo(life, said, status) ?? life.proposals.objection(said, status);
}

/** What can be put on record now. */
function hearOfStay(life: Life): void {
  const { request, mailbox, hasArrived = false } = life;
  const from = noShowFrom(request.checkInAt);
  const early = { message: `That nobody came can be recorded from ${from} on.`, details: { from } };
  mailbox.hears({
    status: 'in_stay',
    kinds: ['cancel', 'stay', 'alter', ...saidOfInstalments(life)],
    objection(said) {
      if (said.kind !== 'stay' || said.ask.act !== 'no_show') return objection(life, said, 'in_stay');
      if (Date.now() < Date.parse(from)) return notAny('in_stay', early);
      return hasArrived ? notAny('in_stay', ARRIVED) : undefined;
    },
  });
}

const ARRIVED = { message: 'The guest has checked in.', details: {} };

async function awaitCheckOut(life: Life): Promise<End> {
  const { mailbox, timetable } = life;
  for (;;) {
    if (timetable.isStale()) {
      await retime(life);
      hearOfStay(life);
    }
    const { checkOutAt } = life.request;
    tellStatus('in_stay', `The guest is staying; waiting for check-out at ${checkOutAt}.`);
    const message = await takeNext(life, Date.parse(checkOutAt), 'Check-out');
    if (message === undefined) {
      if (timetable.isStale()) continue;
      const early = await step.completeStay(now(life.request));
      if (early === undefined) break;
      timetable.outdated();
    } else if (message.kind === 'cancel') {
      return cancel(life, message);
    } else if (message.kind === 'stay') {
      if (await hasLeft(life, message)) return awaitScheduledEnd(life);
    } else if (message.kind === 'alter') {
      const cancellation = await alter(life, message, 'in_stay');
      if (cancellation !== undefined) return cancel(life, cancellation);
      hearOfStay(life);
    } else {
      refuse(message, 'in_stay');
    }
  }
  mailbox.close('completed');
  const end = await openToReviews(life);
  await endInstalments(life);
  return end;
}

/** Puts on record what a side says. True when it is that the guest has left. */
async function hasLeft(life: Life, { ask, answer }: StayMessage): Promise<boolean> {
  const { recorded } = await step.recordStay({ ...now(life.request), ...ask });
  if (!recorded) {
    answer.reject(notAny('in_stay', ARRIVED));
    return false;
  }
  if (ask.act === 'check_in') {
    life.hasArrived = true;
    hearOfStay(life);
  }
  const isOver = ask.act === 'check_out';
  answer.resolve({ status: isOver ? 'completed' : 'in_stay' });
  return isOver;
}

/** What follows a stay is reckoned from its scheduled end, however early the guest has left. */
async function awaitScheduledEnd(life: Life): Promise<End> {
  const { mailbox, timetable } = life;
  mailbox.close('completed');
  tellLeft(life);
  await endInstalments(life);
  for (;;) {
    if (timetable.isStale()) await retime(life);
    tellLeft(life);
    const leftMs = Date.parse(life.request.checkOutAt) - Date.now();
    if (leftMs <= 0) return openToReviews(life);
    await sleepUnless(timetable.isStale, leftMs, 'Scheduled check-out');
  }
}

function tellLeft({ request: { checkOutAt } }: Life): void {
  tellStatus('completed', `The guest has left; waiting for the scheduled check-out at ${checkOutAt}.`);
}

/** The stay is over as it was to be: both sides may say what it was like. */
async function openToReviews({ request: { bookingId } }: Life): Promise<End> {
  await openReviews({ bookingId });
  return 'completed';
}
