import type { z } from 'zod';
import { DomainError, notFound } from '#domain/errors.ts';
import { isId } from '#domain/ids.ts';
import type { PropertyId } from '#domain/ids.ts';
import { mayKnowAddressOf, maySeeProperty } from '#domain/permissions.ts';
import { presentProperty, presentPublicProperty } from '../properties/presenter.ts';
import { searchForProperties } from '../properties/routes.ts';
import type { Property as PropertyWire } from '../properties/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { call } from './calls.ts';
import type { Context } from './context.ts';
import { PAGE, pageType } from './pages.ts';
import { PublicUser, Rating, User, publicUser } from './users.ts';

type Wire = z.output<typeof PropertyWire>;

/** The argument of what belongs to a property. */
export const PROPERTY_ID = { required: true, description: 'Of which property, as `prp_…`.' } as const;

export const CancellationPolicy = enumOf('CancellationPolicy', 'What a guest gets back who cancels.', {
  flexible:
    'Everything until a day before check-in; then all but the first night, or but the nights spent and one.',
  moderate: 'Everything until 5 days before check-in.',
  limited: 'Everything until 14 days before check-in, half until 7 days before.',
  firm: 'Everything until 30 days before check-in, half until 7 days before.',
  strict: 'Half until 7 days before check-in.',
  non_refundable: 'Nothing.',
  long_term: 'For stays of 28 nights or more: everything until 30 days before check-in.',
});

export const RoomType = enumOf('RoomType', 'What guests get to themselves.', {
  entire_home: 'All of it.',
  private_room: 'A room, in a home that is shared.',
  shared_room: 'A place in a room.',
  hotel_room: 'A room of a hotel.',
});

export const BookingMode = enumOf('BookingMode', 'How a booking comes about.', {
  instant: 'At once.',
  request: 'When the host accepts.',
});

const PropertyStatus = enumOf('PropertyStatus', 'Whether a property can be found and booked.', {
  draft: 'Not yet: its host is still at it.',
  published: 'Yes.',
  closed: 'No longer, by its host.',
  suspended: 'Not for now, by an operator.',
});

const Location = builder
  .objectRef<Wire['location']>('Location')
  .implement({
    description: 'A place on the earth, WGS 84.',
    fields: (t) => ({
      latitude: t.exposeFloat('latitude', { description: 'In degrees, north is positive.' }),
      longitude: t.exposeFloat('longitude', { description: 'In degrees, east is positive.' }),
      address: t.exposeString('address', {
        nullable: true,
        description: 'Null for whoever may not know it, and where the host has given none.',
      }),
    }),
  });

const Pricing = builder
  .objectRef<Wire['pricing']>('Pricing')
  .implement({
    description: 'What a host asks, in minor units of the currency of the property.',
    fields: (t) => ({
      nightly: t.expose('nightly', { type: 'MinorUnits', description: 'Of a night.' }),
      weekend: t.expose('weekend', {
        type: 'MinorUnits',
        nullable: true,
        description: 'Of a Friday or Saturday night; null where that is `nightly` too.',
      }),
      cleaningFee: t.expose('cleaningFee', { type: 'MinorUnits', description: 'Once a stay.' }),
      extraGuestFee: t.expose('extraGuestFee', {
        type: 'MinorUnits',
        description: 'A night, for each guest above those included.',
      }),
      guestsIncluded: t.exposeInt('guestsIncluded', {
        description: 'How many the price of a night includes.',
      }),
      petFee: t.expose('petFee', { type: 'MinorUnits', description: 'Once a stay with pets.' }),
      weeklyDiscountPercent: t.exposeInt('weeklyDiscountPercent', { description: 'From 7 nights.' }),
      monthlyDiscountPercent: t.exposeInt('monthlyDiscountPercent', {
        description: 'From 28 nights, in place of the weekly one.',
      }),
    }),
  });

export const Property = builder.objectRef<Wire>('Property');

Property.implement({
  description: 'What a host offers.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'As `prp_…`.' }),
    hostId: t.exposeID('hostId', { description: 'Whose it is.' }),
    host: t.field({
      type: PublicUser,
      description: 'Whose it is.',
      resolve: ({ hostId }, _args, context) => publicUser(hostId, context),
    }),
    title: t.exposeString('title', { description: 'A line.' }),
    description: t.exposeString('description', { description: 'Plain text; may be empty.' }),
    roomType: t.expose('roomType', { type: RoomType, description: 'What guests get to themselves.' }),
    location: t.expose('location', {
      type: Location,
      description: 'The exact place for those who may know it; for all others about 150 m off.',
    }),
    timeZone: t.exposeString('timeZone', {
      description: 'Of the IANA database; nights, check-in and check-out are reckoned in it.',
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217, of all its prices.' }),
    capacity: t.exposeInt('capacity', { description: 'Guests at most: adults and children.' }),
    bedrooms: t.exposeInt('bedrooms', { description: 'How many.' }),
    beds: t.exposeInt('beds', { description: 'How many.' }),
    bathrooms: t.exposeFloat('bathrooms', { description: 'How many; one without a bath is a half.' }),
    amenities: t.exposeStringList('amenities', { description: 'In the words of the host.' }),
    checkInTime: t.expose('checkInTime', { type: 'LocalTime', description: 'From when guests may come.' }),
    checkOutTime: t.expose('checkOutTime', { type: 'LocalTime', description: 'By when they must leave.' }),
    bookingMode: t.expose('bookingMode', { type: BookingMode, description: 'How a booking comes about.' }),
    cancellationPolicy: t.expose('cancellationPolicy', {
      type: CancellationPolicy,
      description: 'Of bookings made now.',
    }),
    pricing: t.expose('pricing', { type: Pricing, description: 'What the host asks.' }),
    status: t.expose('status', { type: PropertyStatus, description: 'Whether it can be found and booked.' }),
    rating: t.expose('rating', { type: Rating, description: 'Of the guests.' }),
    photos: t.exposeStringList('photos', { description: 'Addresses of pictures, the best first.' }),
    createdAt: t.expose('createdAt', { type: 'Instant', description: 'When the host began it.' }),
    updatedAt: t.expose('updatedAt', { type: 'Instant', description: 'When anything of it last changed.' }),
  }),
});

export const PropertyPage = pageType('PropertyPage', 'properties', Property);

/** A property as whoever asks sees it; undefined where it is none of their business. */
export async function propertyFor({ actor, loaders }: Context, id: PropertyId): Promise<Wire | undefined> {
  const row = await loaders.properties.load(id);
  if (row === undefined) return undefined;
  const expectedAt = actor && (await loaders.expectedAt.load(actor.id));
  if (mayKnowAddressOf(row, actor, expectedAt ?? new Set())) return presentProperty(row);
  return maySeeProperty(row, actor) ? presentPublicProperty(row) : undefined;
}

builder.queryField('property', (t) =>
  t.field({
    type: Property,
    nullable: true,
    description:
      'A published property, or one of your own. Refused with `not_found` where there is none that you may see.',
    args: { id: t.arg.id({ required: true, description: 'As `prp_…`.' }) },
    async resolve(_root, { id }, context) {
      const property = isId('property', id) ? await propertyFor(context, id) : undefined;
      if (property === undefined) throw notFound('property');
      return property;
    },
  }),
);

builder.objectField(User, 'properties', (t) =>
  t.field({
    type: PropertyPage,
    nullable: true,
    description: 'The properties you offer, of any status, the oldest first.',
    args: { limit: t.arg.int(PAGE.limit), cursor: t.arg.string(PAGE.cursor) },
    resolve({ id }, { limit, cursor }, context) {
      if (id !== context.actor?.id)
        throw new DomainError('forbidden', 'Only your own properties are listed.');
      return call(searchForProperties, { query: { hostId: 'me', limit, cursor } }, context);
    },
  }),
);
