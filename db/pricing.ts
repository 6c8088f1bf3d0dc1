import type { Pricing } from '#domain/pricing.ts';
import type { PropertyRow } from './properties.ts';

/** The host's prices as pricing wants them. */
export function pricingOf(property: PropertyRow): Pricing {
  return {
    nightly: property.nightlyMinor,
    weekend: property.weekendMinor ?? undefined,
    cleaningFee: property.cleaningFeeMinor,
    extraGuestFee: property.extraGuestFeeMinor,
    guestsIncluded: property.guestsIncluded,
    petFee: property.petFeeMinor,
    weeklyDiscountPercent: property.weeklyDiscountPercent,
    monthlyDiscountPercent: property.monthlyDiscountPercent,
  };
}
