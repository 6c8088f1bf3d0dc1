import { DomainError } from './errors.ts';
import type { Instant } from './nights.ts';

/*
 * What two people may say of a stay, and until when. Elapsed time only, so that workflow code may use it; when a window
 * opens is told by the zone of the property, in review-windows.ts.
 */

/** Who speaks of a stay. */
export const REVIEW_SIDES = ['guest', 'host'] as const;
export type ReviewSide = (typeof REVIEW_SIDES)[number];

/** What is spoken of: by the guest the property, by the host the guest. */
export const REVIEW_SUBJECTS = ['property', 'guest'] as const;
export type ReviewSubject = (typeof REVIEW_SUBJECTS)[number];

export const SUBJECT_OF: Readonly<Record<ReviewSide, ReviewSubject>> = { guest: 'property', host: 'guest' };
export const AUTHOR_OF: Readonly<Record<ReviewSubject, ReviewSide>> = { property: 'guest', guest: 'host' };

/**
 * What a side has written; or a note that stands among the reviews of a property by itself: by nobody, without stars,
 * and so of no weight in its rating.
 */
export const REVIEW_KINDS = ['written', 'automatic'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** What may be rated beside the stay as a whole. */
export const REVIEW_CATEGORIES = {
  property: ['cleanliness', 'accuracy', 'checkIn', 'communication', 'location', 'value'],
  guest: ['cleanliness', 'communication', 'houseRules'],
} as const satisfies Record<ReviewSubject, readonly string[]>;
export type ReviewCategory = (typeof REVIEW_CATEGORIES)[ReviewSubject][number];
export type CategoryRatings = Partial<Record<ReviewCategory, number>>;

/** Whole stars, overall and in each category. */
export const REVIEW_RATING = { least: 1, most: 5 } as const;

export const REVIEW_COMMENT_MAX_CHARACTERS = 2_000;
/** For the other side's eyes alone. */
export const PRIVATE_NOTE_MAX_CHARACTERS = 1_000;
export const REVIEW_RESPONSE_MAX_CHARACTERS = 2_000;
/** Why an operator took a review away. */
export const REMOVAL_REASON_MAX_CHARACTERS = 500;

/** RULES.md "Reviews": hours of elapsed time, whatever the clocks do meanwhile. */
export const REVIEW_WINDOW_HOURS = 14 * 24;
export const RESPOND_WITHIN_HOURS = 30 * 24;

/** A side that has not written is reminded so long after the opening, and once more so long before the end. */
export const REMIND_AFTER_OPENING_HOURS = 3 * 24;
export const REMIND_BEFORE_CLOSING_HOURS = 24;

/**
 * How often a side may write, write anew or change what it wrote. Each is a message to the window's workflow, which
 * takes 2,000 of them in its life: nobody may use them up for the other.
 */
export const MAX_DRAFTS_PER_SIDE = 50;

export interface ReviewWindow {
  opensAt: Instant;
  closesAt: Instant;
}

export function windowFrom(opensAt: Instant): ReviewWindow {
  return { opensAt, closesAt: later(opensAt, REVIEW_WINDOW_HOURS) };
}

/** Why nothing can be said at a moment; undefined within the window, which its opening belongs to and its end does not. */
export function outsideOf(
  { opensAt, closesAt }: ReviewWindow,
  at: Instant,
): 'not_open' | 'closed' | undefined {
  if (Date.parse(at) < Date.parse(opensAt)) return 'not_open';
  return Date.parse(at) < Date.parse(closesAt) ? undefined : 'closed';
}

/** When whoever has not written is reminded, in order. */
export function remindersOf({ opensAt, closesAt }: ReviewWindow): Instant[] {
  return [later(opensAt, REMIND_AFTER_OPENING_HOURS), later(closesAt, -REMIND_BEFORE_CLOSING_HOURS)];
}

/** The last instant at which the reviewed side may answer, itself included. */
export function respondBy(publishedAt: Instant): Instant {
  return later(publishedAt, RESPOND_WITHIN_HOURS);
}

function later(at: Instant, hours: number): Instant {
  return new Date(Date.parse(at) + hours * 3_600_000).toISOString();
}

/** Why there is nothing to say, or not any more: `reason` beside the code `review_not_eligible`. */
const REASONS = {
  not_open: 'This stay cannot be reviewed yet, or not at all.',
  closed: 'The time to review this stay is over.',
  written: 'You have reviewed this stay. Change that review instead.',
  changed_too_often: 'You have changed your review too often.',
  published: 'The review is public: from now on it is fixed.',
  responded: 'The review has been responded to.',
  response_closed: 'The time to respond to this review is over.',
  refused: 'The review was refused when it was sent first.',
} as const;
export type ReviewRefusal = keyof typeof REASONS;

export function reviewNotEligible(reason: ReviewRefusal): DomainError {
  return new DomainError('review_not_eligible', REASONS[reason], { reason });
}
