import type { z } from 'zod';
import { cancelBooking, quoteCancellation } from '../bookings/cancellation-routes.ts';
import type { CancellationQuote as QuoteWire } from '../bookings/cancellation-schemas.ts';
import { Booking } from './bookings.ts';
import { builder, enumOf } from './builder.ts';
import { KEY, KEY_IF_ANY, act } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { Money } from './pricing.ts';
import { CancellationPolicy } from './properties.ts';

export const CancellationOverride = builder.inputType('CancellationOverride', {
  description: 'What an operator gives beyond the policy.',
  fields: (t) => ({
    refund: t.field({ type: 'RefundOverride', description: 'What goes back to the guest.' }),
    disruptive: t.boolean({ description: 'True: nobody could help it, and everything goes back.' }),
  }),
});

const NewCancellation = builder.inputType('NewCancellation', {
  description: 'How a booking is called off.',
  fields: (t) => ({
    reason: t.string({ description: 'In their words. Operators have to give one.' }),
    override: t.field({ type: CancellationOverride, description: 'Of an operator.' }),
  }),
});

builder.mutationField('cancelBooking', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description:
      'Cancels a booking. By its guest, under its policy, judged at this moment; by its host, who gives everything back ' +
      'and owes a fee; by an operator, with a reason. What goes back goes to the card.',
    args: {
      id: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
      input: t.arg({ type: NewCancellation, description: 'How, if there is anything to say.' }),
      idempotencyKey: t.arg.string(KEY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, ...asked }, context) => act(cancelBooking, { params: { id }, ...asked }, context),
  }),
);

type Wire = z.output<typeof QuoteWire>;

const CancellingSide = enumOf('CancellingSide', 'Who can call a booking off.', {
  guest: 'Its guest.',
  host: 'Its host.',
  operator: 'An operator.',
});

const CancellationReason = enumOf('CancellationReason', 'Why a refund is what it is.', {
  cancelled_by_host: 'The host calls off: everything goes back.',
  override: 'An operator gives more than the policy does.',
  grace: 'Soon after a confirmation long before the stay: everything goes back.',
  full: 'The policy gives everything back.',
  partial: 'The policy leaves the host a part.',
  none: 'The policy leaves the host everything.',
});

const CancelledKind = enumOf('CancelledKind', 'What a line of a cancellation is of.', {
  night: 'Nights, extra guests and discounts together.',
  cleaning: 'The cleaning fee.',
  pet: 'The pet fee.',
  removed_night: 'What was kept of nights that an alteration had removed.',
  service_fee: 'What the guest pays for the platform.',
  tax: 'Taxes on the stay.',
});

const CancelledLine = builder
  .objectRef<Wire['lines'][number]>('CancelledLine')
  .implement({
    description: 'One kind of line of the bill, divided. In the currency of the refund.',
    fields: (t) => ({
      kind: t.expose('kind', { type: CancelledKind, description: 'What it is of.' }),
      refund: t.expose('refund', { type: 'MinorUnits', description: 'What goes back to the guest.' }),
      kept: t.expose('kept', { type: 'MinorUnits', description: 'What does not.' }),
    }),
  });

const CancellationQuote = builder
  .objectRef<Wire>('CancellationQuote')
  .implement({
    description: 'What each side would get, line by line, if a booking were cancelled at a moment.',
    fields: (t) => ({
      bookingId: t.exposeID('bookingId', { description: 'Which one.' }),
      at: t.expose('at', { type: 'Instant', description: 'The moment that it is for.' }),
      by: t.expose('by', { type: CancellingSide, description: 'Who would cancel.' }),
      policy: t.expose('policy', {
        type: CancellationPolicy,
        description: 'The one that the booking is under.',
      }),
      reason: t.expose('reason', { type: CancellationReason, description: 'Why the refund is what it is.' }),
      lines: t.expose('lines', { type: [CancelledLine], description: 'They add up to refund and kept.' }),
      refund: t.expose('refund', { type: Money, description: 'What the guest gets back.' }),
      kept: t.expose('kept', { type: Money, description: 'The rest of what was paid.' }),
      payout: t.expose('payout', {
        type: Money,
        nullable: true,
        description: 'What the host is left with of the stay. Null for the guest.',
      }),
      fee: t.expose('fee', {
        type: Money,
        nullable: true,
        description: 'What a host who cancels owes for it. Null for the guest, and where another cancels.',
      }),
    }),
  });

const NewCancellationQuote = builder.inputType('NewCancellationQuote', {
  description: 'Which cancellation is asked about.',
  fields: (t) => ({
    at: t.field({ type: 'Instant', description: 'When; without it, now.' }),
    by: t.field({ type: CancellingSide, description: 'By whom; without it, by the side that asks.' }),
  }),
});

builder.mutationField('quoteCancellation', (t) =>
  t.field({
    type: CancellationQuote,
    nullable: true,
    description:
      'Asks what cancelling a booking would give back, at any moment from its confirmation until check-out. Nothing is ' +
      'cancelled.',
    args: {
      id: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
      input: t.arg({ type: NewCancellationQuote, description: 'When and by whom, unless now and by you.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, ...asked }, context) =>
      act(quoteCancellation, { params: { id }, ...asked }, context),
  }),
);
