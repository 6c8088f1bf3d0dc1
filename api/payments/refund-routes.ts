import { z } from 'zod';
import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findPayment } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import { findRefund, listRefunds } from '#db/refunds.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { PaymentId, RefundId } from '#domain/ids.ts';
import { isOperator, maySeeBooking, sideOf } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import type { Giver } from '#domain/refunds.ts';
import { endpoint } from '../endpoint.ts';
import { created, ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { presentRefund } from './presenter.ts';
import { NewRefund, Refund } from './schemas.ts';

const OfPayment = z.strictObject({ id: IdOf('payment') });

export const refundPayment = endpoint({
  method: 'post',
  path: '/payments/{id}/refunds',
  auth: 'user',
  idempotent: true,
  summary: 'Give money back',
  description:
    'Beyond what a cancellation gives back, and as often as you like: a host of their own share, an operator of ' +
    'everyone’s in proportion. Together never more than was paid.',
  params: OfPayment,
  input: NewRefund,
  output: { 201: Refund },
  problems: ['forbidden', 'booking_state', 'refund_exceeds_payment'],
  async handle({ params, input, actor, once, db, refunds }) {
    const paid = await paidBooking(db, params.id, actor);
    const { amount: amountMinor, reason: note } = input;
    const by = giverOf(paid.booking, actor);
    const id = await refunds.give(paid, { by, actorId: actor.id, amountMinor, note }, once);
    return created(await refundNow(db, id));
  },
  async replay({ resourceId, db }) {
    return created(await refundNow(db, resourceId as RefundId));
  },
});

export const listRefundsOfPayment = endpoint({
  method: 'get',
  path: '/payments/{id}/refunds',
  auth: 'user',
  summary: 'List what has been given back of a payment, the oldest first',
  params: OfPayment,
  output: { 200: pageOf(Refund) },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    const { payment } = await paidBooking(db, params.id, actor);
    return ok({ data: (await listRefunds(db, payment.id)).map(presentRefund), nextCursor: null });
  },
});

/** The payment and its booking, for whoever may see that. @throws DomainError `not_found` */
async function paidBooking(
  db: Db,
  id: PaymentId,
  actor: Actor,
): Promise<{ payment: PaymentRow; booking: BookingRow }> {
  const payment = await findPayment(db, id);
  const booking = payment && (await findBooking(db, payment.bookingId));
  if (payment === undefined || booking === undefined || !maySeeBooking(booking, actor))
    throw notFound('payment');
  return { payment, booking };
}

/** An operator who is a side of the booking is that side. */
function giverOf(booking: BookingRow, actor: Actor): Giver {
  const side = sideOf(booking, actor);
  if (side === 'host') return 'host';
  if (side === undefined && isOperator(actor)) return 'operator';
  throw new DomainError('forbidden', 'Only the host or an operator can give money back.');
}

async function refundNow(db: Db, id: RefundId) {
  const refund = await findRefund(db, id);
  if (refund === undefined) throw notFound('refund');
  return presentRefund(refund);
}

export const refundEndpoints = [refundPayment, listRefundsOfPayment];
