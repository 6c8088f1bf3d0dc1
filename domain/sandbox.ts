import type { BookingStatus } from './bookings.ts';
import type { Instant } from './nights.ts';
import { addHours, millisecondsOf } from './nights.ts';
import { payoutDueAt } from './payouts.ts';

/** How long after check-out a sandbox's time can be moved: by then all that follows a stay has long been done. */
export const SANDBOX_DAYS_AFTER_CHECK_OUT = 60;

export function latestSandboxInstant({ checkOutAt }: { checkOutAt: Instant }): Instant {
  return addHours(checkOutAt, 24 * SANDBOX_DAYS_AFTER_CHECK_OUT);
}

/** The instants that a booking's own life waits for, as far as they are known. */
export interface Dates {
  holdExpiresAt: Instant | null;
  respondBy: Instant | null;
  checkInAt: Instant;
  checkOutAt: Instant;
  reviewBy: Instant | null;
  /** Of each part of the price that is not paid at once: when its nights begin, and until when it can be paid. */
  instalments?: readonly { beginsAt: Instant; payBy: Instant | null }[];
}

/** The first instant after `after`, and no later than `until`, at which something is due; else `until` itself. */
export function nextDue(dates: Dates, { after, until }: { after: Instant; until: Instant }): Instant {
  const { holdExpiresAt, respondBy, checkInAt, checkOutAt, reviewBy, instalments = [] } = dates;
  const months = instalments.flatMap(({ beginsAt, payBy }) => [beginsAt, payoutDueAt(beginsAt), payBy]);
  const instants = [
    holdExpiresAt,
    respondBy,
    checkInAt,
    payoutDueAt(checkInAt),
    checkOutAt,
    reviewBy,
    ...months,
  ];
  const due = instants.filter((at) => at !== null);
  const between = due.filter((at) => isBetween(at, after, until));
  return between.reduce((first, at) => (millisecondsOf(at) < millisecondsOf(first) ? at : first), until);
}

/** Whether something that was due to a booking by `at` has not happened yet. */
export function isOverdue({ status, ...dates }: Dates & { status: BookingStatus }, at: Instant): boolean {
  const due = DUE[status] === undefined ? null : dates[DUE[status]];
  return due !== null && millisecondsOf(due) < millisecondsOf(at);
}

/** What ends each status by itself. */
const DUE: Partial<Record<BookingStatus, Exclude<keyof Dates, 'instalments'>>> = {
  held: 'holdExpiresAt',
  awaiting_host: 'respondBy',
  confirmed: 'checkInAt',
  in_stay: 'checkOutAt',
};

function isBetween(at: Instant, after: Instant, until: Instant): boolean {
  return millisecondsOf(at) > millisecondsOf(after) && millisecondsOf(at) < millisecondsOf(until);
}
