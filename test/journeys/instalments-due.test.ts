import assert from 'node:assert/strict';
import { openDoctor } from '#bin/examination.ts';
import { readConfig } from '#config';
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
import type { Traveller } from '../support/journeys.ts';
import { useWorld } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { onboard } from '../support/payouts.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const DAY_MS = 24 * 3_600_000;

describe('an instalment that the card does not pay', function () {
  this.timeout(180_000);
  const world = useWorld();
  const bookings: string[] = [];

  /** A stay whose second month has begun, and whose guest's card was declined for it. */
  async function due(card = DECLINED_LATER) {
    const stay = await world().booked(LONG_STAY);
    const { booking, guest } = stay;
    bookings.push(booking.id);
    await guest.must(200, guest.put(`/bookings/${booking.id}/payment-method`, { paymentMethodId: card }));
    await passToInstalment(world(), booking, { n: 2 });
    return { ...stay, booking: await isDue(guest, booking.id) };
  }

  const isDue = (guest: Traveller, bookingId: string) =>
    seesInstalment(guest, { bookingId, n: 2, status: 'due' });
  const isPaid = (guest: Traveller, bookingId: string) =>
    seesInstalment(guest, { bookingId, n: 2, status: 'paid' });
  const pay = (guest: Traveller, { id: bookingId }: Wire, paymentMethodId = 'pm_card_visa') =>
    guest.post('/payments', { bookingId, paymentMethodId });
  const passDays = ({ id }: Wire, days: number) => world().temporal.advance(bookStayId(id), days * DAY_MS);
  const postsOf = async (bookingId: string) =>
    (await movementsOf(world().db, bookingId)).filter(({ step }) => step.startsWith('post:')).length;

  it('asks for authentication: is paid in the browser while the retry fires, and once (M20)', async () => {
    const stay = await world().booked({ ...LONG_STAY, paymentMethodId: undefined });
    const { guest, booking } = stay;
    bookings.push(booking.id);
    await world().bank.payInBrowser(booking.payment.clientSecret, 'pm_card_authenticationRequired');
    await world().sees(guest, booking.id, 'held');
    await world().bank.passChallenge(world().bank.challengePage(booking.payment.clientSecret));
    const confirmed = await world().sees(guest, booking.id, 'confirmed');
    await passToInstalment(world(), confirmed, { n: 2 });
    const told = await isDue(guest, booking.id);
    await world().mail(guest, /could not be charged/);
    const { clientSecret } = instalmentOf(told, 2);
    await world().bank.control('POST', '/webhooks/pause');
    assert.equal(await world().bank.payInBrowser(clientSecret), 200);
    await guest.must(
      201,
      guest.post('/payments', { bookingId: booking.id, paymentMethodId: 'pm_card_mastercard' }),
    );
    const paid = await isPaid(guest, booking.id);
    await world().bank.heal();
    await passDays(booking, 2);
    const [intent, ...more] = await intentsOfInstalment(world(), paid, 2);
    assert.deepEqual([intent.status, more], ['succeeded', []]);
    assert.equal(await postsOf(booking.id), 2);
  });

  it('is tried again a day later, while its guest pays in the browser unheard, and charged once (M20)', async () => {
    const { guest, booking } = await due();
    await world().bank.control('POST', '/webhooks/pause');
    assert.equal(await world().bank.payInBrowser(instalmentOf(booking, 2).clientSecret), 200);
    await passDays(booking, 1.01);
    const paid = await isPaid(guest, booking.id);
    await world().bank.heal();
    await world().bankIsHeard();
    assert.deepEqual(
      (await intentsOfInstalment(world(), paid, 2)).map(({ status }) => status),
      ['succeeded'],
    );
    assert.equal(await postsOf(booking.id), 2);
    assert.deepEqual(await world().bank.refundsOf(booking.id), []);
  });

  it('is paid once by whoever pays it at the same moment: two tries, the browser and the retry (M20)', async () => {
    const { guest, booking } = await due();
    const { clientSecret } = instalmentOf(booking, 2);
    await Promise.all([
      pay(guest, booking),
      pay(guest, booking, 'pm_card_mastercard'),
      world().bank.payInBrowser(clientSecret),
      passDays(booking, 1.01),
    ]);
    const paid = await isPaid(guest, booking.id);
    assert.deepEqual(
      (await intentsOfInstalment(world(), paid, 2)).map(({ status }) => status),
      ['succeeded'],
    );
    assert.equal(await postsOf(booking.id), 2);
  });

  it('is charged at once to the card that its guest replaces it by (M21)', async () => {
    const { guest, booking } = await due();
    const path = `/bookings/${booking.id}/payment-method`;
    const kept = await guest.must(200, guest.put(path, { paymentMethodId: 'pm_card_mastercard' }));
    assert.equal(kept.status, 'saved');
    const paid = await isPaid(guest, booking.id);
    assert.equal((await intentsOfInstalment(world(), paid, 2)).length, 1);
  });

  it('is charged to the new card once its holder has passed the challenge, and not before (M20, M21)', async () => {
    const { guest, booking } = await due();
    const path = `/bookings/${booking.id}/payment-method`;
    const asked = await guest.must(
      200,
      guest.put(path, { paymentMethodId: 'pm_card_authenticationRequiredOnSetup' }),
    );
    assert.equal(asked.status, 'requires_action');
    await isDue(guest, booking.id);
    await world().bank.passChallenge(asked.nextActionUrl);
    const paid = await isPaid(guest, booking.id);
    assert.equal((await intentsOfInstalment(world(), paid, 2)).length, 1);
  });

  it('stays due when the next card is declined too, and that card is not kept (M21)', async () => {
    const { guest, booking } = await due();
    const path = `/bookings/${booking.id}/payment-method`;
    const refused = await guest.put(path, { paymentMethodId: 'pm_card_chargeDeclined' });
    assert.deepEqual([refused.status, refused.body.code], [402, 'card_declined']);
    const declined = await pay(guest, booking, 'pm_card_chargeDeclinedInsufficientFunds');
    assert.deepEqual([declined.status, declined.body.declineCode], [402, 'insufficient_funds']);
    await isDue(guest, booking.id);
  });

  it('is paid by a challenge that its guest passes on the page that the booking names', async () => {
    const { guest, booking } = await due();
    const payment = await guest.must(201, pay(guest, booking, 'pm_card_authenticationRequired'));
    assert.equal(payment.status, 'requires_action');
    const { nextActionUrl } = instalmentOf(await isDue(guest, booking.id), 2);
    await world().bank.passChallenge(nextActionUrl);
    await isPaid(guest, booking.id);
  });

  it('goes back whole by itself when it comes after the stay was called off', async () => {
    const { guest, booking } = await due();
    await world().bank.misbehave({
      kind: '429',
      match: { method: 'POST', path: '/v1/payment_intents/*/cancel' },
      times: 1_000,
    });
    await passToPayBy(world(), booking, { n: 2 });
    await world().sees(guest, booking.id, 'cancelled');
    assert.equal(await world().bank.payInBrowser(instalmentOf(booking, 2).clientSecret), 200);
    await world().bank.heal();
    const { amount } = instalmentOf(booking, 2);
    await world().refunded(booking.id, { reason: 'late_payment', amount: amount.amount });
  });

  it('is nobody’s business but its guest’s: no secret for the host, and no way to pay (S1)', async () => {
    const { guest, host, booking } = await due();
    const seen = instalmentOf(await host.must(200, host.get(`/bookings/${booking.id}`)), 2);
    assert.deepEqual([seen.status, seen.clientSecret], ['due', undefined]);
    assert.equal((await pay(host, booking)).status, 404);
    const path = `/bookings/${booking.id}/payment-method`;
    assert.equal((await host.put(path, { paymentMethodId: 'pm_card_visa' })).status, 403);
    await guest.must(201, pay(guest, booking));
  });

  it('and cannot be paid again, nor before it is due', async () => {
    const { booking, guest } = await world().booked(LONG_STAY);
    const early = await pay(guest, booking);
    assert.deepEqual([early.status, early.body.code], [409, 'booking_state']);
    const { booking: short, guest: other } = await world().booked();
    const path = `/bookings/${short.id}/payment-method`;
    const refused = await other.put(path, { paymentMethodId: 'pm_card_visa' });
    assert.deepEqual([refused.status, refused.body.code], [409, 'booking_state']);
  });

  it('leaves nothing for the doctor to find', async () => {
    const { booking, guest, host } = await due();
    await onboard(world(), host);
    await guest.must(201, pay(guest, booking));
    await passDays(booking, 2);
    await until('both months are paid to the host', async () => {
      return (await world().db('payouts').where({ booking_id: booking.id, status: 'paid' })).length === 2;
    });
    await using doctor = openDoctor(readConfig(world().stack.environment));
    const verdicts = await doctor.examine(10_000);
    const ids = new Set<string>(bookings);
    for (const id of await world().db('payments').whereIn('booking_id', bookings).pluck('id')) ids.add(id);
    for (const id of await world().db('payouts').whereIn('booking_id', bookings).pluck('id')) ids.add(id);
    const broken = verdicts.flatMap(({ invariant, findings }) =>
      findings.filter(({ id }) => ids.has(id)).map(({ id, detail }) => `${invariant}: ${id}: ${detail}`),
    );
    assert.deepEqual(broken, []);
  });
});
