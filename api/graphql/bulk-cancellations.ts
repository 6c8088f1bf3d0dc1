import type { z } from 'zod';
import {
  cancelInBulk,
  listAllBulkCancellations,
  readBulkCancellation,
} from '../bulk-cancellations/routes.ts';
import type { BulkCancellation as BulkCancellationWire } from '../bulk-cancellations/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY, act, call } from './calls.ts';
import { CancellationOverride } from './cancellations.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';
import { Money } from './pricing.ts';

const BulkStatus = enumOf('BulkStatus', 'How it stands with a bulk cancellation.', {
  running: 'Some bookings wait for their turn.',
  done: 'None waits any more.',
  stopped: 'An operator has stopped it: those that waited stay as they are.',
});

const BulkCancellation = builder
  .objectRef<z.output<typeof BulkCancellationWire>>('BulkCancellation')
  .implement({
    description: 'Bookings that an operator cancels together.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `bcn_…`.' }),
      operatorId: t.exposeID('operatorId', { description: 'Who cancels.' }),
      reason: t.exposeString('reason', { description: 'Why, in their words.' }),
      status: t.expose('status', { type: BulkStatus, description: 'How it stands.' }),
      total: t.exposeInt('total', { description: 'Bookings in all.' }),
      waiting: t.exposeInt('waiting', { description: 'Those that have not been heard of yet.' }),
      cancelled: t.exposeInt('cancelled', { description: 'Those that are cancelled by it.' }),
      left: t.exposeInt('left', { description: 'Those that had ended before it was their turn.' }),
      refunds: t.expose('refunds', {
        type: [Money],
        description: 'What goes back to guests so far, a sum for each currency.',
      }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When it was asked for.' }),
      endedAt: t.expose('endedAt', {
        type: 'Instant',
        nullable: true,
        description: 'When it ended; null while it runs.',
      }),
    }),
  });

const Area = builder.inputType('Area', {
  description: 'A box on the map, in degrees; `west` is greater than `east` where it crosses the date line.',
  fields: (t) => ({
    west: t.float({ required: true, description: 'Longitude.' }),
    south: t.float({ required: true, description: 'Latitude.' }),
    east: t.float({ required: true, description: 'Longitude.' }),
    north: t.float({ required: true, description: 'Latitude.' }),
  }),
});

const StaysIn = builder.inputType('StaysIn', {
  description: 'Every stay with a night in the span at a property that lies in the area.',
  fields: (t) => ({
    area: t.field({ type: Area, required: true, description: 'Where.' }),
    from: t.field({ type: 'CalendarDate', required: true, description: 'The first night.' }),
    to: t.field({ type: 'CalendarDate', required: true, description: 'The morning after the last night.' }),
  }),
});

const NewBulkCancellation = builder.inputType('NewBulkCancellation', {
  description: 'Which bookings to cancel, and why. Give either `stays` or `bookingIds`.',
  fields: (t) => ({
    reason: t.string({ required: true, description: 'Told to guests and hosts.' }),
    override: t.field({
      type: CancellationOverride,
      description: 'What each guest gets beyond the policy of their booking; no single amount.',
    }),
    bookingIds: t.idList({ description: 'These.' }),
    stays: t.field({ type: StaysIn, description: 'All that are there then, and have not ended.' }),
  }),
});

builder.mutationField('cancelInBulk', (t) =>
  t.field({
    type: BulkCancellation,
    nullable: true,
    description:
      'Cancels many bookings, some ten a second, each as an operator cancels one. For operators. Read it to see how far ' +
      'it has come.',
    args: {
      input: t.arg({ type: NewBulkCancellation, required: true, description: 'Which, and why.' }),
      idempotencyKey: t.arg.string(KEY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, asked, context) => act(cancelInBulk, asked, context),
  }),
);

builder.queryField('bulkCancellation', (t) =>
  t.field({
    type: BulkCancellation,
    nullable: true,
    description: 'How far a bulk cancellation has come. For operators.',
    args: { id: t.arg.id({ required: true, description: 'As `bcn_…`.' }) },
    resolve: (_root, { id }, context) => call(readBulkCancellation, { params: { id } }, context),
  }),
);

builder.queryField('bulkCancellations', (t) =>
  t.field({
    type: pageType('BulkCancellationPage', 'bulk cancellations', BulkCancellation),
    nullable: true,
    description: 'Bulk cancellations, the newest first. For operators.',
    args: { limit: t.arg.int(PAGE.limit), cursor: t.arg.string(PAGE.cursor) },
    resolve: (_root, query, context) => call(listAllBulkCancellations, { query }, context),
  }),
);
