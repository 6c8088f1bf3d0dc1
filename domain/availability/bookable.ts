import { bookingModeOf, refusalOf, stayRefused } from '../availability.ts';
import type { StayRules } from '../availability.ts';
import { DomainError } from '../errors.ts';
import type { UserId } from '../ids.ts';
import type { Instant, LocalTime, Stay, TimeZone } from '../nights.ts';
import type { Guests } from '../pricing.ts';
import type { BookingMode, PropertyStatus } from '../properties.ts';

/** What of a property has a say in whether a stay may be booked, apart from the nights. */
export interface Bookable {
  hostId: UserId;
  status: PropertyStatus;
  zone: TimeZone;
  checkInTime: LocalTime;
  bookingMode: BookingMode;
  capacity: number;
  rules: StayRules;
}

/** A stay that somebody asks for; of a booking, with the mode that it was made in. */
export interface StayAsked extends Stay {
  guestId: UserId | undefined;
  guests: Guests;
  bookingMode?: BookingMode;
  at: Instant;
}

/**
 * Why this stay may not be booked, its nights free or not: `stay_refused`, with a `rule` of the property's,
 * `not_published` or `own_property`.
 */
export function stayRefusal(property: Bookable, stay: StayAsked): DomainError | undefined {
  if (property.status !== 'published') {
    return new DomainError('stay_refused', 'The property takes no bookings.', { rule: 'not_published' });
  }
  if (property.hostId === stay.guestId) {
    return new DomainError('stay_refused', 'Hosts cannot book their own property.', { rule: 'own_property' });
  }
  const { guests, at, bookingMode = bookingModeOf(stay, property) } = stay;
  const broken = refusalOf({ ...property, stay, guests, bookingMode, at });
  return broken && stayRefused(broken);
}
