import { ApplicationFailure, CancellationScope, condition, setHandler, Trigger } from '@temporalio/workflow';
import { isCertain, MAX_PAYMENT_TRIES } from '#domain/bookings.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import {
  alterBooking,
  answerRequest,
  bankSpoke,
  cancelBooking,
  payBooking,
  recordStay,
  replaceCard,
  reserveStay,
} from '../bookings.contract.ts';
import type {
  Alter,
  Altered,
  Cancel,
  Cancelled,
  CardReplaced,
  HostAnswer,
  HostAnswered,
  Pay,
  PayResult,
  ReplaceCard,
  Reservation,
  StayAsked,
  StayRecorded,
} from '../bookings.contract.ts';
import { instantNow } from '../clock.ts';

/** What somebody wants, and where they wait for what comes of it. */
interface Asked<Kind, Ask, Answer> {
  kind: Kind;
  ask: Ask;
  /** The workflow's now when it was asked: whatever it has to wait for, it is judged by this. */
  at: string;
  answer: Trigger<Answer>;
}

export type PayMessage = Asked<'pay', Pay, PayResult>;
export type CancelMessage = Asked<'cancel', Cancel, Cancelled>;
export type HostMessage = Asked<'host', HostAnswer, HostAnswered>;
export type StayMessage = Asked<'stay', StayAsked, StayRecorded>;
export type CardMessage = Asked<'card', ReplaceCard, CardReplaced>;
export type AlterMessage = Asked<'alter', Alter, Altered>;

/** What the world says to a booking. Guest, host, bank and timer speak through one box, so they cannot race. */
export type Message =
  { kind: 'bank' } | PayMessage | CancelMessage | HostMessage | StayMessage | CardMessage | AlterMessage;

/** What somebody asks for, before it is a message. */
export type Said =
  | { kind: 'pay'; ask: Pay }
  | { kind: 'cancel'; ask: Cancel }
  | { kind: 'host'; ask: HostAnswer }
  | { kind: 'stay'; ask: StayAsked }
  | { kind: 'card'; ask: ReplaceCard }
  | { kind: 'alter'; ask: Alter };

/** What can be asked of a booking as it is, and why the rest cannot, where there is more to say than what it is. */
interface Hearing {
  status: BookingStatus;
  kinds: readonly Said['kind'][];
  objection?: (said: Said) => ApplicationFailure | undefined;
}

/**
 * Takes messages in the order of their arrival, one at a time. Made before the first await of the workflow.
 *
 * What cannot be asked now is refused before it is written into the workflow's history. Temporal takes two thousand
 * updates of a workflow and no more: a side that asked in vain so often would else have silenced the other.
 */
export class Mailbox {
  readonly #messages: Message[] = [];
  readonly #reservation = new Trigger<Reservation>();
  #hearing: Hearing = { status: 'requested', kinds: ['pay', 'cancel'] };
  #closedAs: BookingStatus | undefined;
  #tries = 0;

  constructor() {
    setHandler(reserveStay, async () => this.#reservation);
    setHandler(bankSpoke, () => this.#hearBank());
    setHandler(payBooking, (ask) => this.#try(ask), {
      validator: (ask: Pay) => this.#judge({ kind: 'pay', ask }),
    });
    setHandler(replaceCard, (ask) => this.#tryCard(ask), {
      validator: (ask: ReplaceCard) => this.#judge({ kind: 'card', ask }),
    });
    setHandler(cancelBooking, (ask) => this.#ask<Cancelled>((asked) => ({ kind: 'cancel', ask, ...asked })), {
      validator: (ask: Cancel) => this.#judge({ kind: 'cancel', ask }),
    });
    setHandler(
      answerRequest,
      (ask) => this.#ask<HostAnswered>((asked) => ({ kind: 'host', ask, ...asked })),
      { validator: (ask: HostAnswer) => this.#judge({ kind: 'host', ask }) },
    );
    setHandler(recordStay, (ask) => this.#ask<StayRecorded>((asked) => ({ kind: 'stay', ask, ...asked })), {
      validator: (ask: StayAsked) => this.#judge({ kind: 'stay', ask }),
    });
    setHandler(alterBooking, (ask) => this.#ask<Altered>((asked) => ({ kind: 'alter', ask, ...asked })), {
      validator: (ask: Alter) => this.#judge({ kind: 'alter', ask }),
    });
  }

  /** From now on this can be asked. What was taken in before is still there to be answered. */
  hears(hearing: Hearing): void {
    this.#hearing = hearing;
  }

  /** @throws ApplicationFailure `booking_state` */
  #judge(said: Said): void {
    if (this.#closedAs !== undefined) throw notAny(this.#closedAs);
    const { status, kinds, objection } = this.#hearing;
    const isHeard = kinds.includes(said.kind) && (!isHostsCancel(said) || isCertain(status));
    const failure = objection?.(said) ?? (isHeard ? undefined : notAny(status));
    if (failure !== undefined) throw failure;
    if ((said.kind === 'pay' || said.kind === 'card') && this.#tries >= MAX_PAYMENT_TRIES)
      throw notAny(status, TRIED_ENOUGH);
  }

  /** However often the bank has spoken: it is asked once, later than all of that. */
  #hearBank(): void {
    if (!this.hasNews) this.#messages.push({ kind: 'bank' });
  }

  #try(ask: Pay): Promise<PayResult> {
    this.#tries += 1;
    return this.#ask<PayResult>((asked) => ({ kind: 'pay', ask, ...asked }));
  }

  #tryCard(ask: ReplaceCard): Promise<CardReplaced> {
    this.#tries += 1;
    return this.#ask<CardReplaced>((asked) => ({ kind: 'card', ask, ...asked }));
  }

  /** Answers the request itself. Only the first answer counts. */
  reserved(reservation: Reservation): void {
    this.#reservation.resolve(reservation);
  }

  /**
   * The next message, or undefined when `until` (milliseconds since the epoch) comes first; at `until` it has come. And
   * undefined once there is another reason to wake.
   */
  async take(until: number, summary: string, isWoken = () => false): Promise<Message | undefined> {
    const patience = until - Date.now();
    if (patience <= 0) return undefined;
    const isOver = () => this.#messages.length > 0 || isWoken();
    const spoken = isOver() || (await condition(isOver, patience, { summary }));
    return spoken ? this.#messages.shift() : undefined;
  }

  /** A cancellation that waits, if there is one. What waits before it is not lost by that, but has lost its point. */
  takeCancellation(): CancelMessage | undefined {
    const at = this.#messages.findIndex(({ kind }) => kind === 'cancel');
    return at < 0 ? undefined : (this.#messages.splice(at, 1)[0] as CancelMessage);
  }

  /** Whether the bank has spoken and nobody has asked it since what it means. */
  get hasNews(): boolean {
    return this.#messages.some(({ kind }) => kind === 'bank');
  }

  /** From now on nothing can be asked: whoever does, or has, hears what the booking has become. The bank is still heard. */
  close(as: BookingStatus): void {
    this.#closedAs = as;
    for (const message of this.#messages.splice(0)) {
      if (message.kind === 'bank') this.#messages.push(message);
      else refuse(message, as);
    }
  }

  /** Opens again for a booking that late money has brought back. */
  reopen(): void {
    this.#closedAs = undefined;
  }

  /** Handlers run beside the workflow's own scope, where Temporal's cancel would else reach what they wait for. */
  async #ask<T>(messageFor: (asked: { at: string; answer: Trigger<T> }) => Message): Promise<T> {
    if (this.#closedAs !== undefined) throw notAny(this.#closedAs);
    return CancellationScope.nonCancellable(async () => {
      const answer = new Trigger<T>();
      this.#messages.push(messageFor({ at: instantNow(), answer }));
      return answer;
    });
  }
}

const TRIED_ENOUGH = {
  message: `This booking has been tried ${MAX_PAYMENT_TRIES} times; no further try is taken here.`,
  details: { limit: String(MAX_PAYMENT_TRIES) },
};

/** Nobody asks for it: the booking calls itself off, as of `at`. */
export function callingOff(ask: Cancel, at: string): CancelMessage {
  return { kind: 'cancel', ask, at, answer: new Trigger<Cancelled>() };
}

/** Before a stay is certain its host refuses it: there is nothing to call off. */
function isHostsCancel(said: Said): boolean {
  return said.kind === 'cancel' && said.ask.by === 'host';
}

/** Tells whoever asked that it does not fit what the booking is. The bank needs no such word. */
export function refuse(message: Message, bookingStatus: BookingStatus): void {
  if (message.kind !== 'bank') message.answer.reject(notAny(bookingStatus));
}

/** `booking_state`: the act does not fit what the booking is, or not yet. */
export function notAny(
  bookingStatus: BookingStatus,
  why?: { message: string; details: Readonly<Record<string, string>> },
): ApplicationFailure {
  return ApplicationFailure.create({
    message: why?.message ?? `The booking is ${bookingStatus}.`,
    type: 'booking_state',
    details: [{ bookingStatus, ...why?.details }],
    nonRetryable: true,
    category: 'BENIGN',
  });
}
