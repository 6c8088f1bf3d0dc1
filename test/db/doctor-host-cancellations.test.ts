import assert from 'node:assert/strict';
import { createBookingActivities } from '#activities/bookings.ts';
import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { checksOfMoney } from '#db/doctor/money.ts';
import { checksOfNights } from '#db/doctor/nights.ts';
import { checksOfReviews } from '#db/doctor/reviews.ts';
import { openPayment } from '#db/payments.ts';
import { postPayment } from '#db/postings.ts';
import { inTransaction } from '#db/transaction.ts';
import { priceShares } from '#domain/ledger.ts';
import { addHours } from '#domain/nights.ts';
import { priceStay } from '#domain/pricing.ts';
import { useOwnDatabase } from '../support/database.ts';
import { movementsOf } from '../support/ledger.ts';
import { aLivedStay } from './reviews-fixture.ts';

const NIGHTS = 'Nights that a host has called off were blocked for it, and no others';
const FEE = 'What a host owes for cancelling is in the ledger';
const NOTE = 'A note tells of each stay that its host has called off before its day, and of no other';

describe('the doctor, of stays that their hosts have called off,', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  const steps = () => createBookingActivities({ db: db() });

  /** A stay of three nights of 100.00, paid and to come. */
  async function aConfirmed(): Promise<BookingRow> {
    const booking = await aLivedStay(db());
    const price = priceStay({
      stay: booking,
      guests: { adults: 1, children: 0, infants: 0, pets: 0 },
      pricing: { nightly: 10_000 },
      currency: 'GBP',
    });
    const { amount } = price.total;
    await db()('bookings')
      .where({ id: booking.id })
      .update({ status: 'confirmed', price: JSON.stringify(price), total_minor: amount });
    const intent = {
      id: `pi_${booking.id}`,
      status: 'posted' as const,
      amountMinor: amount,
      currency: 'GBP',
    };
    await inTransaction(db(), async (trx) => {
      const paid = await lockBooking(trx, booking.id);
      await openPayment(trx, paid);
      await postPayment(trx, { booking: paid, intent, shares: priceShares(price), at: booking.checkInAt });
    });
    return booking;
  }

  const cancelled = (booking: BookingRow) =>
    steps().cancelStay({
      bookingId: booking.id,
      at: addHours(booking.checkInAt, -72),
      by: 'host',
      actorId: booking.hostId,
    });

  /** Which of the three are broken now, and by whom. */
  async function found(): Promise<Record<string, string[]>> {
    const checks = [...checksOfNights(db()), ...checksOfMoney(db()), ...checksOfReviews(db())];
    const broken: [string, string[]][] = [];
    for (const { invariant, breaches } of checks) {
      if (![NIGHTS, FEE, NOTE].includes(invariant)) continue;
      broken.push([invariant, (await breaches()).map(({ id }) => id)]);
    }
    assert.equal(broken.length, 3);
    return Object.fromEntries(broken.filter(([, ids]) => ids.length > 0));
  }

  beforeEach('empty the tables', () => db().raw('truncate bookings, stays, reviews cascade'));

  it('finds nothing where all is well, however often the step has run', async () => {
    const booking = await aConfirmed();
    const first = await cancelled(booking);
    assert.deepEqual(await cancelled(booking), first);
    assert.equal(first.refundMinor, 34_200);
    assert.deepEqual(await found(), {});
    const [blocks, notes, movements] = await Promise.all([
      db()('stays').where({ cancelled_booking_id: booking.id, live: true }),
      db()('reviews').where({ booking_id: booking.id }),
      movementsOf(db(), booking.id),
    ]);
    assert.deepEqual([blocks.length, notes.length], [1, 1]);
    assert.deepEqual(movements.slice(1), [
      {
        step: `host-fee:${booking.id}`,
        bankId: null,
        entries: { host_debt: 7_500, platform_revenue: -7_500 },
      },
    ]);
  });

  const BREAKS: [string, (booking: BookingRow) => PromiseLike<unknown>][] = [
    [NIGHTS, ({ id }) => db()('stays').where({ cancelled_booking_id: id }).delete()],
    [FEE, ({ id }) => db()('bookings').where({ id }).update({ host_fee_minor: 7_501 })],
    [NOTE, ({ id }) => db()('reviews').where({ booking_id: id }).delete()],
  ];
  for (const [invariant, breach] of BREAKS) {
    it(`finds where this is broken: ${invariant}`, async () => {
      const booking = await aConfirmed();
      await cancelled(booking);
      await breach(booking);
      assert.deepEqual(await found(), { [invariant]: [booking.id] });
    });
  }

  it('finds no fault with a block that an operator has lifted, nor with a note that one has taken away', async () => {
    const booking = await aConfirmed();
    await cancelled(booking);
    const lifted = { live: false, released_at: booking.checkInAt };
    await db()('stays').where({ cancelled_booking_id: booking.id }).update(lifted);
    await db()('reviews')
      .where({ booking_id: booking.id })
      .update({ removed_at: booking.checkInAt, removed_by: booking.guestId, removal_reason: 'A test' });
    assert.deepEqual(await found(), {});
  });
});
