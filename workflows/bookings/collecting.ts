import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { Rejection } from '#domain/bookings.ts';
import type { Collection, Intent } from '#domain/payments.ts';
import { bankBriefly, bankNow } from '../activities.ts';
import type { BookStay } from '../bookings.contract.ts';
import type { PayMessage } from './mailbox.ts';

/** What the first ask came to: an intent that is paid, reserved or waits for its payer; or a refusal, which ends the booking. */
export type Collected = { is: 'begun'; intent: Intent } | { is: 'refused'; rejection: Rejection; left: Left };

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

/** Whether the price is safe: in, or for a request at least reserved until the host has answered. */
export function isSafe({ bookingMode }: BookStay, { status }: Intent): boolean {
  return status === 'posted' || (status === 'reserved' && bookingMode === 'request');
}

/** Opens the payment and, with a payment method, pays it: one act, so a decline is a refusal. */
export async function collect(request: BookStay): Promise<Collected> {
  const { paymentMethodId, bookingMode, isInInstalments } = request;
  try {
    const intent = await bankNow.collectPayment({
      ...collectionOf(request),
      capture: bookingMode === 'instant' ? 'at_once' : 'on_acceptance',
      ...(isInInstalments && { keepsCard: isInInstalments }),
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
  const left = { is: 'intent', intent } as const;
  if (intent.status === 'voided') return { is: 'refused', rejection: SILENT_BANK, left };
  if (intent.status !== 'pending' || !inOneAct) return { is: 'begun', intent };
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

/** The payer's next try on the open intent. What the bank refuses to begin is told to the payer here. */
export async function confirmAgain(
  request: BookStay,
  { ask: { paymentMethodId, attempt }, answer }: PayMessage,
): Promise<Intent | undefined> {
  if (paymentMethodId === undefined) return readBriefly(request);
  try {
    return await bankNow.confirmPayment({ ...collectionOf(request), paymentMethodId, attempt });
  } catch (error) {
    if (refusalIn(error) !== undefined) answer.reject((error as ActivityFailure).cause);
    return undefined;
  }
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
