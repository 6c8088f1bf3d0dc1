import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { isKeyOf, listTakenHere, renewAddress, withdrawAddress } from '#db/calendar-addresses.ts';
import { hashOfToken } from '#db/sessions.ts';
import { inTransaction } from '#db/transaction.ts';
import { notFound } from '#domain/errors.ts';
import { endpoint } from '../endpoint.ts';
import { OfProperty } from '../properties/schemas.ts';
import { noContent, ok, raw } from '../replies.ts';
import { calendarText, etagOf } from './export.ts';
import { CalendarAddress, ExportQuery } from './schemas.ts';

export const readCalendarExport = endpoint({
  method: 'get',
  path: '/properties/{id}/calendar.ics',
  auth: 'none',
  summary: 'Read the taken nights of a property as iCalendar',
  description:
    'For other platforms, by the address that the host has given them. Bookings are `Reserved`; blocks and what is kept ' +
    'empty `Not available`. Not what the property imports from others: told back, it would be held for ever. The same, ' +
    'byte for byte, until something changes: send `If-None-Match`.',
  params: OfProperty,
  query: ExportQuery,
  media: 'text/calendar',
  output: { 200: z.string(), 304: null },
  problems: ['not_found'],
  async handle({ params: { id }, query: { key = '' }, db, now }) {
    if (!(await isKeyOf(db, id, hashOfToken(key)))) throw notFound('calendar');
    const text = calendarText(id, await listTakenHere(db, id, now().toISOString()));
    return raw(text, {
      'Content-Type': 'text/calendar; charset=utf-8',
      'Cache-Control': 'private, no-cache',
      'ETag': etagOf(text),
    });
  },
});

export const renewCalendarAddress = endpoint({
  method: 'put',
  path: '/properties/{id}/calendar-address',
  auth: 'user',
  summary: 'Get a new address for the taken nights of your property',
  description:
    'For another platform to import. Whatever address there was before is nobody’s from now on. It is told this once; ' +
    'one that is lost is renewed.',
  params: OfProperty,
  output: { 200: CalendarAddress },
  problems: ['not_found'],
  async handle({ params: { id }, actor, db, now, request }) {
    const key = randomBytes(32).toString('base64url');
    const renewedAt = now().toISOString();
    const address = { keyHash: hashOfToken(key), at: renewedAt };
    await inTransaction(db, (trx) => renewAddress(trx, { id, hostId: actor.id }, address));
    return ok({ url: `${request.origin}/properties/${id}/calendar.ics?key=${key}`, renewedAt });
  },
});

export const withdrawCalendarAddress = endpoint({
  method: 'delete',
  path: '/properties/{id}/calendar-address',
  auth: 'user',
  summary: 'Let nobody read the taken nights of your property any more',
  params: OfProperty,
  output: { 204: null },
  problems: ['not_found'],
  async handle({ params: { id }, actor, db, now }) {
    const at = now().toISOString();
    await inTransaction(db, (trx) => withdrawAddress(trx, { id, hostId: actor.id }, at));
    return noContent();
  },
});

export const exportEndpoints = [readCalendarExport, renewCalendarAddress, withdrawCalendarAddress];
