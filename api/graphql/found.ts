import type { z } from 'zod';
import type { Facet } from '#db/search/facets.ts';
import type { FoundStay as FoundStayWire } from '../properties/found.ts';
import type { Facets as FacetsWire, FoundPage } from '../properties/found.ts';
import { builder, enumOf } from './builder.ts';
import { Money } from './pricing.ts';
import { BookingMode, CancellationPolicy, Property, RoomType } from './properties.ts';

type Counted = z.output<typeof FacetsWire>;

export const SearchFacet = enumOf('SearchFacet', 'What can be counted among what is found.', {
  roomType: 'What guests get to themselves.',
  bookingMode: 'How a booking comes about.',
  cancellationPolicy: 'What a guest gets back who cancels.',
  amenities: 'The most frequent ones.',
  price: 'From what to what prices reach.',
} satisfies Record<Facet, string>);

const COUNT = { description: 'How many properties.' } as const;

const RoomTypeCount = builder
  .objectRef<NonNullable<Counted['roomType']>[number]>('RoomTypeCount')
  .implement({
    description: 'How many properties there are of a room type.',
    fields: (t) => ({
      value: t.expose('value', { type: RoomType, description: 'Which.' }),
      count: t.exposeInt('count', COUNT),
    }),
  });

const BookingModeCount = builder
  .objectRef<NonNullable<Counted['bookingMode']>[number]>('BookingModeCount')
  .implement({
    description: 'How many properties are booked in one way.',
    fields: (t) => ({
      value: t.expose('value', { type: BookingMode, description: 'Which.' }),
      count: t.exposeInt('count', COUNT),
    }),
  });

const CancellationPolicyCount = builder
  .objectRef<NonNullable<Counted['cancellationPolicy']>[number]>('CancellationPolicyCount')
  .implement({
    description: 'How many properties have a cancellation policy.',
    fields: (t) => ({
      value: t.expose('value', { type: CancellationPolicy, description: 'Which.' }),
      count: t.exposeInt('count', COUNT),
    }),
  });

const AmenityCount = builder
  .objectRef<NonNullable<Counted['amenities']>[number]>('AmenityCount')
  .implement({
    description: 'How many properties have an amenity.',
    fields: (t) => ({
      value: t.exposeString('value', { description: 'Which, as `amenities` takes it.' }),
      count: t.exposeInt('count', COUNT),
    }),
  });

const PriceRange = builder
  .objectRef<NonNullable<Counted['price']>[number]>('PriceRange')
  .implement({
    description: 'From what to what prices reach in a currency.',
    fields: (t) => ({
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      least: t.expose('least', { type: 'MinorUnits', description: 'The lowest.' }),
      most: t.expose('most', { type: 'MinorUnits', description: 'The highest.' }),
      count: t.exposeInt('count', COUNT),
    }),
  });

const Facets = builder
  .objectRef<Counted>('Facets')
  .implement({
    description:
      'What was asked to be counted, the most frequent first; null is what was not. The filter of a facet itself is ' +
      'left aside in its counts, but for amenities.',
    fields: (t) => ({
      count: t.exposeInt('count', { description: 'How many properties are found, on all pages.' }),
      isExact: t.exposeBoolean('isExact', { description: 'False: there are more than were looked at.' }),
      roomType: t.expose('roomType', {
        type: [RoomTypeCount],
        nullable: true,
        description: 'By what guests get to themselves.',
      }),
      bookingMode: t.expose('bookingMode', {
        type: [BookingModeCount],
        nullable: true,
        description: 'By how a booking comes about.',
      }),
      cancellationPolicy: t.expose('cancellationPolicy', {
        type: [CancellationPolicyCount],
        nullable: true,
        description: 'By what a guest gets back who cancels.',
      }),
      amenities: t.expose('amenities', {
        type: [AmenityCount],
        nullable: true,
        description: 'The most frequent ones.',
      }),
      price: t.expose('price', { type: [PriceRange], nullable: true, description: 'By currency.' }),
    }),
  });

const FoundStay = builder
  .objectRef<z.output<typeof FoundStayWire>>('FoundStay')
  .implement({
    description: 'A stay that can be booked now.',
    fields: (t) => ({
      checkIn: t.expose('checkIn', { type: 'CalendarDate', description: 'The first night.' }),
      checkOut: t.expose('checkOut', { type: 'CalendarDate', description: 'The morning after the last.' }),
      nights: t.exposeInt('nights', { description: 'How many.' }),
      total: t.expose('total', {
        type: Money,
        description: 'What the whole stay costs now, with fees and taxes, for `guests` or for one.',
      }),
    }),
  });

/** An entry of a search says of which stay it speaks; any other property speaks of none. */
builder.objectField(Property, 'stay', (t) =>
  t.field({
    type: FoundStay,
    nullable: true,
    description: 'What was found, in a search with dates; null everywhere else.',
    resolve: (property) => ('stay' in property ? (property.stay as z.output<typeof FoundStayWire>) : null),
  }),
);

export const SearchPage = builder
  .objectRef<z.output<typeof FoundPage>>('SearchPage')
  .implement({
    description: 'Some of the properties that a search finds.',
    fields: (t) => ({
      data: t.field({
        type: [Property],
        description: 'In the order of the list.',
        resolve: ({ data }) => data,
      }),
      nextCursor: t.exposeString('nextCursor', {
        nullable: true,
        description: 'For the next page, with the same arguments; null on the last.',
      }),
      facets: t.expose('facets', {
        type: Facets,
        nullable: true,
        description: 'Null where `facets` names none.',
      }),
    }),
  });
