import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findInstalmentsOf } from '#db/instalments.ts';
import { findPayment } from '#db/payments.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import { maySeeBooking, sideOf } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { openAlteration } from './alteration-presenter.ts';
import { presentBooking } from './presenter.ts';

/** The booking if it is any business of the actor's. @throws `not_found` */
export async function bookingFor(db: Db, id: BookingId, actor: Actor): Promise<BookingRow> {
  const booking = await findBooking(db, id);
  if (booking === undefined || !maySeeBooking(booking, actor)) throw notFound('booking');
  return booking;
}

/** The booking for an act of one of its sides. @throws `not_found`; `forbidden` to whoever may see it but is another */
export async function bookingOfSide(
  db: Db,
  id: BookingId,
  { actor, side, act }: { actor: Actor; side: 'guest' | 'host'; act: string },
): Promise<BookingRow> {
  const booking = await bookingFor(db, id, actor);
  if (sideOf(booking, actor) !== side) throw new DomainError('forbidden', `Only its ${side} can ${act}.`);
  return booking;
}

export async function presented(db: Db, booking: BookingRow, actor: Actor) {
  const payment = await findPayment(db, booking.paymentId);
  const instalments = (await findInstalmentsOf(db, [booking])).get(booking.id);
  const alteration = await openAlteration(db, booking);
  return presentBooking({ booking, payment, instalments, alteration }, actor);
}
