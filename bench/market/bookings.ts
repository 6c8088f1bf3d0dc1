import type { CopyValue } from '#db/import/copy-text.ts';
import { ZONE_DATA } from '#db/zone-data.ts';
import { nightCount } from '#domain/nights.ts';
import type { CalendarDate } from '#domain/nights.ts';
import { MARKET_CITIES } from './cities.ts';
import type { Draw } from './draw.ts';
import type { MarketStay } from './stays.ts';

export const BOOKING_COLUMNS = [
  ...['id', 'status', 'property_id', 'guest_id', 'host_id', 'check_in', 'check_out', 'adults', 'children'],
  ...[
    'infants',
    'pets',
    'price',
    'total_minor',
    'currency',
    'booking_mode',
    'cancellation_policy',
    'time_zone',
  ],
  ...['check_in_time', 'check_out_time', 'check_in_at', 'check_out_at', 'payment_id', 'confirmed_at'],
  ...['checked_out_at', 'requested_at', 'created_at', 'zone_data'],
];

/** The booking of such a stay, as far on as it is by `today`. Undefined for nights that nobody booked. */
export function bookingCells(
  { property, booking, ...stay }: MarketStay,
  today: CalendarDate,
  draw: Draw,
): CopyValue[] | undefined {
  if (booking === undefined) return undefined;
  const city = MARKET_CITIES[property.city];
  const { checkIn, checkOut } = stay;
  const status = checkOut <= today ? 'completed' : checkIn < today ? 'in_stay' : 'confirmed';
  const { total, price } = priceOf(nightCount(stay), property.nightlyMinor, city?.currency ?? 'EUR');
  const madeAt = new Date(booking.madeAtMs).toISOString();
  return [
    ...[booking.id, status, property.id, booking.guestId, property.hostId, checkIn, checkOut],
    ...[Math.min(property.capacity, draw.between(1, 3)), 0, 0, 0, price, total, city?.currency ?? 'EUR'],
    ...['instant', 'flexible', city?.timeZone ?? 'UTC', '15:00', '11:00'],
    ...[`${checkIn}T15:00:00Z`, `${checkOut}T11:00:00Z`, draw.id('payment', booking.madeAtMs), madeAt],
    ...[status === 'completed' ? `${checkOut}T11:00:00Z` : null, madeAt, madeAt, ZONE_DATA],
  ];
}

/** As large as a snapshot is. */
function priceOf(nights: number, nightlyMinor: number, currency: string): { total: number; price: string } {
  const base = nights * nightlyMinor;
  const guestFee = Math.round(base * 0.14);
  const hostFee = Math.round(base * 0.03);
  const total = base + guestFee;
  const price = JSON.stringify({
    lines: [
      { kind: 'night', label: `${nights} nights`, quantity: nights, amount: base },
      { kind: 'service_fee', label: 'Service fee', quantity: 1, amount: guestFee },
    ],
    total: { amount: total, currency },
    nightRatesMinor: Array.from({ length: nights }, () => nightlyMinor),
    hostBaseMinor: base,
    guestServiceFeeMinor: guestFee,
    hostServiceFeeMinor: hostFee,
    taxMinor: 0,
    hostPayoutMinor: base - hostFee,
  });
  return { total, price };
}
