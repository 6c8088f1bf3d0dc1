import assert from 'node:assert/strict';
import { createBookingActivities } from '#activities/bookings.ts';
import { cancelStay } from '#activities/bookings/cancelling.ts';
import { newBooking } from '#api/bookings/terms.ts';
import { pricingOf } from '#db/pricing.ts';
import { findBooking, insertBooking } from '#db/bookings.ts';
import type { BookingRow, NewBooking } from '#db/bookings.ts';
import { newId } from '#db/ids.ts';
import { findPayment } from '#db/payments.ts';
import type { PropertyRow } from '#db/properties.ts';
import { lockFamily } from '#db/property-lock.ts';
import { keepBankEvent, leaveAside } from '#db/relay.ts';
import { retakeNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { isDomainError } from '#domain/errors.ts';
import { sumOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import { addHours } from '#domain/nights.ts';
import type { Intent } from '#domain/payments.ts';
import { priceStay } from '#domain/pricing.ts';
import { aProperty, aUser, isWaiting, NOW, useDatabase } from '../db/stays-fixture.ts';
import type { PropertyFacts } from '../db/stays-fixture.ts';
import { balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import { until } from '../support/virtual-time.ts';

const STAY = { checkIn: '2027-02-01', checkOut: '2027-02-04' };
/** A day before check-in at 15:00 in London, where it is winter. */
const DEADLINE = '2027-01-31T15:00:00.000Z';
const PAID_MINOR = 34_200;

const after = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

describe('the database steps of a booking', () => {
  const db = useDatabase();
  const steps = () => createBookingActivities({ db: db() });

  interface Facts {
    property?: PropertyRow;
    rules?: PropertyFacts['rules'];
    stay?: typeof STAY;
  }

  /** A recorded request for three nights of 100.00: with the fee of 14 %, 342.00 in all. */
  async function aRequest({ property, rules, stay = STAY }: Facts = {}): Promise<NewBooking> {
    const home = property ?? (await aProperty(db(), { ...(rules !== undefined && { rules }) }));
    const guests = { adults: 2, children: 0, infants: 0, pets: 0 };
    const price = priceStay({ stay, guests, pricing: pricingOf(home), currency: home.currency });
    const asked = { ...stay, guests, propertyId: home.id, guestId: await aUser(db()) };
    const booking = newBooking(
      asked,
      { property: home, price, bookingMode: home.bookingMode },
      new Date(NOW),
    );
    await inTransaction(db(), (trx) => insertBooking(trx, booking));
    return booking;
  }

  async function aHeld(facts: Facts = {}): Promise<NewBooking> {
    const booking = await aRequest(facts);
    assert.ok((await steps().holdNights({ bookingId: booking.id, at: NOW })).held);
    return booking;
  }

  async function aConfirmed(facts: Facts = {}): Promise<NewBooking> {
    const booking = await aHeld(facts);
    const { confirmed } = await steps().acceptPayment({
      bookingId: booking.id,
      at: NOW,
      intent: paid(booking),
    });
    assert.ok(confirmed);
    return booking;
  }

  const paid = ({ id, totalMinor, currency }: NewBooking): Intent => ({
    id: `pi_${id}`,
    status: 'posted',
    amountMinor: totalMinor,
    currency,
    chargeId: `ch_${id}`,
  });

  async function rowOf({ id }: NewBooking): Promise<BookingRow> {
    const row = await findBooking(db(), id);
    assert.ok(row);
    return row;
  }

  const liveNights = async ({ id }: NewBooking): Promise<number> =>
    (await db()('stays').where({ booking_id: id, live: true })).length;

  const kindsOf = async ({ id }: NewBooking): Promise<string[]> =>
    (await eventsOf(db(), id)).map(({ kind }) => kind.replace('booking.', ''));

  const cancelled = (booking: NewBooking, at: string) =>
    steps().cancelStay({ bookingId: booking.id, at, by: 'guest', actorId: booking.guestId });

  describe('holding the nights', () => {
    it('done twice is one hold, to the same end', async () => {
      const booking = await aRequest();
      const first = await steps().holdNights({ bookingId: booking.id, at: NOW });
      const again = await steps().holdNights({ bookingId: booking.id, at: addHours(NOW, 1) });
      assert.deepEqual(again, first);
      assert.deepEqual(first, { held: true, holdExpiresAt: '2027-01-10T12:15:00.000Z' });
      assert.equal(await liveNights(booking), 1);
      assert.deepEqual(await kindsOf(booking), ['requested', 'held']);
    });

    it('refused once is refused for good, with the same words', async () => {
      const property = await aProperty(db());
      const rival = await aHeld({ property });
      const booking = await aRequest({ property });
      const first = await steps().holdNights({ bookingId: booking.id, at: NOW });
      assert.ok(!first.held);
      assert.equal(first.rejection.code, 'dates_unavailable');
      await steps().endHold({ bookingId: rival.id, at: NOW, to: 'expired' });
      const again = await steps().holdNights({ bookingId: booking.id, at: NOW });
      assert.equal(again.held, false);
      assert.deepEqual(await kindsOf(booking), ['requested', 'rejected']);
      assert.equal(await liveNights(booking), 0);
      assert.equal(await findPayment(db(), booking.paymentId), undefined);
    });

    const cutOffs = [
      {
        what: 'the closing time of the same day',
        rules: { sameDayLatestTime: '18:00' },
        stay: { checkIn: '2027-01-10', checkOut: '2027-01-11' },
        cutOff: '2027-01-10T18:00:00.000Z',
      },
      {
        what: 'the last moment of the last day of notice',
        rules: { advanceNoticeDays: 3 },
        stay: STAY,
        cutOff: '2027-01-29T23:59:59.999Z',
      },
    ];
    for (const { what, rules, stay, cutOff } of cutOffs) {
      it(`is in time exactly at ${what}, and a millisecond later too late (D12)`, async () => {
        const [inTime, late] = [await aRequest({ rules, stay }), await aRequest({ rules, stay })];
        assert.ok((await steps().holdNights({ bookingId: inTime.id, at: cutOff })).held);
        const refused = await steps().holdNights({ bookingId: late.id, at: after(cutOff, 1) });
        assert.ok(!refused.held);
        assert.deepEqual(
          [refused.rejection.code, refused.rejection.details?.rule],
          ['stay_refused', 'advance_notice'],
        );
      });
    }

    it('is in time from the first moment on which the window reaches the check-in day (D12)', async () => {
      const windowed = { rules: { bookingWindowMonths: 1 } };
      const [early, inTime] = [await aRequest(windowed), await aRequest(windowed)];
      const refused = await steps().holdNights({ bookingId: early.id, at: '2026-12-31T23:59:59.999Z' });
      assert.ok(!refused.held);
      assert.equal(refused.rejection.details?.rule, 'booking_window');
      const at = '2027-01-01T00:00:00.000Z';
      assert.ok((await steps().holdNights({ bookingId: inTime.id, at })).held);
    });
  });

  describe('ending a hold', () => {
    it('done twice frees the nights once', async () => {
      const booking = await aHeld();
      for (const at of [NOW, addHours(NOW, 1)])
        await steps().endHold({ bookingId: booking.id, at, to: 'expired' });
      assert.equal(await liveNights(booking), 0);
      assert.deepEqual(await kindsOf(booking), ['requested', 'held', 'expired']);
    });

    it('leaves a booking alone whose money came first', async () => {
      const booking = await aConfirmed();
      await steps().endHold({ bookingId: booking.id, at: NOW, to: 'expired' });
      assert.equal((await rowOf(booking)).status, 'confirmed');
      assert.equal(await liveNights(booking), 1);
    });
  });

  describe('taking money in', () => {
    it('done twice posts once', async () => {
      const booking = await aConfirmed();
      const intent = paid(booking);
      const again = await steps().acceptPayment({ bookingId: booking.id, at: addHours(NOW, 1), intent });
      assert.deepEqual(again, { confirmed: true });
      assert.equal((await rowOf(booking)).confirmedAt, NOW);
      assert.deepEqual(await movementsOf(db(), booking.id), [
        {
          step: `post:${booking.paymentId}`,
          bankId: `ch_${booking.id}`,
          entries: { bank_clearing: PAID_MINOR, host_payable: -29_100, platform_revenue: -5_100 },
        },
      ]);
      assert.deepEqual(await kindsOf(booking), ['requested', 'held', 'confirmed']);
    });

    it('for an expired booking takes the nights again', async () => {
      const booking = await aHeld();
      await steps().endHold({ bookingId: booking.id, at: NOW, to: 'expired' });
      const intent = paid(booking);
      assert.deepEqual(await steps().acceptPayment({ bookingId: booking.id, at: NOW, intent }), {
        confirmed: true,
      });
      assert.equal(await liveNights(booking), 1);
    });

    it('after its hold hears again of what was given back of it by hand before (M26)', async () => {
      const booking = await aHeld();
      await steps().endHold({ bookingId: booking.id, at: NOW, to: 'expired', atBank: 'nothing' });
      const [id, intent] = ['evt_early', paid(booking)];
      const payload = { data: { object: { id: 're_early', payment_intent: intent.id } } };
      await keepBankEvent(db(), { id, kind: 'refund.created', objectId: 're_early', payload });
      assert.equal(await leaveAside(db(), { id, intentId: intent.id }), true);
      const undelivered = () => db()('bank_events').where({ id }).whereNull('delivered_at').pluck('id');
      assert.deepEqual(await undelivered(), []);
      await steps().acceptPayment({ bookingId: booking.id, at: NOW, intent });
      assert.deepEqual(await undelivered(), [id]);
    });

    it('when the nights are gone promises it back, once, and says so each time', async () => {
      const property = await aProperty(db());
      const booking = await aHeld({ property });
      await steps().endHold({ bookingId: booking.id, at: NOW, to: 'expired' });
      await aHeld({ property });
      const payment = { bookingId: booking.id, at: NOW, intent: paid(booking) };
      const first = await steps().acceptPayment(payment);
      const again = await steps().acceptPayment(payment);
      assert.ok(!first.confirmed && first.refundId !== undefined);
      assert.deepEqual(again, first);
      const refunds = await db()('refunds').where({ booking_id: booking.id });
      assert.deepEqual(
        refunds.map(({ id, reason, amount_minor }) => [id, reason, amount_minor]),
        [[first.refundId, 'late_payment', PAID_MINOR]],
      );
      assert.equal((await findPayment(db(), booking.paymentId))?.refundedMinor, PAID_MINOR);
      assert.equal((await rowOf(booking)).status, 'expired');
    });

    it('in part rejects the request and promises that part back, and says so each time (M17)', async () => {
      const booking = await aHeld();
      const amountMinor = 10_001;
      const payment = { bookingId: booking.id, at: NOW, intent: { ...paid(booking), amountMinor } };
      const first = await steps().acceptPayment(payment);
      assert.ok(!first.confirmed && first.isShort);
      assert.deepEqual(await steps().acceptPayment(payment), first);
      assert.equal((await rowOf(booking)).status, 'rejected');
      assert.equal(await liveNights(booking), 0);
      assert.equal((await balancesOf(db(), booking.id)).bank_clearing, amountMinor);
      const [refund, ...more] = await db()('refunds').where({ booking_id: booking.id });
      assert.deepEqual(
        [refund?.amount_minor, sumOf(refund?.shares as Shares), more],
        [amountMinor, amountMinor, []],
      );
    });

    it('twice over keeps the stay, and promises the second sum back once', async () => {
      const booking = await aConfirmed();
      const payment = {
        bookingId: booking.id,
        at: NOW,
        intent: { ...paid(booking), id: `pi_b${booking.id}`, chargeId: `ch_b${booking.id}` },
      };
      const first = await steps().acceptPayment(payment);
      assert.ok(!first.confirmed && first.refundId !== undefined);
      assert.deepEqual(await steps().acceptPayment(payment), first);
      assert.equal((await rowOf(booking)).status, 'confirmed');
      assert.equal((await balancesOf(db(), booking.id)).bank_clearing, 2 * PAID_MINOR);
      assert.equal((await cancelled(booking, NOW)).refundMinor, PAID_MINOR);
      const refunds = await db()('refunds').where({ booking_id: booking.id });
      assert.deepEqual(refunds.map(({ reason }) => reason).sort(), ['cancellation', 'late_payment']);
    });

    it('as long as the first day of the stay is not over: then there is nothing left to be had for it', async () => {
      const [inTime, late] = [await aHeld(), await aHeld()];
      const lastMoment = '2027-02-01T23:59:59.999Z';
      for (const [booking, at, confirmed] of [
        [inTime, lastMoment, true],
        [late, after(lastMoment, 1), false],
      ] as const) {
        await steps().endHold({ bookingId: booking.id, at: NOW, to: 'expired' });
        const payment = { bookingId: booking.id, at, intent: paid(booking) };
        assert.equal((await steps().acceptPayment(payment)).confirmed, confirmed);
        assert.equal(await liveNights(booking), confirmed ? 1 : 0);
      }
      const [refund] = await db()('refunds').where({ booking_id: late.id });
      assert.deepEqual([refund?.reason, refund?.amount_minor], ['late_payment', PAID_MINOR]);
    });

    it('for a booking that its guest has cancelled promises it back, however free the nights are', async () => {
      const booking = await aHeld();
      const cancellation = { by: 'guest' as const, actorId: booking.guestId };
      await steps().endHold({ bookingId: booking.id, at: NOW, to: 'cancelled', cancellation });
      const accepted = await steps().acceptPayment({ bookingId: booking.id, at: NOW, intent: paid(booking) });
      assert.equal(accepted.confirmed, false);
      assert.equal(await liveNights(booking), 0);
    });

    it('is told of as it changes at the bank, each change once', async () => {
      const booking = await aHeld();
      const open = (status: Intent['status']): Intent => ({ ...paid(booking), status });
      for (const status of ['pending', 'requires_action', 'requires_action', 'processing'] as const)
        await steps().noteBank({ bookingId: booking.id, at: NOW, atBank: open(status) });
      await steps().noteBank({ bookingId: booking.id, at: NOW, atBank: 'nothing' });
      const changed = (before: string, after: string) => [
        `payment.${after}`,
        { bookingId: booking.id, before, after },
      ];
      const told = await eventsOf(db(), booking.paymentId);
      assert.deepEqual(
        told.map(({ kind, data }) => [kind, data]),
        [
          changed('pending', 'requires_action'),
          changed('requires_action', 'processing'),
          changed('processing', 'failed'),
        ],
      );
    });

    it('is not undone by whatever is heard of the payment later', async () => {
      const booking = await aConfirmed();
      const stale: Intent = { ...paid(booking), status: 'pending', clientSecret: 'secret' };
      await steps().noteBank({ bookingId: booking.id, at: NOW, atBank: stale });
      await steps().noteBank({ bookingId: booking.id, at: NOW, atBank: 'nothing' });
      const payment = await findPayment(db(), booking.paymentId);
      assert.deepEqual([payment?.status, payment?.clientSecret], ['posted', null]);
    });
  });

  describe('cancelling', () => {
    it('exactly at the deadline gives all of it back, a millisecond later not', async () => {
      const [inTime, late] = [await aConfirmed(), await aConfirmed()];
      assert.equal((await cancelled(inTime, DEADLINE)).refundMinor, PAID_MINOR);
      // The first night and the guest's fee of 42.00 are kept.
      assert.equal((await cancelled(late, after(DEADLINE, 1))).refundMinor, PAID_MINOR - 10_000 - 4_200);
    });

    it('exactly at check-in counts the first night as spent', async () => {
      const [before, at] = [await aConfirmed(), await aConfirmed()];
      const { checkInAt } = before;
      assert.equal((await cancelled(before, after(checkInAt, -1))).refundMinor, 20_000);
      assert.equal((await cancelled(at, checkInAt)).refundMinor, 10_000);
    });

    it('gives nothing back on the last night, and promises no refund of nothing', async () => {
      const booking = await aConfirmed();
      const { refundMinor, refundId } = await cancelled(booking, '2027-02-03T15:00:00.000Z');
      assert.deepEqual([refundMinor, refundId], [0, undefined]);
      assert.equal((await rowOf(booking)).refundMinor, 0);
      assert.equal(await liveNights(booking), 0);
      assert.deepEqual(await db()('refunds').where({ booking_id: booking.id }), []);
    });

    it('takes the refund out of each side’s share, so that what is left is whose it is', async () => {
      const booking = await aConfirmed();
      await cancelled(booking, after(DEADLINE, 1));
      const { shares } = await db()('refunds').where({ booking_id: booking.id }).first();
      assert.equal(sumOf(shares as Shares), 20_000);
      // The host keeps a night less the platform's 3 % of it; the platform that, and the guest's fee.
      assert.deepEqual(shares, { hostMinor: 19_400, platformMinor: 600, taxesMinor: 0 });
      assert.equal((await balancesOf(db(), booking.id)).bank_clearing, PAID_MINOR);
    });

    it('done twice is one cancellation and one refund', async () => {
      const booking = await aConfirmed();
      const first = await cancelled(booking, NOW);
      const again = await cancelled(booking, after(DEADLINE, 1));
      assert.deepEqual(again, first);
      assert.equal((await db()('refunds').where({ booking_id: booking.id })).length, 1);
      assert.deepEqual(await kindsOf(booking), ['requested', 'held', 'confirmed', 'cancelled']);
    });
  });

  describe('cancelling as the host', () => {
    it('waits its turn at the nights before it gives them back, so that nobody waits in a circle (A7)', async () => {
      const booking = await aConfirmed();
      const { id: bookingId, propertyId, hostId: actorId } = booking;
      const taking = await db().transaction();
      await lockFamily(taking, propertyId);
      const cancelling = db().transaction((trx) =>
        cancelStay(trx, { bookingId, at: NOW, by: 'host', actorId }),
      );
      await until('the host waits', () => isWaiting(db()));
      const rival = { bookingId: newId('booking'), propertyId, guestId: await aUser(db()), ...STAY };
      await assert.rejects(retakeNights(taking, rival), (error) => isDomainError(error, 'dates_unavailable'));
      await taking.rollback();
      await cancelling;
      const block: unknown = await db()('stays')
        .where({ cancelled_booking_id: bookingId, live: true })
        .first();
      assert.ok(block);
    });
  });

  describe('moving a stay on', () => {
    it('done twice, or too late, moves it once', async () => {
      const booking = await aConfirmed();
      const { checkInAt: at, id: bookingId } = booking;
      await steps().completeStay({ bookingId, at }); // Not begun: nothing to complete.
      await steps().beginStay({ bookingId, at });
      await steps().beginStay({ bookingId, at });
      await steps().completeStay({ bookingId, at: booking.checkOutAt });
      await steps().completeStay({ bookingId, at: booking.checkOutAt });
      await steps().beginStay({ bookingId, at });
      assert.deepEqual(await kindsOf(booking), ['requested', 'held', 'confirmed', 'in_stay', 'completed']);
    });

    it('leaves a cancelled one alone', async () => {
      const booking = await aConfirmed();
      await cancelled(booking, NOW);
      await steps().beginStay({ bookingId: booking.id, at: booking.checkInAt });
      assert.equal((await rowOf(booking)).status, 'cancelled');
    });
  });
});
