import type { z } from 'zod';
import type { Block as BlockRow } from '#db/blocks.ts';
import { calendarOf } from '#domain/calendar.ts';
import type { CalendarRequest } from '#domain/calendar.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Block, Calendar } from './schemas.ts';

export function presentBlock({ note, ...block }: BlockRow): z.output<typeof Block> {
  const { id, propertyId, from, to, cancelledBookingId, createdAt } = block;
  return {
    id,
    propertyId,
    from,
    to,
    ...(note !== null && { note }),
    ...(cancelledBookingId !== null && { cancelledBookingId }),
    createdAt,
  };
}

/** Why a night is not available is between the host and their guests. */
export function presentCalendar(
  propertyId: PropertyId,
  request: CalendarRequest,
  { forHost }: { forHost: boolean },
): z.output<typeof Calendar> {
  const nights = calendarOf(request).map(({ reason, priceMinor, ...night }) => ({
    date: night.date,
    available: reason === undefined,
    price: priceMinor,
    minimumNights: night.minimumNights,
    arrivalAllowed: night.arrivalAllowed,
    departureAllowed: night.departureAllowed,
    ...(forHost && reason !== undefined && { reason }),
  }));
  return { propertyId, currency: request.currency, nights };
}
