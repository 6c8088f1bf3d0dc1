import { daysBetween, todayIn } from '../nights.ts';
import type { CalendarDate, Instant, TimeZone } from '../nights.ts';

/**
 * What stands among a property's reviews when its host has called off a stay before the day of check-in, by the calendar
 * of the property; undefined from that day on, when the guest can tell of it themselves. Depends on zone data: ask in
 * an activity, not in workflow code.
 */
export function hostCancellationNote(
  { checkIn, timeZone }: { checkIn: CalendarDate; timeZone: TimeZone },
  at: Instant,
): string | undefined {
  const days = daysBetween(todayIn(timeZone, at), checkIn);
  if (days < 1) return undefined;
  const when = days === 1 ? 'the day before check-in' : `${days} days before check-in`;
  return `The host cancelled this booking ${when}. This is an automatic note.`;
}
