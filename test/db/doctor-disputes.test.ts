import assert from 'node:assert/strict';
import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { noteDispute } from '#db/disputes.ts';
import type { DisputeRow } from '#db/disputes.ts';
import { checksOfDisputes } from '#db/doctor/disputes.ts';
import { lockPayment } from '#db/payments.ts';
import { inTransaction } from '#db/transaction.ts';
import type { DisputeAtBank } from '#domain/disputes.ts';
import { useOwnDatabase } from '../support/database.ts';
import { aPaidHost, aPaidStay, dueAt, TOTAL } from './payouts-fixture.ts';

const LEFT = 'Nothing that is disputed is with the host, but as their debt';

describe('the doctor, of disputes,', () => {
  const own = useOwnDatabase();
  const db = () => own().db;

  const dispute = (booking: BookingRow, status: DisputeAtBank['status'] = 'opened'): Promise<DisputeRow> =>
    inTransaction(db(), async (trx) => {
      const [locked, payment] = [
        await lockBooking(trx, booking.id),
        await lockPayment(trx, booking.paymentId),
      ];
      const none = { amountMinor: 0, feeMinor: 0 };
      const atBank: DisputeAtBank = {
        id: `dp_${booking.id}`,
        status,
        reason: 'fraudulent',
        amountMinor: TOTAL,
        submissions: 0,
        withdrawn: status === 'inquiry' ? none : { amountMinor: TOTAL, feeMinor: 1_500 },
        reinstated: none,
        intentId: `pi_${booking.id}`,
      };
      return noteDispute(trx, { booking: locked, payment, atBank, hasAnswered: false, at: dueAt(booking) });
    });

  async function left(): Promise<string[]> {
    const check = checksOfDisputes(db()).find(({ invariant }) => invariant === LEFT);
    assert.ok(check);
    return (await check.breaches()).map(({ id }) => id);
  }

  it('finds what is disputed and was left with a host who has been paid, lost or not (M14)', async () => {
    const disputes = [
      await dispute((await aPaidHost(db())).booking),
      await dispute((await aPaidHost(db())).booking, 'lost'),
    ];
    assert.deepEqual((await left()).sort(), disputes.map(({ id }) => id).sort());
    for (const { closedAt } of disputes) assert.equal(closedAt, null);
    await db()('disputes').update({ frozen_at: '2027-01-01T00:00:00.000Z' });
    assert.deepEqual(await left(), []);
  });

  it('finds nothing where the host has not been paid, or the bank only asks', async () => {
    const before = await left();
    await dispute(await aPaidStay(db()));
    await dispute((await aPaidHost(db())).booking, 'inquiry');
    assert.deepEqual(await left(), before);
  });
});
