import { ApplicationFailure, CancellationScope, condition, setHandler, Trigger } from '@temporalio/workflow';
import { reviewNotEligible } from '#domain/reviews.ts';
import type { ReviewRefusal } from '#domain/reviews.ts';
import { reviewStep } from './activities.ts';
import { instantNow } from './clock.ts';
import { editReview, submitReview, withdrawReview } from './reviews.contract.ts';
import type { CollectReviews, Taken } from './reviews.contract.ts';

/** What a side has said to the window. By when it came it is judged, on the window's clock, however long it lay. */
export interface Message {
  at: string;
  act: () => Promise<Taken>;
  answer: Trigger<Taken>;
  /** Why it comes to nothing once all is public. */
  tooLate: ReviewRefusal;
}

/** As the mailbox of a booking: what is said is taken in the order of its arrival, one at a time. */
export class ReviewBox {
  readonly #messages: Message[] = [];
  #isClosed = false;

  constructor({ bookingId }: CollectReviews) {
    setHandler(submitReview, (said) =>
      this.#ask('closed', (at) => reviewStep.submitReview({ bookingId, ...said, at })),
    );
    setHandler(editReview, (said) =>
      this.#ask('published', (at) => reviewStep.editReview({ bookingId, ...said, at })),
    );
    setHandler(withdrawReview, (said) =>
      this.#ask('published', (at) => reviewStep.withdrawReview({ bookingId, ...said, at })),
    );
  }

  /** The next message, or undefined at `until` (milliseconds since the epoch) when none is left that came before. */
  async take(until: number, summary: string): Promise<Message | undefined> {
    const patience = until - Date.now();
    if (this.#messages.length === 0 && patience > 0)
      await condition(() => this.#messages.length > 0, patience, { summary });
    return this.#messages.shift();
  }

  /** From now on nothing is taken, nor is what lies here. */
  close(): void {
    this.#isClosed = true;
    for (const { answer, tooLate } of this.#messages.splice(0)) answer.reject(notEligible(tooLate));
  }

  /** Handlers run beside the workflow's own scope, where Temporal's cancel would else reach what they wait for. */
  async #ask(tooLate: ReviewRefusal, act: (at: string) => Promise<Taken>): Promise<Taken> {
    if (this.#isClosed) throw notEligible(tooLate);
    return CancellationScope.nonCancellable(async () => {
      const at = instantNow();
      const answer = new Trigger<Taken>();
      this.#messages.push({ at, act: () => act(at), answer, tooLate });
      return answer;
    });
  }
}

/** `review_not_eligible`, as it crosses Temporal. */
export function notEligible(reason: ReviewRefusal): ApplicationFailure {
  const { code, message, details } = reviewNotEligible(reason);
  return ApplicationFailure.create({
    message,
    type: code,
    details: [details],
    nonRetryable: true,
    category: 'BENIGN',
  });
}
