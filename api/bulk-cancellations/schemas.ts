import { z } from 'zod';
import { BULK_STATUSES, MAX_BULK_BOOKINGS, MAX_NAMED_BOOKINGS } from '#domain/bulk-cancellations.ts';
import { CancellationGrounds, CancellationOverride } from '../bookings/cancellation-schemas.ts';
import { CalendarDate, IdOf, Instant, Money } from '../schemas.ts';

const Latitude = z.number().min(-90).max(90);
const Longitude = z.number().min(-180).max(180);

const Area = z
  .strictObject({ west: Longitude, south: Latitude, east: Longitude, north: Latitude })
  .refine(({ south, north }) => south <= north, {
    path: ['north'],
    message: 'Must not lie south of `south`.',
  })
  .meta({
    id: 'Area',
    description:
      'A box on the map, in degrees; `west` is greater than `east` where it crosses the date line.',
  });

const StaysIn = z
  .strictObject({ area: Area, from: CalendarDate, to: CalendarDate })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'Must be after `from`.' })
  .meta({
    id: 'StaysIn',
    description: 'Every stay with a night from `from` to before `to` at a property that lies in the area.',
  });

export const NewBulkCancellation = z
  .strictObject({
    reason: CancellationGrounds.meta({ description: 'Told to guests and hosts.' }),
    override: CancellationOverride.optional().meta({
      description: 'What each guest gets beyond the policy of their booking.',
    }),
    bookingIds: z.array(IdOf('booking')).min(1).max(MAX_NAMED_BOOKINGS).optional(),
    stays: StaysIn.optional().meta({ description: `At most ${MAX_BULK_BOOKINGS} bookings.` }),
  })
  .refine(({ bookingIds, stays }) => (bookingIds === undefined) !== (stays === undefined), {
    path: ['stays'],
    message: 'Give either `stays` or `bookingIds`.',
  })
  .refine(({ override }) => typeof override?.refund !== 'number', {
    path: ['override', 'refund'],
    message: 'One amount cannot be right for many bookings: give all, or what the policies do.',
  })
  .meta({ id: 'NewBulkCancellation' });

export const BulkCancellation = z
  .strictObject({
    id: IdOf('bulkCancellation'),
    operatorId: IdOf('user'),
    reason: z.string(),
    status: z.enum(BULK_STATUSES),
    total: z.int().meta({ description: 'Bookings in all.' }),
    waiting: z.int().meta({ description: 'Those that have not been heard of yet.' }),
    cancelled: z.int(),
    left: z.int().meta({ description: 'Those that had ended before it was their turn.' }),
    refunds: z
      .array(Money)
      .meta({ description: 'What goes back to guests so far, a sum for each currency.' }),
    createdAt: Instant,
    endedAt: Instant.optional(),
  })
  .meta({ id: 'BulkCancellation', description: 'Bookings that an operator cancels together.' });
