import { z } from 'zod';
import { findConflict, keepBooking, listConflicts } from '#db/calendar-conflicts.ts';
import { claim } from '#db/idempotency.ts';
import { inTransaction } from '#db/transaction.ts';
import { notFound } from '#domain/errors.ts';
import type { CalendarConflictId } from '#domain/ids.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { keeperOf } from '../properties/access.ts';
import { OfProperty } from '../properties/schemas.ts';
import { ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { presentConflict } from './presenter.ts';
import { CalendarConflict, ConflictsQuery } from './schemas.ts';

const OfConflict = z.strictObject({ id: IdOf('property'), conflictId: IdOf('calendarConflict') });

export const listCalendarConflicts = endpoint({
  method: 'get',
  path: '/properties/{id}/calendar-conflicts',
  auth: 'user',
  summary: 'List what your calendars and bookings both have, the newest first',
  params: OfProperty,
  query: ConflictsQuery,
  output: { 200: pageOf(CalendarConflict) },
  problems: ['not_found'],
  async handle({ params, query: { limit, cursor, open }, actor, db }) {
    await keeperOf(db, params.id, actor);
    const after = decodeCursor(IdOf('calendarConflict'), cursor);
    const rows = await listConflicts(db, params.id, { after, isOpen: open, limit: limit + 1 });
    return ok(page(rows, limit, { present: presentConflict, positionOf: ({ id }) => id }));
  },
});

export const keepConflictingBooking = endpoint({
  method: 'post',
  path: '/properties/{id}/calendar-conflicts/{conflictId}/keep-booking',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Keep a booking that a calendar is in conflict with',
  description:
    'You see to the other platform; you are not told of it again unless more nights come to it. To keep the other ' +
    'platform’s guest instead, cancel the booking: its nights are then taken by the calendar, and the conflict is gone.',
  params: OfConflict,
  output: { 200: CalendarConflict },
  problems: ['not_found'],
  async handle({ params: { id, conflictId }, actor, once, db, now }) {
    await keeperOf(db, id, actor);
    const decided = { id: conflictId, at: now().toISOString(), actorId: actor.id };
    const conflict = await inTransaction(db, async (trx) => {
      await claim(trx, once, conflictId);
      return keepBooking(trx, id, decided);
    });
    return ok(presentConflict(conflict));
  },
  async replay({ params: { id }, resourceId, db }) {
    const conflict = await findConflict(db, id, resourceId as CalendarConflictId);
    if (conflict === undefined) throw notFound('conflict');
    return ok(presentConflict(conflict));
  },
});

export const conflictEndpoints = [listCalendarConflicts, keepConflictingBooking];
