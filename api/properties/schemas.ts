import { z } from 'zod';
import {
  CANCELLATION_POLICIES,
  LONG_TERM_FROM_NIGHTS,
  OFFERED_POLICIES,
} from '#domain/cancellation/policies.ts';
import { isCurrency } from '#domain/money.ts';
import { isLocalTime, isTimeZone } from '#domain/nights.ts';
import { MAX_DISCOUNT_PERCENT } from '#domain/pricing/discounts.ts';
import { BOOKING_MODES, PROPERTY_LIMITS, PROPERTY_STATUSES, ROOM_TYPES } from '#domain/properties.ts';
import { CurrencyCode, IdOf, Instant, MinorUnits } from '../schemas.ts';

/** The path of a property, and of what belongs to it. */
export const OfProperty = z.strictObject({ id: IdOf('property') });

const LINE = /^\P{Cc}*$/u;
const TEXT = /^[\P{Cc}\n\r\t]*$/u;

const Title = z
  .string()
  .trim()
  .min(1, 'Must not be empty.')
  .max(PROPERTY_LIMITS.titleLength)
  .regex(LINE, 'Must be on one line.')
  .meta({ example: 'Canal-side flat' });
const Description = z
  .string()
  .trim()
  .max(PROPERTY_LIMITS.descriptionLength)
  .regex(TEXT, 'Must be plain text.')
  .meta({ example: 'Two rooms over the water.' });
const Latitude = z.number().min(-90).max(90).meta({ example: 53.4808 });
const Longitude = z.number().min(-180).max(180).meta({ example: -2.2426 });
const Address = z
  .string()
  .trim()
  .min(1, 'Must not be empty.')
  .max(PROPERTY_LIMITS.addressLength)
  .regex(TEXT, 'Must be plain text.');
const Amenities = z
  .array(
    z
      .string()
      .trim()
      .min(1, 'Must not be empty.')
      .max(PROPERTY_LIMITS.amenityLength)
      .regex(LINE, 'Must be on one line.'),
  )
  .max(PROPERTY_LIMITS.amenities)
  .transform((names) => [...new Set(names)])
  .meta({ example: ['Wifi', 'Kitchen'] });
const Photos = z
  .array(z.url({ protocol: /^https?$/ }).max(PROPERTY_LIMITS.photoAddressLength))
  .max(PROPERTY_LIMITS.photos)
  .meta({ description: 'Addresses of pictures, the best first.' });
const TimeZone = z
  .string()
  .refine(isTimeZone, 'Must be a zone of the IANA time zone database.')
  .meta({ description: 'Nights, check-in and check-out are reckoned in it.', example: 'Europe/London' });
const Currency = CurrencyCode.refine(isCurrency, 'Must be a currency in use.');
const TimeOfDay = z.string().refine(isLocalTime, 'Must be a time of day, HH:MM.').meta({ example: '15:00' });
const BookingMode = z
  .enum(BOOKING_MODES)
  .meta({ description: 'Booked at once, or only when the host accepts within a day.' });
const Policy = z
  .enum(OFFERED_POLICIES)
  .meta({
    description: `Of a stay of ${LONG_TERM_FROM_NIGHTS} nights or more, \`long_term\` takes its place.`,
  });

/** At most what the bank can charge; how much that is depends on the currency and is checked with it. */
const Price = MinorUnits.min(0);
const Percent = z.int().min(0).max(MAX_DISCOUNT_PERCENT);

export const PRICING = {
  nightly: Price.meta({ description: 'Of a night.', example: 10_000 }),
  weekend: Price.meta({ description: 'Of a Friday or Saturday night, in place of `nightly`.' }),
  cleaningFee: Price.meta({ description: 'Once a stay.' }),
  extraGuestFee: Price.meta({ description: 'A night, for each guest above those included.' }),
  guestsIncluded: z.int().min(1).max(PROPERTY_LIMITS.capacity),
  petFee: Price.meta({ description: 'Once a stay with pets.' }),
  weeklyDiscountPercent: Percent.meta({ description: 'From 7 nights.' }),
  monthlyDiscountPercent: Percent.meta({ description: 'From 28 nights, in place of the weekly one.' }),
};
const OptionalPricing = z.strictObject(PRICING).partial().shape;
const PRICES = 'Amounts in minor units of the currency of the property.';

const HOUSE = {
  roomType: z.enum(ROOM_TYPES),
  timeZone: TimeZone,
  currency: Currency,
  capacity: z.int().min(1).max(PROPERTY_LIMITS.capacity).meta({ description: 'Guests at most.' }),
};
const OPTIONAL_HOUSE = {
  description: Description.optional(),
  bedrooms: z.int().min(0).max(PROPERTY_LIMITS.bedrooms).optional(),
  beds: z.int().min(0).max(PROPERTY_LIMITS.beds).optional(),
  bathrooms: z.number().min(0).max(PROPERTY_LIMITS.bathrooms).multipleOf(0.5).optional(),
  amenities: Amenities.optional(),
  photos: Photos.optional(),
  checkInTime: TimeOfDay.optional(),
  checkOutTime: TimeOfDay.optional(),
  bookingMode: BookingMode.optional(),
  cancellationPolicy: Policy.optional(),
};

export const NewProperty = z.strictObject({
  title: Title,
  ...HOUSE,
  ...OPTIONAL_HOUSE,
  location: z
    .strictObject({ latitude: Latitude, longitude: Longitude, address: Address.optional() })
    .meta({ description: 'The exact place. Only you and confirmed guests see it.' }),
  pricing: z.strictObject({ ...OptionalPricing, nightly: PRICING.nightly }).meta({ description: PRICES }),
});

/** What is left out stays as it is; null takes an address or a weekend price away. */
export const PropertyChanges = z.strictObject({
  title: Title.optional(),
  ...z.strictObject(HOUSE).partial().shape,
  ...OPTIONAL_HOUSE,
  location: z
    .strictObject({
      latitude: Latitude.optional(),
      longitude: Longitude.optional(),
      address: Address.nullable().optional(),
    })
    .refine(({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined), {
      message: 'Latitude and longitude belong together.',
    })
    .optional(),
  pricing: z
    .strictObject({ ...OptionalPricing, weekend: PRICING.weekend.nullable().optional() })
    .meta({ description: PRICES })
    .optional(),
});

export const Property = z
  .strictObject({
    id: IdOf('property'),
    hostId: IdOf('user'),
    title: z.string(),
    description: z.string(),
    roomType: z.enum(ROOM_TYPES),
    location: z
      .strictObject({ latitude: z.number(), longitude: z.number(), address: z.string().optional() })
      .meta({ description: 'About 150 m off, but for the host and confirmed guests.' }),
    timeZone: z.string(),
    currency: CurrencyCode,
    capacity: z.int(),
    bedrooms: z.int(),
    beds: z.int(),
    bathrooms: z.number(),
    amenities: z.array(z.string()),
    checkInTime: z.string(),
    checkOutTime: z.string(),
    bookingMode: z.enum(BOOKING_MODES),
    cancellationPolicy: z.enum(CANCELLATION_POLICIES),
    pricing: z
      .strictObject({ ...PRICING, weekend: PRICING.weekend.optional() })
      .meta({ description: PRICES }),
    status: z.enum(PROPERTY_STATUSES),
    rating: z.strictObject({ average: z.number().nullable(), count: z.int() }),
    photos: z.array(z.string()),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Property', description: 'What a host offers.' });
