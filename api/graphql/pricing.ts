import type { z } from 'zod';
import type { Guests as GuestsWire, PriceLine as PriceLineWire } from '../pricing/schemas.ts';
import type { Money as MoneyWire } from '../schemas.ts';
import { builder, enumOf } from './builder.ts';

export const Money = builder
  .objectRef<z.output<typeof MoneyWire>>('Money')
  .implement({
    description: 'An amount of money: 12300 GBP is £123.00, 12300 JPY is ¥12,300.',
    fields: (t) => ({
      amount: t.expose('amount', { type: 'MinorUnits', description: 'In minor units of the currency.' }),
      currency: t.exposeString('currency', { description: 'An ISO 4217 code in capitals.' }),
    }),
  });

const PriceLineKind = enumOf('PriceLineKind', 'What a line of a bill is for.', {
  night: 'Nights at one price.',
  extra_guest: 'Guests above those that the price of a night includes.',
  cleaning: 'The cleaning fee, once a stay.',
  pet: 'The pet fee, once a stay.',
  discount: 'What a long stay is cheaper; its amount is negative.',
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
