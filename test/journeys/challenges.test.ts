import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { eventsOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;
const CHALLENGED = 'pm_card_authenticationRequired';
const MINUTE_MS = 60_000;
const ALMOST_MS = 20_000;

describe('a challenge of the issuer', () => {
  const world = useWorld();

  const challenged = () => world().booked({ paymentMethodId: CHALLENGED });
  const seen = (guest: Traveller, { id }: Wire) => guest.must(200, guest.get(`/bookings/${id}`));

  const isCancelled = ({ id }: Wire) =>
    until('the intent is cancelled', async () => (await world().bank.intentOf(id)).status === 'canceled');

  /** Minutes from the taking of the nights to the end of the hold. */
  async function heldMinutes(booking: Wire): Promise<number> {
    const held = (await eventsOf(world().db, booking.id)).find(({ kind }) => kind === 'booking.held');
    return (Date.parse(booking.holdExpiresAt) - Date.parse(held?.occurred_at ?? '')) / MINUTE_MS;
  }

  it('gives its payer thirty minutes instead of fifteen, and no more (A16)', async () => {
    const { booking, guest, property } = await challenged();
    assert.deepEqual([booking.status, booking.payment.status], ['held', 'requires_action']);
    assert.equal(await heldMinutes(booking), 30);
    await world().passTo(booking, booking.holdExpiresAt, -ALMOST_MS);
    assert.equal((await seen(guest, booking)).status, 'held');
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [false, false, false]);
    await world().passTo(booking, booking.holdExpiresAt);
    await world().sees(guest, booking.id, 'expired');
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
    await isCancelled(booking);
  });

  it('puts the end off when it is begun in the browser, too', async () => {
    const { booking, guest } = await world().held();
    assert.equal(await heldMinutes(booking), 15);
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret, CHALLENGED), 200);
    await until('the guest sees the challenge', async () => {
      return (await seen(guest, booking)).payment.status === 'requires_action';
    });
    const now = await seen(guest, booking);
    assert.equal(await heldMinutes(now), 30);
    assert.match(now.payment.nextActionUrl, /^http/);
  });

  it('is noticed at the end of the hold although nobody has told of it (A16)', async () => {
    const { booking, guest } = await world().held();
    await world().bank.control('POST', '/webhooks/pause');
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret, CHALLENGED), 200);
    await world().passTo(booking, booking.holdExpiresAt);
    await until('the hold is put off', async () => {
      const { status, holdExpiresAt } = await seen(guest, booking);
      return status === 'held' && holdExpiresAt > booking.holdExpiresAt;
    });
    const { payment } = await seen(guest, booking);
    await world().bank.passChallenge(payment.nextActionUrl);
    await world().bank.control('POST', '/webhooks/resume');
    await world().sees(guest, booking.id, 'confirmed');
  });

  it('puts the end off once, however many are begun', async () => {
    const { booking, guest } = await challenged();
    await world().bank.passChallenge(booking.payment.nextActionUrl, 'fail');
    const pay = { bookingId: booking.id, paymentMethodId: CHALLENGED };
    await until('the failure is heard of', async () => {
      return (await seen(guest, booking)).payment.status === 'pending';
    });
    assert.equal((await guest.must(201, guest.post('/payments', pay))).status, 'requires_action');
    const again = await seen(guest, booking);
    assert.equal(again.holdExpiresAt, booking.holdExpiresAt);
    await world().bank.passChallenge(again.payment.nextActionUrl);
    await world().sees(guest, booking.id, 'confirmed');
  });

  it('may be finished in another tab, while this one asks how it stands (M19)', async () => {
    const { booking, guest } = await challenged();
    const [, payment] = await Promise.all([
      world().bank.passChallenge(booking.payment.nextActionUrl),
      guest.must(201, guest.post('/payments', { bookingId: booking.id })),
    ]);
    assert.ok(['requires_action', 'posted'].includes(payment.status));
    const confirmed = await world().sees(guest, booking.id, 'confirmed');
    assert.equal(confirmed.payment.nextActionUrl, undefined);
    assert.equal((await world().bank.intentOf(booking.id)).amount_received, booking.total.amount);
  });

  it('that was left costs nothing, and cannot be passed any more (M19)', async () => {
    const { booking, guest } = await challenged();
    await world().passTo(booking, booking.holdExpiresAt);
    await world().sees(guest, booking.id, 'expired');
    await isCancelled(booking);
    const page = await (await fetch(booking.payment.nextActionUrl)).text();
    assert.doesNotMatch(page, /<button/);
    assert.equal((await world().bank.intentOf(booking.id)).amount_received, 0);
  });

  it('that is passed after the hold had ended brings the stay back if it is still free (M19)', async () => {
    const { booking, guest } = await challenged();
    const cancel = { method: 'POST', path: '/v1/payment_intents/*/cancel' };
    await world().bank.misbehave({ kind: '429', match: cancel, times: 4 });
    await world().passTo(booking, booking.holdExpiresAt);
    await world().sees(guest, booking.id, 'expired');
    await world().bank.passChallenge(booking.payment.nextActionUrl);
    await world().sees(guest, booking.id, 'confirmed');
    assert.deepEqual(await world().availability(booking.propertyId, ...NIGHTS), [false, false, false]);
  });

  it('of a request that is passed after the hold had ended is let go: nobody has asked the host', async () => {
    const { booking, guest } = await world().requested({ paymentMethodId: CHALLENGED });
    const cancel = { method: 'POST', path: '/v1/payment_intents/*/cancel' };
    await world().bank.misbehave({ kind: '429', match: cancel, times: 4 });
    await world().passTo(booking, booking.holdExpiresAt);
    await world().sees(guest, booking.id, 'expired');
    await world().bank.passChallenge(booking.payment.nextActionUrl);
    await until('the bank has let go', async () => {
      return (await world().bank.intentOf(booking.id)).status === 'canceled';
    });
    assert.equal((await seen(guest, booking)).status, 'expired');
    await until('the workflow is over', async () => {
      return (await world().temporal.statusOf(bookStayId(booking.id))) === 'COMPLETED';
    });
  });

  it('of a request is passed first, and then the host is asked', async () => {
    const { booking, guest, host } = await world().requested({ paymentMethodId: CHALLENGED });
    assert.deepEqual([booking.status, booking.payment.status], ['held', 'requires_action']);
    await world().bank.passChallenge(booking.payment.nextActionUrl);
    await world().sees(guest, booking.id, 'awaiting_host');
    await host.must(200, host.post(`/bookings/${booking.id}/acceptance`));
  });
});
