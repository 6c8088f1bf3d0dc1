import assert from 'node:assert/strict';
import { deadlineBefore } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { refundPaymentId } from '#workflows/refunds.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;
const MINUTE_MS = 60_000;

describe('cancelling a paid stay', () => {
  const world = useWorld();

  const cancel = (guest: Traveller, { id }: { id: string }, key?: string) =>
    guest.post(`/bookings/${id}/cancellation`, {}, key);

  const refunded = (bookingId: string) => world().refunded(bookingId);

  /** When the full refund ends: a day before check-in, on the wall of the property. */
  function deadlineOf(booking: { checkIn: string }): number {
    return Date.parse(deadlineBefore({ date: booking.checkIn, time: '15:00', zone: 'Europe/London' }, 1));
  }

  it('gives all of it back in time, and the nights to others at once', async () => {
    const { booking, guest, host, property } = await world().booked();
    const cancelled = await guest.must(200, cancel(guest, booking));
    assert.equal(cancelled.status, 'cancelled');
    assert.deepEqual(cancelled.cancellation, {
      by: 'guest',
      at: cancelled.cancellation.at,
      refund: { amount: 39_900, currency: 'GBP' },
    });
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
    assert.equal((await refunded(booking.id)).reason, 'cancellation');
    assert.match((await world().mail(guest, /is cancelled/)).text, /GBP 399\.00 goes back/);
    assert.doesNotMatch((await world().mail(host, /is cancelled/)).text, /399/);
  });

  it('mirrors the payment in the ledger, under the bank’s id for the refund', async () => {
    const { booking, guest } = await world().booked();
    await guest.must(200, cancel(guest, booking));
    const refund = await refunded(booking.id);
    const [atBank] = await world().bank.refundsOf(booking.id);
    assert.equal(atBank?.amount, 39_900);
    assert.deepEqual((await movementsOf(world().db, booking.id))[1], {
      step: `refund:${refund.id}`,
      bankId: atBank.id,
      entries: { bank_clearing: -39_900, host_payable: 33_950, platform_revenue: 5_950 },
    });
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
    await assertBooksBalance(world().db);
    assert.deepEqual(
      (await eventsOf(world().db, refund.id)).map(({ kind, actor_id }) => [kind, actor_id]),
      [
        ['refund.requested', guest.id],
        ['refund.settled', 'system'],
      ],
    );
    const payment = await guest.must(200, guest.get(`/payments/${booking.payment.id}`));
    assert.deepEqual([payment.status, payment.refunded], ['posted', 39_900]);
  });

  it('still gives all of it back a minute before the deadline', async () => {
    const { booking, guest } = await world().booked();
    await world().temporal.advanceTo(bookStayId(booking.id), deadlineOf(booking) - MINUTE_MS);
    const { cancellation } = await guest.must(200, cancel(guest, booking));
    assert.equal(cancellation.refund.amount, 39_900);
    assert.ok(Date.parse(cancellation.at) <= deadlineOf(booking));
  });

  it('leaves the host the first night after the deadline, and the platform its fee', async () => {
    const { booking, guest } = await world().booked();
    await world().temporal.advanceTo(bookStayId(booking.id), deadlineOf(booking) + MINUTE_MS);
    const { cancellation } = await guest.must(200, cancel(guest, booking));
    // A night and a third of the cleaning, rounded: 116.67. The fee of 49.00 is kept too.
    assert.equal(cancellation.refund.amount, 39_900 - 11_667 - 4_900);
    await refunded(booking.id);
    const balances = await balancesOf(world().db, booking.id);
    assert.equal(balances.bank_clearing, 11_667 + 4_900);
    const [refund] = await world().bank.refundsOf(booking.id);
    const { amount, amount_received: paid } = await world().bank.intentOf(booking.id);
    assert.equal((refund?.amount ?? 0) + balances.bank_clearing, paid);
    assert.equal(paid, amount);
    await assertBooksBalance(world().db);
  });

  it('leaves the host the nights spent and one more during the stay', async () => {
    const { booking, guest, property } = await world().booked();
    await world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.checkInAt) + MINUTE_MS);
    await world().sees(guest, booking.id, 'in_stay');
    const { cancellation } = await guest.must(200, cancel(guest, booking));
    assert.equal(cancellation.refund.amount, 39_900 - 2 * 11_667 - 4_900);
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
  });

  it('is over for good once: the same key hears it again, another one that it is cancelled', async () => {
    const { booking, guest } = await world().booked();
    const first = await cancel(guest, booking, 'cancel it');
    const again = await cancel(guest, booking, 'cancel it');
    assert.deepEqual([first.status, again.status], [200, 200]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(again.body, first.body);
    for (const attempt of [1, 2]) {
      const other = await cancel(guest, booking, 'once more');
      assert.deepEqual(
        [other.status, other.body.code, other.body.bookingStatus],
        [409, 'booking_state', 'cancelled'],
        `attempt ${attempt}`,
      );
    }
    await refunded(booking.id);
    assert.equal((await world().bank.refundsOf(booking.id)).length, 1);
  });

  it('is not for anyone who is no side of it', async () => {
    const { booking, guest } = await world().booked();
    const stranger = await world().person();
    const [asStranger, asNobody] = [await cancel(stranger, booking), await cancel(world().anyone(), booking)];
    assert.deepEqual([asStranger.status, asStranger.body.code], [404, 'not_found']);
    assert.deepEqual([asNobody.status, asNobody.body.code], [401, 'unauthenticated']);
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
  });

  it('takes a reason of up to 500 characters, and nothing else', async () => {
    const { booking, guest } = await world().booked();
    const path = `/bookings/${booking.id}/cancellation`;
    for (const body of [{ refund: 39_900 }, { by: 'host' }, { reason: 'x'.repeat(501) }, { reason: ' ' }]) {
      const { status } = await guest.post(path, body);
      assert.equal(status, 400, JSON.stringify(body));
    }
    const { cancellation } = await guest.must(200, guest.post(path, { reason: 'x'.repeat(500) }));
    assert.equal(cancellation.reason.length, 500);
  });

  it('leaves the nights for the next guest, who books them', async () => {
    const { booking, guest, property } = await world().booked();
    await guest.must(200, cancel(guest, booking));
    const next = await world().person();
    const body = { propertyId: property.id, checkIn: NIGHTS[0], checkOut: NIGHTS[1], guests: { adults: 1 } };
    const theirs = await next.books({ ...body, paymentMethodId: 'pm_card_visa' });
    assert.equal(theirs.status, 'confirmed');
  });

  describe('when the bank takes its time', () => {
    it('settles the refund at the bank’s word', async () => {
      await world().bank.control('POST', '/settings', { refunds: 'pending', refundSeconds: 3_600 });
      const { booking, guest } = await world().booked();
      const { cancellation } = await guest.must(200, cancel(guest, booking));
      assert.equal(cancellation.refund.amount, 39_900);
      const { id, bank } = await pendingAtBank(booking.id);
      assert.deepEqual(await balancesOf(world().db, booking.id), {
        bank_clearing: 39_900,
        host_payable: -33_950,
        platform_revenue: -5_950,
      });
      await world().bank.control('POST', `/refunds/${bank.id}/settlement`, { outcome: 'succeed' });
      assert.equal((await refunded(booking.id)).bank_refund_id, bank.id);
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      await until('the workflow is over', async () => {
        return (await world().temporal.statusOf(refundPaymentId(id))) === 'COMPLETED';
      });
    });

    it('keeps the promise on record when the bank sends the money back', async () => {
      await world().bank.control('POST', '/settings', { refunds: 'pending', refundSeconds: 3_600 });
      const { booking, guest } = await world().booked();
      await guest.must(200, cancel(guest, booking));
      const { id, bank } = await pendingAtBank(booking.id);
      await world().bank.control('POST', `/refunds/${bank.id}/settlement`, { outcome: 'fail' });
      await until('the failure is on record', async () => {
        const refund = await world().db('refunds').where({ id }).first();
        return refund.status === 'failed' && refund.failure === 'expired_or_canceled_card';
      });
      assert.equal((await movementsOf(world().db, booking.id)).length, 1);
      assert.equal((await eventsOf(world().db, id)).at(-1)?.kind, 'refund.failed');
    });

    it('has it in the books when a refund that was given comes back (M12)', async () => {
      await world().bank.control('POST', '/settings', { refunds: 'fail_later', refundSeconds: 3_600 });
      const { booking, guest } = await world().booked();
      await guest.must(200, cancel(guest, booking));
      const { id, bank_refund_id: bankId } = await refunded(booking.id);
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      await world().bank.control('POST', `/refunds/${bankId}/settlement`, { outcome: 'fail' });
      await until('it has come back', async () => {
        const { status, failure } = await world().db('refunds').where({ id }).first();
        return status === 'failed' && failure === 'expired_or_canceled_card';
      });
      const movements = await movementsOf(world().db, booking.id);
      assert.deepEqual(
        movements.map(({ step }) => step.split(':')[0]),
        ['post', 'refund', 'return'],
      );
      assert.equal((await balancesOf(world().db, booking.id)).bank_clearing, booking.total.amount);
      await assertBooksBalance(world().db);
      assert.deepEqual(
        (await eventsOf(world().db, id)).map(({ kind }) => kind.split('.')[1]),
        ['requested', 'settled', 'failed'],
      );
      await world().bankIsHeard();
      assert.equal((await world().bank.refundsOf(booking.id)).length, 1);
    });

    it('asks once, however the answer is lost (M24)', async () => {
      const refunds = { method: 'POST', path: '/v1/refunds' };
      await world().bank.misbehave({ kind: 'answer_lost', match: refunds, times: 2 });
      const { booking, guest } = await world().booked();
      await guest.must(200, cancel(guest, booking));
      await refunded(booking.id);
      assert.equal((await world().bank.refundsOf(booking.id)).length, 1);
      assert.equal((await movementsOf(world().db, booking.id)).length, 2);
    });

    it('gives the money back once, although the bank repeats its errors for a day (M25)', async () => {
      const refunds = { method: 'POST', path: '/v1/refunds' };
      await world().bank.misbehave(
        { kind: '500_before', match: refunds, times: 5 },
        { kind: '500_after', match: refunds },
      );
      const { booking, guest } = await world().booked();
      await guest.must(200, cancel(guest, booking));
      await refunded(booking.id);
      assert.equal((await world().bank.refundsOf(booking.id)).length, 1);
    });

    it('is made once, when somebody has given the money back at the bank already (M26)', async () => {
      const { booking, guest } = await world().booked();
      await world().bank.refundByHand(booking.id);
      await guest.must(200, cancel(guest, booking));
      // Taken in as what it is, or as what our own promise came to: whichever was first.
      const refund = await refunded(booking.id);
      const [atBank, ...more] = await world().bank.refundsOf(booking.id);
      assert.deepEqual([refund.bank_refund_id, more.length], [atBank?.id, 0]);
      await assertBooksBalance(world().db);
    });

    async function pendingAtBank(bookingId: string) {
      let bank: any;
      await until('the refund is pending at the bank', async () => {
        [bank] = await world().bank.refundsOf(bookingId);
        return bank?.status === 'pending';
      });
      let refund: any;
      await until('the bank’s id for it is on record', async () => {
        refund = await world().db('refunds').where({ booking_id: bookingId }).first();
        return refund.bank_refund_id === bank.id;
      });
      assert.equal(refund.status, 'pending');
      return { id: refund.id as never, bank };
    }
  });
});
