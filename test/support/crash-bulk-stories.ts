import type { BulkCancellationActivities } from '#activities/bulk-cancellations.ts';
import { becomes, booked, LONG_MS, refundIsSettled } from './crash-telling.ts';
import type { Story } from './crash-telling.ts';
import { until } from './virtual-time.ts';

const cancelledInBulk: Story = {
  end: 'cancelled',
  paid: 1,
  refunded: 1,
  answer: 201,
  prepare: (world) => booked(world),
  async act(world, told) {
    const operator = await world.operator();
    const bookingIds = [(await told.booking()).id];
    await operator.must(201, operator.post('/bulk-cancellations', { reason: 'A flood', bookingIds }));
  },
  async settle(world, told) {
    await becomes(told, 'cancelled');
    await refundIsSettled(world, told);
    const { id } = await told.booking();
    await until(
      'the bulk cancellation is over',
      async () => {
        const bulk = await world
          .db('bulk_cancellation_bookings as i')
          .join('bulk_cancellations as b', 'b.id', 'i.bulk_id')
          .where({ booking_id: id })
          .first('status', 'outcome');
        return bulk?.status === 'done' && bulk.outcome === 'cancelled';
      },
      LONG_MS,
    );
  },
};

/** The story in which each activity of a bulk cancellation is done. */
export const BULK_STORIES: Readonly<Record<keyof BulkCancellationActivities, Story>> = {
  cancelSome: cancelledInBulk,
  endBulk: cancelledInBulk,
};
