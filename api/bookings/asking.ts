import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findInstalmentsOf } from '#db/instalments.ts';
import { findPayment } from '#db/payments.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import type { Answer, Ask } from '#gateways/workflows.ts';
import { openAlteration } from './alteration-presenter.ts';
import type { BookingWithPayment } from './presenter.ts';

type Patience = Pick<Ask<unknown>, 'acceptWithinMs' | 'answerWithinMs'>;

/** DESIGN "Temporal may be down": how long a workflow may take to take an ask, and then to answer it. */
export const PATIENCE: Patience = { acceptWithinMs: 2_500, answerWithinMs: 30_000 };

/** Asks a booking's workflow; undefined while it works. One that has ended says `booking_state`. */
export async function ask<T>(
  db: Db,
  bookingId: BookingId,
  send: (patience: Patience) => Promise<Answer<T>>,
): Promise<T | undefined> {
  const answer = await send(PATIENCE);
  if (answer.is === 'answered') return answer.result;
  if (answer.is === 'working') return undefined;
  if (answer.is === 'not_taken')
    throw new DomainError('unavailable', 'Bookings cannot be changed right now. Try again soon.');
  const { status } = await reloadRow(db, bookingId);
  throw notAny(status);
}

/** `booking_state`: the act does not fit what the booking is. A problem's own `status` is HTTP's, so this has another name. */
export function notAny(
  bookingStatus: BookingStatus,
  message = `The booking is ${bookingStatus}.`,
): DomainError {
  return new DomainError('booking_state', message, { bookingStatus });
}

export async function reloadRow(db: Db, id: BookingId): Promise<BookingRow> {
  const booking = await findBooking(db, id);
  if (booking === undefined) throw notFound('booking');
  return booking;
}

export async function reload(db: Db, id: BookingId): Promise<BookingWithPayment> {
  const booking = await reloadRow(db, id);
  return { booking, payment: await findPayment(db, booking.paymentId), ...(await partsOf(db, booking)) };
}

/** The same of one that is not being worked on: then it does not matter which of booking and payment is read first. */
export async function reread(db: Db, { id, paymentId }: BookingRow): Promise<BookingWithPayment> {
  const [booking, payment] = await Promise.all([reloadRow(db, id), findPayment(db, paymentId)]);
  return { booking, payment, ...(await partsOf(db, booking)) };
}

/** What most bookings have nothing of, and then nothing is read. */
async function partsOf(
  db: Db,
  booking: BookingRow,
): Promise<Pick<BookingWithPayment, 'instalments' | 'alteration'>> {
  const [instalments, alteration] = await Promise.all([
    findInstalmentsOf(db, [booking]),
    openAlteration(db, booking),
  ]);
  return { instalments: instalments.get(booking.id), alteration };
}
