import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;
const HOLD_MS = 15 * 60_000;
const ALMOST_MS = 20_000;

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

  describe('whose time is over (A15)', () => {
    it('is held to the last, then expired: nights free, intent cancelled, guest told', async () => {
      const { booking, guest, host, property } = await world().held();
      const workflow = bookStayId(booking.id);
      await world().temporal.advanceTo(workflow, Date.parse(booking.holdExpiresAt) - ALMOST_MS);
      assert.equal((await seen(guest, booking.id)).status, 'held');
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [false, false, false]);
      await world().temporal.advanceTo(workflow, Date.parse(booking.holdExpiresAt));
      const expired = await world().sees(guest, booking.id, 'expired');
      assert.equal(expired.holdExpiresAt, undefined);
      assert.equal(expired.payment.clientSecret, undefined);
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
      await until(
        'the workflow is over',
        async () => (await world().temporal.statusOf(workflow)) === 'COMPLETED',
      );
      assert.equal((await world().bank.intentOf(booking.id)).status, 'canceled');
      assert.notEqual(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      assert.equal((await seen(guest, booking.id)).payment.status, 'voided');
      assert.match((await world().mail(guest, /hold .* has ended/)).text, /not been charged/);
      assert.deepEqual(await world().mailbox(host), []);
      const expiry = (await eventsOf(world().db, booking.id)).at(-1);
      assert.equal(expiry?.kind, 'booking.expired');
      assert.ok(expiry.occurred_at >= booking.holdExpiresAt);
    });

    it('can neither be paid nor cancelled any more', async () => {
      const { booking, guest } = await expired();
      const acts = [
        guest.post('/payments', { bookingId: booking.id, paymentMethodId: 'pm_card_visa' }),
        guest.post(`/bookings/${booking.id}/cancellation`),
      ];
      for (const { status, body } of await Promise.all(acts)) {
        assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'expired']);
      }
    });

    it('is confirmed when the money was in before the end, though nobody had said so', async () => {
      const { booking, guest } = await world().held();
      await world().bank.control('POST', '/webhooks/pause');
      assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      const workflow = bookStayId(booking.id);
      await world().temporal.advanceTo(workflow, Date.parse(booking.holdExpiresAt));
      await world().sees(guest, booking.id, 'confirmed');
      await world().bank.control('POST', '/webhooks/resume');
      await world().bankIsHeard();
      assert.equal((await movementsOf(world().db, booking.id)).length, 1);
    });

    it('gets its nights again when late money finds them free', async () => {
      const { booking, guest, property } = await expiredButPayable();
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
      assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      await world().sees(guest, booking.id, 'confirmed');
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [false, false, false]);
      assert.deepEqual(
        (await eventsOf(world().db, booking.id)).map(({ kind }) => kind.split('.')[1]),
        ['requested', 'held', 'expired', 'confirmed'],
      );
      await world().mail(guest, /is booked/);
      // It lives like any other from here: its guest may cancel it.
      const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      assert.equal(cancelled.cancellation.refund.amount, booking.total.amount);
    });

    it('gets late money back whole, by itself, when somebody else has the nights', async () => {
      const { booking, guest, property } = await expiredButPayable();
      const other = await world().person();
      const request = stayRequest({ propertyId: property.id });
      const theirs = await other.must(201, other.post('/bookings', request));
      assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      await until('all the money is on its way back', async () => {
        const [refund] = await world().bank.refundsOf(booking.id);
        return refund?.amount === booking.total.amount;
      });
      await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
      assert.equal((await seen(guest, booking.id)).status, 'expired');
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      const payment = await guest.must(200, guest.get(`/payments/${booking.payment.id}`));
      assert.deepEqual([payment.status, payment.refunded], ['posted', booking.total.amount]);
      assert.equal((await seen(other, theirs.id)).status, 'confirmed');
      await until('the workflow is over', async () => {
        return (await world().temporal.statusOf(bookStayId(booking.id))) === 'COMPLETED';
      });
    });

    it('gets money back that comes when nobody conducts the booking any more', async () => {
      const { booking, guest } = await expiredButPayable();
      await world().temporal.client.workflow.getHandle(bookStayId(booking.id)).terminate('by hand');
      assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
      assert.equal((await seen(guest, booking.id)).status, 'expired');
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      assert.equal((await world().bank.refundsOf(booking.id)).length, 1);
    });

    it('gives nights and money back when the workflow was ended by hand while it waited', async () => {
      const { booking, guest, property } = await world().held();
      await world().temporal.client.workflow.getHandle(bookStayId(booking.id)).terminate('by hand');
      assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
      assert.equal((await seen(guest, booking.id)).status, 'expired');
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
    });

    it('frees its nights at once although the bank does not answer', async () => {
      const { booking, guest, property } = await world().held();
      const everything = { path: '/v1/payment_intents/*' };
      await world().bank.misbehave({ kind: '429', match: everything, times: 1_000 });
      const workflow = bookStayId(booking.id);
      await world().temporal.advanceTo(workflow, Date.parse(booking.holdExpiresAt));
      await world().sees(guest, booking.id, 'expired');
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
      assert.equal(await world().temporal.statusOf(workflow), 'RUNNING');
      await world().bank.heal();
      await until(
        'the intent is cancelled',
        async () => (await world().bank.intentOf(booking.id)).status === 'canceled',
      );
    });

    it('has its intent cancelled although the bank repeats an error for a day (M25)', async () => {
      const { booking, guest } = await world().held();
      const cancel = { method: 'POST', path: '/v1/payment_intents/*/cancel' };
      await world().bank.misbehave({ kind: '500_before', match: cancel, times: 6 });
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      await until(
        'the intent is cancelled',
        async () => (await world().bank.intentOf(booking.id)).status === 'canceled',
      );
    });

    async function expired() {
      const journey = await world().held();
      const { id, holdExpiresAt } = journey.booking;
      await world().temporal.advanceTo(bookStayId(id), Date.parse(holdExpiresAt));
      await world().sees(journey.guest, id, 'expired');
      return journey;
    }

    /** The bank does not take the cancelling of the intent, so that it can still be paid for a while. */
    async function expiredButPayable() {
      const cancel = { method: 'POST', path: '/v1/payment_intents/*/cancel' };
      await world().bank.misbehave({ kind: '429', match: cancel, times: 4 });
      return expired();
    }
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

  it('outlives the closing of its property, and can be paid (A12)', async () => {
    const { booking, guest, host, property } = await world().held();
    await host.must(200, host.delete(`/properties/${property.id}/publication`));
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_visa' };
    await guest.must(201, guest.post('/payments', pay));
    assert.equal((await seen(guest, booking.id)).status, 'confirmed');
  });
});
