import assert from 'node:assert/strict';
import { before } from 'mocha';
import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { accountOfBooking, readLedgerStep, writeLedger } from '#db/ledger.ts';
import { inTransaction } from '#db/transaction.ts';
import { ACCOUNTS, oppositeOf, payoutEntries } from '#domain/ledger.ts';
import type { Entry } from '#domain/ledger.ts';
import type { BookingId } from '#domain/ids.ts';
import { useWorld } from '../support/journeys.ts';

describe('the ledger in the database', () => {
  const world = useWorld();
  let booking: BookingRow;
  before('book a stay', async () => {
    const { booking: booked } = await world().booked();
    const row = await findBooking(world().db, booked.id as BookingId);
    assert.ok(row);
    booking = row;
  });

  const write = (step: string, entries: Entry[]) =>
    inTransaction(world().db, (trx) => {
      const { paymentId } = booking;
      return writeLedger(trx, { step, booking, paymentId, bankId: step, at: booking.createdAt, entries });
    });
  const posted = () => `post:${booking.paymentId}`;

  it('refuses entries that do not balance, at commit', async () => {
    const off: Entry[] = [
      { account: 'host_payable', amountMinor: 100 },
      { account: 'bank_balance', amountMinor: -99 },
    ];
    await assert.rejects(write('test:off', off), /ledger step test:off is off by 1 GBP/);
    assert.equal(await world().db('ledger_transactions').where({ step: 'test:off' }).first(), undefined);
  });

  it('refuses a step that explains nothing', async () => {
    const empty = world()
      .db('ledger_transactions')
      .insert({
        step: 'test:empty',
        booking_id: booking.id,
        payment_id: booking.paymentId,
        bank_id: 'test:empty',
        occurred_at: booking.createdAt,
      });
    await assert.rejects(empty, /ledger step test:empty has no entries/);
  });

  it('writes a step once', async () => {
    await assert.rejects(write(posted(), payoutEntries({ amountMinor: 1, debtNettedMinor: 0 })));
  });

  it('lets nobody add to a step afterwards, be it in balance', async () => {
    const late = world()
      .db('ledger_entries')
      .insert([
        { step: posted(), account: 'disputes', amount_minor: 5, currency: 'GBP' },
        { step: posted(), account: 'exchange', amount_minor: -5, currency: 'GBP' },
      ]);
    await assert.rejects(late, /has been written before/);
  });

  it('changes nothing that is written, and takes nothing away', async () => {
    const { db } = world();
    for (const [table, column] of [
      ['ledger_entries', 'currency'],
      ['ledger_transactions', 'bank_id'],
    ] as const) {
      const row = () => db(table).where({ step: posted() });
      const before: unknown = await row();
      await assert.rejects(row().update({ [column]: 'XXX' }), /append-only/);
      await assert.rejects(row().del(), /append-only/);
      assert.deepEqual(await row(), before);
    }
  });

  it('knows every account that the rules have, and no other', async () => {
    const { db } = world();
    const { rows } = await db.raw<{ rows: [{ rule: string }] }>(
      `select pg_get_constraintdef(oid) as rule from pg_constraint where conname = 'ledger_entries_account_check'`,
    );
    const known = [...rows[0].rule.matchAll(/'(\w+)'/g)].map(([, account]) => account);
    assert.deepEqual(known.sort(), Object.keys(ACCOUNTS).sort());
  });

  it('adds up what an account has from a booking', async () => {
    const payable = () => accountOfBooking(world().db, booking.id, 'host_payable');
    const before = await payable();
    assert.ok(before < 0);
    const entries = payoutEntries({ amountMinor: 700, debtNettedMinor: 300 });
    await write('test:paid', entries);
    assert.equal(await payable(), before + 1_000);
    const written = await inTransaction(world().db, (trx) => readLedgerStep(trx, 'test:paid'));
    await write('test:taken-back', oppositeOf(written));
    assert.equal(await payable(), before);
    assert.equal(await accountOfBooking(world().db, booking.id, 'host_debt'), 0);
  });
});
