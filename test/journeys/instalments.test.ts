import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import {
  DECLINED_LATER,
  instalmentOf,
  intentsOfInstalment,
  LONG_STAY,
  passToInstalment,
  passToPayBy,
  seesInstalment,
} from '../support/instalments.ts';
import { useWorld } from '../support/journeys.ts';
import { balancesOf } from '../support/ledger.ts';
import { hostShareOf, onboard, transfersOf } from '../support/payouts.ts';
import { inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const HOUR_MS = 3_600_000;

const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);

describe('a long stay is paid for a month at a time', function () {
  this.timeout(120_000);
  const world = useWorld();

  const amountsOf = ({ instalments }: Wire): number[] => instalments.map(({ amount }: Wire) => amount.amount);
  const statusesOf = ({ instalments }: Wire) => instalments.map(({ status }: Wire) => status);
  const paidAtBank = async (bookingId: string) =>
    (await world().bank.intentsOf(bookingId))
      .filter(({ status }) => status === 'succeeded')
      .map(({ amount_received: amount }) => amount);
  const payoutsOf = async (bookingId: string) =>
    world().db('payouts').where({ booking_id: bookingId }).orderBy('n');
  const isOver = (bookingId: string) =>
    until(`${bookingId} is over`, async () => {
      return (await world().temporal.statusOf(bookStayId(bookingId as never))) === 'COMPLETED';
    });

  it('the first thirty nights with the booking, the others when they begin, each to its host a day later', async () => {
    const { booking, guest, host } = await world().booked(LONG_STAY);
    await onboard(world(), host);
    assert.deepEqual(statusesOf(booking), ['paid', 'scheduled']);
    const amounts = amountsOf(booking);
    assert.equal(sum(amounts), booking.total.amount);
    assert.deepEqual(await paidAtBank(booking.id), [amounts[0]]);
    await world().passTo(booking, booking.checkInAt, 25 * HOUR_MS);
    await until('the first month is paid to the host', async () => {
      return (await payoutsOf(booking.id)).some(({ status }: Wire) => status === 'paid');
    });
    await passToInstalment(world(), booking, { n: 2, byMs: -2_000 });
    assert.deepEqual(await paidAtBank(booking.id), [amounts[0]]);
    await passToInstalment(world(), booking, { n: 2 });
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    assert.deepEqual((await paidAtBank(booking.id)).sort(), [...amounts].sort());
    assert.equal((await payoutsOf(booking.id)).length, 1);
    await passToInstalment(world(), booking, { n: 2, byMs: 25 * HOUR_MS });
    await until('the second month is paid to the host', async () => {
      const payouts = await payoutsOf(booking.id);
      return payouts.length === 2 && payouts.every(({ status }: Wire) => status === 'paid');
    });
    const transfers = await transfersOf(world(), booking.id);
    assert.equal(sum(transfers.map(({ amount }) => amount)), await hostShareOf(world(), booking.id));
    assert.equal(new Set(transfers.map(({ source_transaction: charge }) => charge)).size, 2);
    await world().passTo(booking, booking.checkOutAt);
    await isOver(booking.id);
    assert.equal((await balancesOf(world().db, booking.id)).host_payable, undefined);
  });

  it('once it was declined by the guest, with another card that is charged from then on (M21)', async () => {
    const { booking, guest } = await world().booked({ ...LONG_STAY, checkOut: inDays(30 + 75) });
    assert.equal(booking.instalments.length, 3);
    await guest.must(
      200,
      guest.put(`/bookings/${booking.id}/payment-method`, { paymentMethodId: DECLINED_LATER }),
    );
    await passToInstalment(world(), booking, { n: 2 });
    const told = await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'due' });
    const { payBy, dueAt, clientSecret } = instalmentOf(told, 2);
    assert.ok(Math.abs(Date.parse(payBy) - Date.parse(dueAt) - 72 * HOUR_MS) < 60_000);
    assert.ok(clientSecret);
    await world().mail(guest, /could not be charged/);
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_mastercard' };
    const payment = await guest.must(201, guest.post('/payments', pay));
    assert.deepEqual([payment.status, payment.amount], ['posted', amountsOf(booking)[1]]);
    await passToInstalment(world(), booking, { n: 3 });
    const paid = await seesInstalment(guest, { bookingId: booking.id, n: 3, status: 'paid' });
    const [third] = await intentsOfInstalment(world(), paid, 3);
    const { data } = await world().bank.control('GET', '/objects/payment_methods');
    assert.equal(data.find(({ id }: Wire) => id === third.payment_method).card.brand, 'mastercard');
  });

  it('or the stay is called off under its policy after 72 hours, and the nights that are left are free', async () => {
    const { booking, guest, property } = await world().booked(LONG_STAY);
    await guest.must(
      200,
      guest.put(`/bookings/${booking.id}/payment-method`, { paymentMethodId: DECLINED_LATER }),
    );
    await passToInstalment(world(), booking, { n: 2 });
    const told = await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'due' });
    await passToPayBy(world(), told, { n: 2, byMs: -2_000 });
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'due' });
    await passToPayBy(world(), told, { n: 2 });
    const cancelled = await world().sees(guest, booking.id, 'cancelled');
    assert.deepEqual([cancelled.cancellation.by, cancelled.cancellation.refund.amount], ['platform', 0]);
    assert.equal(cancelled.cancellation.at, instalmentOf(told, 2).payBy);
    assert.deepEqual(statusesOf(cancelled), ['paid', 'lapsed']);
    assert.deepEqual(await world().availability(property.id, inDays(64), inDays(66)), [true, true]);
    await isOver(booking.id);
    const [intent] = await intentsOfInstalment(world(), cancelled, 2);
    assert.equal(intent.status, 'canceled');
  });
});
