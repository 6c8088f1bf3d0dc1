import { z } from 'zod';
import { readLinks, setRooms } from '#db/links.ts';
import { findProperty } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import { MAX_ROOMS_OF_HOME } from '#domain/availability/links.ts';
import type { Links as KnownLinks } from '#domain/availability/links.ts';
import { notFound } from '#domain/errors.ts';
import type { PropertyId } from '#domain/ids.ts';
import { todayIn } from '#domain/nights.ts';
import { endpoint } from '../endpoint.ts';
import { keeperOf } from '../properties/access.ts';
import { OfProperty } from '../properties/schemas.ts';
import { ok } from '../replies.ts';
import { IdOf } from '../schemas.ts';

export const Links = z
  .strictObject({
    propertyId: IdOf('property'),
    homeId: IdOf('property').optional().meta({ description: 'The home that it is a room of.' }),
    roomIds: z
      .array(IdOf('property'))
      .meta({ description: 'The rooms of it that are offered each for itself.' }),
  })
  .meta({
    id: 'Links',
    description:
      'How a property hangs together with others. A stay in a home takes its rooms, one in a room the home.',
  });

export const NewLinks = z.strictObject({
  roomIds: z
    .array(IdOf('property'))
    .max(MAX_ROOMS_OF_HOME)
    .refine((ids) => new Set(ids).size === ids.length, 'Must name each room once.')
    .meta({ description: 'Properties of yours, all that are to be rooms of this one.' }),
});

function presentLinks(propertyId: PropertyId, { homeId, roomIds }: KnownLinks): z.output<typeof Links> {
  return { propertyId, ...(homeId !== null && { homeId }), roomIds };
}

export const readPropertyLinks = endpoint({
  method: 'get',
  path: '/properties/{id}/links',
  auth: 'user',
  summary: 'Read what your property is linked to',
  params: OfProperty,
  output: { 200: Links },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    await keeperOf(db, params.id, actor);
    return ok(presentLinks(params.id, await readLinks(db, params.id)));
  },
});

export const replaceRooms = endpoint({
  method: 'put',
  path: '/properties/{id}/links',
  auth: 'user',
  summary: 'Say which of your properties are rooms of this one',
  description:
    'All of them: one that is left out is no room of it any more. From then on a stay in the home takes the nights of ' +
    'all rooms, and one in a room those of the home; so it is with the bookings that are there. Where they lie on each ' +
    'other’s nights it is refused, and `bookingIds` says which. Nights that are blocked or imported in the one are not ' +
    'to be had in the other either.',
  params: OfProperty,
  input: NewLinks,
  output: { 200: Links },
  problems: ['not_found', 'dates_unavailable'],
  async handle({ params: { id }, input: { roomIds }, actor, db, now }) {
    const at = now().toISOString();
    const property = await findProperty(db, id);
    if (property === undefined) throw notFound('property');
    const rooms = { roomIds, today: todayIn(property.timeZone, at), at };
    const links = await inTransaction(db, (trx) => setRooms(trx, { id, hostId: actor.id }, rooms));
    return ok(presentLinks(id, links));
  },
});

export const linkEndpoints = [readPropertyLinks, replaceRooms];
