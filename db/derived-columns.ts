import { randomBytes } from 'node:crypto';
import { amenityKey, blurredPoint } from '#domain/properties.ts';
import type { Point } from '#domain/properties.ts';

/** Columns of a property that follow from what its host sets. */
export interface DerivedColumns {
  blurredLatitude: number;
  blurredLongitude: number;
  amenityKeys: string[];
}

/** What they follow from. */
interface Sources {
  latitude?: number | undefined;
  longitude?: number | undefined;
  amenities?: string[] | undefined;
}

/** 128 bits that no one outside the row ever sees: they place the public point (`blurredPoint`). */
export function newLocationSalt(): string {
  return randomBytes(16).toString('base64url');
}

/** Those that have to be set anew with these changes; `base` is the row that they are made to. */
export function derivedColumns(
  { latitude, longitude, amenities }: Sources,
  base: Point & { locationSalt: string },
): Partial<DerivedColumns> {
  const derived: Partial<DerivedColumns> = {};
  if (latitude !== undefined || longitude !== undefined) {
    const exact = { latitude: latitude ?? base.latitude, longitude: longitude ?? base.longitude };
    const blurred = blurredPoint(exact, base.locationSalt);
    derived.blurredLatitude = blurred.latitude;
    derived.blurredLongitude = blurred.longitude;
  }
  if (amenities !== undefined) derived.amenityKeys = amenityKeysOf(amenities);
  return derived;
}

/** Each key once; an amenity that is all punctuation has none. */
export function amenityKeysOf(amenities: readonly string[], keyOf = amenityKey): string[] {
  const keys = new Set(amenities.map((amenity) => keyOf(amenity)));
  keys.delete('');
  return [...keys];
}
