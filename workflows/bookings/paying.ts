import { setCurrentDetails } from '@temporalio/workflow';
import { challengedHoldExpiry } from '#domain/bookings.ts';
import type { Rejection } from '#domain/bookings.ts';
import type { Intent, PaymentStatus } from '#domain/payments.ts';
import { step } from '../activities.ts';
import { collect, confirmAgain, isSafe, readBriefly } from './collecting.ts';
import { accept, AT_ONCE, giveUp, withdraw } from './ending.ts';
import { awaitHost } from './hosting.ts';
import { now, tellStatus } from './life.ts';
import type { Life, Money } from './life.ts';
import { notAny, refuse } from './mailbox.ts';
import type { PayMessage } from './mailbox.ts';

/** From held to a price that is safe, and on; or to the end of the hold. */
export async function awaitMoney(life: Life, holdExpiresAt: string): Promise<Money> {
  const { request, mailbox } = life;
  const hold = new Hold(holdExpiresAt);
  setCurrentDetails(`Waiting for the bank to answer; the nights are held until ${holdExpiresAt}.`);
  mailbox.hears({ status: 'held', kinds: ['pay', 'cancel'] });
  const first = await collect(request);
  if (first.is === 'refused') {
    const { rejection, left } = first;
    return giveUp(life, { ending: { to: 'rejected', rejection }, until: hold.endsMs, left });
  }
  if (isSafe(request, first.intent)) return goOn(life, first.intent);
  await note(life, hold, first.intent);
  mailbox.reserved({ status: 'held' });
  for (;;) {
    tellStatus('held', hold.inWords());
    const message = await mailbox.take(hold.endsMs, 'Hold');
    if (message === undefined) {
      const intent = await readBriefly(request);
      if (intent !== undefined && isSafe(request, intent)) return goOn(life, intent);
      if (intent === undefined || !hold.mayBeExtendedFor(intent)) {
        return giveUp(life, { ending: { to: 'expired' }, until: hold.endsMs });
      }
      await note(life, hold, intent);
    } else if (message.kind === 'cancel') {
      return withdraw(life, message, { until: hold.endsMs });
    } else if (message.kind === 'pay') {
      const intent = await tryAgain(life, hold, message);
      if (intent?.status === 'voided') return closedAtBank(life, intent, message);
      if (intent !== undefined) return goOn(life, intent, message);
    } else if (message.kind === 'bank') {
      // The payer's page may have been declined, challenged or paid: the booking tells of it.
      const intent = await readBriefly(request);
      if (intent !== undefined && isSafe(request, intent)) return goOn(life, intent);
      if (intent?.status === 'voided') return closedAtBank(life, intent);
      if (intent !== undefined) await note(life, hold, intent);
    } else {
      refuse(message, 'held');
    }
  }
}

/** Until when the nights wait for their payment: put off once, when the payer is first sent to a challenge. */
class Hold {
  expiresAt: string;
  #isExtended = false;
  #payment: PaymentStatus = 'pending';

  constructor(expiresAt: string) {
    this.expiresAt = expiresAt;
  }

  get endsMs(): number {
    return Date.parse(this.expiresAt);
  }

  mayBeExtendedFor({ status }: Intent): boolean {
    return status === 'requires_action' && !this.#isExtended;
  }

  /** Keeps in mind how the payment stands; gives the new end, if that puts it off. */
  heard(intent: Intent): string | undefined {
    const isPutOff = this.mayBeExtendedFor(intent);
    this.#payment = intent.status;
    if (!isPutOff) return undefined;
    this.#isExtended = true;
    this.expiresAt = challengedHoldExpiry(this.expiresAt);
    return this.expiresAt;
  }

  inWords(): string {
    const what = WAITING_FOR[this.#payment] ?? 'for the guest to pay';
    return `Waiting until ${this.expiresAt} ${what}; the nights are held.`;
  }
}

const WAITING_FOR: Partial<Record<PaymentStatus, string>> = {
  requires_action: 'for the guest to pass the challenge of the card’s issuer',
  processing: 'for the bank to process the payment',
};

/** Keeps what the bank has of the payment; a payer who is being challenged gets the time for it. */
async function note({ request }: Life, hold: Hold, intent: Intent): Promise<void> {
  const holdExpiresAt = hold.heard(intent);
  await step.noteBank({ ...now(request), atBank: intent, ...(holdExpiresAt && { holdExpiresAt }) });
}

/** Somebody has closed the payment at the bank, by hand: nobody can pay it any more, so the nights need not wait. */
function closedAtBank(life: Life, intent: Intent, payer?: PayMessage): Promise<Money> {
  const ending = { to: 'rejected', rejection: CLOSED } as const;
  const freed = () => payer?.answer.reject(notAny('rejected'));
  return giveUp(life, { ending, until: AT_ONCE, left: { is: 'intent', intent }, freed });
}

const CLOSED: Rejection = {
  code: 'card_declined',
  message: 'The payment was closed at the bank. Nothing was charged.',
  details: { declineCode: 'payment_closed' },
};

/** Gives the intent if its price is safe now, or it is closed; answers the payer where neither is so. */
async function tryAgain(life: Life, hold: Hold, message: PayMessage): Promise<Intent | undefined> {
  const intent = await confirmAgain(life.request, message);
  if (intent !== undefined && (isSafe(life.request, intent) || intent.status === 'voided')) return intent;
  if (intent !== undefined) await note(life, hold, intent);
  const isDeclined = message.ask.paymentMethodId !== undefined && intent?.status === 'pending';
  const failure = isDeclined ? intent.failure : undefined;
  message.answer.resolve(failure === undefined ? { status: 'held' } : { status: 'declined', failure });
  return undefined;
}

/** The price is safe: the stay is certain, or its host is asked. */
async function goOn(life: Life, intent: Intent, payer?: PayMessage): Promise<Money> {
  if (life.request.bookingMode === 'request') return awaitHost(life, { intent, ...(payer && { payer }) });
  const money = await accept(life, { intent });
  payer?.answer.resolve({ status: 'confirmed' });
  return money;
}
