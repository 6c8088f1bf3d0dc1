import { z } from 'zod';
import type { BookingRow } from '#db/bookings.ts';
import { attemptOf, claim } from '#db/idempotency.ts';
import { paidMinorAt } from '#db/instalments.ts';
import type { Db } from '#db/connect.ts';
import { inTransaction } from '#db/transaction.ts';
import { bookingNow } from '#domain/bookings.ts';
import { CANCELLING_SIDES, cancellationOutcome } from '#domain/cancellation.ts';
import type { CancellingSide } from '#domain/cancellation.ts';
import { cancellationOf } from '#domain/cancellation/booked.ts';
import { invalidInput } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import { millisecondsOf } from '#domain/nights.ts';
import type { Instant } from '#domain/nights.ts';
import { sideOf } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { endpoint } from '../endpoint.ts';
import { ok } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { bookingFor, presented } from './access.ts';
import { notAny } from './asking.ts';
import { CancellationQuote, NewCancellation, NewCancellationQuote } from './cancellation-schemas.ts';
import { requireEntitled, requireGenerous } from './overriding.ts';
import { presentBooking, presentCancellationQuote } from './presenter.ts';
import { Booking } from './schemas.ts';

const OfBooking = z.strictObject({ id: IdOf('booking') });

export const cancelBooking = endpoint({
  method: 'post',
  path: '/bookings/{id}/cancellation',
  auth: 'user',
  idempotent: true,
  summary: 'Cancel a booking',
  description:
    'By its guest, under its policy, judged at this moment. By its host, once it is certain: the guest gets everything ' +
    'back, the nights stay blocked, and the host owes a fee. By an operator, with a reason, who may give more than the ' +
    'policy does. What goes back goes to the card.',
  params: OfBooking,
  input: NewCancellation,
  output: { 200: Booking },
  problems: ['not_found', 'forbidden', 'booking_state', 'refund_exceeds_payment', 'unavailable'],
  async handle({ params, input, actor, once, db, bookings, now }) {
    const booking = await bookingFor(db, params.id, actor);
    const by = cancellerOf(booking, actor);
    requireEntitled(by, input);
    if (input.override !== undefined) await requireGenerous({ db, now: now() }, booking, input.override);
    await inTransaction(db, (trx) => claim(trx, once, booking.id));
    const attempt = attemptOf(once);
    const cancelled = await bookings.cancel(booking, { ...input, by, actorId: actor.id, attempt });
    return ok(presentBooking(cancelled, actor));
  },
  async replay({ resourceId, firstStatus, actor, db }) {
    const booking = await bookingFor(db, resourceId as BookingId, actor);
    if (firstStatus >= 400 || booking.status !== 'cancelled') throw notAny(booking.status);
    return ok(await presented(db, booking, actor));
  },
});

/** Whoever may see a booking and is none of its sides is an operator. */
function cancellerOf(booking: BookingRow, actor: Actor): CancellingSide {
  return sideOf(booking, actor) ?? 'operator';
}

/** A moment, and by whom the booking would be cancelled. */
interface Supposed {
  at: Instant;
  by: CancellingSide;
}

export const quoteCancellation = endpoint({
  method: 'post',
  path: '/bookings/{id}/cancellation-quote',
  auth: 'user',
  idempotent: 'accepted',
  limit: 'read', // It computes and writes nothing.
  summary: 'Ask what cancelling would give back',
  description:
    'At any moment from the confirmation until check-out; without `at`, now. To guest and host of what each would cause ' +
    'themselves, unless `by` says otherwise. A cancellation gives back just what its quote says for that moment.',
  params: OfBooking,
  input: NewCancellationQuote,
  output: { 200: CancellationQuote },
  problems: ['not_found', 'booking_state'],
  async handle({ params, input, actor, once, db, now }) {
    const booking = await bookingFor(db, params.id, actor);
    const supposed = {
      at: input.at === undefined ? bookingNow(booking, now()) : new Date(input.at).toISOString(),
      by: input.by ?? cancellerOf(booking, actor),
    };
    const quote = await quoteFor(db, booking, { actor, supposed });
    if (once !== undefined) await inTransaction(db, (trx) => claim(trx, once, remembered(supposed)));
    return ok(quote);
  },
  async replay({ params, resourceId, actor, db }) {
    const booking = await bookingFor(db, params.id, actor);
    return ok(await quoteFor(db, booking, { actor, supposed: recalled(resourceId) }));
  },
});

/** @throws DomainError `booking_state`; `invalid_input` for a moment at which there is nothing to cancel */
async function quoteFor(
  db: Db,
  booking: BookingRow,
  { actor, supposed: { at, by } }: { actor: Actor; supposed: Supposed },
) {
  const paidMinor = await paidMinorAt(db, booking, at);
  const cancellation = cancellationOf(booking, { at, by, paidMinor });
  if (millisecondsOf(at) < millisecondsOf(cancellation.confirmedAt)) {
    throw invalidInput('at', `Must not be before the booking was confirmed, ${cancellation.confirmedAt}.`);
  }
  if (millisecondsOf(at) >= millisecondsOf(booking.checkOutAt)) {
    throw invalidInput('at', `Must be before check-out, ${booking.checkOutAt}.`);
  }
  return presentCancellationQuote(
    { booking, cancellation: { ...cancellation, by }, outcome: cancellationOutcome(cancellation) },
    actor,
  );
}

/** A quote is not kept anywhere, so what a repeated key recalls is what was asked. */
function remembered({ at, by }: Supposed): string {
  return `${at} ${by}`;
}

function recalled(text: string): Supposed {
  const [at = '', by] = text.split(' ');
  return { at, by: CANCELLING_SIDES.find((known) => known === by) ?? 'guest' };
}

export const cancellationEndpoints = [cancelBooking, quoteCancellation];
