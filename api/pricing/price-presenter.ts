import type { z } from 'zod';
import type { PropertyChanges, PropertyRow } from '#db/properties.ts';
import type { Tax } from '#domain/pricing/taxes.ts';
import { taxOf } from './price-schemas.ts';
import type { NewPrices, Prices } from './price-schemas.ts';

type Wire = z.output<typeof Prices>;

export function presentPrices(row: PropertyRow): Wire {
  return {
    propertyId: row.id,
    currency: row.currency,
    nightly: row.nightlyMinor,
    weekend: row.weekendMinor,
    cleaningFee: row.cleaningFeeMinor,
    extraGuestFee: row.extraGuestFeeMinor,
    guestsIncluded: row.guestsIncluded,
    petFee: row.petFeeMinor,
    weeklyDiscountPercent: row.weeklyDiscountPercent,
    monthlyDiscountPercent: row.monthlyDiscountPercent,
    lowestNightly: row.lowestNightlyMinor,
    earlyBird: presentLead(row.earlyBirdPercent, row.earlyBirdDays),
    lastMinute: presentLead(row.lastMinutePercent, row.lastMinuteDays),
    serviceFees: row.serviceFees,
    taxes: (row.taxes ?? []).map(presentTax),
  };
}

function presentLead(percent: number, days: number): Wire['earlyBird'] {
  return percent === 0 ? null : { percent, days };
}

function presentTax(tax: Tax): Wire['taxes'][number] {
  const { name, charge, included, maxNights, exemptOverNights } = tax;
  return {
    name,
    charge,
    ...(tax.charge === 'percent' ? { percent: tax.percent, base: tax.base } : { amount: tax.amount }),
    included,
    ...(maxNights !== undefined && { maxNights }),
    ...(exemptOverNights !== undefined && { exemptOverNights }),
  };
}

/** Every column, so that what was left out is what its default says. */
export function priceColumnsOf(prices: z.output<typeof NewPrices>): PropertyChanges {
  const { earlyBird, lastMinute, taxes } = prices;
  return {
    nightlyMinor: prices.nightly,
    weekendMinor: prices.weekend,
    cleaningFeeMinor: prices.cleaningFee,
    extraGuestFeeMinor: prices.extraGuestFee,
    guestsIncluded: prices.guestsIncluded,
    petFeeMinor: prices.petFee,
    weeklyDiscountPercent: prices.weeklyDiscountPercent,
    monthlyDiscountPercent: prices.monthlyDiscountPercent,
    lowestNightlyMinor: prices.lowestNightly,
    earlyBirdPercent: earlyBird?.percent ?? 0,
    earlyBirdDays: earlyBird?.days ?? 0,
    lastMinutePercent: lastMinute?.percent ?? 0,
    lastMinuteDays: lastMinute?.days ?? 0,
    serviceFees: prices.serviceFees,
    taxes: taxes.length === 0 ? null : taxes.map(taxOf),
  };
}
