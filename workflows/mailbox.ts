import { ApplicationFailure, CancellationScope, condition, setHandler, Trigger } from '@temporalio/workflow';
import type { BookingStatus } from '#domain/bookings.ts';
import type { Cancel, Cancelled, Pay, PayResult, Reservation } from './bookings.contract.ts';
import { bankSpoke, cancelBooking, payBooking, reserveStay } from './bookings.contract.ts';

/** What the world says to a booking. Guest, host, bank and timer speak through one box, so they cannot race. */
export type Message =
  | { kind: 'bank' }
  | { kind: 'pay'; pay: Pay; answer: Trigger<PayResult> }
  | { kind: 'cancel'; cancel: Cancel; answer: Trigger<Cancelled> };

/** Takes messages in the order of their arrival, one at a time. Made before the first await of the workflow. */
export class Mailbox {
  readonly #messages: Message[] = [];
  readonly #reservation = new Trigger<Reservation>();
  #closedAs: BookingStatus | undefined;

  constructor() {
    setHandler(reserveStay, async () => this.#reservation);
    setHandler(bankSpoke, () => void this.#messages.push({ kind: 'bank' }));
    setHandler(payBooking, (pay) => this.#ask<PayResult>((answer) => ({ kind: 'pay', pay, answer })));
    setHandler(cancelBooking, (cancel) =>
      this.#ask<Cancelled>((answer) => ({ kind: 'cancel', cancel, answer })),
    );
  }

  /** Answers the request itself. Only the first answer counts. */
  reserved(reservation: Reservation): void {
    this.#reservation.resolve(reservation);
  }

  /** The next message, or undefined when `until` (milliseconds since the epoch) comes first; at `until` it has come. */
  async take(until: number, summary: string): Promise<Message | undefined> {
    const patience = until - Date.now();
    if (patience <= 0) return undefined;
    const spoken =
      this.#messages.length > 0 || (await condition(() => this.#messages.length > 0, patience, { summary }));
    return spoken ? this.#messages.shift() : undefined;
  }

  /** From now on nothing can be paid or cancelled: whoever asks, or has asked, hears what the booking has become. */
  close(as: BookingStatus): void {
    this.#closedAs = as;
    for (const message of this.#messages.splice(0))
      if (message.kind !== 'bank') message.answer.reject(notAny(as));
  }

  /** Opens again for a booking that late money has brought back. */
  reopen(): void {
    this.#closedAs = undefined;
  }

  /** Handlers run beside the workflow's own scope, where Temporal's cancel would else reach what they wait for. */
  async #ask<T>(messageFor: (answer: Trigger<T>) => Message): Promise<T> {
    if (this.#closedAs !== undefined) throw notAny(this.#closedAs);
    return CancellationScope.nonCancellable(async () => {
      const answer = new Trigger<T>();
      this.#messages.push(messageFor(answer));
      return answer;
    });
  }
}

/** `booking_state`: the act does not fit what the booking is. */
export function notAny(bookingStatus: BookingStatus): ApplicationFailure {
  return ApplicationFailure.create({
    message: `The booking is ${bookingStatus}.`,
    type: 'booking_state',
    details: [{ bookingStatus }],
    nonRetryable: true,
    category: 'BENIGN',
  });
}
