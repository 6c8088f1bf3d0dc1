import { z } from 'zod';
import { findBooking, findBookingOfPayment } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { attemptOf, claim } from '#db/idempotency.ts';
import { findDueInstalment } from '#db/instalments.ts';
import { findPayment, listPayments } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { PaymentId } from '#domain/ids.ts';
import type { Actor } from '#domain/permissions.ts';
import { isOperator } from '#domain/permissions.ts';
import { openAlteration } from '../bookings/alteration-presenter.ts';
import { notAny } from '../bookings/asking.ts';
import type { BookingWithPayment } from '../bookings/presenter.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { accepted, created, ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { presentPayment } from './presenter.ts';
import { refundEndpoints } from './refund-routes.ts';
import { NewPayment, Payment, PaymentsQuery } from './schemas.ts';

export const payBooking = endpoint({
  method: 'post',
  path: '/payments',
  auth: 'user',
  idempotent: true,
  summary: 'Pay for a held booking, or try again',
  description:
    'Or for its alteration, or for an instalment that is due. A decline leaves the hold, or the time to pay, as it is: try another payment method until it ends. The card that ' +
    'pays an instalment is charged for those that follow.',
  input: NewPayment,
  output: { 201: Payment, 202: Payment },
  problems: ['card_declined', 'booking_state', 'not_found', 'unavailable'],
  async handle({ input, actor, once, db, bookings }) {
    const booking = await findBooking(db, input.bookingId);
    if (booking?.guestId !== actor.id) throw notFound('booking');
    const paymentId = await payable(db, booking);
    await inTransaction(db, (trx) => claim(trx, once, paymentId));
    const { paymentMethodId } = input;
    const { isSettled } = await bookings.pay(booking, { paymentMethodId, attempt: attemptOf(once) });
    const payment = await findPayment(db, paymentId);
    if (payment === undefined) throw notFound('payment');
    return isSettled ? created(presentPayment(payment)) : accepted(presentPayment(payment));
  },
  async replay({ resourceId, firstStatus, actor, db }) {
    const payment = await findPayment(db, resourceId as PaymentId);
    const booking = payment
      ? await findBooking(db, payment.bookingId)
      : await findBookingOfPayment(db, resourceId as PaymentId);
    if (booking?.guestId !== actor.id) throw notFound('booking');
    if (firstStatus >= 400) throw refusalAgain(firstStatus, { booking, payment });
    if (payment === undefined) throw notFound('payment');
    return created(presentPayment(payment));
  },
});

/** What there is to pay: what an alteration costs more, while that waits; else the booking itself. */
async function payable(db: Db, booking: BookingRow): Promise<PaymentId> {
  const due = await findDueInstalment(db, booking.id);
  const open = await openAlteration(db, booking);
  return due?.paymentId ?? open?.payment?.id ?? booking.paymentId;
}

/** A try that was refused stays refused. Of a decline the payment knows the reason until a later try has paid. */
function refusalAgain(firstStatus: number, { booking, payment }: BookingWithPayment): DomainError {
  const { id: bookingId, status } = booking;
  const failure = payment?.failure;
  if (firstStatus === 402) {
    const declineCode = failure?.declineCode ?? failure?.code ?? 'generic_decline';
    return new DomainError('card_declined', failure?.message ?? 'The card was declined.', {
      declineCode,
      bookingId,
    });
  }
  if (firstStatus === 400) return invalidInput('paymentMethodId', 'The bank refused the payment method.');
  return notAny(status);
}

export const readPayment = endpoint({
  method: 'get',
  path: '/payments/{id}',
  auth: 'user',
  summary: 'Read a payment',
  params: z.strictObject({ id: IdOf('payment') }),
  output: { 200: Payment },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    return ok(presentPayment(await paymentFor(db, params.id, actor)));
  },
});

export const listMyPayments = endpoint({
  method: 'get',
  path: '/payments',
  auth: 'user',
  summary: 'List your payments, the newest first',
  query: PaymentsQuery,
  output: { 200: pageOf(Payment) },
  async handle({ query, actor, db }) {
    const { bookingId, limit } = query;
    const after = decodeCursor(IdOf('payment'), query.cursor);
    const rows = await listPayments(db, { guestId: actor.id, bookingId, after, limit: limit + 1 });
    return ok(page(rows, limit, { present: presentPayment, positionOf: ({ id }) => id }));
  },
});

/** A payment is its payer's, and operators'. */
async function paymentFor(db: Db, id: PaymentId, actor: Actor): Promise<PaymentRow> {
  const payment = await findPayment(db, id);
  const booking = payment === undefined ? undefined : await findBooking(db, payment.bookingId);
  if (payment === undefined || (booking?.guestId !== actor.id && !isOperator(actor)))
    throw notFound('payment');
  return payment;
}

export const paymentEndpoints = [payBooking, listMyPayments, readPayment, ...refundEndpoints];
