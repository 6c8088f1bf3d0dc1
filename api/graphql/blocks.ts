import type { z } from 'zod';
import { createBlock, listPropertyBlocks, removeBlock } from '../availability/routes.ts';
import type { Block as BlockWire } from '../availability/schemas.ts';
import { builder } from './builder.ts';
import { KEY_IF_ANY, act, call, done } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';
import { PROPERTY_ID } from './properties.ts';

const Block = builder
  .objectRef<z.output<typeof BlockWire>>('Block')
  .implement({
    description: 'Nights that a host keeps for themselves.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `blk_…`.' }),
      propertyId: t.exposeID('propertyId', { description: 'Of which property.' }),
      from: t.expose('from', { type: 'CalendarDate', description: 'The first night.' }),
      to: t.expose('to', { type: 'CalendarDate', description: 'The morning after the last night.' }),
      note: t.exposeString('note', { nullable: true, description: 'For the host alone.' }),
      cancelledBookingId: t.exposeID('cancelledBookingId', {
        nullable: true,
        description: 'The booking whose nights these were until the host cancelled it.',
      }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When they were blocked.' }),
    }),
  });

builder.queryField('blocks', (t) =>
  t.field({
    type: pageType('BlockPage', 'blocks', Block),
    nullable: true,
    description: 'The blocks of your property, the oldest first.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, { propertyId: id, ...query }, context) =>
      call(listPropertyBlocks, { params: { id }, query }, context),
  }),
);

const NewBlock = builder.inputType('NewBlock', {
  description: 'Nights to be kept.',
  fields: (t) => ({
    from: t.field({ type: 'CalendarDate', required: true, description: 'The first night.' }),
    to: t.field({ type: 'CalendarDate', required: true, description: 'The morning after the last night.' }),
    note: t.string({ description: 'For the host alone.' }),
  }),
});

builder.mutationField('addBlock', (t) =>
  t.field({
    type: Block,
    nullable: true,
    description: 'Keeps nights from being booked. Blocks may overlap each other, but no booking.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      input: t.arg({ type: NewBlock, required: true, description: 'Which nights.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, ...asked }, context) =>
      act(createBlock, { params: { id }, ...asked }, context),
  }),
);

builder.mutationField('removeBlock', (t) =>
  t.boolean({
    nullable: true,
    description: 'Frees blocked nights. True once that is done.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      id: t.arg.id({ required: true, description: 'Of the block, as `blk_…`.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, id: blockId }, context) =>
      done(act(removeBlock, { params: { id, blockId } }, context)),
  }),
);
