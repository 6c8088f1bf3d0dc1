import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import { balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;
const HOLD_MS = 15 * 60_000;

describe('a held booking', () => {
  const world = useWorld();

  const seen = (person: Person, id: string) => person.must(200, person.get(`/bookings/${id}`));

  it('shows its client secret to the guest alone, and itself not yet to the host', async () => {
    const { booking, guest, host } = await world().held();
    assert.equal(booking.status, 'held');
    const { payment } = booking;
    const intent = await world().bank.intentOf(booking.id);
    assert.deepEqual(payment, { id: payment.id, status: 'pending', clientSecret: intent.client_secret });
    assert.deepEqual(await seen(guest, booking.id), booking);
    assert.equal((await guest.get('/bookings')).body.data[0].payment.clientSecret, intent.client_secret);
    assert.equal((await host.get(`/bookings/${booking.id}`)).status, 404);
    assert.deepEqual((await host.get('/bookings?as=host')).body.data, []);
    const operator = await world().operator();
    const { body } = await operator.get(`/bookings/${booking.id}`);
    assert.equal(body.status, 'held');
    assert.equal(body.payment.clientSecret, undefined);
  });

  it('lasts fifteen minutes from the moment its nights were taken', async () => {
    const { booking } = await world().held();
    const [, held] = await eventsOf(world().db, booking.id);
    assert.equal(held?.kind, 'booking.held');
    assert.equal(Date.parse(booking.holdExpiresAt) - Date.parse(held.occurred_at), HOLD_MS);
  });

  it('is confirmed by the webhook when its payer has paid in the browser', async () => {
    const { booking, guest, host } = await world().held();
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    const confirmed = await world().sees(guest, booking.id, 'confirmed');
    assert.deepEqual(confirmed.payment, { id: booking.payment.id, status: 'posted' });
    assert.equal(confirmed.holdExpiresAt, undefined);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
    await world().mail(host, /A guest is coming/);
  });

  it('stays held when the card is declined in the browser, and says so', async () => {
    const { booking, guest, property } = await world().held();
    assert.equal(
      await world().bank.payInBrowser(booking.payment.clientSecret, 'pm_card_chargeDeclined'),
      402,
    );
    await until('the decline can be read', async () => {
      const payment = await guest.must(200, guest.get(`/payments/${booking.payment.id}`));
      return payment.failure?.code === 'card_declined' && payment.status === 'pending';
    });
    assert.equal((await seen(guest, booking.id)).status, 'held');
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [false, false, false]);
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    await world().sees(guest, booking.id, 'confirmed');
  });

  describe('whose card asks for a challenge', () => {
    it('is 201 with the page to pass it on, and confirmed when it is passed', async () => {
      const { booking, guest } = await world().booked({ paymentMethodId: 'pm_card_authenticationRequired' });
      assert.deepEqual([booking.status, booking.payment.status], ['held', 'requires_action']);
      await world().bank.passChallenge(booking.payment.nextActionUrl);
      await world().sees(guest, booking.id, 'confirmed');
    });

    it('can be paid with another card when the challenge was left', async () => {
      const { booking, guest } = await world().booked({ paymentMethodId: 'pm_card_authenticationRequired' });
      const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_visa' };
      const payment = await guest.must(201, guest.post('/payments', pay));
      assert.equal(payment.status, 'posted');
      assert.equal((await seen(guest, booking.id)).status, 'confirmed');
      assert.equal((await world().bank.intentOf(booking.id)).amount_received, booking.total.amount);
    });

    it('stays held when the challenge is failed', async () => {
      const { booking, guest } = await world().booked({ paymentMethodId: 'pm_card_authenticationRequired' });
      await world().bank.passChallenge(booking.payment.nextActionUrl, 'fail');
      await world().bankIsHeard();
      await until('the payment waits for a card again', async () => {
        const payment = await guest.must(200, guest.get(`/payments/${booking.payment.id}`));
        return payment.status === 'pending' && payment.failure !== undefined;
      });
      assert.equal((await seen(guest, booking.id)).status, 'held');
    });
  });

  describe('that its guest gives up', () => {
    it('is cancelled without a charge: nights free, intent cancelled', async () => {
      const { booking, guest, property } = await world().held();
      const cancelled = await guest.must(
        200,
        guest.post(`/bookings/${booking.id}/cancellation`, { reason: 'Another plan.' }),
      );
      assert.equal(cancelled.status, 'cancelled');
      assert.deepEqual(cancelled.cancellation, {
        by: 'guest',
        at: cancelled.cancellation.at,
        refund: { amount: 0, currency: 'GBP' },
        reason: 'Another plan.',
      });
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
      assert.equal((await world().bank.intentOf(booking.id)).status, 'canceled');
      assert.deepEqual(await movementsOf(world().db, booking.id), []);
      assert.match((await world().mail(guest, /is cancelled/)).text, /had not been charged/);
    });

    it('is cancelled as a paid one when the money was faster', async () => {
      const { booking, guest } = await world().held();
      await world().bank.control('POST', '/webhooks/pause');
      assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      assert.equal(cancelled.status, 'cancelled');
      assert.equal(cancelled.cancellation.refund.amount, booking.total.amount);
      await until('nothing is left of the money', async () => {
        const movements = await movementsOf(world().db, booking.id);
        return movements.length === 2 && Object.keys(await balancesOf(world().db, booking.id)).length === 0;
      });
    });
  });

  it('is paid at its own price, whatever its host has changed since (A11)', async () => {
    const { booking, guest, host, property } = await world().held();
    const dearer = { pricing: { nightly: 99_000 }, capacity: 1, cancellationPolicy: 'non_refundable' };
    await host.must(200, host.patch(`/properties/${property.id}`, dearer));
    await host.must(200, host.put(`/properties/${property.id}/rules`, { minimumNights: 9 }));
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_visa' };
    const { amount } = await guest.must(201, guest.post('/payments', pay));
    assert.equal(amount, booking.total.amount);
    const { status, total, cancellationPolicy } = await seen(guest, booking.id);
    assert.deepEqual([status, total, cancellationPolicy], ['confirmed', booking.total, 'flexible']);
  });

  it('outlives the closing of its property, and can be paid (A12)', async () => {
    const { booking, guest, host, property } = await world().held();
    await host.must(200, host.delete(`/properties/${property.id}/publication`));
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_visa' };
    await guest.must(201, guest.post('/payments', pay));
    assert.equal((await seen(guest, booking.id)).status, 'confirmed');
  });
});
