import type { z } from 'zod';
import { readPropertyLinks, replaceRooms } from '../availability/link-routes.ts';
import type { Links as LinksWire } from '../availability/link-routes.ts';
import { builder } from './builder.ts';
import { act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PROPERTY_ID } from './properties.ts';

const Links = builder
  .objectRef<z.output<typeof LinksWire>>('Links')
  .implement({
    description:
      'How a property hangs together with others. A stay in a home takes its rooms, one in a room the home.',
    fields: (t) => ({
      propertyId: t.exposeID('propertyId', { description: 'Whose.' }),
      homeId: t.exposeID('homeId', { nullable: true, description: 'The home that it is a room of.' }),
      roomIds: t.exposeIDList('roomIds', {
        description: 'The rooms of it that are offered each for itself.',
      }),
    }),
  });

builder.queryField('links', (t) =>
  t.field({
    type: Links,
    nullable: true,
    description: 'What your property is linked to.',
    args: { propertyId: t.arg.id(PROPERTY_ID) },
    resolve: (_root, { propertyId: id }, context) => call(readPropertyLinks, { params: { id } }, context),
  }),
);

const NewLinks = builder.inputType('NewLinks', {
  description: 'The rooms that a home is to have.',
  fields: (t) => ({
    roomIds: t.idList({
      required: true,
      description: 'Properties of yours, all that are to be rooms of it.',
    }),
  }),
});

builder.mutationField('setRooms', (t) =>
  t.field({
    type: Links,
    nullable: true,
    description:
      'Says which of your properties are rooms of this one, all of them. From then on a stay in the home takes the ' +
      'nights of all rooms, and one in a room those of the home; so it is with the bookings that are there. Where they ' +
      'lie on each other’s nights it is refused with `dates_unavailable`, and `bookingIds` says which. Nights that ' +
      'are blocked or imported in the one are not to be had in the other either.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      input: t.arg({ type: NewLinks, required: true, description: 'The rooms.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, input }, context) =>
      act(replaceRooms, { params: { id }, input }, context),
  }),
);
