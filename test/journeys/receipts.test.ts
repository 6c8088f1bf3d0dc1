import assert from 'node:assert/strict';
import { ask, codesOf } from '../api/graphql-fixture.ts';
import { disputeIs, disputeIsOver } from '../support/disputes.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { balancesOf } from '../support/ledger.ts';
import type { Wire } from '../support/people.ts';
import { sheetAt } from '../support/statements.ts';
import { until } from '../support/virtual-time.ts';

/** Three nights at 100.00, cleaning at 50.00, and the guest's fee of 14 %. */
const TOTAL = 39_900;

describe('a guest’s receipt', () => {
  const world = useWorld();
  const receiptOf = (person: Traveller, { id }: Wire): Promise<Wire> =>
    person.must(200, person.get(`/bookings/${id}/receipt`));

  it('tells what the stay was sold for, and by which card it was paid', async () => {
    const { booking, guest, property } = await world().booked({ paymentMethodId: 'pm_card_mastercard' });
    const receipt = await receiptOf(guest, booking);
    const { payments, asOf, ...rest } = receipt;
    assert.deepEqual(rest, {
      number: `R-${booking.id.slice(4).toUpperCase()}`,
      bookingId: booking.id,
      guest: 'Ada Traveller',
      host: 'Hugh Host',
      propertyId: property.id,
      property: 'Canal-side flat',
      checkIn: booking.checkIn,
      checkOut: booking.checkOut,
      nights: 3,
      timeZone: 'Europe/London',
      currency: 'GBP',
      lines: booking.lines,
      taxes: 0,
      total: TOTAL,
      refunds: [],
      disputed: [],
      paid: TOTAL,
      refunded: 0,
      net: TOTAL,
    });
    assert.deepEqual(payments, [
      {
        paymentId: booking.payment.id,
        at: asOf,
        date: payments[0].date,
        amount: TOTAL,
        card: { brand: 'mastercard', lastFour: '4444' },
      },
    ]);
  });

  it('names the card of whoever paid in the browser, or was accepted by the host', async () => {
    const requested = await world().requested();
    await requested.host.must(200, requested.host.post(`/bookings/${requested.booking.id}/acceptance`));
    const held = await world().held();
    const pay = { bookingId: held.booking.id, paymentMethodId: 'pm_card_visa' };
    await held.guest.must(201, held.guest.post('/payments', pay));
    for (const { guest, booking } of [requested, held]) {
      const { payments } = await receiptOf(guest, booking);
      assert.deepEqual(payments[0].card, { brand: 'visa', lastFour: '4242' });
    }
  });

  it('tells of every refund with its reason, and comes to what the ledger has', async () => {
    const { booking, guest, host } = await world().booked();
    await host.must(201, host.post(`/payments/${booking.payment.id}/refunds`, { amount: 5_000 }));
    await world().refunded(booking.id, { amount: 5_000 });
    const first = await receiptOf(guest, booking);
    assert.deepEqual(
      first.refunds.map(({ amount, reason }: Wire) => [amount, reason]),
      [[5_000, 'goodwill']],
    );
    assert.deepEqual([first.paid, first.refunded, first.net], [TOTAL, 5_000, TOTAL - 5_000]);
    assert.equal((await balancesOf(world().db, booking.id)).bank_clearing, first.net);

    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await until('the rest has gone back', async () => (await receiptOf(guest, booking)).net === 0);
    const { number, refunds } = await receiptOf(guest, booking);
    assert.equal(number, first.number);
    assert.deepEqual(
      refunds.map(({ reason }: Wire) => reason),
      ['goodwill', 'cancellation'],
    );
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
  });

  it('tells of what the payer’s bank took back, until it is given again (M14)', async () => {
    const { booking, guest } = await world().booked();
    const id = await world().bank.dispute(booking.id);
    await disputeIs(world(), id, 'opened');
    const open = await receiptOf(guest, booking);
    assert.deepEqual(
      [open.disputed.map(({ amount }: Wire) => amount), open.refunded, open.net],
      [[TOTAL], TOTAL, 0],
    );
    await world().bank.judge(id, 'win');
    await disputeIsOver(world(), id, 'won');
    const won = await receiptOf(guest, booking);
    assert.deepEqual([won.disputed, won.net], [[], TOTAL]);
  });

  for (const { currency, nightly, shown } of [
    { currency: 'JPY', nightly: 10_001, shown: /^\d{2},\d{3}$/ },
    { currency: 'KWD', nightly: 30_510, shown: /^\d{3}\.\d{3}$/ },
  ]) {
    it(`in ${currency} is in its own decimals (M1)`, async () => {
      const pricing = { nightly, cleaningFee: 0, guestsIncluded: 4 };
      const { booking, guest } = await world().booked({}, { currency, pricing });
      const receipt = await receiptOf(guest, booking);
      assert.deepEqual([receipt.currency, receipt.net], [currency, booking.total.amount]);
      const { body } = await sheetAt(guest, `/bookings/${booking.id}/receipt`);
      const [, paid = ''] = /id="paid">.*?class="amount">([^<]*)</.exec(body) ?? [];
      assert.match(paid, shown);
    });
  }

  it('is refused where no money has come in', async () => {
    const held = await world().held();
    const free = await world().booked({ paymentMethodId: undefined }, { pricing: { nightly: 0 } });
    for (const { guest, booking } of [held, free]) {
      const { status, body } = await guest.get(`/bookings/${booking.id}/receipt`);
      assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', booking.status]);
    }
  });

  it('is its guest’s and operators’, and never its host’s (S1)', async () => {
    const { booking, guest, host } = await world().booked();
    const other = await world().booked();
    const operator = await world().operator();
    for (const accept of ['application/json', 'text/html']) {
      const status = async (person: Traveller) =>
        (await person.call(`/bookings/${booking.id}/receipt`, { headers: { accept } })).status;
      assert.equal(await status(guest), 200);
      assert.equal(await status(operator), 200);
      assert.equal(await status(host), 403);
      assert.equal(await status(other.guest), 404);
      assert.equal(await status(other.host), 404);
      assert.equal(await status(world().anyone()), 401);
    }
    assert.deepEqual(await receiptOf(operator, booking), await receiptOf(guest, booking));
    const refused = await host.get(`/bookings/${booking.id}/receipt`);
    assert.ok(!JSON.stringify(refused.body).includes('4242'));
  });

  it('is the same by GraphQL', async () => {
    const { booking, guest, host } = await world().booked();
    const query = `query ($id: ID!) { receipt(bookingId: $id) {
      number bookingId guest host propertyId property checkIn checkOut nights timeZone currency
      lines { kind label quantity amount } taxes total
      payments { paymentId at date amount card { brand lastFour } }
      refunds { paymentId at date amount reason } disputed { paymentId at date amount }
      paid refunded net asOf } }`;
    const { data } = await ask(guest, query, { id: booking.id });
    assert.deepEqual(data.receipt, await receiptOf(guest, booking));
    assert.deepEqual(codesOf(await ask(host, query, { id: booking.id })), ['forbidden']);
  });
});
