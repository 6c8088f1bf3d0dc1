import type { z } from 'zod';
import type { Booking as BookingWire } from '../bookings/schemas.ts';
import { listMyPayments, payBooking, readPayment } from '../payments/routes.ts';
import type { Payment as PaymentWire } from '../payments/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY, act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';

const PaymentStatus = enumOf('PaymentStatus', 'How far an attempt to collect has come.', {
  pending: 'Nothing has been tried yet, or the last try failed.',
  requires_action: 'The payer has to pass a challenge.',
  processing: 'The bank is working on it.',
  reserved: 'The amount is set aside, not yet taken.',
  posted: 'The money is in.',
  voided: 'Let go before it was taken.',
  expired: 'Set aside for too long.',
  failed: 'It came to nothing.',
});

export const BookingPayment = builder
  .objectRef<NonNullable<z.output<typeof BookingWire>['payment']>>('BookingPayment')
  .implement({
    description: 'The attempt to collect for a booking.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `pay_…`.' }),
      status: t.expose('status', { type: PaymentStatus, description: 'How far it has come.' }),
      clientSecret: t.exposeString('clientSecret', {
        nullable: true,
        description: 'For the guest’s browser, while the booking is held; null for everyone else.',
      }),
      nextActionUrl: t.exposeString('nextActionUrl', {
        nullable: true,
        description: 'Where the guest passes the challenge, if there is one.',
      }),
    }),
  });

const PaymentFailure = builder
  .objectRef<NonNullable<z.output<typeof PaymentWire>['failure']>>('PaymentFailure')
  .implement({
    description: 'What the bank said to the last try.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'The bank’s own: `card_declined`.' }),
      message: t.exposeString('message', { description: 'In the bank’s words.' }),
    }),
  });

export const Payment = builder
  .objectRef<z.output<typeof PaymentWire>>('Payment')
  .implement({
    description: 'An attempt to collect for a booking, as its payer and operators see it.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `pay_…`.' }),
      bookingId: t.exposeID('bookingId', { description: 'What for.' }),
      status: t.expose('status', { type: PaymentStatus, description: 'How far it has come.' }),
      disputed: t.exposeBoolean('disputed', {
        description: 'Whether the payer has gone to their bank about it.',
      }),
      amount: t.expose('amount', { type: 'MinorUnits', description: 'In minor units of its currency.' }),
      refunded: t.expose('refunded', {
        type: 'MinorUnits',
        description: 'Promised back so far; the refunds themselves may be under way.',
      }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      failure: t.expose('failure', {
        type: PaymentFailure,
        nullable: true,
        description: 'Null unless the last try failed.',
      }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When nights were held for it.' }),
    }),
  });

builder.queryField('payment', (t) =>
  t.field({
    type: Payment,
    nullable: true,
    description: 'A payment of your own. Refused with `not_found` for everyone else but operators.',
    args: { id: t.arg.id({ required: true, description: 'As `pay_…`.' }) },
    resolve: (_root, { id }, context) => call(readPayment, { params: { id } }, context),
  }),
);

builder.queryField('payments', (t) =>
  t.field({
    type: pageType('PaymentPage', 'payments', Payment),
    nullable: true,
    description: 'Your payments, the newest first.',
    args: {
      bookingId: t.arg.id({ description: 'Only those for this booking.' }),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, query, context) => call(listMyPayments, { query }, context),
  }),
);

const NewPayment = builder.inputType('NewPayment', {
  description: 'How a guest pays for a booking.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: 'What for.' }),
    paymentMethodId: t.string({
      description: 'Of the bank, `pm_…`. Without one the bank is asked whether the payer’s page has paid.',
    }),
  }),
});

builder.mutationField('pay', (t) =>
  t.field({
    type: Payment,
    nullable: true,
    description:
      'Pays for a held booking, or an instalment that is due. A decline leaves the hold, or the time to pay, as it is: ' +
      'try another payment method until it ends.',
    args: {
      input: t.arg({ type: NewPayment, required: true, description: 'What for, and by what.' }),
      idempotencyKey: t.arg.string(KEY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, asked, context) => act(payBooking, asked, context),
  }),
);
