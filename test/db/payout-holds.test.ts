import assert from 'node:assert/strict';
import type { BookingRow } from '#db/bookings.ts';
import { holdOf, setPayoutHold } from '#db/payout-holds.ts';
import type { PayoutRow } from '#db/payouts.ts';
import { inTransaction } from '#db/transaction.ts';
import { heldUntil } from '#domain/payouts.ts';
import { useOwnDatabase } from '../support/database.ts';
import { aDuePayout, aPaidHost, aPaidStay, dueAt } from './payouts-fixture.ts';

const REASON = 'The address could not be confirmed.';

describe('holds of first payouts in the database', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  const holdAt = (payout: PayoutRow, at: string, daysForAll: number) =>
    inTransaction(db(), (trx) => holdOf(trx, payout, { at, daysForAll }));
  const decide = ({ hostId }: BookingRow, days: number) =>
    inTransaction(db(), (trx) =>
      setPayoutHold(trx, { hostId, days, reason: REASON, setBy: hostId, setAt: '2027-01-01T00:00:00.000Z' }),
    );
  const due = async (booking: BookingRow) => ({ booking, payout: await aDuePayout(db(), booking) });

  it('are the rule for all new hosts, up to the instant of their end', async () => {
    const { booking, payout } = await due(await aPaidStay(db()));
    const until = heldUntil(dueAt(booking), 30);
    const before = new Date(Date.parse(until) - 1).toISOString();
    assert.deepEqual(await holdAt(payout, before, 30), { until, reason: null });
    assert.equal(await holdAt(payout, until, 30), undefined);
    assert.equal(await holdAt(payout, before, 0), undefined);
  });

  it('are for one host what an operator has decided last', async () => {
    const { booking, payout } = await due(await aPaidStay(db()));
    await decide(booking, 7);
    const until = heldUntil(dueAt(booking), 7);
    assert.deepEqual(await holdAt(payout, dueAt(booking), 30), { until, reason: REASON });
    await decide(booking, 0);
    assert.equal(await holdAt(payout, dueAt(booking), 30), undefined);
  });

  it('end for all payouts of a host with that of the first', async () => {
    const { booking } = await due(await aPaidStay(db()));
    const next = await aDuePayout(db(), await aPaidStay(db(), booking.propertyId));
    const hold = await holdAt(next, dueAt(booking), 30);
    assert.equal(hold?.until, heldUntil(dueAt(booking), 30));
  });

  it('are not for a host who has been paid', async () => {
    const { booking } = await aPaidHost(db());
    const next = await aDuePayout(db(), await aPaidStay(db(), booking.propertyId));
    assert.equal(await holdAt(next, dueAt(booking), 30), undefined);
  });

  it('are of thirty days at most', async () => {
    const booking = await aPaidStay(db());
    await decide(booking, 30);
    await assert.rejects(decide(booking, 31), /payout_holds_days_check/);
  });
});
