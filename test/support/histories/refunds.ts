import assert from 'node:assert/strict';
import { findPayment } from '#db/payments.ts';
import type { PaymentId, RefundId } from '#domain/ids.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { latePaymentId, refundPaymentId, returnedRefundId } from '#workflows/refunds.contract.ts';
import type { World } from '../journeys.ts';
import type { Wire } from '../people.ts';
import { until } from '../virtual-time.ts';
import type { Courses } from './courses.ts';

const HOUR_SECONDS = 3_600;
const DAY_MS = 86_400_000;

/** A paid stay that its guest cancels at a bank that goes about its refunds so. */
async function cancelled(
  world: World,
  refunds: 'settle' | 'pending' | 'fail_later',
): Promise<{ booking: Wire; id: RefundId }> {
  await world.bank.control('POST', '/settings', { refunds, refundSeconds: HOUR_SECONDS });
  const { booking, guest } = await world.booked();
  await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
  const { id } = await world.db('refunds').where({ booking_id: booking.id }).first<{ id: RefundId }>('id');
  return { booking, id };
}

/** Waits until a refund of the bank's is on record as under way, and gives the bank's id of it. */
async function underWay(world: World, refundId: string): Promise<string> {
  let bankId: string | null = null;
  await until(`${refundId} is under way`, async () => {
    ({ bank_refund_id: bankId } = await world.db('refunds').where({ id: refundId }).first());
    return bankId !== null;
  });
  assert.ok(bankId);
  return bankId;
}

async function isFailed(world: World, refundId: string): Promise<void> {
  await until(`${refundId} has failed`, async () => {
    return (await world.db('refunds').where({ id: refundId }).first()).status === 'failed';
  });
}

const settlement = (world: World, bankId: string, outcome: 'succeed' | 'fail') =>
  world.bank.control('POST', `/refunds/${bankId}/settlement`, { outcome });

/** Each course of `refundPayment`. */
export const REFUNDS: Courses = {
  'the-bank-gives-it-at-once': async (world) => {
    const { booking, id } = await cancelled(world, 'settle');
    await world.refunded(booking.id);
    return refundPaymentId(id);
  },

  'the-bank-gives-it-later-and-says-so': async (world) => {
    const { booking, id } = await cancelled(world, 'pending');
    await settlement(world, await underWay(world, id), 'succeed');
    await world.refunded(booking.id);
    return refundPaymentId(id);
  },

  'the-bank-gives-it-later-and-is-asked-again': async (world) => {
    const { booking, id } = await cancelled(world, 'pending');
    const bankId = await underWay(world, id);
    await world.bank.control('POST', '/webhooks/pause');
    await world.temporal.advance(refundPaymentId(id), DAY_MS);
    await settlement(world, bankId, 'succeed');
    await world.temporal.advance(refundPaymentId(id), DAY_MS);
    await world.refunded(booking.id);
    return refundPaymentId(id);
  },

  'the-bank-cannot-give-it': async (world) => {
    const { id } = await cancelled(world, 'pending');
    await settlement(world, await underWay(world, id), 'fail');
    await isFailed(world, id);
    return refundPaymentId(id);
  },

  'it-was-given-and-comes-back': async (world) => {
    const { booking, id } = await cancelled(world, 'fail_later');
    const { bank_refund_id: bankId } = await world.refunded(booking.id);
    await settlement(world, bankId, 'fail');
    await isFailed(world, id);
    return returnedRefundId(id);
  },

  'a-payment-comes-when-nobody-conducts-the-booking': async (world) => {
    const { booking } = await world.held();
    await world.temporal.client.workflow.getHandle(bookStayId(booking.id)).terminate('by hand');
    assert.equal(await world.bank.payInBrowser(booking.payment.clientSecret), 200);
    await world.refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
    return latePaymentId(booking.payment.id);
  },

  'a-payment-comes-a-second-time': async (world) => {
    const { booking } = await world.booked();
    await world.bank.chargeByHand(booking.id);
    await world.refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
    const payment = await findPayment(world.db, booking.payment.id as PaymentId);
    const second = (await world.bank.intentsOf(booking.id)).find(({ id }) => id !== payment?.intentId);
    assert.ok(second);
    return latePaymentId(second.id);
  },
};
