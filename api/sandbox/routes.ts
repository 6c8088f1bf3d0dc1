import { z } from 'zod';
import { claim } from '#db/idempotency.ts';
import { inTransaction } from '#db/transaction.ts';
import { bookingNow } from '#domain/bookings.ts';
import { notFound } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import type { Actor } from '#domain/permissions.ts';
import { bookingFor, presented } from '../bookings/access.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { ok } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { ClockMove, SandboxClock } from './schemas.ts';

export const moveClock = endpoint({
  method: 'post',
  path: '/sandbox/bookings/{id}/clock',
  auth: 'user',
  idempotent: 'accepted',
  summary: 'Move a booking’s time on',
  description:
    'Of a booking made with `sandbox: true`, by its guest, its host or an operator: its timers fire, its deadlines ' +
    'pass, the stay begins and ends, through the code that waits for months otherwise. At most sixty days past ' +
    'check-out. Not there where money is real.',
  params: z.strictObject({ id: IdOf('booking') }),
  input: ClockMove,
  output: { 200: SandboxClock },
  problems: ['not_found', 'booking_state', 'unavailable'],
  async handle({ params, input, actor, once, db, now, sandbox }) {
    if (sandbox === undefined) throw notFound('path');
    const booking = await bookingFor(db, params.id, actor);
    sandbox.requireMovable(booking, input.advanceTo);
    await inTransaction(db, (trx) => claim(trx, once, booking.id));
    await sandbox.advance(booking, input.advanceTo);
    return ok(await clockOf({ db, now }, booking.id, actor));
  },
  async replay({ resourceId, actor, db, now }) {
    return ok(await clockOf({ db, now }, resourceId as BookingId, actor));
  },
});

async function clockOf({ db, now }: Pick<ApiDeps, 'db' | 'now'>, id: BookingId, actor: Actor) {
  const booking = await bookingFor(db, id, actor);
  return { now: bookingNow(booking, now()), booking: await presented(db, booking, actor) };
}

export const sandboxEndpoints = [moveClock];
