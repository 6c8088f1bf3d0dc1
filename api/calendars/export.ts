import { createHash } from 'node:crypto';
import ical, { ICalCalendarMethod } from 'ical-generator';
import type { TakenHere } from '#db/calendar-addresses.ts';
import { uidOf } from '#domain/calendars.ts';
import type { PropertyId } from '#domain/ids.ts';

const PRODUCT = { company: 'Stayward', product: 'Nights', language: 'EN' };

/**
 * The nights that a property has taken, as iCalendar. All of it comes from the rows, so that it is the same, byte for byte,
 * until they change; of whom the nights are, it says nothing.
 */
export function calendarText(propertyId: PropertyId, taken: readonly TakenHere[]): string {
  const calendar = ical({ prodId: PRODUCT, method: ICalCalendarMethod.PUBLISH });
  for (const { key, checkIn, checkOut, isReserved, takenAt } of taken) {
    calendar.createEvent({
      id: uidOf(propertyId, key),
      stamp: new Date(takenAt),
      start: new Date(`${checkIn}T00:00:00Z`),
      end: new Date(`${checkOut}T00:00:00Z`),
      allDay: true,
      summary: isReserved ? 'Reserved' : 'Not available',
    });
  }
  return `${calendar.toString()}\r\n`; // The library leaves the last line without its end.
}

/** Of a text, as strong as can be. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url')}"`;
}
