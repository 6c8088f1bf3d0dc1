import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { changeParticulars, lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { attemptOf, claim } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { inTransaction } from '#db/transaction.ts';
import { isEnded } from '#domain/bookings.ts';
import type { StayAct } from '#domain/bookings.ts';
import { DomainError } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import { sideOf } from '#domain/permissions.ts';
import { endpoint } from '../endpoint.ts';
import type { ReplayCall } from '../endpoint.ts';
import type { ApiDeps } from '../deps.ts';
import { accepted, ok } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { bookingFor, bookingOfSide, presented } from './access.ts';
import { notAny } from './asking.ts';
import type { Reserved } from './commands.ts';
import { presentBooking } from './presenter.ts';
import { Booking, BookingChange } from './schemas.ts';

const OfBooking = z.strictObject({ id: IdOf('booking') });

/** Claims the key, if there is one, for this act on the booking; gives the name that the act is known by. */
async function begin(db: Db, once: Once | undefined, booking: BookingRow): Promise<string> {
  if (once === undefined) return randomUUID();
  await inTransaction(db, (trx) => claim(trx, once, booking.id));
  return attemptOf(once);
}

/** Today's booking for an act that was done before; what was refused, or has come to nothing since, stays refused. */
async function doneBefore(
  { resourceId, firstStatus, actor, db }: ReplayCall<unknown> & ApiDeps,
  hasComeTrue: (booking: BookingRow) => boolean = () => true,
) {
  const booking = await bookingFor(db, resourceId as BookingId, actor);
  if (firstStatus >= 400 || !hasComeTrue(booking)) throw notAny(booking.status);
  return presented(db, booking, actor);
}

/** An answer of the host's: one endpoint for each, since each is a thing of its own. */
function hostAnswer(answer: { path: string; accepts: boolean; summary: string; description: string }) {
  const { path, accepts, summary, description } = answer;
  return endpoint({
    method: 'post',
    path: `/bookings/{id}/${path}`,
    auth: 'user',
    idempotent: 'accepted',
    summary,
    description,
    params: OfBooking,
    output: { 200: Booking, 202: Booking },
    problems: ['not_found', 'forbidden', 'booking_state', 'unavailable'],
    async handle({ params, actor, once, db, bookings }) {
      const act = 'answer this request';
      const booking = await bookingOfSide(db, params.id, { actor, side: 'host', act });
      const attempt = await begin(db, once, booking);
      const answered: Reserved = await bookings.answer(booking, { accepts, actorId: actor.id, attempt });
      const body = presentBooking(answered, actor);
      return answered.isSettled ? ok(body) : accepted(body);
    },
    async replay(call) {
      // The first answer may have been that it is being worked on: who knows whether the money was to be had.
      const body = await doneBefore(call, ({ status, confirmedAt }) => {
        return status === 'awaiting_host' || (accepts ? confirmedAt !== null : status === 'declined');
      });
      return body.status === 'awaiting_host' ? accepted(body) : ok(body);
    },
  });
}

export const acceptBooking = hostAnswer({
  path: 'acceptance',
  accepts: true,
  summary: 'Accept a request',
  description:
    'By the host, until `respondBy`. What was reserved is charged and the stay is confirmed. 202: still being worked on.',
});

export const refuseBooking = hostAnswer({
  path: 'refusal',
  accepts: false,
  summary: 'Refuse a request',
  description: 'By the host, until `respondBy`. The nights are free again and nothing is charged.',
});

function stayAct(record: {
  path: string;
  act: StayAct;
  hostOnly?: boolean;
  summary: string;
  description: string;
}) {
  const { path, act, hostOnly = false, summary, description } = record;
  return endpoint({
    method: 'post',
    path: `/bookings/{id}/${path}`,
    auth: 'user',
    idempotent: 'accepted',
    summary,
    description,
    params: OfBooking,
    output: { 200: Booking },
    problems: ['not_found', 'forbidden', 'booking_state', 'unavailable'],
    async handle({ params, actor, once, db, bookings }) {
      const booking = await bookingFor(db, params.id, actor);
      const by = sideOf(booking, actor);
      if (by === undefined || (hostOnly && by !== 'host')) {
        const who = hostOnly ? 'its host' : 'its guest or host';
        throw new DomainError('forbidden', `Only ${who} can record this.`);
      }
      const attempt = await begin(db, once, booking);
      return ok(
        presentBooking(await bookings.record(booking, { act, by, actorId: actor.id, attempt }), actor),
      );
    },
    replay: async (call) => ok(await doneBefore(call)),
  });
}

export const checkIn = stayAct({
  path: 'check-in',
  act: 'check_in',
  summary: 'Record the arrival',
  description: 'By guest or host, from `checkInAt` on. Nobody has to: the stay goes on by itself.',
});

export const checkOut = stayAct({
  path: 'check-out',
  act: 'check_out',
  summary: 'Record the departure',
  description: 'By guest or host. Frees the nights that are left; changes no money by itself.',
});

export const recordNoShow = stayAct({
  path: 'no-show',
  act: 'no_show',
  hostOnly: true,
  summary: 'Record that nobody came',
  description:
    'By the host, from twelve hours after `checkInAt`. The nights stay the guest’s; a later check-in takes it back.',
});

export const changeBooking = endpoint({
  method: 'patch',
  path: '/bookings/{id}',
  auth: 'user',
  summary: 'Tell the host more',
  description: 'By the guest, until the stay is over. Dates and guests are changed by an alteration.',
  params: OfBooking,
  input: BookingChange,
  output: { 200: Booking },
  problems: ['not_found', 'forbidden', 'booking_state'],
  async handle({ params, input, actor, db, now }) {
    const { id } = await bookingOfSide(db, params.id, { actor, side: 'guest', act: 'change this booking' });
    const { checkIn: from, checkOut: until, guests, ...change } = input;
    const changed = await inTransaction(db, async (trx) => {
      const booking = await lockBooking(trx, id);
      if (isEnded(booking.status)) throw notAny(booking.status);
      if (from !== undefined || until !== undefined || guests !== undefined) {
        throw notAny(booking.status, 'Dates and guests are changed by an alteration.');
      }
      await changeParticulars(trx, booking, { ...change, actorId: actor.id, at: now().toISOString() });
      return lockBooking(trx, id);
    });
    return ok(await presented(db, changed, actor));
  },
});

export const bookingActEndpoints = [
  changeBooking,
  acceptBooking,
  refuseBooking,
  checkIn,
  checkOut,
  recordNoShow,
];
