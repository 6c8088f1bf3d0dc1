import { ActivityFailure } from '@temporalio/workflow';
import type { PlannedInstalment } from '#activities/instalments.ts';
import type { SavedCard } from '#domain/cards.ts';
import type { Intent } from '#domain/payments.ts';
import { bank, bankNow, step } from '../activities.ts';
import type { BookStay } from '../bookings.contract.ts';
import { collectionOf } from './collecting.ts';
import { now } from './life.ts';
import type { Life } from './life.ts';

/** What of the price is still to come, a part a month. */
export interface Plan {
  parts: Part[];
  /** A card whose holder has been sent to a challenge before it is kept. */
  setupId?: string;
  /** The booking has ended: nothing more is to be paid. */
  isOver: boolean;
}

export interface Part extends PlannedInstalment {
  isPaid: boolean;
  /** Once its nights have begun: the card that it is charged to, and since when the bank may have heard of it. */
  opened?: { card: SavedCard; since: string };
  /** What the bank had of it last. */
  intent?: Intent;
  /** The card could not be charged: until when the guest may pay, in milliseconds since the epoch. */
  payByMs?: number;
  /** When the bank is asked next. */
  askAtMs: number;
  /** How often it has answered. */
  tries: number;
}

/** A bank that is silent, or still at it, is asked again after so long. */
const ASK_AGAIN_MS = 15 * 60 * 1000;

/** The part that is to be paid now, or next; parts are paid in their order. */
export function nextOf({ parts }: Plan): Part | undefined {
  return parts.find(({ isPaid }) => !isPaid);
}

/** Charges the saved card while its holder is away. Of a part there is one payment, however often it is tried. */
export async function charge(life: Life, part: Part): Promise<void> {
  const { request } = life;
  part.opened ??= await step.openInstalment({ ...now(request), n: part.n });
  const { card } = part.opened;
  const attempt = `${part.n}-${part.tries}`;
  const intent = await inTime(bankNow.chargeInstalment({ ...collectionFor(request, part), card, attempt }));
  if (intent === undefined) {
    part.askAtMs = Date.now() + ASK_AGAIN_MS; // Then the same is asked, under the same name.
    return;
  }
  part.tries += 1;
  await settle(life, part, intent);
}

/** Takes in what the bank has of an instalment: money, or what stands in its way. */
export async function settle(life: Life, part: Part, intent: Intent): Promise<void> {
  const { request } = life;
  const { paymentId, n } = part;
  part.intent = intent;
  if (intent.status === 'posted') {
    const accepted = await step.acceptInstalment({ ...now(request), paymentId, intent });
    part.isPaid = accepted.isPaid;
    if (!accepted.isPaid && accepted.refundId !== undefined)
      await bank.startRefund({ refundId: accepted.refundId });
    return;
  }
  const { payBy, retryAt } = await step.noteInstalment({ ...now(request), n, atBank: intent });
  if (payBy === undefined) {
    part.askAtMs = Date.now() + ASK_AGAIN_MS;
    return;
  }
  part.payByMs = Date.parse(payBy);
  part.askAtMs = retryAt === undefined || wantsHolder(intent) ? Infinity : Date.parse(retryAt);
}

/** The issuer wants to hear from the holder: to try again without them would change nothing. */
function wantsHolder({ failure }: Intent): boolean {
  return failure?.code === 'authentication_required';
}

/** The last look: nobody can pay it from here on, unless somebody has. A bank that is silent keeps no night any longer. */
export async function isPaidAfterAll(life: Life, part: Part): Promise<boolean> {
  const closed = await inTime(bankNow.closePayment(collectionFor(life.request, part)));
  if (closed === undefined || closed === 'nothing' || closed.status !== 'posted') return false;
  await settle(life, part, closed);
  return part.isPaid;
}

/** What the bank says, or undefined when it does not say so in time. */
export async function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ActivityFailure) return undefined;
    throw error;
  }
}

/** An instalment as if it were a booking of its own: what the bank is asked about. */
export function asBooking(request: BookStay, { paymentId, amountMinor, opened }: Part): BookStay {
  const requestedAt = opened?.since ?? request.requestedAt;
  return { ...request, paymentId, amountMinor, requestedAt, bookingMode: 'instant' };
}

export function collectionFor(request: BookStay, part: Part) {
  return collectionOf(asBooking(request, part));
}
