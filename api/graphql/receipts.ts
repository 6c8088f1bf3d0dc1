import type { z } from 'zod';
import { readReceipt } from '../receipts/routes.ts';
import type { Receipt as ReceiptWire } from '../receipts/schemas.ts';
import { builder } from './builder.ts';
import { call } from './calls.ts';
import { PriceLine, INCLUDED_TAXES } from './pricing.ts';
import { RefundReason } from './refunds.ts';

type Wire = z.output<typeof ReceiptWire>;

const ReceiptCard = builder
  .objectRef<NonNullable<Wire['payments'][number]['card']>>('ReceiptCard')
  .implement({
    description: 'By which card a payment was made.',
    fields: (t) => ({
      brand: t.exposeString('brand', { description: 'The network, in the bank’s spelling: `visa`.' }),
      lastFour: t.exposeString('lastFour', { description: 'The end of its number.' }),
    }),
  });

const WHEN = { type: 'Instant', description: 'When the money moved.' } as const;
const DATE = { type: 'CalendarDate', description: 'The same in the zone of the property.' } as const;
const AMOUNT = { type: 'MinorUnits', description: 'In minor units.' } as const;

const ReceiptPayment = builder
  .objectRef<Wire['payments'][number]>('ReceiptPayment')
  .implement({
    description: 'Money that came in.',
    fields: (t) => ({
      paymentId: t.exposeID('paymentId', { description: 'By which payment.' }),
      at: t.expose('at', WHEN),
      date: t.expose('date', DATE),
      amount: t.expose('amount', AMOUNT),
      card: t.expose('card', {
        type: ReceiptCard,
        nullable: true,
        description: 'Null where it was paid before cards were kept.',
      }),
    }),
  });

const ReceiptRefund = builder
  .objectRef<Wire['refunds'][number]>('ReceiptRefund')
  .implement({
    description: 'Money that the bank has given back.',
    fields: (t) => ({
      paymentId: t.exposeID('paymentId', { description: 'Of which payment.' }),
      at: t.expose('at', WHEN),
      date: t.expose('date', DATE),
      amount: t.expose('amount', AMOUNT),
      reason: t.expose('reason', { type: RefundReason, description: 'Why.' }),
    }),
  });

const ReceiptDispute = builder
  .objectRef<Wire['disputed'][number]>('ReceiptDispute')
  .implement({
    description: 'Money that the payer’s own bank has taken back.',
    fields: (t) => ({
      paymentId: t.exposeID('paymentId', { description: 'Of which payment.' }),
      at: t.expose('at', WHEN),
      date: t.expose('date', DATE),
      amount: t.expose('amount', AMOUNT),
    }),
  });

const Receipt = builder
  .objectRef<Wire>('Receipt')
  .implement({
    description: 'What a guest has paid for a stay and got back. Amounts in minor units of its currency.',
    fields: (t) => ({
      number: t.exposeString('number', { description: 'Of the booking, the same for ever.' }),
      bookingId: t.exposeID('bookingId', { description: 'For which stay.' }),
      guest: t.exposeString('guest', { description: 'The guest’s name.' }),
      host: t.exposeString('host', { description: 'The host’s name.' }),
      propertyId: t.exposeID('propertyId', { description: 'Where.' }),
      property: t.exposeString('property', { description: 'Its title, as it is today.' }),
      checkIn: t.expose('checkIn', { type: 'CalendarDate', description: 'The first night.' }),
      checkOut: t.expose('checkOut', { type: 'CalendarDate', description: 'The morning after the last.' }),
      nights: t.exposeInt('nights', { description: 'How many.' }),
      timeZone: t.exposeString('timeZone', { description: 'Of the property.' }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      lines: t.expose('lines', { type: [PriceLine], description: 'What the stay was sold for.' }),
      includedTaxes: t.expose('includedTaxes', INCLUDED_TAXES),
      taxes: t.expose('taxes', { type: 'MinorUnits', description: 'What of the total is taxes.' }),
      total: t.expose('total', { type: 'MinorUnits', description: 'What the lines add up to.' }),
      payments: t.expose('payments', { type: [ReceiptPayment], description: 'The oldest first.' }),
      refunds: t.expose('refunds', { type: [ReceiptRefund], description: 'The oldest first.' }),
      disputed: t.expose('disputed', { type: [ReceiptDispute], description: 'The oldest first.' }),
      paid: t.expose('paid', { type: 'MinorUnits', description: 'What the payments add up to.' }),
      refunded: t.expose('refunded', {
        type: 'MinorUnits',
        description: 'What went back, with what the payer’s bank has taken.',
      }),
      net: t.expose('net', { type: 'MinorUnits', description: '`paid` less `refunded`.' }),
      asOf: t.expose('asOf', { type: 'Instant', description: 'The last movement that it tells of.' }),
    }),
  });

builder.queryField('receipt', (t) =>
  t.field({
    type: Receipt,
    nullable: true,
    description:
      'What you have paid for a stay as its guest. Refused with `booking_state` while that is nothing.',
    args: { bookingId: t.arg.id({ required: true, description: 'As `bkg_…`.' }) },
    resolve: (_root, { bookingId }, context) => call(readReceipt, { params: { id: bookingId } }, context),
  }),
);
