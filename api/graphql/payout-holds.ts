import type { z } from 'zod';
import { holdPayouts, readPayoutHold } from '../payouts/hold-routes.ts';
import type { PayoutHold as HoldWire } from '../payouts/schemas.ts';
import { builder } from './builder.ts';
import { act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';

const PayoutHold = builder
  .objectRef<z.output<typeof HoldWire>>('PayoutHold')
  .implement({
    description: 'How long the first payout of a host is held after it is due.',
    fields: (t) => ({
      hostId: t.exposeID('hostId', { description: 'Whose.' }),
      days: t.exposeInt('days', { description: 'Of 24 hours; 0 holds nothing.' }),
      reason: t.exposeString('reason', { description: 'For the host to read.' }),
      setBy: t.exposeID('setBy', { description: 'The operator.' }),
      setAt: t.expose('setAt', { type: 'Instant', description: 'When it was decided.' }),
    }),
  });

builder.queryField('payoutHold', (t) =>
  t.field({
    type: PayoutHold,
    nullable: true,
    description: 'What was decided about the first payout of a host, for operators.',
    args: { hostId: t.arg.id({ required: true, description: 'As `usr_…`.' }) },
    resolve: (_root, { hostId: id }, context) => call(readPayoutHold, { params: { id } }, context),
  }),
);

const NewPayoutHold = builder.inputType('NewPayoutHold', {
  description: 'How long, and why.',
  fields: (t) => ({
    days: t.int({
      required: true,
      description: 'So long after the first payout is due; 0 holds nothing, and lets go of what is held.',
    }),
    reason: t.string({ required: true, description: 'For the host to read.' }),
  }),
});

builder.mutationField('holdPayouts', (t) =>
  t.field({
    type: PayoutHold,
    nullable: true,
    description: 'Holds the first payout of a host for a while, or lets it go; for operators.',
    args: {
      hostId: t.arg.id({ required: true, description: 'As `usr_…`.' }),
      input: t.arg({ type: NewPayoutHold, required: true, description: 'How long, and why.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { hostId: id, ...asked }, context) =>
      act(holdPayouts, { params: { id }, ...asked }, context),
  }),
);
