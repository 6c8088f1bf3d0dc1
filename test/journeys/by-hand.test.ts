import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { balancesOf, movementsOf } from '../support/ledger.ts';
import type { Person, Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

describe('what somebody does in the bank’s dashboard', () => {
  const world = useWorld();

  const accept = (host: Person, { id }: Wire) => host.post(`/bookings/${id}/acceptance`);
  const cancel = (guest: Person, { id }: Wire) => guest.post(`/bookings/${id}/cancellation`);

  async function isOver({ id }: Wire): Promise<void> {
    await until('the workflow is over', async () => {
      return (await world().temporal.statusOf(bookStayId(id))) === 'COMPLETED';
    });
  }

  /** A request whose price was reserved in the browser and then taken by hand, before we heard of either. */
  async function capturedUnheard() {
    const journey = await world().requested({ paymentMethodId: undefined });
    await world().bank.control('POST', '/webhooks/pause');
    const { id, payment } = journey.booking;
    assert.equal(await world().bank.payInBrowser(payment.clientSecret), 200);
    await world().bank.captureByHand(id);
    return journey;
  }

  it('gives money back that we have not heard of yet, and is heard of all the same (M10, M26)', async () => {
    const { db, bank } = world();
    const { booking, guest } = await world().held();
    await bank.control('POST', '/webhooks/pause');
    assert.equal(await bank.payInBrowser(booking.payment.clientSecret), 200);
    await bank.refundByHand(booking.id, 2_000);
    const [refund] = await bank.refundsOf(booking.id);
    const [said] = await bank.eventsAbout(refund?.id ?? '', 'refund.created');
    assert.ok(said);
    const later = {
      id: `evt_${randomUUID()}`,
      object: 'event',
      type: 'customer.created',
      data: { object: {} },
    };
    for (const event of [said, later]) assert.equal(await bank.deliver(event), 200);
    await until('the relay has come to what was said after it', async () => {
      return (await db('bank_events').where({ id: later.id }).first('delivered_at')).delivered_at !== null;
    });
    await bank.control('POST', '/webhooks/resume');
    await world().sees(guest, booking.id, 'confirmed');
    await world().refunded(booking.id, { reason: 'dashboard', amount: 2_000 });
    assert.equal((await balancesOf(db, booking.id)).bank_clearing, booking.total.amount - 2_000);
  });

  describe('to a request that is not with its host yet', () => {
    it('is money that is posted when the host accepts (M26)', async () => {
      const { booking, guest, host } = await capturedUnheard();
      await world().bank.control('POST', '/webhooks/resume');
      await world().sees(guest, booking.id, 'awaiting_host');
      assert.deepEqual(await movementsOf(world().db, booking.id), []);
      const confirmed = await host.must(200, accept(host, booking));
      assert.deepEqual([confirmed.status, confirmed.payment.status], ['confirmed', 'posted']);
      assert.equal((await balancesOf(world().db, booking.id)).bank_clearing, booking.total.amount);
      await guest.must(200, cancel(guest, booking));
      await world().refunded(booking.id, { reason: 'cancellation', amount: booking.total.amount });
    });

    it('is money that goes back when the guest withdraws (M26)', async () => {
      const { booking, guest } = await capturedUnheard();
      assert.equal((await guest.must(200, cancel(guest, booking))).status, 'cancelled');
      await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      await isOver(booking);
    });
  });

  describe('to a request that waits for its host', () => {
    it('is the capture itself, when the host accepts', async () => {
      const { booking, host } = await world().requested();
      await world().bank.captureByHand(booking.id);
      assert.equal((await host.must(200, accept(host, booking))).status, 'confirmed');
      assert.equal((await movementsOf(world().db, booking.id)).length, 1);
    });

    it('is money that goes back when the host refuses', async () => {
      const { booking, host } = await world().requested();
      await world().bank.captureByHand(booking.id);
      await host.must(200, host.post(`/bookings/${booking.id}/refusal`));
      await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
    });

    it('is given back where only a part was taken, and the request is rejected (M17)', async () => {
      const { booking, guest, host, property } = await world().requested();
      await world().bank.captureByHand(booking.id, 10_000);
      const answer = await accept(host, booking);
      assert.deepEqual([answer.status, answer.body.bookingStatus], [409, 'rejected']);
      await world().sees(guest, booking.id, 'rejected');
      await world().refunded(booking.id, { reason: 'late_payment', amount: 10_000 });
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      const nights = await world().availability(property.id, booking.checkIn, booking.checkOut);
      assert.deepEqual(new Set(nights), new Set([true]));
      await isOver(booking);
    });
  });

  it('is given back where it was charged a second time, and the stay stands', async () => {
    const { booking, guest } = await world().booked();
    await world().bank.chargeByHand(booking.id);
    await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
    assert.equal((await balancesOf(world().db, booking.id)).bank_clearing, booking.total.amount);
    assert.equal((await world().bank.refundsOf(booking.id)).length, 1);
    const { data } = await guest.must(200, guest.get(`/payments?bookingId=${booking.id}`));
    assert.deepEqual(data.map(({ refunded }: Wire) => refunded).sort(), [0, booking.total.amount]);
    // What the stay itself was paid with is given back only when it is cancelled.
    await guest.must(200, cancel(guest, booking));
    await until('both are given back', async () => {
      const settled = await world().db('refunds').where({ booking_id: booking.id, status: 'settled' });
      return settled.length === 2;
    });
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
  });

  describe('a payment that is closed while its nights are held', () => {
    const isFree = async (booking: Wire): Promise<void> => {
      assert.deepEqual(
        await world().availability(booking.propertyId, booking.checkIn, booking.checkOut),
        Array.from({ length: booking.nights }, () => true),
      );
    };

    it('frees them at once: nobody can pay it any more (M26)', async () => {
      const { booking, guest } = await world().held();
      await world().bank.cancelByHand(booking.id);
      const rejected = await world().sees(guest, booking.id, 'rejected');
      assert.equal(rejected.rejection.code, 'card_declined');
      await isFree(booking); // At once; the payment is looked at after that.
      await until('the payment is voided', async () => {
        return (await guest.get(`/payments/${booking.payment.id}`)).body.status === 'voided';
      });
    });

    it('is told to the payer who tries, and not called paid (M26)', async () => {
      const { booking, guest } = await world().held();
      await world().bank.control('POST', '/webhooks/pause');
      await world().bank.cancelByHand(booking.id);
      const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_visa' };
      const { status, body } = await guest.post('/payments', pay);
      assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'rejected']);
      await isFree(booking);
    });
  });
});
