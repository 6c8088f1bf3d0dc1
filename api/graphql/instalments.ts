import type { z } from 'zod';
import { replacePaymentMethod } from '../bookings/instalment-routes.ts';
import type {
  Instalment as InstalmentWire,
  PaymentMethodKept as PaymentMethodKeptWire,
} from '../bookings/instalment-schemas.ts';
import { builder, enumOf } from './builder.ts';
import { act } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { Money } from './pricing.ts';

const InstalmentStatus = enumOf('InstalmentStatus', 'How far an instalment has come.', {
  scheduled: 'Its nights are ahead.',
  due: 'The card could not be charged: the guest has until `payBy`.',
  paid: 'Paid.',
  lapsed: 'Nobody has to pay it any more: the booking ended before.',
});

export const Instalment = builder
  .objectRef<z.output<typeof InstalmentWire>>('Instalment')
  .implement({
    description: 'A part of the price of a long stay.',
    fields: (t) => ({
      n: t.exposeInt('n', { description: 'Which one, from 1.' }),
      checkIn: t.expose('checkIn', { type: 'CalendarDate', description: 'The day of its first night.' }),
      checkOut: t.expose('checkOut', {
        type: 'CalendarDate',
        description: 'The morning after its last night.',
      }),
      amount: t.expose('amount', { type: Money, description: 'What is paid for these nights.' }),
      dueAt: t.expose('dueAt', {
        type: 'Instant',
        nullable: true,
        description: 'When its nights begin, and the saved card is charged; null for the first.',
      }),
      status: t.expose('status', { type: InstalmentStatus, description: 'How far it has come.' }),
      payBy: t.expose('payBy', {
        type: 'Instant',
        nullable: true,
        description: 'Until then, that instant included, the guest can pay it; null unless it is due.',
      }),
      paymentId: t.exposeID('paymentId', {
        nullable: true,
        description: 'As `pay_…`, once its nights have begun.',
      }),
      clientSecret: t.exposeString('clientSecret', {
        nullable: true,
        description: 'For the guest’s browser, while it is due; null for everyone else.',
      }),
      nextActionUrl: t.exposeString('nextActionUrl', {
        nullable: true,
        description: 'Where the guest passes the challenge, if there is one.',
      }),
    }),
  });

const PaymentMethodStatus = enumOf('PaymentMethodStatus', 'What has become of a card that is to be kept.', {
  saved: 'It is charged from now on.',
  requires_action: 'Its holder passes a challenge, and then it is kept by itself.',
});

const PaymentMethodKept = builder
  .objectRef<z.output<typeof PaymentMethodKeptWire>>('PaymentMethodKept')
  .implement({
    description: 'A card that is to be charged from now on.',
    fields: (t) => ({
      status: t.expose('status', { type: PaymentMethodStatus, description: 'How far it has come.' }),
      clientSecret: t.exposeString('clientSecret', {
        nullable: true,
        description: 'For the guest’s browser, while there is a challenge to pass.',
      }),
      nextActionUrl: t.exposeString('nextActionUrl', {
        nullable: true,
        description: 'Where the guest passes it.',
      }),
    }),
  });

const NewPaymentMethod = builder.inputType('NewPaymentMethod', {
  description: 'Another card.',
  fields: (t) => ({ paymentMethodId: t.string({ required: true, description: 'Of the bank, `pm_…`.' }) }),
});

builder.mutationField('replacePaymentMethod', (t) =>
  t.field({
    type: PaymentMethodKept,
    nullable: true,
    description:
      'Pays the instalments to come with another card. By the guest; one that is due is charged to it at once.',
    args: {
      id: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
      input: t.arg({ type: NewPaymentMethod, required: true, description: 'Which card.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, input }, context) => act(replacePaymentMethod, { params: { id }, input }, context),
  }),
);
