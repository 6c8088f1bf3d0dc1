import {
  changeProperty,
  closeProperty,
  createProperty,
  publishProperty,
  removeProperty,
} from '../properties/routes.ts';
import { builder } from './builder.ts';
import { KEY_IF_ANY, act, done } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { BookingMode, CancellationPolicy, Property, RoomType } from './properties.ts';

const ID = { required: true, description: 'As `prp_…`.' } as const;

const TAKEN_AWAY = 'Null takes it away.';
const PLACE = {
  latitude: 'In degrees, north is positive.',
  longitude: 'In degrees, east is positive.',
  address: 'Told to confirmed guests alone.',
};
const PRICES = { nightly: 'Of a night.', weekend: 'Of a Friday or Saturday night, in place of `nightly`.' };

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0];

/** What both a new property and a changed one may leave out. */
const optionalFields = (t: InputFields) => ({
  description: t.string({ description: 'Plain text.' }),
  bedrooms: t.int({ description: 'How many.' }),
  beds: t.int({ description: 'How many.' }),
  bathrooms: t.float({ description: 'How many; one without a bath is a half.' }),
  amenities: t.stringList({ description: 'In the words of the host.' }),
  photos: t.stringList({ description: 'Addresses of pictures, the best first.' }),
  checkInTime: t.field({ type: 'LocalTime', description: 'From when guests may come.' }),
  checkOutTime: t.field({ type: 'LocalTime', description: 'By when they must leave.' }),
  bookingMode: t.field({ type: BookingMode, description: 'How a booking comes about.' }),
  cancellationPolicy: t.field({ type: CancellationPolicy, description: 'Of bookings made from now on.' }),
});

/** What a new property must say; a changed one need not. */
const houseFields = (t: InputFields, { required }: { required: boolean }) => ({
  title: t.string({ required, description: 'A line.' }),
  roomType: t.field({ type: RoomType, required, description: 'What guests get to themselves.' }),
  timeZone: t.string({ required, description: 'Of the IANA database; nights are reckoned in it.' }),
  currency: t.string({ required, description: 'ISO 4217, of all its prices.' }),
  capacity: t.int({ required, description: 'Guests at most: adults and children.' }),
});

const feeFields = (t: InputFields) => ({
  cleaningFee: t.field({ type: 'MinorUnits', description: 'Once a stay.' }),
  extraGuestFee: t.field({
    type: 'MinorUnits',
    description: 'A night, for each guest above those included.',
  }),
  guestsIncluded: t.int({ description: 'How many the price of a night includes.' }),
  petFee: t.field({ type: 'MinorUnits', description: 'Once a stay with pets.' }),
  weeklyDiscountPercent: t.int({ description: 'From 7 nights.' }),
  monthlyDiscountPercent: t.int({ description: 'From 28 nights, in place of the weekly one.' }),
});

const NewLocation = builder.inputType('NewLocation', {
  description: 'The exact place of a property, WGS 84.',
  fields: (t) => ({
    latitude: t.float({ required: true, description: PLACE.latitude }),
    longitude: t.float({ required: true, description: PLACE.longitude }),
    address: t.string({ description: PLACE.address }),
  }),
});

const NewPricing = builder.inputType('NewPricing', {
  description: 'What a host asks, in minor units of the currency of the property.',
  fields: (t) => ({
    nightly: t.field({ type: 'MinorUnits', required: true, description: PRICES.nightly }),
    weekend: t.field({ type: 'MinorUnits', description: PRICES.weekend }),
    ...feeFields(t),
  }),
});

const NewProperty = builder.inputType('NewProperty', {
  description: 'What a host is going to offer.',
  fields: (t) => ({
    ...houseFields(t, { required: true }),
    ...optionalFields(t),
    location: t.field({
      type: NewLocation,
      required: true,
      description: 'Only you and confirmed guests see it.',
    }),
    pricing: t.field({ type: NewPricing, required: true, description: 'What you ask.' }),
  }),
});

builder.mutationField('createProperty', (t) =>
  t.field({
    type: Property,
    nullable: true,
    description:
      'Offers a property. It begins as a draft: `publishProperty` publishes it. The first makes you a host.',
    args: {
      input: t.arg({ type: NewProperty, required: true, description: 'What you offer.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, asked, context) => act(createProperty, asked, context),
  }),
);

const LocationChanges = builder.inputType('LocationChanges', {
  description: 'Where else it is. Latitude and longitude belong together.',
  fields: (t) => ({
    latitude: t.float({ description: PLACE.latitude }),
    longitude: t.float({ description: PLACE.longitude }),
    address: t.string({ description: `${PLACE.address} ${TAKEN_AWAY}` }),
  }),
});

const PricingChanges = builder.inputType('PricingChanges', {
  description: 'What else a host asks; what is left out stays.',
  fields: (t) => ({
    nightly: t.field({ type: 'MinorUnits', description: PRICES.nightly }),
    weekend: t.field({ type: 'MinorUnits', description: `${PRICES.weekend} ${TAKEN_AWAY}` }),
    ...feeFields(t),
  }),
});

const PropertyChanges = builder.inputType('PropertyChanges', {
  description:
    'What is to change of a property; what is left out stays. Bookings keep what they were made with.',
  fields: (t) => ({
    ...houseFields(t, { required: false }),
    ...optionalFields(t),
    location: t.field({ type: LocationChanges, description: 'Where else it is.' }),
    pricing: t.field({ type: PricingChanges, description: 'What else you ask.' }),
  }),
});

builder.mutationField('updateProperty', (t) =>
  t.field({
    type: Property,
    nullable: true,
    description: 'Changes your property. Refused with `not_found` for anyone else’s.',
    args: {
      id: t.arg.id(ID),
      input: t.arg({ type: PropertyChanges, required: true, description: 'What is to change.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, input }, context) => act(changeProperty, { params: { id }, input }, context),
  }),
);

builder.mutationField('publishProperty', (t) =>
  t.field({
    type: Property,
    nullable: true,
    description: 'Publishes your property: it can be found and booked.',
    args: { id: t.arg.id(ID) },
    extensions: { cost: ACT_COST },
    resolve: (_root, params, context) => act(publishProperty, { params }, context),
  }),
);

builder.mutationField('closeProperty', (t) =>
  t.field({
    type: Property,
    nullable: true,
    description: 'Closes your property. It takes no new bookings and is found no more. Those it has stand.',
    args: { id: t.arg.id(ID) },
    extensions: { cost: ACT_COST },
    resolve: (_root, params, context) => act(closeProperty, { params }, context),
  }),
);

builder.mutationField('deleteProperty', (t) =>
  t.boolean({
    nullable: true,
    description:
      'Deletes your property. Refused with `property_in_use` while nights that have not passed are booked or held. ' +
      'True once that is done.',
    args: { id: t.arg.id(ID) },
    extensions: { cost: ACT_COST },
    resolve: (_root, params, context) => done(act(removeProperty, { params }, context)),
  }),
);
