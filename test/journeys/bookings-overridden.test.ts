import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf, eventsOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;
const TOTAL = 39_900;
const reason = 'A flood has closed the roads.';

describe('an operator who cancels', () => {
  const world = useWorld();

  const cancel = (person: Traveller, { id }: { id: string }, body: object) =>
    person.post(`/bookings/${id}/cancellation`, body);

  it('has to say why, and gives what the policy does unless told otherwise', async () => {
    const { booking } = await world().booked({}, { cancellationPolicy: 'limited' });
    const operator = await world().operator();
    const silent = await cancel(operator, booking, {});
    assert.deepEqual([silent.status, silent.body.errors?.[0]?.path], [400, 'reason']);
    await world().passTo(booking, new Date(Date.parse(booking.checkInAt) - 10 * 86_400_000).toISOString());
    const { cancellation } = await operator.must(200, cancel(operator, booking, { reason }));
    assert.deepEqual(
      [cancellation.by, cancellation.refund.amount, cancellation.reason],
      ['operator', 17_500, reason],
    );
    await world().refunded(booking.id, { amount: 17_500 });
  });

  it('gives everything back in a disruptive event, on the record, and costs the host nothing', async () => {
    const { booking, guest, host, property } = await world().booked(
      {},
      { cancellationPolicy: 'non_refundable' },
    );
    const operator = await world().operator();
    const override = { disruptive: true };
    const { cancellation } = await operator.must(200, cancel(operator, booking, { reason, override }));
    assert.deepEqual([cancellation.refund.amount, cancellation.fee], [TOTAL, undefined]);
    await world().refunded(booking.id, { amount: TOTAL });
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
    const told = (await eventsOf(world().db, booking.id)).at(-1);
    assert.deepEqual(
      [told?.kind, told?.actor_id, told?.data.by, told?.data.override, told?.data.owed],
      ['booking.cancelled', operator.id, 'operator', override, 0],
    );
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
    assert.match(
      (await world().mail(guest, /is cancelled/)).text,
      /We have cancelled[^]*flood[^]*399\.00 goes back/,
    );
    assert.match((await world().mail(host, /is cancelled/)).text, /We have cancelled[^]*flood/);
    const anyone = world().anyone();
    assert.deepEqual((await anyone.get(`/reviews?propertyId=${property.id}`)).body.data, []);
  });

  it('may give a part more than the policy: it adds up, line by line and in the books', async () => {
    const { booking } = await world().booked({}, { cancellationPolicy: 'non_refundable' });
    const operator = await world().operator();
    const override = { refund: 12_345 };
    const { cancellation } = await operator.must(200, cancel(operator, booking, { reason, override }));
    assert.equal(cancellation.refund.amount, 12_345);
    await world().refunded(booking.id, { amount: 12_345 });
    const { bank_clearing: left } = await balancesOf(world().db, booking.id);
    assert.equal(left, TOTAL - 12_345);
    await assertBooksBalance(world().db);
  });

  it('never gives less than the policy, nor more than was paid, nor a fraction of a coin', async () => {
    const { booking, guest } = await world().booked();
    const operator = await world().operator();
    const with_ = (override: object) => cancel(operator, booking, { reason, override });
    const less = await with_({ refund: TOTAL - 1 });
    assert.deepEqual([less.status, less.body.errors?.[0]?.path], [400, 'override.refund']);
    const more = await with_({ refund: TOTAL + 1 });
    assert.deepEqual([more.status, more.body.code], [422, 'refund_exceeds_payment']);
    for (const override of [
      {},
      { refund: -1 },
      { refund: 'half' },
      { disruptive: true, refund: 5 },
      { disruptive: false },
    ]) {
      assert.equal((await with_(override)).status, 400, JSON.stringify(override));
    }
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
    const dinars = await world().booked({}, { currency: 'KWD', cancellationPolicy: 'non_refundable' });
    const odd = await cancel(operator, dinars.booking, { reason, override: { refund: 1_005 } });
    assert.deepEqual([odd.status, odd.body.errors?.[0]?.path], [400, 'override.refund']);
    const { cancellation } = await operator.must(
      200,
      cancel(operator, dinars.booking, { reason, override: { refund: 1_010 } }),
    );
    assert.equal(cancellation.refund.amount, 1_010);
    await operator.must(200, with_({ refund: 'full' }));
  });

  it('is the only one who overrides, and not of a booking of their own', async () => {
    const override = { refund: 'full' };
    const { booking, guest, host } = await world().booked();
    for (const person of [guest, host]) {
      const { status, body } = await cancel(person, booking, { reason, override });
      assert.deepEqual([status, body.code], [403, 'forbidden']);
    }
    const operator = await world().operator();
    const { property } = await world().home({ cancellationPolicy: 'non_refundable' });
    const own = await operator.books({
      propertyId: property.id,
      checkIn: NIGHTS[0],
      checkOut: NIGHTS[1],
      guests: { adults: 1 },
      paymentMethodId: 'pm_card_visa',
    });
    assert.equal((await cancel(operator, own, { reason, override })).status, 403);
    const { cancellation } = await operator.must(200, cancel(operator, own, {}));
    assert.deepEqual([cancellation.by, cancellation.refund.amount], ['guest', 0]);
  });

  describe('while the booking is still being made (L11)', () => {
    it('ends a hold, and the nights are free', async () => {
      const { booking, property, guest } = await world().held();
      const operator = await world().operator();
      const cancelled = await operator.must(
        200,
        cancel(operator, booking, { reason, override: { disruptive: true } }),
      );
      assert.deepEqual([cancelled.status, cancelled.cancellation.by], ['cancelled', 'operator']);
      assert.equal(cancelled.cancellation.refund.amount, 0);
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
      await world().mail(guest, /is cancelled/);
      await until('nothing can be paid any more', async () => {
        return (await world().bank.intentOf(booking.id)).status === 'canceled';
      });
    });

    it('ends a request that waits for its host, who is told, and nothing is charged', async () => {
      const { booking, host, property } = await world().requested();
      const operator = await world().operator();
      await operator.must(200, cancel(operator, booking, { reason }));
      const late = await host.post(`/bookings/${booking.id}/acceptance`);
      assert.deepEqual([late.status, late.body.bookingStatus], [409, 'cancelled']);
      assert.match((await world().mail(host, /is withdrawn/)).text, /We have withdrawn/);
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
      await until('what was reserved is let go', async () => {
        return (await world().bank.intentOf(booking.id)).status === 'canceled';
      });
    });

    it('overrides the policy though the money was faster', async () => {
      const terms = { bookingMode: 'request', cancellationPolicy: 'non_refundable' };
      const { booking, host } = await world().requested({}, terms);
      const capture = { method: 'POST', path: '/v1/payment_intents/*/capture' };
      await world().bank.misbehave({ kind: '429', match: capture, times: 1_000 });
      const accepted = host.post(`/bookings/${booking.id}/acceptance`);
      await world().temporal.isTried(bookStayId(booking.id), 'capturePayment', 1);
      const operator = await world().operator();
      const cancelled = cancel(operator, booking, { reason, override: { refund: 30_000 } });
      await world().bank.heal();
      await host.must(200, accepted);
      const { cancellation } = await operator.must(200, cancelled);
      assert.deepEqual([cancellation.by, cancellation.refund.amount], ['operator', 30_000]);
      await world().refunded(booking.id, { amount: 30_000 });
      const { bank_clearing: left } = await balancesOf(world().db, booking.id);
      assert.equal(left, TOTAL - 30_000);
    });

    it('and its guest, at once: one of them does it', async () => {
      const { booking, guest } = await world().booked();
      const operator = await world().operator();
      const override = { refund: 'full' };
      const answers = await Promise.all([
        cancel(guest, booking, {}),
        cancel(operator, booking, { reason, override }),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
      await world().refunded(booking.id, { amount: TOTAL });
    });
  });
});
