import type { BookingStatus } from './bookings.ts';
import { instantOf } from './nights.ts';
import type { Instant, LocalTime, Stay, TimeZone } from './nights.ts';

/** A stay as calendar and wall have it: what was agreed on, whatever becomes of the zone's clocks. */
export interface OnTheWall extends Stay {
  checkInTime: LocalTime;
  checkOutTime: LocalTime;
  timeZone: TimeZone;
}

/** The instants that a booking goes by. */
export interface Timetable {
  checkInAt: Instant;
  checkOutAt: Instant;
}

/** When the clocks show it, as far as zone data tells today. Ask in an activity, not in workflow code. */
export function timetableOf({
  checkIn,
  checkOut,
  checkInTime,
  checkOutTime,
  timeZone,
}: OnTheWall): Timetable {
  return {
    checkInAt: instantOf(checkIn, checkInTime, timeZone),
    checkOutAt: instantOf(checkOut, checkOutTime, timeZone),
  };
}

/**
 * The same for a booking that is under way, as its nights are or are to be: a stay that has begun has begun when it did.
 */
export function timetableByNow(
  booking: OnTheWall & Timetable & { status: BookingStatus },
  { checkIn, checkOut }: Stay = booking,
): Timetable {
  const { status, checkInTime, checkOutTime, timeZone } = booking;
  const { checkInAt, checkOutAt } = timetableOf({ checkIn, checkOut, checkInTime, checkOutTime, timeZone });
  return { checkInAt: hasBegun(status) ? booking.checkInAt : checkInAt, checkOutAt };
}

export function hasBegun(status: BookingStatus): boolean {
  return status === 'in_stay' || status === 'completed';
}
