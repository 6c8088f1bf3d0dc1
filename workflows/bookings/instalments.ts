import type { ApplicationFailure } from '@temporalio/workflow';
import type { BookingStatus } from '#domain/bookings.ts';
import type { AtBank } from '#domain/payments.ts';
import { bank, step } from '../activities.ts';
import { instant } from '../clock.ts';
import { lookAtCard, replaceCard } from './cards.ts';
import { asBooking, charge, collectionFor, isPaidAfterAll, nextOf, settle } from './charging.ts';
import type { Part, Plan } from './charging.ts';
import { confirmAgain, readBriefly } from './collecting.ts';
import { now } from './life.ts';
import type { Life } from './life.ts';
import { callingOff, notAny } from './mailbox.ts';
import type { Message, PayMessage, Said } from './mailbox.ts';

/** What is still to be paid of a stay that is certain. */
export async function planOf({ request }: Life): Promise<Plan> {
  const planned = await step.readInstalments(now(request));
  const parts = planned.map((part) => ({
    ...part,
    isPaid: false,
    askAtMs: Date.parse(part.beginsAt),
    tries: 0,
  }));
  return { parts, isOver: false };
}

/** What may be said about instalments, where there are any. */
export function saidOfInstalments({ plan }: Life): readonly Said['kind'][] {
  return plan === undefined ? [] : ['pay', 'card'];
}

/** Why it cannot be said now. */
export function objectionTo(
  { plan }: Life,
  { kind }: Said,
  status: BookingStatus,
): ApplicationFailure | undefined {
  if (kind !== 'pay' || plan === undefined || nextOf(plan)?.payByMs !== undefined) return undefined;
  return notAny(status, { message: 'No instalment is due that has not been paid.', details: {} });
}

/**
 * The next message for the stay itself, or undefined when `until` comes first. On the way there instalments fall due, and
 * what is said of them is seen to. One that is not paid in time calls the booking off, as of its deadline. Undefined, too,
 * when the timetable has become stale.
 */
export function takeNext(life: Life, until: number, summary: string): Promise<Message | undefined> {
  const { plan, mailbox, timetable } = life;
  if (plan === undefined) return mailbox.take(until, summary, timetable.isStale);
  return takeBeside(life, plan, { until, summary });
}

async function takeBeside(
  life: Life,
  plan: Plan,
  { until, summary }: { until: number; summary: string },
): Promise<Message | undefined> {
  for (;;) {
    const part = nextOf(plan);
    const dueMs = part === undefined ? Infinity : dueOf(part);
    const what = dueMs < until ? 'Instalment' : summary;
    const message = await life.mailbox.take(Math.min(until, dueMs), what, life.timetable.isStale);
    if (message === undefined) {
      if (life.timetable.isStale()) return undefined;
      if (part === undefined || Date.now() < dueMs) return undefined;
      if (!(await fallsDue(life, part))) return unpaid(part);
    } else if (!(await hears(life, message))) return message;
  }
}

/** At the deadline itself the guest is still in time. */
function dueOf({ askAtMs, payByMs = Infinity }: Part): number {
  return Math.min(askAtMs, payByMs + 1);
}

/** Charges the saved card, or tries it again. False when the time to pay is over, and nobody has. */
async function fallsDue(life: Life, part: Part): Promise<boolean> {
  if (part.payByMs !== undefined && Date.now() > part.payByMs) return isPaidAfterAll(life, part);
  await charge(life, part);
  return true;
}

function unpaid({ n, payByMs = Date.now() }: Part): Message {
  const reason = `Instalment ${n} was not paid in time.`;
  return callingOff({ by: 'platform', actorId: 'system', reason }, instant(payByMs));
}

/** Whether it was about instalments; then it has been seen to. */
async function hears(life: Life, message: Message): Promise<boolean> {
  const part = life.plan && nextOf(life.plan);
  if (message.kind === 'card') await replaceCard(life, message);
  else if (message.kind === 'bank') await hearBank(life);
  else if (message.kind === 'pay' && part?.payByMs !== undefined) await pay(life, part, message);
  else return false;
  return true;
}

async function hearBank(life: Life): Promise<void> {
  await lookAtCard(life);
  const part = life.plan && nextOf(life.plan);
  if (part?.opened === undefined) return;
  const intent = await readBriefly(asBooking(life.request, part));
  if (intent !== undefined && intent.status !== part.intent?.status) await settle(life, part, intent);
}

/** The guest pays what is due, with whichever card they like; it is the one that is charged from then on. */
async function pay(life: Life, part: Part, message: PayMessage): Promise<void> {
  const intent = await confirmAgain(asBooking(life.request, part), message);
  if (intent !== undefined) await settle(life, part, intent);
  const isDeclined = message.ask.paymentMethodId !== undefined && intent?.status === 'pending';
  const failure = isDeclined ? intent.failure : undefined;
  if (failure !== undefined) message.answer.resolve({ status: 'declined', failure });
  else message.answer.resolve({ status: part.isPaid ? 'paid' : 'due' });
}

const BANK_FINAL_EVERY_MS = 6 * 60 * 60 * 1000;

/**
 * The booking has ended: what was not paid is owed no more, and the bank takes no money for it. Where somebody has paid it
 * after all, the stay was lived and it counts, or it goes back.
 */
export async function endInstalments(life: Life): Promise<void> {
  const { plan, request, mailbox } = life;
  if (plan === undefined) return;
  const part = nextOf(plan);
  if (part?.opened !== undefined) {
    let atBank: AtBank = await bank.closePayment(collectionFor(request, part));
    while (atBank !== 'nothing' && atBank.status !== 'voided' && atBank.status !== 'posted') {
      await mailbox.take(Date.now() + BANK_FINAL_EVERY_MS, 'Ask the bank again');
      atBank = await bank.closePayment(collectionFor(request, part));
    }
    if (atBank !== 'nothing') await settle(life, part, atBank);
  }
  if (nextOf(plan) !== undefined) await step.lapseInstalments(now(request));
  plan.isOver = true;
}
