import assert from 'node:assert/strict';
import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { hostDebt } from '#db/host-money.ts';
import { holdBack, lockPayout, markReturned } from '#db/payouts.ts';
import { failRefund, lockRefund } from '#db/refunds.ts';
import { inTransaction } from '#db/transaction.ts';
import { useOwnDatabase } from '../support/database.ts';
import { balancesOf } from '../support/ledger.ts';
import {
  aDuePayout,
  aPaidHost,
  aPaidStay,
  aPromise,
  claim,
  dueAt,
  pay,
  settle,
  SHARE,
} from './payouts-fixture.ts';

const ROUNDS = 20;

describe('payouts in the database', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  const debtOf = ({ hostId, currency }: BookingRow) =>
    inTransaction(db(), (trx) => hostDebt(trx, hostId, currency));

  it('are opened once, however many find that one is due', async () => {
    const booking = await aPaidStay(db());
    const opened = await Promise.all(Array.from({ length: 5 }, () => aDuePayout(db(), booking)));
    assert.equal(new Set(opened.map(({ id }) => id)).size, 1);
    assert.equal(opened[0]?.amountMinor, SHARE);
  });

  it('leave out what is promised to the guest, before it has gone back and after', async () => {
    for (const isSettled of [false, true]) {
      const booking = await aPaidStay(db());
      const promise = await aPromise(db(), booking, 3_000);
      if (isSettled) await settle(db(), promise);
      const payout = await aDuePayout(db(), booking);
      assert.deepEqual(await claim(db(), payout), { amountMinor: SHARE - 3_000, debtNettedMinor: 0 });
    }
  });

  it('are not opened for what is promised back whole', async () => {
    const booking = await aPaidStay(db());
    await aPromise(db(), booking, SHARE);
    await assert.rejects(aDuePayout(db(), booking), /nothing to be paid/);
  });

  it('make a debt of what goes back afterwards, also while a transfer is under way (M13)', async () => {
    const { booking } = await aPaidHost(db());
    await settle(db(), await aPromise(db(), booking, 3_000));
    assert.equal(await debtOf(booking), 3_000);
    const underWay = await aPaidStay(db());
    const payout = await aDuePayout(db(), underWay);
    const parts = await claim(db(), payout);
    await settle(db(), await aPromise(db(), underWay, 1_000));
    assert.equal(await debtOf(underWay), 1_000);
    await pay(db(), payout, parts);
    assert.equal((await balancesOf(db(), underWay.id)).host_payable, undefined);
  });

  it('owe again in the very way what a refund took that came back (M11)', async () => {
    const { booking } = await aPaidHost(db());
    const before = await balancesOf(db(), booking.id);
    const refund = await aPromise(db(), booking, 3_000);
    await settle(db(), refund);
    await inTransaction(db(), async (trx) => {
      const settled = await lockRefund(trx, refund.id);
      await failRefund(trx, { refund: settled, booking, failure: 'declined', at: dueAt(booking) });
    });
    assert.deepEqual(await balancesOf(db(), booking.id), before);
  });

  it('net a debt once, though two of a host set out at once (M7)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { booking } = await aPaidHost(db());
      await settle(db(), await aPromise(db(), booking, 3_000));
      const stays = [await aPaidStay(db(), booking.propertyId), await aPaidStay(db(), booking.propertyId)];
      const due = await Promise.all(stays.map((stay) => aDuePayout(db(), stay)));
      const parts = await Promise.all(due.map((payout) => claim(db(), payout)));
      assert.deepEqual(
        parts.map(({ debtNettedMinor }) => debtNettedMinor).sort((a, b) => a - b),
        [0, 3_000],
      );
      await Promise.all(due.map((payout, nth) => pay(db(), payout, parts[nth] ?? assert.fail())));
      assert.equal(await debtOf(booking), 0);
    }
  });

  it('pay a debt first, and leave the rest of it for the next (M7)', async () => {
    const { booking } = await aPaidHost(db());
    await settle(db(), await aPromise(db(), booking, SHARE));
    const { booking: another } = await aPaidHost(db(), booking.propertyId);
    assert.equal(await debtOf(another), 0);
    assert.deepEqual(await balancesOf(db(), another.id), {
      bank_clearing: 10_000,
      host_debt: -SHARE,
      platform_revenue: -1_500,
      taxes_payable: -500,
    });
  });

  it('are never paid before they are due', async () => {
    const booking = await aPaidStay(db());
    const { id } = await aDuePayout(db(), booking);
    const early = { status: 'paid', paid_at: booking.checkInAt, transfer_id: 'tr_early' };
    await assert.rejects(db()('payouts').where({ id }).update(early), /payouts_are_never_early/);
  });

  it('let go of what was put aside when they have to wait, and tell of it once', async () => {
    const booking = await aPaidStay(db());
    const { id } = await aDuePayout(db(), booking);
    for (let times = 0; times < 3; times += 1)
      await inTransaction(db(), async (trx) => {
        await lockBooking(trx, booking.id);
        const payout = await lockPayout(trx, id);
        await holdBack(trx, payout, { waitingFor: 'account', amountMinor: SHARE, at: dueAt(booking) });
      });
    const told = await db()('events').where({ subject_id: id, kind: 'payout.waiting' });
    assert.equal(told.length, 1);
    assert.deepEqual(await claim(db(), await inTransaction(db(), (trx) => lockPayout(trx, id))), {
      amountMinor: SHARE,
      debtNettedMinor: 0,
    });
  });

  it('set out anew when they come back, under another number (M28)', async () => {
    const { booking, payout } = await aPaidHost(db());
    await inTransaction(db(), (trx) =>
      markReturned(trx, { payout, booking, reversalId: `trr_${payout.id}`, at: dueAt(booking) }),
    );
    const returned = await inTransaction(db(), (trx) => lockPayout(trx, payout.id));
    assert.deepEqual([returned.status, returned.round, returned.transferId], ['returned', 2, null]);
    const paid = await pay(db(), returned, await claim(db(), returned));
    assert.deepEqual([paid.status, paid.attempt, paid.amountMinor], ['paid', 2, SHARE]);
    assert.equal((await balancesOf(db(), booking.id)).bank_balance, -SHARE);
  });
});
