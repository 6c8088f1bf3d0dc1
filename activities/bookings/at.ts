import type { BookingId } from '#domain/ids.ts';

/** Which booking, and the workflow's now: records carry it as the business instant. */
export interface At {
  bookingId: BookingId;
  at: string;
}
