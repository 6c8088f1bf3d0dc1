import type { BookingStatus } from './bookings.ts';
import { todayIn } from './nights.ts';
import type { CalendarDate, Instant, TimeZone } from './nights.ts';
import { windowFrom } from './reviews.ts';
import type { ReviewWindow } from './reviews.ts';

/** What a stay came to, as far as it decides whether there is something to tell of. */
export interface StayEnded {
  status: BookingStatus;
  /** Null where nothing was ever certain. */
  confirmedAt: Instant | null;
  cancelledAt: Instant | null;
  checkIn: CalendarDate;
  checkOutAt: Instant;
  timeZone: TimeZone;
}

/**
 * From the scheduled check-out, however early somebody left; or, where a stay was called off on the day of check-in by
 * the calendar of the property or later, from then. Undefined where there is nothing to review.
 * Depends on zone data: ask in an activity, not in workflow code.
 */
export function reviewWindowOf(stay: StayEnded): ReviewWindow | undefined {
  const { status, confirmedAt, cancelledAt, checkIn, checkOutAt, timeZone } = stay;
  if (confirmedAt === null) return undefined;
  if (status === 'completed') return windowFrom(checkOutAt);
  if (status !== 'cancelled' || cancelledAt === null) return undefined;
  return todayIn(timeZone, cancelledAt) < checkIn ? undefined : windowFrom(cancelledAt);
}
