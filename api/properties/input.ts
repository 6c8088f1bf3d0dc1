import type { z } from 'zod';
import type { NewProperty as NewRow, PropertyChanges as RowChanges, PropertyRow } from '#db/properties.ts';
import { DomainError } from '#domain/errors.ts';
import type { FieldError } from '#domain/errors.ts';
import { maximumChargeMinor } from '#domain/money.ts';
import type { NewProperty, PropertyChanges } from './schemas.ts';

/** The columns that the input sets; what it leaves out is undefined. */
export function columnsOf(input: z.output<typeof NewProperty>): Omit<NewRow, 'hostId'>;
export function columnsOf(input: z.output<typeof PropertyChanges>): RowChanges;
export function columnsOf(input: z.output<typeof PropertyChanges>): RowChanges {
  const { location = {}, pricing = {} } = input;
  return {
    title: input.title,
    description: input.description,
    roomType: input.roomType,
    latitude: location.latitude,
    longitude: location.longitude,
    address: location.address,
    timeZone: input.timeZone,
    currency: input.currency,
    capacity: input.capacity,
    bedrooms: input.bedrooms,
    beds: input.beds,
    bathrooms: input.bathrooms,
    amenities: input.amenities,
    photos: input.photos,
    checkInTime: input.checkInTime,
    checkOutTime: input.checkOutTime,
    bookingMode: input.bookingMode,
    cancellationPolicy: input.cancellationPolicy,
    nightlyMinor: pricing.nightly,
    weekendMinor: pricing.weekend,
    cleaningFeeMinor: pricing.cleaningFee,
    extraGuestFeeMinor: pricing.extraGuestFee,
    guestsIncluded: pricing.guestsIncluded,
    petFeeMinor: pricing.petFee,
    weeklyDiscountPercent: pricing.weeklyDiscountPercent,
    monthlyDiscountPercent: pricing.monthlyDiscountPercent,
  };
}

/**
 * No single price may be more than the bank can charge at once. It depends on the currency, which may have been set
 * earlier, so it is judged by the row that came of it; `at` is where in the input they stand. @throws DomainError
 * `invalid_input` naming every such price.
 */
export function requirePricesChargeable(row: PropertyRow, at = 'pricing.'): void {
  const most = maximumChargeMinor(row.currency);
  const prices = {
    nightly: row.nightlyMinor,
    weekend: row.weekendMinor,
    cleaningFee: row.cleaningFeeMinor,
    extraGuestFee: row.extraGuestFeeMinor,
    petFee: row.petFeeMinor,
    lowestNightly: row.lowestNightlyMinor,
    ...Object.fromEntries(
      (row.taxes ?? []).map((tax, index) => [
        `taxes.${index}.amount`,
        tax.charge === 'percent' ? null : tax.amount,
      ]),
    ),
  };
  const errors = Object.entries(prices)
    .filter(([, price]) => price !== null && price > most)
    .map(([name]): FieldError => ({
      path: at + name,
      message: `Must be ${most} at most in ${row.currency}.`,
    }));
  if (errors.length > 0) throw new DomainError('invalid_input', 'Please check the prices.', { errors });
}
