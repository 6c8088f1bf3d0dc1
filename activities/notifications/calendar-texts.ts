import type { CalendarToTellOf } from '#db/calendars.ts';
import type { EventRow } from '#db/events.ts';
import { FEED_FAULTS } from '#domain/calendars.ts';
import type { FeedFault } from '#domain/calendars.ts';
import type { Text } from './text.ts';

/** What a host is told of a calendar that their property imports; undefined where there is nothing to be said. */
export function calendarText(
  { name, title }: CalendarToTellOf,
  { kind, data }: Pick<EventRow, 'kind' | 'data'>,
): Text | undefined {
  switch (kind) {
    case 'calendar.broken':
      return {
        subject: `The calendar “${name}” of ${title} cannot be read`,
        lines: [
          `It has not been read well since ${String(data.brokenSince)}. ${FEED_FAULTS[data.fault as FeedFault]}`,
          'What it said was taken stays taken, and what is booked there since is not known here: until it is read again, ' +
            'a night may be sold twice. It is tried on. Look whether its address is still the right one.',
        ],
      };
    case 'calendar.conflict_opened':
      return {
        subject: `Two bookings of the same nights of ${title}, it may be`,
        lines: [
          `The calendar “${name}” says that nights are taken which are booked here, by ${String(data.bookingId)}.`,
          'Nothing has been cancelled. Keep one of them: cancel the booking here, or the other there, and say so in the ' +
            'list of conflicts of your property.',
        ],
      };
    default:
      return undefined;
  }
}
