import type { z } from 'zod';
import {
  acceptAlteration,
  declineAlteration,
  listBookingAlterations,
  proposeAlteration,
  withdrawAlteration,
} from '../bookings/alteration-routes.ts';
import type { Alteration as AlterationSchema } from '../bookings/alteration-schemas.ts';
import { Booking, BookingRole } from './bookings.ts';
import { builder, enumOf } from './builder.ts';
import { KEY, KEY_IF_ANY, act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { pageType } from './pages.ts';
import { BookingPayment } from './payments.ts';
import { Guests, GuestsInput, Money, PriceLine, PriceLineKind, INCLUDED_TAXES } from './pricing.ts';

type Wire = z.output<typeof AlterationSchema>;

const AlterationStatus = enumOf('AlterationStatus', 'How far a proposal to change a booking has come.', {
  proposed: 'The other side has to answer.',
  accepted: 'Both sides agree; what it costs more has to be paid.',
  altered: 'The booking is what was agreed.',
  declined: 'The other side said no.',
  withdrawn: 'The side that had proposed it thought again.',
  replaced: 'Another was proposed in its place.',
  lapsed: 'The booking was over before.',
  failed: 'It was not paid: `failure` says why.',
});

const AlterationChange = builder
  .objectRef<Wire['changes'][number]>('AlterationChange')
  .implement({
    description: 'One kind of line of the bill, before and after. In the currency of the total.',
    fields: (t) => ({
      kind: t.expose('kind', { type: PriceLineKind, description: 'What it is for.' }),
      before: t.expose('before', { type: 'MinorUnits', description: 'What it comes to now.' }),
      after: t.expose('after', { type: 'MinorUnits', description: 'What it would come to.' }),
    }),
  });

const AlterationFailure = builder
  .objectRef<NonNullable<Wire['failure']>>('AlterationFailure')
  .implement({
    description: 'Why an alteration that both sides wanted came to nothing.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description: 'A code as errors have it; or `payment_timeout`, `booking_cancelled`.',
      }),
      declineCode: t.exposeString('declineCode', { nullable: true, description: 'The issuer’s, if any.' }),
    }),
  });

const Alteration = builder
  .objectRef<Wire>('Alteration')
  .implement({
    description:
      'What one side of a booking proposes to change of it. Until it is `altered` the booking is as it was.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `alt_…`.' }),
      bookingId: t.exposeID('bookingId', { description: 'Of which booking.' }),
      status: t.expose('status', { type: AlterationStatus, description: 'How far it has come.' }),
      proposedBy: t.expose('proposedBy', { type: BookingRole, description: 'Whose wish it is.' }),
      checkIn: t.expose('checkIn', { type: 'CalendarDate', description: 'The day of the first night.' }),
      checkOut: t.expose('checkOut', {
        type: 'CalendarDate',
        description: 'The morning after the last night.',
      }),
      nights: t.exposeInt('nights', { description: 'How many.' }),
      guests: t.expose('guests', { type: Guests, description: 'Who comes along.' }),
      lines: t.expose('lines', {
        type: [PriceLine],
        description: 'What the booking would be billed from then on.',
      }),
      includedTaxes: t.expose('includedTaxes', INCLUDED_TAXES),
      total: t.expose('total', { type: Money, description: 'What it would cost.' }),
      changes: t.expose('changes', {
        type: [AlterationChange],
        description: 'What changes, per kind of line.',
      }),
      charge: t.expose('charge', { type: Money, description: 'What the guest pays on top.' }),
      refund: t.expose('refund', { type: Money, description: 'What goes back to the guest.' }),
      payBy: t.expose('payBy', {
        type: 'Instant',
        nullable: true,
        description: 'While accepted: until when the guest can pay.',
      }),
      payment: t.expose('payment', {
        type: BookingPayment,
        nullable: true,
        description: 'Of what it costs more, once that is asked for.',
      }),
      failure: t.expose('failure', {
        type: AlterationFailure,
        nullable: true,
        description: 'Null unless it failed.',
      }),
      proposedAt: t.expose('proposedAt', {
        type: 'Instant',
        description: 'The moment that it is judged by.',
      }),
      endedAt: t.expose('endedAt', {
        type: 'Instant',
        nullable: true,
        description: 'Null while it is open.',
      }),
    }),
  });

builder.objectField(Booking, 'alteration', (t) =>
  t.expose('alteration', {
    type: Alteration,
    nullable: true,
    description: 'The proposal to change it that is open; null where none is.',
  }),
);

builder.queryField('alterations', (t) =>
  t.field({
    type: pageType('AlterationPage', 'alterations', Alteration),
    nullable: true,
    description: 'What was proposed to be changed of a booking, the newest first.',
    args: { bookingId: t.arg.id({ required: true, description: 'As `bkg_…`.' }) },
    resolve: (_root, { bookingId: id }, context) => call(listBookingAlterations, { params: { id } }, context),
  }),
);

const NewAlteration = builder.inputType('NewAlteration', {
  description: 'What changes of a booking; the rest stays.',
  fields: (t) => ({
    checkIn: t.field({ type: 'CalendarDate', description: 'The day of the first night.' }),
    checkOut: t.field({ type: 'CalendarDate', description: 'The morning after the last night.' }),
    guests: t.field({ type: GuestsInput, description: 'Who comes along.' }),
    paymentMethodId: t.string({
      description:
        'Of a guest: charged when the host accepts what costs more. Without one the guest pays then.',
    }),
  }),
});

builder.mutationField('proposeAlteration', (t) =>
  t.field({
    type: Alteration,
    nullable: true,
    description:
      'Proposes to change dates or guests, by guest or host, from the confirmation until check-out. One that was open is ' +
      'replaced; nothing is held until the other side accepts.',
    args: {
      bookingId: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
      input: t.arg({ type: NewAlteration, description: 'What changes.' }),
      idempotencyKey: t.arg.string(KEY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { bookingId: id, ...asked }, context) =>
      act(proposeAlteration, { params: { id }, ...asked }, context),
  }),
);

const AlterationAcceptance = builder.inputType('AlterationAcceptance', {
  description: 'How an alteration is accepted.',
  fields: (t) => ({
    paymentMethodId: t.string({
      description:
        'Of a guest: charged for what it costs more. Without one the added nights wait to be paid.',
    }),
  }),
});

builder.mutationField('acceptAlteration', (t) =>
  t.field({
    type: Alteration,
    nullable: true,
    description:
      'Accepts an alteration. By the other side: the booking is altered at once, or once what it costs more is paid.',
    args: {
      bookingId: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
      alterationId: t.arg.id({ required: true, description: 'As `alt_…`.' }),
      input: t.arg({ type: AlterationAcceptance, description: 'How, if there is anything to say.' }),
      idempotencyKey: t.arg.string(KEY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { bookingId: id, alterationId, ...asked }, context) =>
      act(acceptAlteration, { params: { id, alterationId }, ...asked }, context),
  }),
);

const CLOSINGS = {
  declineAlteration: {
    endpoint: declineAlteration,
    description: 'Declines an alteration. By the other side; the booking stays as it is.',
  },
  withdrawAlteration: {
    endpoint: withdrawAlteration,
    description: 'Withdraws an alteration. By whoever proposed it; the booking stays as it is.',
  },
} as const;

for (const [name, { endpoint, description }] of Object.entries(CLOSINGS)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: Alteration,
      nullable: true,
      description,
      args: {
        bookingId: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
        alterationId: t.arg.id({ required: true, description: 'As `alt_…`.' }),
        idempotencyKey: t.arg.string(KEY_IF_ANY),
      },
      extensions: { cost: ACT_COST },
      resolve: (_root, { bookingId: id, alterationId, ...asked }, context) =>
        act(endpoint, { params: { id, alterationId }, ...asked }, context),
    }),
  );
}
