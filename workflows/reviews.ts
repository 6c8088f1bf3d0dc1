import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
} from '@temporalio/workflow';
import { outsideOf, remindersOf } from '#domain/reviews.ts';
import { reviewStep } from './activities.ts';
import { instantNow } from './clock.ts';
import { notEligible, ReviewBox } from './review-box.ts';
import type { Message } from './review-box.ts';
import type { CollectReviews } from './reviews.contract.ts';

/**
 * Guest and host may each say what they thought of a stay, and neither hears the other before both have spoken or the
 * time is up: then whatever is in becomes public, at once and together.
 *
 * Temporal's own cancel is ignored on purpose: what was said would stay hidden for ever.
 */
export async function collectReviews(window: CollectReviews): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const box = new ReviewBox(window);
    // Not whom it waits for: whether somebody has written is hidden as well, from operators too.
    setCurrentDetails(`Waiting for the reviews of guest and host until ${window.closesAt}.`);
    await collect(window, box);
    setCurrentDetails('All that was said is public.');
    box.close();
    await condition(allHandlersFinished);
  });
}

async function collect(window: CollectReviews, box: ReviewBox): Promise<void> {
  const { bookingId, closesAt } = window;
  for (const [index, due] of remindersOf(window).entries()) {
    if (Date.parse(due) <= Date.now()) continue; // Missed: nobody is reminded twice at once.
    if (await hearsBoth(window, box, { until: due, summary: 'Reminder' })) return;
    if (outsideOf(window, instantNow()) !== 'closed')
      await reviewStep.remindReviewers({ bookingId, nth: index + 1, at: instantNow() });
  }
  if (await hearsBoth(window, box, { until: closesAt, summary: 'End of the window' })) return;
  await reviewStep.revealReviews({ bookingId, at: instantNow() });
}

/** Takes what is said until an instant. True when the second side has spoken, and both reviews are public. */
async function hearsBoth(
  window: CollectReviews,
  box: ReviewBox,
  { until, summary }: { until: string; summary: string },
): Promise<boolean> {
  for (;;) {
    const message = await box.take(Date.parse(until), summary);
    if (message === undefined) return false;
    if (await answered(window, message)) return true;
  }
}

/** Does what is asked, or says why not. True when by that all is public. */
async function answered(window: CollectReviews, { at, act, answer }: Message): Promise<boolean> {
  const reason = outsideOf(window, at);
  if (reason !== undefined) {
    answer.reject(notEligible(reason));
    return false;
  }
  try {
    const taken = await act();
    answer.resolve(taken);
    return taken.isPublic;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    answer.reject(error.cause);
    return false;
  }
}
