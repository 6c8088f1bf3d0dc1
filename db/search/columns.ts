import type { CalendarDate } from '#domain/nights.ts';
import type { PropertyRow } from '../properties.ts';

const COLUMNS = {
  id: 'p.id',
  hostId: 'p.host_id',
  title: 'p.title',
  description: 'p.description',
  roomType: 'p.room_type',
  blurredLatitude: 'p.blurred_latitude',
  blurredLongitude: 'p.blurred_longitude',
  timeZone: 'p.time_zone',
  currency: 'p.currency',
  capacity: 'p.capacity',
  bedrooms: 'p.bedrooms',
  beds: 'p.beds',
  bathrooms: 'p.bathrooms',
  amenities: 'p.amenities',
  photos: 'p.photos',
  checkInTime: 'p.check_in_time',
  checkOutTime: 'p.check_out_time',
  bookingMode: 'p.booking_mode',
  cancellationPolicy: 'p.cancellation_policy',
  nightlyMinor: 'p.nightly_minor',
  weekendMinor: 'p.weekend_minor',
  cleaningFeeMinor: 'p.cleaning_fee_minor',
  extraGuestFeeMinor: 'p.extra_guest_fee_minor',
  guestsIncluded: 'p.guests_included',
  petFeeMinor: 'p.pet_fee_minor',
  weeklyDiscountPercent: 'p.weekly_discount_percent',
  monthlyDiscountPercent: 'p.monthly_discount_percent',
  status: 'p.status',
  ratingAverage: 'p.rating_average',
  ratingCount: 'p.rating_count',
  createdAt: 'p.created_at',
  updatedAt: 'p.updated_at',
} as const satisfies Partial<Record<keyof PropertyRow, string>>;

export const SELECTED = Object.entries(COLUMNS)
  .map(([name, column]) => `${column} as "${name}"`)
  .join(', ');

/** What anyone may know of a property: neither its address nor its exact location is even read. */
export type PublicProperty = Pick<PropertyRow, keyof typeof COLUMNS>;

/** An entry of a page. `sortValue` is what it is sorted by; the stay is there where the search names dates. */
export type FoundProperty = PublicProperty & {
  sortValue: number;
  checkIn?: CalendarDate;
  checkOut?: CalendarDate;
  /** Of the whole stay, in minor units of its currency. */
  totalMinor?: number;
};
