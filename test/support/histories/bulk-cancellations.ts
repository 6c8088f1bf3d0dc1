import { bulkCancellationId } from '#workflows/bulk-cancellations.contract.ts';
import { until } from '../virtual-time.ts';
import type { Courses } from './courses.ts';

/** Each course of `cancelInBulk`. */
export const BULK_CANCELLATIONS: Courses = {
  'two-bookings-are-cancelled': async (world) => {
    const bookingIds = [(await world.booked()).booking.id, (await world.booked()).booking.id];
    const operator = await world.operator();
    const { id } = await operator.must(
      201,
      operator.post('/bulk-cancellations', { reason: 'A flood', bookingIds }),
    );
    await until('the bulk cancellation is over', async () => {
      return (await world.db('bulk_cancellations').where({ id }).first('status')).status === 'done';
    });
    return bulkCancellationId(id);
  },
};
