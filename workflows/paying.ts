import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { Rejection } from '#domain/bookings.ts';
import type { Collection, Intent } from '#domain/payments.ts';
import { bankBriefly, bankNow, step } from './activities.ts';
import type { BookStay } from './bookings.contract.ts';
import type { Message } from './mailbox.ts';

/** What the first ask came to. An open intent waits for its payer; a refusal ends the booking. */
export type Collected =
  | { is: 'paid'; intent: Intent }
  | { is: 'open'; intent: Intent }
  | { is: 'refused'; rejection: Rejection; left: Left };

/** What a refusal leaves at the bank: nothing, an intent to be closed, or nobody knows what. */
export type Left = { is: 'nothing' } | { is: 'intent'; intent: Intent } | { is: 'unknown' };

export function collectionOf({
  bookingId,
  paymentId,
  amountMinor,
  currency,
  requestedAt,
}: BookStay): Collection {
  return { bookingId, paymentId, amountMinor, currency, since: requestedAt };
}

/** Opens the payment and, with a payment method, pays it: one act, so a decline is a refusal. */
export async function collect(request: BookStay): Promise<Collected> {
  const { paymentMethodId } = request;
  try {
    const intent = await bankNow.collectPayment({
      ...collectionOf(request),
      ...(paymentMethodId !== undefined && { paymentMethodId }),
    });
    return collected(intent, paymentMethodId !== undefined);
  } catch (error) {
    const rejection = refusalIn(error);
    if (rejection !== undefined) return { is: 'refused', rejection, left: { is: 'nothing' } };
    return { is: 'refused', rejection: SILENT_BANK, left: { is: 'unknown' } };
  }
}

function collected(intent: Intent, inOneAct: boolean): Collected {
  if (intent.status === 'posted') return { is: 'paid', intent };
  const left = { is: 'intent', intent } as const;
  if (intent.status === 'voided') return { is: 'refused', rejection: SILENT_BANK, left };
  if (intent.status !== 'pending' || !inOneAct) return { is: 'open', intent };
  const { message = 'The card was declined.', declineCode, code } = intent.failure ?? {};
  const details = { declineCode: declineCode ?? code ?? 'generic_decline' };
  return { is: 'refused', rejection: { code: 'card_declined', message, details }, left };
}

/** The bank's effect is unknown: it is looked up and undone before the guest hears of it. */
const SILENT_BANK: Rejection = {
  code: 'unavailable',
  message: 'The bank did not answer in time. Nothing was charged.',
};

function refusalIn(error: unknown): Rejection | undefined {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.nonRetryable !== true) return undefined;
  const details = cause.details?.[0] as Rejection['details'];
  return {
    code: cause.type ?? 'unavailable',
    message: cause.message,
    ...(details !== undefined && { details }),
  };
}

/** The payer's next try on the open intent. Answers unless it is paid: then the booking is confirmed first. */
export async function tryAgain(
  request: BookStay,
  { pay, answer }: Extract<Message, { kind: 'pay' }>,
): Promise<Intent | undefined> {
  const { paymentMethodId, attempt } = pay;
  let intent: Intent | undefined;
  if (paymentMethodId === undefined) {
    intent = await readBriefly(request);
  } else {
    try {
      intent = await bankNow.confirmPayment({ ...collectionOf(request), paymentMethodId, attempt });
    } catch (error) {
      if (refusalIn(error) !== undefined) answer.reject((error as ActivityFailure).cause);
    }
  }
  if (intent?.status === 'posted') return intent;
  if (intent !== undefined) await step.noteBank({ bookingId: request.bookingId, atBank: intent });
  const failure = paymentMethodId !== undefined && intent?.status === 'pending' ? intent.failure : undefined;
  answer.resolve(failure === undefined ? { status: 'held' } : { status: 'declined', failure });
  return intent;
}

/** What the bank knows, or undefined when it does not say so at once. */
export async function readBriefly(request: BookStay): Promise<Intent | undefined> {
  try {
    return await bankBriefly.readPayment(collectionOf(request));
  } catch (error) {
    if (error instanceof ActivityFailure) return undefined;
    throw error;
  }
}
