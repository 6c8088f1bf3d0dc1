import { findExpectedAt } from '#db/bookings.ts';
import { claim } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import {
  deleteProperty,
  findProperty,
  insertProperty,
  listPropertiesOf,
  setPublication,
  updateProperty,
} from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { searchProperties } from '#db/search.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { todayIn } from '#domain/nights.ts';
import { mayKnowAddressOf, maySeeProperty } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { decodeCursor, page } from '../cursors.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { created, noContent, ok, raw } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { FoundPage, presentFound } from './found.ts';
import { columnsOf, requirePricesChargeable } from './input.ts';
import { presentProperty, presentPublicProperty } from './presenter.ts';
import { OfProperty, NewProperty, Property, PropertyChanges } from './schemas.ts';
import { SearchPages } from './search-cache.ts';
import { SearchQuery, searchOf } from './search.ts';

/** As its host and expected guests see it; for whoever does not see it at all there is none. */
async function ownView(db: ApiDeps['db'], id: PropertyId, actor: Actor) {
  const row = await findProperty(db, id);
  if (row === undefined) throw notFound('property');
  if (await knowsAddress(db, row, actor)) return ok(presentProperty(row));
  if (maySeeProperty(row, actor)) return ok(presentPublicProperty(row));
  throw notFound('property');
}

async function knowsAddress(
  db: ApiDeps['db'],
  property: { id: PropertyId; hostId: UserId },
  actor: Actor,
): Promise<boolean> {
  const expectedAt = (await findExpectedAt(db, [actor.id])).get(actor.id) ?? new Set();
  return mayKnowAddressOf(property, actor, expectedAt);
}

export const createProperty = endpoint({
  method: 'post',
  path: '/properties',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Offer a property',
  description:
    'It begins as a draft: `PUT /properties/{id}/publication` publishes it. The first makes you a host.',
  input: NewProperty,
  output: { 201: Property },
  async handle({ input, actor, once, db }) {
    const row = await inTransaction(db, async (trx) => {
      const { fresh, resourceId } = await claim(trx, once, newId('property'));
      const id = resourceId as PropertyId;
      if (!fresh) return findProperty(trx, id);
      const inserted = await insertProperty(trx, { ...columnsOf(input), id, hostId: actor.id });
      requirePricesChargeable(inserted);
      return inserted;
    });
    if (row === undefined) throw notFound('property');
    return created(presentProperty(row), { location: `/properties/${row.id}` });
  },
  async replay({ db, resourceId, actor }) {
    const { body } = await ownView(db, resourceId as PropertyId, actor);
    return created(body, { location: `/properties/${resourceId}` });
  },
});

export const readProperty = endpoint({
  method: 'get',
  path: '/properties/{id}',
  auth: 'optional',
  summary: 'Read a property',
  description:
    'Its host, and guests from the confirmation of their stay to its end, see the exact place and also what is not ' +
    'published any more.',
  params: OfProperty,
  output: { 200: Property },
  problems: ['not_found'],
  async handle({ params: { id }, actor, db, properties }) {
    const copy = await properties.read(id);
    if (actor !== undefined && (copy === undefined || (await knowsAddress(db, { ...copy, id }, actor)))) {
      return ownView(db, id, actor);
    }
    if (copy === undefined) throw notFound('property');
    return raw(copy.bytes, copy.headers);
  },
});

export const searchForProperties = endpoint({
  method: 'get',
  path: '/properties',
  auth: 'optional',
  limit: 'search',
  summary: 'Search properties, or list your own',
  description:
    'Published ones that meet every condition. With dates: those that are free then and can be booked now, each with ' +
    'the price of the whole stay. ' +
    'Prices are compared in minor units, each in its own currency: give `currency` to keep to one.',
  query: SearchQuery,
  output: { 200: FoundPage },
  async handle({ query, actor, db, properties, now }) {
    if (query.hostId === 'me') return ownProperties(query, actor, db);
    const search = searchOf(query, now());
    const find = async () => presentFound(await searchProperties(db, search), search);
    if (!SearchPages.keeps(search)) return ok(await find());
    const { bytes, headers } = await properties.pages.read(search, find);
    return raw(bytes, headers);
  },
});

async function ownProperties(query: SearchQuery, actor: Actor | undefined, db: ApiDeps['db']) {
  if (actor === undefined) throw new DomainError('unauthenticated', 'Sign in to list your own properties.');
  const { hostId: _, limit, cursor, ...filters } = query;
  const [filter] = Object.entries(filters).find(([, value]) => value !== undefined) ?? [];
  if (filter !== undefined) throw invalidInput(filter, 'Your own properties are listed without a filter.');
  const after = decodeCursor(IdOf('property'), cursor);
  const rows = await listPropertiesOf(db, actor.id, { after, limit: limit + 1 });
  return ok(page(rows, limit, { present: presentProperty, positionOf: ({ id }) => id }));
}

/** Commits a change of the actor's property, and lets nobody see the old copy once it is answered. */
async function change(
  { db, properties }: Pick<ApiDeps, 'db' | 'properties'>,
  id: PropertyId,
  act: Parameters<typeof inTransaction<PropertyRow>>[1],
) {
  const row = await inTransaction(db, act);
  await properties.drop(id);
  return ok(presentProperty(row));
}

export const changeProperty = endpoint({
  method: 'patch',
  path: '/properties/{id}',
  auth: 'user',
  summary: 'Change your property',
  description:
    'What is left out stays. Bookings keep what they were made with; null takes an address or a weekend price away.',
  params: OfProperty,
  input: PropertyChanges,
  output: { 200: Property },
  problems: ['not_found'],
  async handle({ params, input, actor, ...deps }) {
    const property = { id: params.id, hostId: actor.id };
    return change(deps, params.id, async (trx) => {
      const row = await updateProperty(trx, property, columnsOf(input));
      requirePricesChargeable(row);
      return row;
    });
  },
});

export const publishProperty = endpoint({
  method: 'put',
  path: '/properties/{id}/publication',
  auth: 'user',
  summary: 'Publish your property',
  params: OfProperty,
  output: { 200: Property },
  problems: ['not_found', 'forbidden'],
  async handle({ params, actor, ...deps }) {
    const property = { id: params.id, hostId: actor.id };
    return change(deps, params.id, (trx) => setPublication(trx, property, 'published'));
  },
});

export const closeProperty = endpoint({
  method: 'delete',
  path: '/properties/{id}/publication',
  auth: 'user',
  summary: 'Close your property',
  description: 'It takes no new bookings and is found no more. Those it has stand.',
  params: OfProperty,
  output: { 200: Property },
  problems: ['not_found', 'forbidden'],
  async handle({ params, actor, ...deps }) {
    const property = { id: params.id, hostId: actor.id };
    return change(deps, params.id, (trx) => setPublication(trx, property, 'closed'));
  },
});

export const removeProperty = endpoint({
  method: 'delete',
  path: '/properties/{id}',
  auth: 'user',
  summary: 'Delete your property',
  description: 'Refused while nights that have not passed are booked or held.',
  params: OfProperty,
  output: { 204: null },
  problems: ['not_found', 'property_in_use'],
  async handle({ params, actor, db, properties, now }) {
    const property = { id: params.id, hostId: actor.id };
    const at = now().toISOString();
    await inTransaction(db, (trx) =>
      deleteProperty(trx, property, { now: at, today: (zone) => todayIn(zone, at) }),
    );
    await properties.drop(params.id);
    return noContent();
  },
});

export const propertyEndpoints = [
  createProperty,
  searchForProperties,
  readProperty,
  changeProperty,
  removeProperty,
  publishProperty,
  closeProperty,
];
