import { z } from 'zod';
import type { NightPrice } from '#db/night-prices.ts';
import { daysBetween } from '#domain/nights.ts';
import { MAX_DISCOUNT_DAYS_AHEAD, MAX_DISCOUNT_PERCENT } from '#domain/pricing/discounts.ts';
import { SERVICE_FEE_MODES } from '#domain/pricing/fees.ts';
import { NIGHT_PRICE_LIMITS } from '#domain/pricing/nights.ts';
import { TAX_BASES, TAX_CHARGES, TAX_LIMITS, TAX_PERCENT_DECIMALS } from '#domain/pricing/taxes.ts';
import type { Tax as TaxTerms } from '#domain/pricing/taxes.ts';
import { PRICING } from '../properties/schemas.ts';
import { CalendarDate, CurrencyCode, IdOf, MinorUnits } from '../schemas.ts';

const Price = MinorUnits.min(0);

const LeadDiscount = z.strictObject({
  percent: z.int().min(1).max(MAX_DISCOUNT_PERCENT),
  days: z
    .int()
    .min(0)
    .max(MAX_DISCOUNT_DAYS_AHEAD)
    .meta({ description: 'From the day of the booking to the check-in.' }),
});

const nightsOfTax = z.int().min(1).max(TAX_LIMITS.nights).optional();

const Tax = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, 'Must not be empty.')
      .max(TAX_LIMITS.nameLength)
      .regex(/^\P{Cc}*$/u, 'Must be on one line.')
      .meta({ example: 'City tax' }),
    charge: z.enum(TAX_CHARGES).meta({ description: 'What it is counted by.' }),
    percent: z
      .number()
      .gt(0)
      .max(TAX_LIMITS.percent)
      .multipleOf(10 ** -TAX_PERCENT_DECIMALS)
      .optional()
      .meta({ description: 'With `percent` alone: how much, with three decimals at most.', example: 7.5 }),
    base: z
      .enum(TAX_BASES)
      .optional()
      .meta({
        description:
          'With `percent` alone: of the nights less discounts; of these with extra guests, cleaning and pets; or of all ' +
          'that with the service fee.',
      }),
    amount: Price.optional().meta({
      description: 'With any other charge: for each of what it is counted by.',
    }),
    included: z
      .boolean()
      .default(false)
      .meta({ description: 'In your prices already: then it comes out of your share.' }),
    maxNights: nightsOfTax.meta({ description: 'Only so many nights of a stay are taxed.' }),
    exemptOverNights: nightsOfTax.meta({ description: 'A stay longer than this is exempt.' }),
  })
  .check(({ value: tax, issues }) => {
    const isPercentage = tax.charge === 'percent';
    const misplaced = (path: string, message: string) =>
      issues.push({ code: 'custom', path: [path], message, input: tax });
    for (const name of ['percent', 'base'] as const) {
      if (isPercentage && tax[name] === undefined) misplaced(name, 'Belongs to a percentage.');
      if (!isPercentage && tax[name] !== undefined) misplaced(name, 'Belongs to a percentage alone.');
    }
    if (isPercentage === (tax.amount !== undefined))
      misplaced('amount', 'Belongs to every tax but a percentage.');
    if (tax.included && tax.base === 'stay_and_fee')
      misplaced('base', 'The service fee is not in your prices: no tax on it can be.');
  })
  .meta({ id: 'Tax', description: 'A tax on stays: a percentage of a base, or an amount.' });

/** The tax as the domain has it. What does not belong together has been refused. */
export function taxOf(given: z.output<typeof Tax>): TaxTerms {
  const { charge, percent = 0, base = 'stay', amount = 0, ...tax } = given;
  return charge === 'percent' ? { ...tax, charge, percent, base } : { ...tax, charge, amount };
}

const PRICES = {
  ...PRICING,
  weekend: PRICING.weekend.nullable(),
  lowestNightly: Price.nullable().meta({
    description: 'Discounts take the nights together no lower than to so much for each.',
  }),
  earlyBird: LeadDiscount.nullable().meta({
    description: 'For who books so many days ahead or more. Of it and `lastMinute` the larger holds.',
  }),
  lastMinute: LeadDiscount.nullable().meta({ description: 'For who books so many days ahead or less.' }),
  serviceFees: z
    .enum(SERVICE_FEE_MODES)
    .meta({ description: 'Guest 14 % and host 3 %, or the host alone 15.5 %.' }),
  taxes: z.array(Tax).max(TAX_LIMITS.taxes),
};

export const Prices = z
  .strictObject({ propertyId: IdOf('property'), currency: CurrencyCode, ...PRICES })
  .meta({ id: 'Prices', description: 'All that a host asks, but for nights with a price of their own.' });

/** All of it anew: what is left out goes back to its default. */
export const NewPrices = z.strictObject({
  ...PRICES,
  weekend: PRICES.weekend.default(null),
  cleaningFee: PRICES.cleaningFee.default(0),
  extraGuestFee: PRICES.extraGuestFee.default(0),
  guestsIncluded: PRICES.guestsIncluded.default(1),
  petFee: PRICES.petFee.default(0),
  weeklyDiscountPercent: PRICES.weeklyDiscountPercent.default(0),
  monthlyDiscountPercent: PRICES.monthlyDiscountPercent.default(0),
  lowestNightly: PRICES.lowestNightly.default(null),
  earlyBird: PRICES.earlyBird.default(null),
  lastMinute: PRICES.lastMinute.default(null),
  serviceFees: PRICES.serviceFees.default('split'),
  taxes: PRICES.taxes.default([]),
});

const SPAN = {
  from: CalendarDate.meta({ description: 'The first night.' }),
  to: CalendarDate.meta({ description: 'The morning after the last night.', example: '2027-05-04' }),
};

const isSpan = ({ from, to }: { from: string; to: string }): boolean => daysBetween(from, to) >= 1;

export const NewNightPrices = z.strictObject({
  prices: z
    .array(
      z
        .strictObject({
          ...SPAN,
          price: Price.nullable()
            .default(null)
            .meta({ description: 'Of each night; null: none of its own.' }),
        })
        .refine(isSpan, { path: ['to'], message: 'Must be after `from`.' }),
    )
    .min(1)
    .max(NIGHT_PRICE_LIMITS.spans)
    .meta({ description: 'Of two that share a night the later holds.' }),
});

export function nightPricesOf({ prices }: z.output<typeof NewNightPrices>): NightPrice[] {
  return prices.map(({ from, to, price }) => ({ checkIn: from, checkOut: to, amountMinor: price }));
}

export const SeasonCopy = z
  .strictObject({
    ...SPAN,
    start: CalendarDate.meta({
      description: 'The night that gets the price of the first.',
      example: '2028-05-01',
    }),
  })
  .refine(isSpan, { path: ['to'], message: 'Must be after `from`.' })
  .refine(({ from, to }) => daysBetween(from, to) <= NIGHT_PRICE_LIMITS.seasonNights, {
    path: ['to'],
    message: `Must be at most ${NIGHT_PRICE_LIMITS.seasonNights} nights after \`from\`.`,
  });
