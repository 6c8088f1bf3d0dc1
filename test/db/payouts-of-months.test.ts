import assert from 'node:assert/strict';
import { findBooking, lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { checksOfWorkflows } from '#db/doctor/workflows.ts';
import { hostDebt } from '#db/host-money.ts';
import { newId } from '#db/ids.ts';
import { findInstalment, InstalmentRow } from '#db/instalments.ts';
import { openInstalmentPayment } from '#db/payments.ts';
import { postPayment } from '#db/postings.ts';
import { openPayout, partsOf } from '#db/payouts.ts';
import { inTransaction } from '#db/transaction.ts';
import type { PayoutParts } from '#domain/ledger.ts';
import { payoutDueAt } from '#domain/payouts.ts';
import { useOwnDatabase } from '../support/database.ts';
import { balancesOf } from '../support/ledger.ts';
import { aDuePayout, aPaidHost, aPaidStay, aPromise, pay, settle, SHARE, TOTAL } from './payouts-fixture.ts';

const SHARES = { hostMinor: SHARE, platformMinor: 1_500, taxesMinor: 500 };

/** The first of two months that cost the same is paid for, and its host unless told otherwise; so is the second. */
async function aSecondMonth(db: Db, first?: BookingRow): Promise<BookingRow> {
  const booking = first ?? (await aPaidHost(db)).booking;
  const { id: bookingId, paymentId, checkIn, checkOut, checkInAt: beginsAt } = booking;
  const month = {
    bookingId,
    status: 'paid',
    checkIn,
    checkOut,
    beginsAt,
    amountMinor: TOTAL,
    shares: SHARES,
  } as const;
  const second = newId('payment');
  await InstalmentRow.query(db).insert([
    { ...month, n: 1, paymentId },
    { ...month, n: 2, paymentId: second },
  ]);
  await inTransaction(db, async (trx) => {
    const instalment = await findInstalment(trx, { bookingId, n: 2 });
    assert.ok(instalment);
    await openInstalmentPayment(trx, booking, instalment);
    const { currency } = booking;
    const intent = {
      id: `pi_${second}`,
      status: 'posted',
      amountMinor: TOTAL,
      currency,
      chargeId: `ch_${second}`,
    } as const;
    await postPayment(trx, { booking, intent, shares: SHARES, at: beginsAt, paymentId: second });
  });
  const found = await findBooking(db, bookingId);
  assert.ok(found);
  return found;
}

/** Pays the host for the second month, and gives what that was. */
async function paySecond(db: Db, booking: BookingRow): Promise<PayoutParts> {
  const { payout, parts } = await inTransaction(db, async (trx) => {
    const locked = await lockBooking(trx, booking.id);
    const opened = await openPayout(trx, { booking: locked, n: 2, at: payoutDueAt(booking.checkInAt) });
    assert.ok(opened);
    return { payout: opened, parts: await partsOf(trx, locked, 2) };
  });
  await pay(db, payout, parts);
  return parts;
}

describe('payouts of a stay that is paid for a month at a time, in the database', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  const debtOf = ({ hostId, currency }: BookingRow) =>
    inTransaction(db(), (trx) => hostDebt(trx, hostId, currency));

  it('leave a month whole when another is promised back: its host gives that once (M13)', async () => {
    const booking = await aSecondMonth(db());
    const promise = await aPromise(db(), booking, 3_000);
    const { amountMinor } = await paySecond(db(), booking);
    await settle(db(), promise);
    const { host_payable: payable = 0 } = await balancesOf(db(), booking.id);
    const debt = await debtOf(booking);
    assert.deepEqual([amountMinor, debt, payable], [SHARE, 3_000, 0]);
  });

  it('take off a month what is promised of it', async () => {
    const booking = await aSecondMonth(db());
    const second = await inTransaction(db(), (trx) => findInstalment(trx, { bookingId: booking.id, n: 2 }));
    assert.ok(second);
    const { id, guestId, checkInAt } = booking;
    const promise = await aPromise(db(), { id, guestId, checkInAt, paymentId: second.paymentId }, 3_000);
    const { amountMinor } = await paySecond(db(), booking);
    await settle(db(), promise);
    const { host_payable: payable = 0 } = await balancesOf(db(), booking.id);
    assert.deepEqual([amountMinor, await debtOf(booking), payable], [SHARE - 3_000, 0, 0]);
  });

  it('are missed by the doctor for a month that is owed, and not for one that has gone back whole', async () => {
    const first = await aPaidStay(db());
    await aDuePayout(db(), first);
    const { id, guestId, checkInAt } = await aSecondMonth(db(), first);
    const nobody = () => Promise.resolve(false);
    const checks = checksOfWorkflows(db(), {
      booking: nobody,
      refund: nobody,
      payout: nobody,
      bulkCancellation: nobody,
      dispute: nobody,
      reviewWindow: nobody,
    });
    const owed = checks.find(({ invariant }) => invariant.startsWith('Whoever is owed for a stay'));
    assert.ok(owed);
    const isMissed = async () => (await owed.breaches()).some((found) => found.id === id);
    assert.equal(await isMissed(), true);
    const second = await inTransaction(db(), (trx) => findInstalment(trx, { bookingId: id, n: 2 }));
    assert.ok(second);
    const back = await aPromise(db(), { id, guestId, checkInAt, paymentId: second.paymentId }, SHARE);
    assert.equal(await isMissed(), false);
    await settle(db(), back);
    assert.equal(await isMissed(), false);
  });
});
