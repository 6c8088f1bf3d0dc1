import type { z } from 'zod';
import { createQuote } from '../pricing/routes.ts';
import type {
  Guests as GuestsWire,
  IncludedTax as IncludedTaxWire,
  PriceLine as PriceLineWire,
  Quote as QuoteWire,
  QuotedInstalment as QuotedInstalmentWire,
} from '../pricing/schemas.ts';
import type { Money as MoneyWire } from '../schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY_IF_ANY, act } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { BookingMode } from './properties.ts';

export const Money = builder
  .objectRef<z.output<typeof MoneyWire>>('Money')
  .implement({
    description: 'An amount of money: 12300 GBP is £123.00, 12300 JPY is ¥12,300.',
    fields: (t) => ({
      amount: t.expose('amount', { type: 'MinorUnits', description: 'In minor units of the currency.' }),
      currency: t.exposeString('currency', { description: 'An ISO 4217 code in capitals.' }),
    }),
  });

export const PriceLineKind = enumOf('PriceLineKind', 'What a line of a bill is for.', {
  night: 'Nights at one price.',
  extra_guest: 'Guests above those that the price of a night includes.',
  cleaning: 'The cleaning fee, once a stay.',
  pet: 'The pet fee, once a stay.',
  removed_night: 'What the host keeps of nights that an alteration has removed.',
  discount: 'What a stay is cheaper for its length, or for when it is booked; its amount is negative.',
  service_fee: 'What the guest pays for the platform.',
  tax: 'A tax on the stay.',
});

export const PriceLine = builder
  .objectRef<z.output<typeof PriceLineWire>>('PriceLine')
  .implement({
    description: 'One line of a bill, in the currency of its total. The lines add up to the total.',
    fields: (t) => ({
      kind: t.expose('kind', { type: PriceLineKind, description: 'What it is for.' }),
      label: t.exposeString('label', { description: 'What it is for, in words.' }),
      quantity: t.exposeInt('quantity', { description: 'How many.' }),
      amount: t.expose('amount', {
        type: 'MinorUnits',
        description: 'Of the whole line, in minor units; of a discount, negative.',
      }),
    }),
  });

const IncludedTax = builder
  .objectRef<z.output<typeof IncludedTaxWire>>('IncludedTax')
  .implement({
    description: 'A tax that is in other lines of the bill already, in the currency of its total.',
    fields: (t) => ({
      label: t.exposeString('label', { description: 'Which, in words.' }),
      quantity: t.exposeInt('quantity', { description: 'How many.' }),
      amount: t.expose('amount', { type: 'MinorUnits', description: 'In minor units.' }),
    }),
  });

/** The field wherever there are lines of a bill. */
export const INCLUDED_TAXES = {
  type: [IncludedTax] as [typeof IncludedTax],
  nullable: true as const,
  description: 'Taxes that are in the lines already; null where there are none.',
};

const WHO = {
  adults: 'Those who pay as adults; one at least.',
  children: 'Counted in the capacity like adults.',
  infants: 'Up to five years; neither counted nor paid for.',
  pets: 'Where any are allowed, paid for once a stay.',
};

export const Guests = builder
  .objectRef<z.output<typeof GuestsWire>>('Guests')
  .implement({
    description: 'Who comes along.',
    fields: (t) => ({
      adults: t.exposeInt('adults', { description: WHO.adults }),
      children: t.exposeInt('children', { description: WHO.children }),
      infants: t.exposeInt('infants', { description: WHO.infants }),
      pets: t.exposeInt('pets', { description: WHO.pets }),
    }),
  });

export const GuestsInput = builder.inputType('GuestsInput', {
  description: 'Who comes along; what is left out is none.',
  fields: (t) => ({
    adults: t.int({ required: true, description: WHO.adults }),
    children: t.int({ description: WHO.children }),
    infants: t.int({ description: WHO.infants }),
    pets: t.int({ description: WHO.pets }),
  }),
});

const QuotedInstalment = builder
  .objectRef<z.output<typeof QuotedInstalmentWire>>('QuotedInstalment')
  .implement({
    description:
      'A part of the price of a long stay. The first is charged with the booking, each other when its nights begin.',
    fields: (t) => ({
      checkIn: t.expose('checkIn', { type: 'CalendarDate', description: 'The day of its first night.' }),
      checkOut: t.expose('checkOut', {
        type: 'CalendarDate',
        description: 'The morning after its last night.',
      }),
      amount: t.expose('amount', { type: Money, description: 'What is paid for these nights.' }),
    }),
  });

const Quote = builder
  .objectRef<z.output<typeof QuoteWire>>('Quote')
  .implement({
    description: 'What a stay costs, for thirty minutes.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'A signed token that carries the price: `quoteId` of a booking.' }),
      propertyId: t.exposeID('propertyId', { description: 'Where.' }),
      checkIn: t.expose('checkIn', { type: 'CalendarDate', description: 'The day of the first night.' }),
      checkOut: t.expose('checkOut', {
        type: 'CalendarDate',
        description: 'The morning after the last night.',
      }),
      guests: t.expose('guests', { type: Guests, description: 'Who comes along.' }),
      lines: t.expose('lines', { type: [PriceLine], description: 'What the price is made of.' }),
      includedTaxes: t.expose('includedTaxes', INCLUDED_TAXES),
      total: t.expose('total', { type: Money, description: 'The whole price.' }),
      instalments: t.expose('instalments', {
        type: [QuotedInstalment],
        nullable: true,
        description: 'Of a long stay, what is paid when; null where the price is paid at once.',
      }),
      bookingMode: t.expose('bookingMode', {
        type: BookingMode,
        description: '`request`: the host is asked first, also for a stay that is longer than most.',
      }),
      expiresAt: t.expose('expiresAt', {
        type: 'Instant',
        description: 'Until then, this instant included, the price stands.',
      }),
    }),
  });

const NewQuote = builder.inputType('NewQuote', {
  description: 'A stay to be priced.',
  fields: (t) => ({
    checkIn: t.field({ type: 'CalendarDate', required: true, description: 'The day of the first night.' }),
    checkOut: t.field({
      type: 'CalendarDate',
      required: true,
      description: 'The morning after the last night.',
    }),
    guests: t.field({ type: GuestsInput, required: true, description: 'Who comes along.' }),
  }),
});

builder.mutationField('createQuote', (t) =>
  t.field({
    type: Quote,
    nullable: true,
    description:
      'Prices a stay. The price stands for thirty minutes when its id is sent with the booking. Nothing is held.',
    args: {
      propertyId: t.arg.id({ required: true, description: 'Where.' }),
      input: t.arg({ type: NewQuote, required: true, description: 'Which nights, and for whom.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, ...asked }, context) =>
      act(createQuote, { params: { id }, ...asked }, context),
  }),
);
