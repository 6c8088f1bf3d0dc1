import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { assertBooksBalance, movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const CREATE = { method: 'POST', path: '/v1/payment_intents' };
const CONFIRM = { method: 'POST', path: '/v1/payment_intents/*/confirm' };

describe('paying for a held booking', () => {
  const world = useWorld();

  const pay = (guest: Traveller, bookingId: string, paymentMethodId?: string) =>
    guest.post('/payments', { bookingId, ...(paymentMethodId !== undefined && { paymentMethodId }) });

  const statusOf = async (guest: Traveller, id: string): Promise<string> =>
    (await guest.must(200, guest.get(`/bookings/${id}`))).status;

  it('keeps the hold when the card is declined, and confirms when the next one pays', async () => {
    const { booking, guest } = await world().held();
    const declined = await pay(guest, booking.id, 'pm_card_chargeDeclinedInsufficientFunds');
    assert.equal(declined.status, 402);
    assert.deepEqual(
      [declined.body.code, declined.body.declineCode],
      ['card_declined', 'insufficient_funds'],
    );
    assert.equal(await statusOf(guest, booking.id), 'held');
    const failed = await guest.must(200, guest.get(`/payments/${booking.payment.id}`));
    assert.deepEqual([failed.status, failed.failure.code], ['pending', 'card_declined']);

    const paid = await guest.must(201, pay(guest, booking.id, 'pm_card_visa'));
    assert.deepEqual(paid, {
      id: booking.payment.id,
      bookingId: booking.id,
      status: 'posted',
      disputed: false,
      amount: 39_900,
      refunded: 0,
      currency: 'GBP',
      createdAt: paid.createdAt,
    });
    assert.equal(await statusOf(guest, booking.id), 'confirmed');
    assert.equal((await world().bank.intentOf(booking.id)).status, 'succeeded');
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
    await assertBooksBalance(world().db);
  });

  it('repeats to each key what became of its try', async () => {
    const { booking, guest } = await world().held();
    const tryWith = (paymentMethodId: string, key: string) =>
      guest.post('/payments', { bookingId: booking.id, paymentMethodId }, key);
    const declined = await tryWith('pm_card_chargeDeclinedLostCard', 'first try');
    const declinedAgain = await tryWith('pm_card_chargeDeclinedLostCard', 'first try');
    assert.deepEqual([declinedAgain.status, declinedAgain.body.declineCode], [402, 'lost_card']);
    assert.equal(declinedAgain.body.detail, declined.body.detail);
    const paid = await tryWith('pm_card_visa', 'second try');
    const paidAgain = await tryWith('pm_card_visa', 'second try');
    assert.deepEqual([paid.status, paidAgain.status], [201, 201]);
    assert.deepEqual(paidAgain.body, paid.body);
    const third = await tryWith('pm_card_visa', 'third try');
    const thirdAgain = await tryWith('pm_card_visa', 'third try');
    for (const { status, body } of [third, thirdAgain]) {
      assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'confirmed']);
    }
    const firstAtLast = await tryWith('pm_card_chargeDeclinedLostCard', 'first try');
    assert.deepEqual([firstAtLast.status, firstAtLast.body.code], [402, 'card_declined']);
    for (const { headers } of [declinedAgain, paidAgain, thirdAgain, firstAtLast])
      assert.equal(headers.get('idempotent-replayed'), 'true');
  });

  it('refuses a payment method that the bank does not know, and keeps the hold', async () => {
    const { booking, guest } = await world().held();
    for (const attempt of ['asked', 'asked again']) {
      const { status, body } = await guest.post(
        '/payments',
        { bookingId: booking.id, paymentMethodId: 'pm_nobodys' },
        'unknown method',
      );
      assert.deepEqual(
        [status, body.code, body.errors[0].path],
        [400, 'invalid_input', 'paymentMethodId'],
        attempt,
      );
    }
    assert.equal(await statusOf(guest, booking.id), 'held');
    await guest.must(201, pay(guest, booking.id, 'pm_card_visa'));
  });

  it('asks the bank what it knows when there is no payment method', async () => {
    const { booking, guest } = await world().held();
    assert.equal((await guest.must(201, pay(guest, booking.id))).status, 'pending');
    await world().bank.control('POST', '/webhooks/pause');
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    assert.equal((await guest.must(201, pay(guest, booking.id))).status, 'posted');
    assert.equal(await statusOf(guest, booking.id), 'confirmed');
  });

  it('takes no price from the client (S3)', async () => {
    const { booking, guest } = await world().held();
    for (const more of [{ amount: 1 }, { currency: 'JPY' }, { status: 'posted' }]) {
      const body = { bookingId: booking.id, paymentMethodId: 'pm_card_visa', ...more };
      const answer = await guest.post('/payments', body);
      assert.deepEqual([answer.status, answer.body.errors[0].path], [400, Object.keys(more)[0]]);
    }
    assert.equal(await statusOf(guest, booking.id), 'held');
  });

  it('charges once, however many tries are made at the same moment', async () => {
    const { booking, guest } = await world().held();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => pay(guest, booking.id, 'pm_card_visa')),
    );
    const outcomes = answers.map(({ status, body }) => (status === 201 ? body.status : body.code)).sort();
    assert.deepEqual(outcomes, [...Array<string>(9).fill('booking_state'), 'posted']);
    const intent = await world().bank.intentOf(booking.id);
    assert.equal(intent.amount_received, booking.total.amount);
    const { data } = await world().bank.control('GET', '/objects/charges');
    assert.equal(data.filter(({ payment_intent: id }: any) => id === intent.id).length, 1);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });

  it('pays once when the answer to the try is lost (M24)', async () => {
    const { booking, guest } = await world().held();
    await world().bank.misbehave({ kind: 'answer_lost', match: CONFIRM, times: 2 });
    assert.equal((await guest.must(201, pay(guest, booking.id, 'pm_card_visa'))).status, 'posted');
    assert.equal(await world().bank.faultsLeft(), 0);
    await assertPaidOnce(booking);
  });

  it('is what the payer hears although another tab was faster (M19)', async () => {
    const { booking, guest } = await world().held();
    await world().bank.misbehave({ kind: 'latency', match: CONFIRM, delayMs: 1_500 });
    const paying = pay(guest, booking.id, 'pm_card_visa');
    await until('it is on its way', async () => (await world().bank.faultsLeft()) === 0);
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    assert.equal((await guest.must(201, paying)).status, 'posted');
    await assertPaidOnce(booking);
  });

  it('lists payments to their payer, the newest first', async () => {
    const { booking, guest } = await world().held();
    const { property } = await world().home();
    const second = await guest.books(stayRequest({ propertyId: property.id }));
    const listed = await guest.must(200, guest.get('/payments'));
    assert.deepEqual(
      listed.data.map(({ bookingId, status }: any) => [bookingId, status]),
      [
        [second.id, 'posted'],
        [booking.id, 'pending'],
      ],
    );
    const first = await guest.must(200, guest.get('/payments?limit=1'));
    assert.equal(first.data[0].bookingId, second.id);
    const rest = await guest.must(200, guest.get(`/payments?limit=1&cursor=${first.nextCursor}`));
    assert.deepEqual([rest.data[0].bookingId, rest.nextCursor], [booking.id, null]);
    const ofOne = await guest.must(200, guest.get(`/payments?bookingId=${booking.id}`));
    assert.deepEqual(
      ofOne.data.map(({ id }: any) => id),
      [booking.payment.id],
    );
  });

  describe('in the one call that books', () => {
    const lost: [string, object[]][] = [
      ['the answer is lost after the bank acted', [{ kind: 'answer_lost', match: CREATE, times: 2 }]],
      ['the connection breaks before the bank acted', [{ kind: 'close', match: CREATE, times: 2 }]],
      ['the bank acts and says 500', [{ kind: '500_after', match: CREATE }]],
      ['the bank says 500 and has not acted', [{ kind: '500_before', match: CREATE, times: 3 }]],
      ['the bank has too much to do', [{ kind: '429', match: CREATE, times: 2 }]],
      [
        'the answer is lost and the look-up breaks too',
        [
          { kind: 'answer_lost', match: CREATE, times: 2 },
          { kind: '500_before', match: { method: 'GET', path: '/v1/payment_intents' } },
        ],
      ],
      [
        'the answer comes when nobody waits for it any more',
        [{ kind: 'answer_late', match: CREATE, delayMs: 15_500 }],
      ],
    ];
    for (const [what, faults] of lost) {
      it(`pays once when ${what} (M24)`, async () => {
        const { property } = await world().home();
        const guest = await world().person();
        await world().bank.misbehave(...(faults as never[]));
        const booking = await guest.books(stayRequest({ propertyId: property.id }));
        assert.equal(booking.status, 'confirmed');
        assert.equal(await world().bank.faultsLeft(), 0);
        await assertPaidOnce(booking);
      });
    }

    it('is refused with the field when the bank does not know the payment method', async () => {
      const { property } = await world().home();
      const guest = await world().person();
      const request = stayRequest({ propertyId: property.id, paymentMethodId: 'pm_nobodys' });
      const { status, body } = await guest.post('/bookings', request);
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'invalid_input', 'paymentMethodId']);
      const seen = await guest.must(200, guest.get(`/bookings/${body.bookingId}`));
      assert.deepEqual([seen.status, seen.payment.status], ['rejected', 'failed']);
      assert.deepEqual(await world().bank.intentsOf(body.bookingId), []);
      await guest.books(stayRequest({ propertyId: property.id }));
    });

    it('waits with the nights held while the bank is still at it, and is confirmed when it is done', async () => {
      await world().bank.control('POST', '/settings', {
        authorization: 'processing',
        processingSeconds: 600,
      });
      const { booking, guest } = await world().booked();
      assert.deepEqual([booking.status, booking.payment.status], ['held', 'processing']);
      const intent = await world().bank.intentOf(booking.id);
      await world().bank.control('POST', `/payment_intents/${intent.id}/settlement`, { outcome: 'succeed' });
      await world().sees(guest, booking.id, 'confirmed');
      await assertPaidOnce(booking);
    });

    it('has its money back when the bank is done only after the hold and the nights are gone (M18)', async () => {
      await world().bank.control('POST', '/settings', {
        authorization: 'processing',
        processingSeconds: 600,
      });
      const { booking, guest, property } = await world().booked();
      await world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.holdExpiresAt));
      await world().sees(guest, booking.id, 'expired');
      await world().bank.control('POST', '/settings', { authorization: 'at_once' });
      const other = await world().person();
      await other.books(stayRequest({ propertyId: property.id }));
      const intent = await world().bank.intentOf(booking.id);
      await world().bank.control('POST', `/payment_intents/${intent.id}/settlement`, { outcome: 'succeed' });
      await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
      assert.equal(await statusOf(guest, booking.id), 'expired');
    });
  });

  it('gives the money back when the bank is done only after the stay would have been over (M18)', async () => {
    await world().bank.control('POST', '/settings', { authorization: 'processing', processingSeconds: 600 });
    const { booking, guest } = await world().booked({ checkIn: inDays(1), checkOut: inDays(2) });
    await world().passTo(booking, booking.holdExpiresAt);
    await world().sees(guest, booking.id, 'expired');
    await world().passTo(booking, booking.checkOutAt);
    const { id } = await world().bank.intentOf(booking.id);
    await world().bank.control('POST', `/payment_intents/${id}/settlement`, { outcome: 'succeed' });
    await world().refunded(booking.id, { reason: 'late_payment', amount: booking.total.amount });
    assert.equal(await statusOf(guest, booking.id), 'expired');
  });

  async function assertPaidOnce({ id, total }: { id: string; total: { amount: number } }): Promise<void> {
    const intent = await world().bank.intentOf(id);
    assert.deepEqual([intent.status, intent.amount_received], ['succeeded', total.amount]);
    assert.equal((await movementsOf(world().db, id)).length, 1);
    await assertBooksBalance(world().db);
  }
});
