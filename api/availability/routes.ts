import { z } from 'zod';
import { deleteBlock, findBlock, insertBlock, listBlocks } from '#db/blocks.ts';
import { readCalendar } from '#db/calendar.ts';
import type { Db } from '#db/connect.ts';
import { claim } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import { readStayRules, setStayRules } from '#db/stay-rules.ts';
import { inTransaction } from '#db/transaction.ts';
import { notFound } from '#domain/errors.ts';
import type { BlockId, PropertyId } from '#domain/ids.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { readPricing } from '#db/pricing.ts';
import { keeperOf, visibleProperty } from '../properties/access.ts';
import { OfProperty } from '../properties/schemas.ts';
import { created, noContent, ok } from '../replies.ts';
import { IdOf, PageQuery, pageOf } from '../schemas.ts';
import { presentBlock, presentCalendar } from './presenter.ts';
import { NewStayRules, StayRules } from './rule-schemas.ts';
import { Block, Calendar, CalendarQuery, NewBlock } from './schemas.ts';

const OfBlock = z.strictObject({ id: IdOf('property'), blockId: IdOf('block') });

async function blockOf(db: Db, propertyId: PropertyId, id: BlockId) {
  const block = await findBlock(db, propertyId, id);
  if (block === undefined) throw notFound('block');
  return created(presentBlock(block));
}

export const readPropertyCalendar = endpoint({
  method: 'get',
  path: '/properties/{id}/calendar',
  auth: 'optional',
  summary: 'Read a calendar, night by night',
  description: `At most a year. Who is not the host learns that a night is not available, and not why.`,
  params: OfProperty,
  query: CalendarQuery,
  output: { 200: Calendar },
  problems: ['not_found'],
  async handle({ params, query, actor, db, now }) {
    const property = await visibleProperty(db, params.id, actor);
    const span = { checkIn: query.from, checkOut: query.to };
    const { currency, timeZone: zone } = property;
    const [calendar, pricing] = await Promise.all([
      readCalendar(db, property.id, span),
      readPricing(db, property, span),
    ]);
    const request = { ...calendar, span, pricing, currency, zone, at: now().toISOString() };
    return ok(presentCalendar(property.id, request, { forHost: property.hostId === actor?.id }));
  },
});

export const createBlock = endpoint({
  method: 'post',
  path: '/properties/{id}/blocks',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Block nights',
  description: 'Keeps nights from being booked. Blocks may overlap each other, but no booking.',
  params: OfProperty,
  input: NewBlock,
  output: { 201: Block },
  problems: ['not_found', 'dates_unavailable'],
  async handle({ params, input, actor, once, db }) {
    const { from, to, note = null } = input;
    const property = { id: params.id, hostId: actor.id };
    return inTransaction(db, async (trx) => {
      const { fresh, resourceId } = await claim(trx, once, newId('block'));
      const id = resourceId as BlockId;
      if (!fresh) return blockOf(trx, property.id, id);
      return created(presentBlock(await insertBlock(trx, property, { id, from, to, note })));
    });
  },
  replay: ({ db, params, resourceId }) => blockOf(db, params.id, resourceId as BlockId),
});

export const listPropertyBlocks = endpoint({
  method: 'get',
  path: '/properties/{id}/blocks',
  auth: 'user',
  summary: 'List the blocks of your property, the oldest first',
  params: OfProperty,
  query: PageQuery,
  output: { 200: pageOf(Block) },
  problems: ['not_found'],
  async handle({ params, query, actor, db }) {
    await keeperOf(db, params.id, actor);
    const after = decodeCursor(IdOf('block'), query.cursor);
    const rows = await listBlocks(db, params.id, { after, limit: query.limit + 1 });
    return ok(page(rows, query.limit, { present: presentBlock, positionOf: ({ id }) => id }));
  },
});

export const removeBlock = endpoint({
  method: 'delete',
  path: '/properties/{id}/blocks/{blockId}',
  auth: 'user',
  summary: 'Free blocked nights',
  description:
    'By the host; those of a booking that the host has cancelled (`cancelledBookingId`) by an operator alone.',
  params: OfBlock,
  output: { 204: null },
  problems: ['not_found', 'forbidden'],
  async handle({ params, actor, db, now }) {
    const by = await keeperOf(db, params.id, actor);
    const block = { id: params.blockId, by, actorId: actor.id, at: now().toISOString() };
    await inTransaction(db, (trx) => deleteBlock(trx, params.id, block));
    return noContent();
  },
});

export const readRules = endpoint({
  method: 'get',
  path: '/properties/{id}/rules',
  auth: 'optional',
  summary: 'Read the rules for stays',
  params: OfProperty,
  output: { 200: StayRules },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    const { id } = await visibleProperty(db, params.id, actor);
    return ok(await readStayRules(db, id));
  },
});

export const replaceRules = endpoint({
  method: 'put',
  path: '/properties/{id}/rules',
  auth: 'user',
  summary: 'Set the rules for stays',
  description: 'All of them: a rule left out goes back to its default. Bookings made before are not touched.',
  params: OfProperty,
  input: NewStayRules,
  output: { 200: StayRules },
  problems: ['not_found'],
  async handle({ params, input, actor, db }) {
    const property = { id: params.id, hostId: actor.id };
    return ok(await inTransaction(db, (trx) => setStayRules(trx, property, input)));
  },
});

export const availabilityEndpoints = [
  readPropertyCalendar,
  createBlock,
  listPropertyBlocks,
  removeBlock,
  readRules,
  replaceRules,
];
