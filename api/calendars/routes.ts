import { z } from 'zod';
import { countImported, findCalendar, insertCalendar, listCalendars, removeCalendar } from '#db/calendars.ts';
import type { CalendarRow } from '#db/calendars.ts';
import type { Db } from '#db/connect.ts';
import { claim } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import { inTransaction } from '#db/transaction.ts';
import { MAX_CALENDARS, SYNC_EVERY_MINUTES } from '#domain/calendars.ts';
import { invalidInput, notFound } from '#domain/errors.ts';
import type { CalendarId, PropertyId } from '#domain/ids.ts';
import { addressFault } from '#domain/outgoing.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { keeperOf } from '../properties/access.ts';
import { OfProperty } from '../properties/schemas.ts';
import { accepted, created, noContent, ok } from '../replies.ts';
import { IdOf, PageQuery, pageOf } from '../schemas.ts';
import { conflictEndpoints } from './conflict-routes.ts';
import { exportEndpoints } from './export-routes.ts';
import { presentCalendar } from './presenter.ts';
import { ImportedCalendar, NewImportedCalendar } from './schemas.ts';

const OfCalendar = z.strictObject({ id: IdOf('property'), calendarId: IdOf('calendar') });

async function calendarOf(db: Db, propertyId: PropertyId, id: CalendarId): Promise<CalendarRow> {
  const calendar = await findCalendar(db, propertyId, id);
  if (calendar === undefined) throw notFound('calendar');
  return calendar;
}

async function bodyOf(db: Db, row: CalendarRow, by: 'host' | 'operator') {
  const counts = await countImported(db, [row.id]);
  return presentCalendar(row, { counts: counts.get(row.id), forHost: by === 'host' });
}

export const importCalendar = endpoint({
  method: 'post',
  path: '/properties/{id}/calendars',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Import a calendar',
  description:
    `Nights that another platform says are taken are taken here too: at once, and then as it changes, looked at every ` +
    `${SYNC_EVERY_MINUTES} minutes or so. At most ${MAX_CALENDARS} of a property. No booking ever gives way to it: where ` +
    'both have a night there is a conflict for you to decide. A calendar that cannot be read, or is empty all of a ' +
    'sudden, frees nothing.',
  params: OfProperty,
  input: NewImportedCalendar,
  output: { 201: ImportedCalendar },
  problems: ['not_found', 'calendar_limit'],
  async handle({ params, input, actor, once, db, now, calendars, settings }) {
    const fault = addressFault(input.url, { anywhere: settings.outgoingAnywhere });
    if (fault !== undefined) throw invalidInput('url', fault);
    const property = { id: params.id, hostId: actor.id };
    const at = now().toISOString();
    const row = await inTransaction(db, async (trx) => {
      const { fresh, resourceId } = await claim(trx, once, newId('calendar'));
      const id = resourceId as CalendarId;
      if (!fresh) return calendarOf(trx, property.id, id);
      return insertCalendar(trx, property, { calendar: { id, ...input }, at });
    });
    await calendars.sync(row.id);
    return created(presentCalendar(row, { forHost: true }));
  },
  replay: async ({ db, params, resourceId }) =>
    created(await bodyOf(db, await calendarOf(db, params.id, resourceId as CalendarId), 'host')),
});

export const listImportedCalendars = endpoint({
  method: 'get',
  path: '/properties/{id}/calendars',
  auth: 'user',
  summary: 'List the calendars that your property imports, the oldest first',
  params: OfProperty,
  query: PageQuery,
  output: { 200: pageOf(ImportedCalendar) },
  problems: ['not_found'],
  async handle({ params, query: { limit, cursor }, actor, db }) {
    const forHost = (await keeperOf(db, params.id, actor)) === 'host';
    const after = decodeCursor(IdOf('calendar'), cursor);
    const rows = await listCalendars(db, params.id, { after, limit: limit + 1 });
    const counts = await countImported(
      db,
      rows.map(({ id }) => id),
    );
    const present = (row: CalendarRow) => presentCalendar(row, { counts: counts.get(row.id), forHost });
    return ok(page(rows, limit, { present, positionOf: ({ id }) => id }));
  },
});

export const readImportedCalendar = endpoint({
  method: 'get',
  path: '/properties/{id}/calendars/{calendarId}',
  auth: 'user',
  summary: 'Read how a calendar is imported',
  params: OfCalendar,
  output: { 200: ImportedCalendar },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    const keeper = await keeperOf(db, params.id, actor);
    return ok(await bodyOf(db, await calendarOf(db, params.id, params.calendarId), keeper));
  },
});

export const removeImportedCalendar = endpoint({
  method: 'delete',
  path: '/properties/{id}/calendars/{calendarId}',
  auth: 'user',
  summary: 'Import a calendar no more',
  description:
    'The nights that it said are taken are free at once, but for those that a booking, a block or another calendar has; ' +
    'its conflicts are over. To keep some of them, block them first.',
  params: OfCalendar,
  output: { 204: null },
  problems: ['not_found'],
  async handle({ params, actor, db, now }) {
    const property = { id: params.id, hostId: actor.id };
    const calendar = { id: params.calendarId, at: now().toISOString() };
    await inTransaction(db, (trx) => removeCalendar(trx, property, calendar));
    return noContent();
  },
});

export const syncImportedCalendar = endpoint({
  method: 'post',
  path: '/properties/{id}/calendars/{calendarId}/sync',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Have a calendar read now',
  description: 'It is under way, or soon: `readAt` and `attemptedAt` tell when it has been done.',
  params: OfCalendar,
  output: { 202: ImportedCalendar },
  problems: ['not_found'],
  async handle({ params, actor, once, db, calendars }) {
    const keeper = await keeperOf(db, params.id, actor);
    const { id } = await calendarOf(db, params.id, params.calendarId);
    await inTransaction(db, (trx) => claim(trx, once, id));
    await calendars.sync(id);
    return accepted(await bodyOf(db, await calendarOf(db, params.id, id), keeper));
  },
  async replay({ db, params, actor, resourceId }) {
    const keeper = await keeperOf(db, params.id, actor);
    return accepted(await bodyOf(db, await calendarOf(db, params.id, resourceId as CalendarId), keeper));
  },
});

export const calendarEndpoints = [
  importCalendar,
  listImportedCalendars,
  readImportedCalendar,
  removeImportedCalendar,
  syncImportedCalendar,
  ...conflictEndpoints,
  ...exportEndpoints,
];
