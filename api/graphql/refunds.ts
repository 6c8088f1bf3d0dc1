import type { z } from 'zod';
import { listRefundsOfPayment, refundPayment } from '../payments/refund-routes.ts';
import type { Refund as RefundWire } from '../payments/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY, act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { pageType } from './pages.ts';

const RefundStatus = enumOf('RefundStatus', 'How far money has come on its way back.', {
  pending: 'Promised, and on its way.',
  settled: 'Given back.',
  failed: 'The bank could not give it back this way: an operator has to.',
});

export const RefundReason = enumOf('RefundReason', 'Why money goes back.', {
  cancellation: 'The booking was cancelled, under its policy.',
  late_payment: 'It came for a stay that was no longer to be had.',
  goodwill: 'Of the host’s, or an operator’s, free will.',
  dashboard: 'By hand, at the bank.',
  alteration: 'The booking was altered, and costs less.',
});

const Refund = builder
  .objectRef<z.output<typeof RefundWire>>('Refund')
  .implement({
    description: 'Money back to the guest.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `ref_…`.' }),
      paymentId: t.exposeID('paymentId', { description: 'Of what was paid.' }),
      amount: t.expose('amount', { type: 'MinorUnits', description: 'In minor units of its currency.' }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      status: t.expose('status', { type: RefundStatus, description: 'How far it has come.' }),
      reason: t.expose('reason', { type: RefundReason, description: 'Why.' }),
      note: t.exposeString('note', {
        nullable: true,
        description: 'Why, in the words of whoever gave it; null where they gave none.',
      }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When it was put on record.' }),
    }),
  });

builder.queryField('refunds', (t) =>
  t.field({
    type: pageType('RefundPage', 'refunds', Refund),
    nullable: true,
    description: 'What has been given back of a payment, the oldest first.',
    args: { paymentId: t.arg.id({ required: true, description: 'As `pay_…`.' }) },
    resolve: (_root, { paymentId: id }, context) => call(listRefundsOfPayment, { params: { id } }, context),
  }),
);

const NewRefund = builder.inputType('NewRefund', {
  description: 'How much is given back.',
  fields: (t) => ({
    amount: t.field({
      type: 'MinorUnits',
      description: 'In minor units. Without one, all that you can give back.',
    }),
    reason: t.string({ description: 'For the guest to read.' }),
  }),
});

builder.mutationField('refundPayment', (t) =>
  t.field({
    type: Refund,
    nullable: true,
    description:
      'Gives money back beyond what a cancellation does: a host of their own share, an operator of everyone’s in ' +
      'proportion. Together never more than was paid.',
    args: {
      paymentId: t.arg.id({ required: true, description: 'As `pay_…`.' }),
      input: t.arg({ type: NewRefund, description: 'How much, if not all.' }),
      idempotencyKey: t.arg.string(KEY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { paymentId: id, ...asked }, context) =>
      act(refundPayment, { params: { id }, ...asked }, context),
  }),
);
