import assert from 'node:assert/strict';
import { canBecome, isEnded } from '#domain/bookings.ts';
import type { DomainError } from '#domain/errors.ts';
import type { BookingId, UserId } from '#domain/ids.ts';
import type { BookingWithPayment } from './presenter.ts';

/** A booking as it is, or as a step left it that it has gone beyond by now. */
export interface Step extends BookingWithPayment {
  isPast: boolean;
  /** Whether an event has told of its status; else only its payment's has, and the booking may be ahead of its events. */
  isTold: boolean;
}

/**
 * Whether somebody who knows one step is to hear of the other: it is a later one, or its payment has changed. A booking
 * that is ahead of its events is passed over: they come, and none of them may be left out.
 */
function isNews(known: Step, next: Step): boolean {
  const [from, to] = [known.booking.status, next.booking.status];
  if (from === to) return !next.isPast && known.payment?.status !== next.payment?.status;
  return next.isTold && canBecome(from, to);
}

/** Whether nothing more is to be expected. */
function isLast({ booking, isPast }: Step): boolean {
  return !isPast && isEnded(booking.status);
}

/** One who follows a booking. Of what waits for a slow one, what follows each other in one status is one. */
export class Following {
  readonly bookingId: BookingId;
  readonly userId: UserId;
  readonly #waiting: Step[] = [];
  readonly #leave: () => void;
  #known: Step | undefined;
  #bell = Promise.withResolvers<undefined>();
  #end: { reason: DomainError | undefined } | undefined;

  constructor(who: { bookingId: BookingId; userId: UserId }, leave: () => void) {
    this.bookingId = who.bookingId;
    this.userId = who.userId;
    this.#leave = leave;
  }

  /** The last step that was given out. */
  get known(): Step {
    assert(this.#known !== undefined);
    return this.#known;
  }

  begin(now: BookingWithPayment): void {
    this.#known = { ...now, isPast: false, isTold: true };
  }

  tell(step: Step): void {
    const last = this.#waiting.at(-1);
    const isSame = last?.booking.status === step.booking.status;
    if (isSame) this.#waiting.pop();
    this.#waiting.push(isSame ? { ...step, isTold: last.isTold || step.isTold } : step);
    this.#bell.resolve(undefined);
  }

  /** No more steps; whoever waits for one is told the reason, if there is one. */
  end(reason?: DomainError): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#leave();
    this.#bell.resolve(undefined);
  }

  /** The next step, once there is one; undefined when the booking has ended, or the following of it. */
  async next(): Promise<Step | undefined> {
    if (isLast(this.known)) this.end();
    for (;;) {
      if (this.#end?.reason !== undefined) throw this.#end.reason;
      if (this.#end !== undefined) return undefined;
      const step = this.#waiting.shift();
      if (step === undefined) {
        await this.#bell.promise;
        this.#bell = Promise.withResolvers();
      } else if (isNews(this.known, step)) {
        this.#known = step;
        return step;
      }
    }
  }
}
