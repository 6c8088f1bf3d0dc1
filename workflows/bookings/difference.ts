import { setCurrentDetails, sleep } from '@temporalio/workflow';
import type { ToBePaid } from '#activities/alterations/accepting.ts';
import type { Ending } from '#activities/alterations/paying.ts';
import type { AlteredStay } from '#activities/alterations/settling.ts';
import { earlierOf } from '#domain/bookings.ts';
import type { AlterationId } from '#domain/ids.ts';
import type { Intent } from '#domain/payments.ts';
import { bank, step } from '../activities.ts';
import type { Altered, BookStay } from '../bookings.contract.ts';
import { collect, collectionOf, confirmAgain, isSafe, readBriefly } from './collecting.ts';
import { now, tellTimes } from './life.ts';
import type { Life } from './life.ts';
import { notAny, refuse } from './mailbox.ts';
import type { AlterMessage, CancelMessage } from './mailbox.ts';
import { payWhatIsAdded } from './rewarding.ts';
import { retime } from './timetable.ts';

/** What the booking is while it is altered: the stay has begun, or it has not. */
export type Standing = 'confirmed' | 'in_stay';

/** From here on everything goes by what was agreed: the timers, what the host is paid, how it is found. */
export async function goOnAltered(
  life: Life,
  { checkInAt, checkOutAt, amountMinor, refundId }: AlteredStay,
): Promise<void> {
  life.request = { ...life.request, checkInAt, checkOutAt, amountMinor };
  tellTimes(life.request);
  if (refundId !== undefined) await bank.startRefund({ refundId });
  payWhatIsAdded(life);
}

interface Agreement extends Pick<AlterMessage, 'at' | 'answer'> {
  alterationId: AlterationId;
  paying: ToBePaid;
  standing: Standing;
}

type Failure = Extract<Altered, { status: 'failed' }>['failure'];

/** What an alteration costs more, while its added nights are held and wait for it to be paid. */
export class Difference {
  readonly #life: Life;
  readonly #agreement: Agreement;
  /** As if it were a booking of its own that is paid at once. */
  readonly #asked: BookStay;

  constructor(life: Life, agreement: Agreement) {
    const { paymentId, amountMinor, paymentMethodId } = agreement.paying;
    const { paymentMethodId: _, ...request } = life.request;
    const asked = {
      ...request,
      paymentId,
      amountMinor,
      requestedAt: agreement.at,
      bookingMode: 'instant' as const,
    };
    this.#life = life;
    this.#agreement = agreement;
    this.#asked = { ...asked, ...(paymentMethodId !== undefined && { paymentMethodId }) };
  }

  /** Gives the cancellation that came meanwhile, once the booking is the old one again. */
  async awaitPayment(): Promise<CancelMessage | undefined> {
    const { answer, alterationId, paying, standing } = this.#agreement;
    this.#hear();
    const first = await collect(this.#asked);
    if (first.is === 'refused')
      return this.#fail(failureOf(first.rejection), { isUnknown: first.left.is === 'unknown' });
    if (isSafe(this.#asked, first.intent)) return this.#complete(first.intent);
    await step.noteAlteration({ ...now(this.#asked), alterationId, atBank: first.intent });
    answer.resolve({ status: 'accepted' });
    const { mailbox, timetable } = this.#life;
    for (;;) {
      if (timetable.isStale()) await retime(this.#life);
      const payBy = earlierOf(paying.payBy, this.#turnAt());
      setCurrentDetails(`Waiting until ${payBy} for the guest to pay for the alteration.`);
      const message = await mailbox.take(Date.parse(payBy), 'Payment of the alteration', timetable.isStale);
      if (message === undefined && timetable.isStale()) continue;
      if (message?.kind === 'cancel') {
        await this.#fail(CANCELLED);
        return message;
      }
      if (message?.kind === 'alter') return this.#withdraw(message);
      if (message !== undefined && message.kind !== 'pay' && message.kind !== 'bank') {
        refuse(message, standing);
        continue;
      }
      const isTry = message?.kind === 'pay';
      const intent = isTry ? await confirmAgain(this.#asked, message) : await readBriefly(this.#asked);
      if (intent !== undefined && isSafe(this.#asked, intent)) {
        await this.#complete(intent);
        if (isTry) message.answer.resolve({ status: 'confirmed' });
        return undefined;
      }
      const isOver = message === undefined || intent?.status === 'voided';
      if (isOver || (!isTry && this.#hasFailed(intent))) {
        if (isTry) message.answer.reject(notAny(standing));
        return this.#fail(isOver ? TOO_LATE : declineOf(intent));
      }
      if (intent !== undefined)
        await step.noteAlteration({ ...now(this.#asked), alterationId, atBank: intent });
      const failure = isTry && message.ask.paymentMethodId !== undefined ? pendingFailure(intent) : undefined;
      if (isTry) message.answer.resolve(failure ? { status: 'declined', failure } : { status: 'held' });
    }
  }

  /** When the booking becomes something else, whether its alteration is paid or not. */
  #turnAt(): string {
    const { checkInAt, checkOutAt } = this.#life.request;
    return this.#agreement.standing === 'confirmed' ? checkInAt : checkOutAt;
  }

  /** Payment, cancellation and the proposer's second thoughts: nothing else until this is settled. */
  #hear(): void {
    const { alterationId, standing } = this.#agreement;
    this.#life.mailbox.hears({
      status: standing,
      kinds: ['pay', 'cancel', 'alter'],
      objection: (said) => {
        if (said.kind !== 'alter' && said.kind !== 'stay') return undefined;
        const isWithdrawal = said.kind === 'alter' && said.ask.act === 'withdraw';
        if (isWithdrawal && said.ask.alterationId === alterationId) return undefined;
        return notAny(standing, BEING_PAID);
      },
    });
  }

  /** A card that was given beforehand is tried once: a challenge that is failed, like a decline, is an answer. */
  #hasFailed(intent: Intent | undefined): boolean {
    return this.#asked.paymentMethodId !== undefined && pendingFailure(intent) !== undefined;
  }

  async #complete(intent: Intent): Promise<undefined> {
    const { alterationId, answer } = this.#agreement;
    const completed = await step.completeAlteration({ ...now(this.#asked), alterationId, intent });
    if (completed.altered) {
      await goOnAltered(this.#life, completed);
      answer.resolve({ status: 'altered' });
      return;
    }
    if (completed.refundId !== undefined) await bank.startRefund({ refundId: completed.refundId });
    answer.resolve({ status: 'failed', failure: declineOf(intent) });
  }

  async #withdraw({ ask, answer }: AlterMessage): Promise<undefined> {
    await this.#end({ to: 'withdrawn', actorId: ask.actorId }, {});
    answer.resolve({ status: 'withdrawn' });
  }

  async #fail(failure: Failure, bankIs: { isUnknown?: boolean } = {}): Promise<undefined> {
    await this.#end({ to: 'failed', failure }, bankIs);
    this.#agreement.answer.resolve({ status: 'failed', failure });
  }

  /** The booking is the old one at once; the payment is closed beside its life, however long the bank takes. */
  async #end(
    ending: Omit<Ending, 'alterationId'>,
    { isUnknown = false }: { isUnknown?: boolean },
  ): Promise<void> {
    const { alterationId } = this.#agreement;
    await step.endAlteration({ ...now(this.#asked), alterationId, ...ending });
    this.#life.closings.push(this.#close(isUnknown));
  }

  async #close(isUnknown: boolean): Promise<void> {
    const { alterationId } = this.#agreement;
    let mayBeSlow = isUnknown;
    for (;;) {
      const atBank = await bank.closePayment(collectionOf(this.#asked));
      if (atBank !== 'nothing' && atBank.status === 'posted') {
        const sentBack = await step.completeAlteration({ ...now(this.#asked), alterationId, intent: atBank });
        if (sentBack.refundId !== undefined) await bank.startRefund({ refundId: sentBack.refundId });
        return;
      }
      const isFinal = atBank === 'nothing' ? !mayBeSlow : atBank.status === 'voided';
      if (isFinal || atBank !== 'nothing')
        await step.noteAlteration({ ...now(this.#asked), alterationId, atBank });
      if (isFinal) return;
      await sleep(atBank === 'nothing' ? SLOW_BANK_MS : BANK_FINAL_EVERY_MS, {
        summary: 'Ask the bank again',
      });
      mayBeSlow = false;
    }
  }
}

/** What was asked of a bank that did not answer has reached it by then, or never will. */
const SLOW_BANK_MS = 60_000;
const BANK_FINAL_EVERY_MS = 6 * 60 * 60 * 1000;

const BEING_PAID = { message: 'The booking is being altered; the difference is not paid yet.', details: {} };

const TOO_LATE: Failure = { code: 'payment_timeout', message: 'The difference was not paid in time.' };
const CANCELLED: Failure = { code: 'booking_cancelled', message: 'The booking was cancelled.' };

function pendingFailure(intent: Intent | undefined): Intent['failure'] {
  return intent?.status === 'pending' ? intent.failure : undefined;
}

function declineOf(intent: Intent | undefined): Failure {
  const { message = 'The card was declined.', declineCode, code } = intent?.failure ?? {};
  return { code: 'card_declined', message, declineCode: declineCode ?? code ?? 'generic_decline' };
}

function failureOf({
  code,
  message,
  details,
}: {
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>>;
}): Failure {
  const declineCode = details?.declineCode;
  return { code, message, ...(typeof declineCode === 'string' && { declineCode }) };
}
