import type { InputShapeFromFields } from '@pothos/core';
import type { SearchSort } from '#db/search.ts';
import { searchForProperties } from '../properties/routes.ts';
import { builder, enumOf } from './builder.ts';
import { call } from './calls.ts';
import { PAGE } from './pages.ts';
import { SearchFacet, SearchPage } from './found.ts';
import { CancellationPolicy, RoomType } from './properties.ts';

/** What a search costs by itself, whatever is asked of those it finds. */
const SEARCH_COST = 100;

const PropertySort = builder.enumType('PropertySort', {
  description: 'In what order properties are found.',
  values: {
    distance: { value: 'distance', description: 'The nearest first; needs `near` or `bbox`.' },
    relevance: {
      value: 'relevance',
      description: 'Words that stand as they were typed before those with typing errors; needs `q`.',
    },
    rating: { value: 'rating', description: 'The best rated first.' },
    price: { value: 'price', description: 'The cheapest stay first, or without dates the cheapest night.' },
    price_descending: { value: '-price', description: 'The other way round: `-price` in REST.' },
  } satisfies Record<string, { value: SearchSort; description: string }>,
});

const LengthInAMonth = enumOf('LengthInAMonth', 'How long a stay in a month is.', {
  weekend: 'From one of its Fridays to the Sunday.',
  week: 'Seven nights of it in a row.',
});

const PointInput = builder.inputType('PointInput', {
  description: 'A place on the earth, WGS 84.',
  fields: (t) => ({
    latitude: t.float({ required: true, description: 'In degrees, north is positive.' }),
    longitude: t.float({ required: true, description: 'In degrees, east is positive.' }),
  }),
});

const BoxInput = builder.inputType('BoxInput', {
  description: 'A part of the map, in degrees; with west > east it spans the date line.',
  fields: (t) => ({
    west: t.float({ required: true, description: 'Longitude where it begins.' }),
    south: t.float({ required: true, description: 'Latitude where it begins.' }),
    east: t.float({ required: true, description: 'Longitude where it ends.' }),
    north: t.float({ required: true, description: 'Latitude where it ends.' }),
  }),
});

const SEARCH_ARGS = builder.args((t) => ({
  near: t.field({ type: PointInput, description: 'The middle of a circle.' }),
  radiusKm: t.float({ description: 'How far from `near`; 25 unless given, 500 at most.' }),
  bbox: t.field({ type: BoxInput, description: 'A part of the map, in place of `near`.' }),
  checkIn: t.field({
    type: 'CalendarDate',
    description: 'With `checkOut`: only what is free and can be booked.',
  }),
  checkOut: t.field({
    type: 'CalendarDate',
    description: 'The morning after the last night, of 365 at most.',
  }),
  flexibleDays: t.int({
    description: 'The stay may begin so many days earlier or later, 3 at most. `stay` says what was found.',
  }),
  month: t.string({ description: 'In place of dates, as `2027-05`; with `stay`.' }),
  stay: t.field({
    type: LengthInAMonth,
    description: 'How long in `month`. The first that is possible is found.',
  }),
  guests: t.int({ description: 'How many have to find room.' }),
  minPrice: t.field({
    type: 'MinorUnits',
    description:
      'Of the whole stay where dates are given, else of a night, in minor units of the property’s own currency.',
  }),
  maxPrice: t.field({ type: 'MinorUnits', description: 'Likewise; both bounds are included.' }),
  currency: t.string({ description: 'Only properties with prices in it. ISO 4217.' }),
  roomType: t.field({ type: RoomType, description: 'What guests get to themselves.' }),
  minRating: t.float({ description: 'Stars, on average, from 1 to 5.' }),
  bedrooms: t.int({ description: 'At least.' }),
  beds: t.int({ description: 'At least.' }),
  instantOnly: t.boolean({ description: 'Only what is booked at once, without waiting for the host.' }),
  cancellationPolicy: t.field({ type: [CancellationPolicy], description: 'Any of them.' }),
  amenities: t.stringList({ description: 'All of them, in any spelling; 20 at most.' }),
  q: t.string({
    description:
      'Words, or parts of words, of title or description. In the title a word of 4 letters or more may have a typing error.',
  }),
  sort: t.field({
    type: PropertySort,
    description: 'By default `relevance` where `q` is given, `distance` where a place is, else `rating`.',
  }),
  facets: t.field({
    type: [SearchFacet],
    description: 'What to count, by its values, among all that is found.',
  }),
  limit: t.int(PAGE.limit),
  cursor: t.string(PAGE.cursor),
}));

type SearchArgs = InputShapeFromFields<typeof SEARCH_ARGS>;

/** As the query of `GET /properties` says it, so that one schema judges both. */
function asQuery(args: SearchArgs): Record<string, unknown> {
  const { near, bbox, amenities, instantOnly, cancellationPolicy, facets, ...rest } = args;
  return {
    ...rest,
    instantOnly: instantOnly?.toString(),
    cancellationPolicy: cancellationPolicy?.join(),
    facets: facets?.join(),
    near: near && [near.latitude, near.longitude].join(),
    bbox: bbox && [bbox.west, bbox.south, bbox.east, bbox.north].join(),
    amenities: amenities?.map((amenity) => amenity.replaceAll(',', ' ')).join(), // A comma parts them there, and says nothing in a name.
  };
}

builder.queryField('properties', (t) =>
  t.field({
    type: SearchPage,
    nullable: true,
    description:
      'Published properties that meet every condition. With dates: those that are free then and can be booked now.',
    args: SEARCH_ARGS,
    extensions: { cost: SEARCH_COST },
    resolve: (_root, args, context) => call(searchForProperties, { query: asQuery(args) }, context),
  }),
);
