import type { z } from 'zod';
import type { PropertyRow } from '#db/properties.ts';
import type { PublicProperty } from '#db/search/columns.ts';
import type { Property } from './schemas.ts';

type Wire = z.output<typeof Property>;

/** For everyone: the blurred point, and no address. */
export function presentPublicProperty(row: PublicProperty): Wire {
  return presentAt(row, { latitude: row.blurredLatitude, longitude: row.blurredLongitude });
}

/** For those who may know the address: `mayKnowAddressOf` in domain/permissions.ts. */
export function presentProperty(row: PropertyRow): Wire {
  const { latitude, longitude, address } = row;
  return presentAt(row, { latitude, longitude, ...(address !== null && { address }) });
}

function presentAt(row: PublicProperty, location: Wire['location']): Wire {
  return {
    id: row.id,
    hostId: row.hostId,
    title: row.title,
    description: row.description,
    roomType: row.roomType,
    location,
    timeZone: row.timeZone,
    currency: row.currency,
    capacity: row.capacity,
    bedrooms: row.bedrooms,
    beds: row.beds,
    bathrooms: row.bathrooms,
    amenities: row.amenities,
    checkInTime: row.checkInTime,
    checkOutTime: row.checkOutTime,
    bookingMode: row.bookingMode,
    cancellationPolicy: row.cancellationPolicy,
    pricing: presentPricing(row),
    status: row.status,
    rating: { average: row.ratingAverage, count: row.ratingCount },
    photos: row.photos,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function presentPricing(row: PublicProperty): Wire['pricing'] {
  return {
    nightly: row.nightlyMinor,
    ...(row.weekendMinor !== null && { weekend: row.weekendMinor }),
    cleaningFee: row.cleaningFeeMinor,
    extraGuestFee: row.extraGuestFeeMinor,
    guestsIncluded: row.guestsIncluded,
    petFee: row.petFeeMinor,
    weeklyDiscountPercent: row.weeklyDiscountPercent,
    monthlyDiscountPercent: row.monthlyDiscountPercent,
  };
}
