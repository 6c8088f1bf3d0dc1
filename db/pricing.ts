import type { Stay } from '#domain/nights.ts';
import type { Pricing } from '#domain/pricing.ts';
import type { NightPrices } from '#domain/pricing/nights.ts';
import type { Db } from './connect.ts';
import { findNightPrices } from './night-prices.ts';
import type { PropertyRow } from './properties.ts';

/** What a property asks by itself: all but the nights that have a price of their own. */
export type PriceColumns = Pick<
  PropertyRow,
  | 'nightlyMinor'
  | 'weekendMinor'
  | 'cleaningFeeMinor'
  | 'extraGuestFeeMinor'
  | 'guestsIncluded'
  | 'petFeeMinor'
  | 'weeklyDiscountPercent'
  | 'monthlyDiscountPercent'
  | 'lowestNightlyMinor'
  | 'earlyBirdPercent'
  | 'earlyBirdDays'
  | 'lastMinutePercent'
  | 'lastMinuteDays'
  | 'serviceFees'
  | 'taxes'
>;

/** The host's prices as pricing wants them for these nights. */
export async function readPricing(db: Db, property: PropertyRow, nights: Stay): Promise<Pricing> {
  return pricingOf(property, await findNightPrices(db, property, nights));
}

/** The same, where the prices of single nights have been read, or do not matter. */
export function pricingOf(row: PriceColumns, dated: NightPrices['dated'] = {}): Pricing {
  return {
    nightly: row.nightlyMinor,
    weekend: row.weekendMinor ?? undefined,
    dated,
    cleaningFee: row.cleaningFeeMinor,
    extraGuestFee: row.extraGuestFeeMinor,
    guestsIncluded: row.guestsIncluded,
    petFee: row.petFeeMinor,
    weeklyDiscountPercent: row.weeklyDiscountPercent,
    monthlyDiscountPercent: row.monthlyDiscountPercent,
    lowestNightly: row.lowestNightlyMinor ?? undefined,
    earlyBird: leadDiscount(row.earlyBirdPercent, row.earlyBirdDays),
    lastMinute: leadDiscount(row.lastMinutePercent, row.lastMinuteDays),
    serviceFees: row.serviceFees,
    taxes: row.taxes ?? undefined,
  };
}

function leadDiscount(percent: number, days: number): Pricing['earlyBird'] {
  return percent === 0 ? undefined : { percent, days };
}
