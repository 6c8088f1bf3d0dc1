import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf } from '../support/ledger.ts';

/** Under a night's price the bank's own units are as many as ours, or a hundred times as many. */
const CURRENCIES = [
  { currency: 'JPY', nightly: 10_001, unitsPerMinor: 1, edge: 'M1' },
  { currency: 'KWD', nightly: 30_505, unitsPerMinor: 1, edge: 'M1' },
  { currency: 'ISK', nightly: 1_234_567, unitsPerMinor: 1, edge: 'M2' },
  { currency: 'UGX', nightly: 150_001, unitsPerMinor: 100, edge: 'M2' },
  { currency: 'HUF', nightly: 2_345_678, unitsPerMinor: 1, edge: 'M2' },
  { currency: 'TWD', nightly: 234_567, unitsPerMinor: 1, edge: 'M2' },
];

describe('money in a currency that the bank counts in its own way', () => {
  const world = useWorld();

  for (const { currency, nightly, unitsPerMinor, edge } of CURRENCIES) {
    it(`${currency} is charged, cancelled in part and given back (${edge})`, async () => {
      const pricing = { nightly, cleaningFee: 0, guestsIncluded: 4 };
      const { booking, guest } = await world().booked({}, { currency, pricing });
      const { total } = booking;
      assert.equal(total.currency, currency);
      const intent = await world().bank.intentOf(booking.id);
      assert.equal(intent.amount_received, total.amount * unitsPerMinor);
      assert.equal((await balancesOf(world().db, booking.id)).bank_clearing, total.amount);

      // A minute into the stay two nights are the host's, and the third goes back.
      await world().passTo(booking, booking.checkInAt, 60_000);
      await world().sees(guest, booking.id, 'in_stay');
      const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      const { amount } = cancelled.cancellation.refund;
      assert.ok(amount > 0 && amount <= nightly);
      await world().refunded(booking.id, { amount });
      const [refund] = await world().bank.refundsOf(booking.id);
      assert.equal(refund?.amount, amount * unitsPerMinor);
      assert.equal((await balancesOf(world().db, booking.id)).bank_clearing, total.amount - amount);
      await assertBooksBalance(world().db);
    });
  }
});
