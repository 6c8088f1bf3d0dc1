import { DomainError } from '../errors.ts';
import type { Cancellation } from '../cancellation.ts';
import { isCertain } from '../bookings.ts';
import type { BookingStatus } from '../bookings.ts';
import type { CalendarDate, Instant, LocalTime, TimeZone } from '../nights.ts';
import type { StayPrice } from '../pricing.ts';
import { hostFeeMinor } from './host-fee.ts';
import type { CancellationPolicy } from './policies.ts';

/** What a booking keeps of the day it was made, and how it stands: all that a cancellation is judged by. */
export interface Booked {
  status: BookingStatus;
  cancellationPolicy: CancellationPolicy;
  price: StayPrice;
  checkIn: CalendarDate;
  checkOut: CalendarDate;
  policyCheckIn: CalendarDate | null;
  checkInTime: LocalTime;
  timeZone: TimeZone;
  confirmedAt: Instant | null;
}

/** The cancelling of a booking that is certain and not over. @throws DomainError `booking_state` for any other */
export function cancellationOf(
  booking: Booked,
  act: Pick<Cancellation, 'at' | 'by' | 'override' | 'paidMinor'>,
): Cancellation {
  const { status: bookingStatus, confirmedAt, checkIn, checkOut } = booking;
  if (confirmedAt === null || !isCertain(bookingStatus)) {
    const message = `A booking that is ${bookingStatus} cannot be cancelled.`;
    throw new DomainError('booking_state', message, { bookingStatus });
  }
  return {
    policy: booking.cancellationPolicy,
    price: booking.price,
    stay: { checkIn, checkOut },
    ...(booking.policyCheckIn !== null && { policyCheckIn: booking.policyCheckIn }),
    checkInTime: booking.checkInTime,
    zone: booking.timeZone,
    confirmedAt,
    ...act,
  };
}

/** What the host owes for it, in minor units: nothing, unless it is theirs. */
export function hostFeeOf({ by, at, price, stay, checkInTime, zone }: Cancellation): number {
  if (by !== 'host') return 0;
  return hostFeeMinor(price, { checkIn: { date: stay.checkIn, time: checkInTime, zone }, at });
}
