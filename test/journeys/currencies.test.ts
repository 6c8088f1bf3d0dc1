import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import { coinMinor } from '#domain/money.ts';
import { assertBooksBalance, balancesOf } from '../support/ledger.ts';
import { hostShareOf, onboard, passToPayout, seesPayout, transfersOf } from '../support/payouts.ts';
import { until } from '../support/virtual-time.ts';

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

  const stayIn = (currency: string, nightly: number) =>
    world().booked({}, { currency, pricing: { nightly, cleaningFee: 0, guestsIncluded: 4 } });

  for (const { currency, nightly, unitsPerMinor, edge } of CURRENCIES) {
    it(`${currency} is charged, cancelled in part and given back (${edge})`, async () => {
      const { booking, guest } = await stayIn(currency, nightly);
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

    if (coinMinor(currency) === 1) continue;

    it(`${currency} is paid to its host in whole coins, and what is less stays owed (${edge})`, async () => {
      const { booking, host } = await stayIn(currency, nightly);
      await onboard(world(), host);
      await passToPayout(world(), booking);
      const { amount } = await seesPayout(host, booking.id, { status: 'paid' });
      const rest = (await hostShareOf(world(), booking.id)) - amount;
      assert.ok(rest >= 0 && rest < coinMinor(currency));
      assert.equal(amount % coinMinor(currency), 0);
      const [transfer] = await transfersOf(world(), booking.id);
      assert.equal(transfer?.amount, amount * unitsPerMinor);
      assert.equal((await balancesOf(world().db, booking.id)).host_payable ?? 0, 0 - rest);
      await assertBooksBalance(world().db);
    });

    it(`${currency} goes back in whole coins, though a gift has left the host less than is owed (${edge}, M8)`, async () => {
      const { booking, guest, host } = await stayIn(currency, nightly);
      const share = await hostShareOf(world(), booking.id);
      const gift = share - (share % coinMinor(currency));
      await host.must(201, host.post(`/payments/${booking.payment.id}/refunds`, { amount: gift }));
      await world().refunded(booking.id, { amount: gift });
      await world().passTo(booking, booking.checkInAt, 60_000);
      await world().sees(guest, booking.id, 'in_stay');
      const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      const { amount } = cancelled.cancellation.refund;
      assert.ok(amount > 0 && amount % coinMinor(currency) === 0);
      const settled = () => world().db('refunds').where({ booking_id: booking.id, status: 'settled' });
      await until(`both refunds of ${booking.id} are settled`, async () => (await settled()).length === 2);
      const back = (await world().bank.refundsOf(booking.id)).map((refund) => refund.amount / unitsPerMinor);
      assert.deepEqual(back.sort(), [amount, gift].sort());
      await assertBooksBalance(world().db);
    });
  }
});
