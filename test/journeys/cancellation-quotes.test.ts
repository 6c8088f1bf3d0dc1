import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { addHours, deadlineBefore } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { balancesOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';

/** Three nights of 100.00 with cleaning of 50.00: 116.67 each at first, and 49.00 for the platform. */
const TOTAL = 39_900;

describe('what cancelling would give back', () => {
  const world = useWorld();

  const ask = (person: Traveller, { id }: { id: string }, body: object = {}) =>
    person.post(`/bookings/${id}/cancellation-quote`, body);

  const deadlineOf = (booking: Wire, days: number): string =>
    deadlineBefore({ date: booking.checkIn, time: '15:00', zone: 'Europe/London' }, days);

  const justAfter = (instant: string) => new Date(Date.parse(instant) + 1).toISOString();

  it('is told line by line for any moment until check-out, and nothing is cancelled by it', async () => {
    const { booking, guest } = await world().booked({}, { cancellationPolicy: 'moderate' });
    const now = await guest.must(200, ask(guest, booking));
    assert.deepEqual([now.policy, now.reason, now.by], ['moderate', 'full', 'guest']);
    assert.deepEqual([now.refund.amount, now.kept.amount], [TOTAL, 0]);
    const at = justAfter(deadlineOf(booking, 5));
    const late = await guest.must(200, ask(guest, booking, { at }));
    assert.deepEqual(late, {
      bookingId: booking.id,
      at,
      by: 'guest',
      policy: 'moderate',
      reason: 'partial',
      lines: [
        { kind: 'night', refund: 10_000, kept: 20_000 },
        { kind: 'cleaning', refund: 1_666, kept: 3_334 },
        { kind: 'service_fee', refund: 0, kept: 4_900 },
      ],
      refund: { amount: 11_666, currency: 'GBP' },
      kept: { amount: TOTAL - 11_666, currency: 'GBP' },
    });
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
  });

  it('is told to the host with what is left for them, and what a cancellation of theirs costs', async () => {
    const { booking, host } = await world().booked();
    const at = justAfter(deadlineOf(booking, 1));
    const byGuest = await host.must(200, ask(host, booking, { at, by: 'guest' }));
    // The first night and its cleaning, less 3 % of it.
    assert.deepEqual([byGuest.payout.amount, byGuest.fee], [11_667 - 350, undefined]);
    const own = await host.must(200, ask(host, booking, { at }));
    assert.deepEqual([own.by, own.reason, own.refund.amount], ['host', 'cancelled_by_host', TOTAL]);
    // Half of 350.00.
    assert.deepEqual([own.payout.amount, own.fee.amount], [0, 17_500]);
  });

  it('is told to an operator as the policy has it, and to nobody else', async () => {
    const { booking, guest } = await world().booked();
    const operator = await world().operator();
    const at = justAfter(deadlineOf(booking, 1));
    const asOperator = await operator.must(200, ask(operator, booking, { at }));
    const asGuest = await guest.must(200, ask(guest, booking, { at }));
    assert.deepEqual([asOperator.by, asOperator.refund], ['operator', asGuest.refund]);
    const asStranger = await ask(await world().person(), booking);
    assert.deepEqual([asStranger.status, asStranger.body.code], [404, 'not_found']);
    assert.equal((await ask(world().anyone(), booking)).status, 401);
  });

  it('begins with the confirmation and ends with check-out (L5)', async () => {
    const { booking, guest } = await world().booked();
    const { confirmed_at: confirmedAt } = await world().db('bookings').where({ id: booking.id }).first();
    const before = await ask(guest, booking, { at: addHours(confirmedAt, -1) });
    assert.deepEqual([before.status, before.body.errors?.[0]?.path], [400, 'at']);
    assert.equal((await ask(guest, booking, { at: confirmedAt })).status, 200);
    const last = new Date(Date.parse(booking.checkOutAt) - 1).toISOString();
    assert.equal((await ask(guest, booking, { at: last })).body.refund.amount, 0);
    const after = await ask(guest, booking, { at: booking.checkOutAt });
    assert.deepEqual([after.status, after.body.errors?.[0]?.path], [400, 'at']);
  });

  it('is not to be had of a booking that is not certain, or is over', async () => {
    const held = await world().held();
    const early = await ask(held.guest, held.booking);
    assert.deepEqual(
      [early.status, early.body.code, early.body.bookingStatus],
      [409, 'booking_state', 'held'],
    );
    const { booking, guest } = await world().booked();
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    const late = await ask(guest, booking);
    assert.deepEqual([late.status, late.body.bookingStatus], [409, 'cancelled']);
  });

  it('is the same again under the same key', async () => {
    const { booking, guest } = await world().booked();
    const key = randomUUID();
    const path = `/bookings/${booking.id}/cancellation-quote`;
    const first = await guest.post(path, {}, key);
    const again = await guest.post(path, {}, key);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual([again.status, again.body], [200, first.body]);
  });

  it('is that of the long-term policy for 28 nights, whatever the host has chosen', async () => {
    const stay = { checkIn: inDays(29), checkOut: inDays(57) };
    const { booking, guest } = await world().booked(stay, { cancellationPolicy: 'non_refundable' });
    assert.equal(booking.cancellationPolicy, 'long_term');
    const quote = await guest.must(200, ask(guest, booking));
    assert.deepEqual([quote.policy, quote.reason, quote.refund.amount], ['long_term', 'none', 0]);
    const { cancellation_policy: chosen } = await world().db('bookings').where({ id: booking.id }).first();
    assert.equal(chosen, 'non_refundable');
  });

  it('stays that of the day of booking, however the host changes the property (A11)', async () => {
    const { booking, guest, host, property } = await world().booked({}, { cancellationPolicy: 'moderate' });
    const at = justAfter(deadlineOf(booking, 5));
    const before = await guest.must(200, ask(guest, booking, { at }));
    await host.must(
      200,
      host.patch(`/properties/${property.id}`, {
        cancellationPolicy: 'non_refundable',
        timeZone: 'America/New_York',
        checkInTime: '18:00',
      }),
    );
    assert.deepEqual(await guest.must(200, ask(guest, booking, { at })), before);
  });

  describe('is what a cancellation at that moment gives back', () => {
    const CASES = [
      { policy: 'flexible', days: 1, refund: TOTAL - 11_667 - 4_900 },
      { policy: 'moderate', days: 5, refund: 11_666 },
      { policy: 'limited', days: 14, refund: 17_500 },
      { policy: 'limited', days: 7, refund: 0 },
      { policy: 'firm', days: 7, refund: 0 },
      { policy: 'strict', days: 7, refund: 0 },
    ];
    for (const { policy, days, refund } of CASES) {
      it(`a minute after the deadline of ${days} days under ${policy}`, async () => {
        const { booking, guest } = await world().booked({}, { cancellationPolicy: policy });
        await world().passTo(booking, deadlineOf(booking, days), 60_000);
        const now = await world().temporal.virtualNow(bookStayId(booking.id));
        const at = new Date(Math.round(now)).toISOString();
        const quote = await guest.must(200, ask(guest, booking, { at }));
        const { cancellation } = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
        assert.deepEqual([quote.refund.amount, cancellation.refund], [refund, quote.refund]);
        if (refund > 0) await world().refunded(booking.id, { reason: 'cancellation', amount: refund });
        const { bank_clearing: left } = await balancesOf(world().db, booking.id);
        assert.equal(left, quote.kept.amount);
      });
    }

    it('within the grace of a strict host', async () => {
      const { booking, guest } = await world().booked({}, { cancellationPolicy: 'strict' });
      const quote = await guest.must(200, ask(guest, booking));
      assert.deepEqual([quote.reason, quote.refund.amount], ['grace', TOTAL]);
      const { cancellation } = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      assert.deepEqual(cancellation.refund, quote.refund);
    });

    it('less than 7 days ahead, within 24 hours, where there is no grace (L4)', async () => {
      const stay = { checkIn: inDays(5), checkOut: inDays(8) };
      const { booking, guest } = await world().booked(stay, { cancellationPolicy: 'strict' });
      const { cancellation } = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      assert.equal(cancellation.refund.amount, 0);
    });

    it('in yen and dinars, to the coin (M1)', async () => {
      const BILLS = [
        { currency: 'JPY', pricing: { nightly: 12_345, cleaningFee: 3_001 } },
        { currency: 'KWD', pricing: { nightly: 30_505, cleaningFee: 4_250 } },
      ];
      for (const { currency, pricing } of BILLS) {
        const terms = {
          currency,
          cancellationPolicy: 'moderate',
          pricing: { ...pricing, guestsIncluded: 4 },
        };
        const { booking, guest } = await world().booked({}, terms);
        await world().passTo(booking, deadlineOf(booking, 5), 60_000);
        const at = justAfter(deadlineOf(booking, 5));
        const quote = await guest.must(200, ask(guest, booking, { at }));
        const { cancellation } = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
        assert.deepEqual(cancellation.refund, quote.refund);
        const { amount_minor: amount } = await world().refunded(booking.id);
        assert.equal(amount, quote.refund.amount);
        assert.equal(quote.kept.amount, booking.total.amount - amount);
        const [atBank] = await world().bank.refundsOf(booking.id);
        assert.equal(atBank?.amount, amount);
      }
    });
  });
});
