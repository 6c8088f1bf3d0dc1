import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;
const ALMOST_MS = 20_000;

describe('a hold whose time is over (A15)', () => {
  const world = useWorld();

  const seen = (person: Person, id: string) => person.must(200, person.get(`/bookings/${id}`));

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
    const theirs = await other.books(request);
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

  it('outlives a bank that does not know its payment any more', async () => {
    const { booking, guest } = await world().held();
    const { id } = await world().bank.intentOf(booking.id);
    const noted = (intentId: string) =>
      world().db('payments').where({ booking_id: booking.id }).update({ intent_id: intentId });
    await noted(`${id}_of_another_bank`);
    const workflow = bookStayId(booking.id);
    await world().temporal.advanceTo(workflow, Date.parse(booking.holdExpiresAt));
    await world().sees(guest, booking.id, 'expired');
    await world().temporal.isTried(workflow, 'closePayment', 2);
    await noted(id);
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
