import type { z } from 'zod';
import { copySeason, readPrices, replaceNightPrices, replacePrices } from '../pricing/price-routes.ts';
import type { Prices as PricesWire } from '../pricing/price-schemas.ts';
import { builder, enumOf } from './builder.ts';
import { act, call, done } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PROPERTY_ID } from './properties.ts';

type Wire = z.output<typeof PricesWire>;

const ServiceFees = enumOf('ServiceFees', 'Who pays the platform.', {
  split: 'The guest 14 % and the host 3 %.',
  host_only: 'The host alone, 15.5 %.',
});

const TaxCharge = enumOf('TaxCharge', 'What a tax is counted by.', {
  percent: 'A percentage of a base.',
  per_night: 'An amount for each night.',
  per_guest: 'An amount for each guest.',
  per_guest_night: 'An amount for each guest and night.',
  flat: 'An amount for each stay.',
});

const TaxBase = enumOf('TaxBase', 'What a percentage is taken of.', {
  nights: 'The nights less their discounts.',
  stay: 'The nights less their discounts, extra guests, cleaning and pets.',
  stay_and_fee: 'All that, and the service fee.',
});

const TAX = {
  name: 'What it is called.',
  percent: 'Of a percentage: how much, with three decimals at most.',
  base: 'Of a percentage: of what.',
  amount: 'Of any other: for each of what it is counted by, in minor units.',
  included: 'It is in the prices already, and comes out of the host’s share.',
  maxNights: 'Only so many nights of a stay are taxed.',
  exemptOverNights: 'A stay longer than this is exempt.',
};

const LEAD = { percent: 'How much.', days: 'From the day of the booking to the check-in.' };

const LeadDiscount = builder
  .objectRef<NonNullable<Wire['earlyBird']>>('LeadDiscount')
  .implement({
    description: 'A discount that depends on how long before the stay it is booked.',
    fields: (t) => ({
      percent: t.exposeInt('percent', { description: LEAD.percent }),
      days: t.exposeInt('days', { description: LEAD.days }),
    }),
  });

const Tax = builder
  .objectRef<Wire['taxes'][number]>('Tax')
  .implement({
    description: 'A tax on stays: a percentage of a base, or an amount.',
    fields: (t) => ({
      name: t.exposeString('name', { description: TAX.name }),
      charge: t.expose('charge', { type: TaxCharge, description: 'What it is counted by.' }),
      percent: t.exposeFloat('percent', { nullable: true, description: TAX.percent }),
      base: t.expose('base', { type: TaxBase, nullable: true, description: TAX.base }),
      amount: t.expose('amount', { type: 'MinorUnits', nullable: true, description: TAX.amount }),
      included: t.exposeBoolean('included', { description: TAX.included }),
      maxNights: t.exposeInt('maxNights', { nullable: true, description: TAX.maxNights }),
      exemptOverNights: t.exposeInt('exemptOverNights', {
        nullable: true,
        description: TAX.exemptOverNights,
      }),
    }),
  });

const OF = {
  nightly: 'Of a night.',
  weekend: 'Of a Friday or Saturday night, in place of `nightly`; null where that is `nightly` too.',
  cleaningFee: 'Once a stay.',
  extraGuestFee: 'A night, for each guest above those included.',
  guestsIncluded: 'How many the price of a night includes.',
  petFee: 'Once a stay with pets.',
  weeklyDiscountPercent: 'From 7 nights.',
  monthlyDiscountPercent: 'From 28 nights, in place of the weekly one.',
  lowestNightly: 'Discounts take the nights together no lower than to so much for each.',
  earlyBird: 'For who books so many days ahead or more. Of it and `lastMinute` the larger holds.',
  lastMinute: 'For who books so many days ahead or less.',
  serviceFees: 'Who pays the platform.',
  taxes: 'Ten at most.',
};

const Prices = builder
  .objectRef<Wire>('Prices')
  .implement({
    description: 'All that a host asks, but for nights with a price of their own. Amounts in minor units.',
    fields: (t) => ({
      propertyId: t.exposeID('propertyId', { description: 'Where.' }),
      currency: t.exposeString('currency', { description: 'ISO 4217, of all its prices.' }),
      nightly: t.expose('nightly', { type: 'MinorUnits', description: OF.nightly }),
      weekend: t.expose('weekend', { type: 'MinorUnits', nullable: true, description: OF.weekend }),
      cleaningFee: t.expose('cleaningFee', { type: 'MinorUnits', description: OF.cleaningFee }),
      extraGuestFee: t.expose('extraGuestFee', { type: 'MinorUnits', description: OF.extraGuestFee }),
      guestsIncluded: t.exposeInt('guestsIncluded', { description: OF.guestsIncluded }),
      petFee: t.expose('petFee', { type: 'MinorUnits', description: OF.petFee }),
      weeklyDiscountPercent: t.exposeInt('weeklyDiscountPercent', { description: OF.weeklyDiscountPercent }),
      monthlyDiscountPercent: t.exposeInt('monthlyDiscountPercent', {
        description: OF.monthlyDiscountPercent,
      }),
      lowestNightly: t.expose('lowestNightly', {
        type: 'MinorUnits',
        nullable: true,
        description: OF.lowestNightly,
      }),
      earlyBird: t.expose('earlyBird', { type: LeadDiscount, nullable: true, description: OF.earlyBird }),
      lastMinute: t.expose('lastMinute', { type: LeadDiscount, nullable: true, description: OF.lastMinute }),
      serviceFees: t.expose('serviceFees', { type: ServiceFees, description: OF.serviceFees }),
      taxes: t.expose('taxes', { type: [Tax], description: OF.taxes }),
    }),
  });

builder.queryField('prices', (t) =>
  t.field({
    type: Prices,
    nullable: true,
    description: 'All prices of a property that you may see. What a single night costs is in its calendar.',
    args: { propertyId: t.arg.id(PROPERTY_ID) },
    resolve: (_root, { propertyId: id }, context) => call(readPrices, { params: { id } }, context),
  }),
);

const LeadDiscountInput = builder.inputType('LeadDiscountInput', {
  description: 'A discount that depends on how long before the stay it is booked.',
  fields: (t) => ({
    percent: t.int({ required: true, description: LEAD.percent }),
    days: t.int({ required: true, description: LEAD.days }),
  }),
});

const TaxInput = builder.inputType('TaxInput', {
  description: 'A tax on stays: a percentage of a base, or an amount.',
  fields: (t) => ({
    name: t.string({ required: true, description: TAX.name }),
    charge: t.field({ type: TaxCharge, required: true, description: 'What it is counted by.' }),
    percent: t.float({ description: TAX.percent }),
    base: t.field({ type: TaxBase, description: TAX.base }),
    amount: t.field({ type: 'MinorUnits', description: TAX.amount }),
    included: t.boolean({ description: TAX.included }),
    maxNights: t.int({ description: TAX.maxNights }),
    exemptOverNights: t.int({ description: TAX.exemptOverNights }),
  }),
});

const NewPrices = builder.inputType('NewPrices', {
  description: 'All prices anew: what is left out goes back to its default.',
  fields: (t) => ({
    nightly: t.field({ type: 'MinorUnits', required: true, description: OF.nightly }),
    weekend: t.field({ type: 'MinorUnits', description: OF.weekend }),
    cleaningFee: t.field({ type: 'MinorUnits', description: OF.cleaningFee }),
    extraGuestFee: t.field({ type: 'MinorUnits', description: OF.extraGuestFee }),
    guestsIncluded: t.int({ description: OF.guestsIncluded }),
    petFee: t.field({ type: 'MinorUnits', description: OF.petFee }),
    weeklyDiscountPercent: t.int({ description: OF.weeklyDiscountPercent }),
    monthlyDiscountPercent: t.int({ description: OF.monthlyDiscountPercent }),
    lowestNightly: t.field({ type: 'MinorUnits', description: OF.lowestNightly }),
    earlyBird: t.field({ type: LeadDiscountInput, description: OF.earlyBird }),
    lastMinute: t.field({ type: LeadDiscountInput, description: OF.lastMinute }),
    serviceFees: t.field({ type: ServiceFees, description: OF.serviceFees }),
    taxes: t.field({ type: [TaxInput], description: OF.taxes }),
  }),
});

builder.mutationField('setPrices', (t) =>
  t.field({
    type: Prices,
    nullable: true,
    description:
      'Sets all prices of your property: what is left out goes back to its default; nights with a price of their own ' +
      'keep it. Bookings and quotes made before are not touched.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      input: t.arg({ type: NewPrices, required: true, description: 'The prices.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, input }, context) =>
      act(replacePrices, { params: { id }, input }, context),
  }),
);

const NightPrice = builder.inputType('NightPrice', {
  description: 'What each of these nights costs.',
  fields: (t) => ({
    from: t.field({ type: 'CalendarDate', required: true, description: 'The first night.' }),
    to: t.field({ type: 'CalendarDate', required: true, description: 'The morning after the last night.' }),
    price: t.field({ type: 'MinorUnits', description: 'In minor units; null: none of its own.' }),
  }),
});

const NewNightPrices = builder.inputType('NewNightPrices', {
  description: 'Nights, and what they cost.',
  fields: (t) => ({
    prices: t.field({
      type: [NightPrice],
      required: true,
      description: 'A hundred at most. Of two that share a night the later holds.',
    }),
  }),
});

builder.mutationField('setNightPrices', (t) =>
  t.field({
    type: 'Boolean',
    nullable: true,
    description:
      'Sets the prices of many nights at once, all or none. Nights that are not named stay as they are, and so do ' +
      'bookings made before.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      input: t.arg({ type: NewNightPrices, required: true, description: 'Which nights.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, input }, context) =>
      done(act(replaceNightPrices, { params: { id }, input }, context)),
  }),
);

const SeasonCopy = builder.inputType('SeasonCopy', {
  description: 'A season, and where it is to begin again.',
  fields: (t) => ({
    from: t.field({ type: 'CalendarDate', required: true, description: 'The first night.' }),
    to: t.field({ type: 'CalendarDate', required: true, description: 'The morning after the last night.' }),
    start: t.field({
      type: 'CalendarDate',
      required: true,
      description: 'The night that gets the price of the first.',
    }),
  }),
});

builder.mutationField('copyNightPrices', (t) =>
  t.field({
    type: 'Boolean',
    nullable: true,
    description:
      'Copies the prices of a season, night by night. Nights that have no price of their own in the season have none ' +
      'there either.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      input: t.arg({ type: SeasonCopy, required: true, description: 'From where to where.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, input }, context) =>
      done(act(copySeason, { params: { id }, input }, context)),
  }),
);
