import assert from 'node:assert/strict';
import { openDoctor } from '#bin/examination.ts';
import { readConfig } from '#config';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { payHostId } from '#workflows/payouts.contract.ts';
import { ask } from '../api/graphql-fixture.ts';
import { disputeIs, disputeIsOver } from '../support/disputes.ts';
import {
  DECLINED_LATER,
  instalmentOf,
  LONG_STAY,
  passToInstalment,
  seesInstalment,
} from '../support/instalments.ts';
import { useWorld } from '../support/journeys.ts';
import { onboard, transfersOf } from '../support/payouts.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const HOUR_MS = 3_600_000;

const minor = ({ amount }: Wire): number => amount.amount;
const whole = ({ refund, kept }: Wire): number => Number(refund.amount) + Number(kept.amount);

describe('the money of a stay that is paid for a month at a time', function () {
  this.timeout(180_000);
  const world = useWorld();
  const bookings: string[] = [];

  /** Both months are paid for, and the host has been paid for the first. */
  async function paidTwice() {
    const stay = await world().booked(LONG_STAY);
    const { booking, guest, host } = stay;
    bookings.push(booking.id);
    await onboard(world(), host);
    await passToInstalment(world(), booking, { n: 2 });
    const paid = await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    await payoutsAre(booking.id, ['paid']);
    return { ...stay, booking: paid };
  }

  async function payoutsAre(bookingId: string, statuses: string[]): Promise<void> {
    let found: string[] = [];
    await until(
      () => `the payouts of ${bookingId} are ${statuses.join()}: ${found.join()}`,
      async () => {
        const rows = world().db('payouts').where({ booking_id: bookingId });
        found = await rows.orderBy('n').pluck('status');
        return found.join() === statuses.join();
      },
    );
  }

  async function settledRefunds(bookingId: string, count: number): Promise<Wire[]> {
    let rows: Wire[] = [];
    await until(
      () => `${bookingId} has ${count} refunds, settled: ${JSON.stringify(rows)}`,
      async () => {
        rows = await world().db('refunds').where({ booking_id: bookingId }).orderBy('id');
        return rows.length === count && rows.every(({ status }) => status === 'settled');
      },
    );
    return rows;
  }

  const cancel = (person: { post: (path: string, body: object) => Promise<Wire> }, { id }: Wire, body = {}) =>
    person.post(`/bookings/${id}/cancellation`, body);

  it('goes back whole when the host calls off: of each payment its own, and from the host what they were paid', async () => {
    const { booking, guest, host } = await paidTwice();
    const { cancellation } = await host.must(200, cancel(host, booking));
    assert.equal(cancellation.refund.amount, booking.total.amount);
    const refunds = await settledRefunds(booking.id, 2);
    assert.deepEqual(
      refunds.map(({ payment_id, amount_minor }) => [payment_id, amount_minor]),
      [2, 1].map((n) => [instalmentOf(booking, n).paymentId, instalmentOf(booking, n).amount.amount]),
    );
    const [transfer, ...more] = await transfersOf(world(), booking.id);
    assert.deepEqual([transfer?.amount_reversed, more], [transfer?.amount, []]);
    assert.equal((await guest.must(200, guest.get(`/bookings/${booking.id}`))).status, 'cancelled');
  });

  it('goes back as an operator says, the newest payment first, and is quoted so', async () => {
    const { booking, guest } = await world().booked({ ...LONG_STAY, sandbox: true });
    bookings.push(booking.id);
    const advanceTo = new Date(Date.parse(instalmentOf(booking, 2).dueAt) + HOUR_MS).toISOString();
    await guest.must(200, guest.post(`/sandbox/bookings/${booking.id}/clock`, { advanceTo }));
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
    const operator = await world().operator();
    const path = `/bookings/${booking.id}/cancellation-quote`;
    const quote = await operator.must(200, operator.post(path, { by: 'guest' }));
    assert.deepEqual([quote.refund.amount, quote.kept.amount], [0, booking.total.amount]);
    const second = minor(instalmentOf(booking, 2));
    const refund = second + 10_000;
    const body = { reason: 'A flood', override: { refund } };
    await operator.must(200, cancel(operator, booking, body));
    const refunds = await settledRefunds(booking.id, 2);
    assert.deepEqual(
      refunds.map(({ amount_minor }) => amount_minor),
      [second, 10_000],
    );
  });

  it('is quoted for what has been paid, and no operator gives back more', async () => {
    const { booking, guest } = await world().booked(LONG_STAY);
    const path = `/bookings/${booking.id}/cancellation-quote`;
    const [paid] = booking.instalments;
    const now = await guest.must(200, guest.post(path));
    assert.equal(whole(now), minor(paid));
    const later = await guest.must(200, guest.post(path, { at: instalmentOf(booking, 2).dueAt }));
    assert.equal(whole(later), booking.total.amount);
    const operator = await world().operator();
    const override = { refund: minor(paid) + 1 };
    const refused = await cancel(operator, booking, { reason: 'A mistake', override });
    assert.deepEqual([refused.status, refused.body.code], [422, 'refund_exceeds_payment']);
  });

  it('waits for the verdict where one month is disputed, and the other is paid for none the less', async () => {
    const { booking, host } = await paidTwice();
    const [intent] = (await world().bank.intentsOf(booking.id)).filter(
      ({ metadata }) => metadata.paymentId === instalmentOf(booking, 2).paymentId,
    );
    const { id } = await world().bank.control(
      'POST',
      `/charges/${intent?.latest_charge as string}/dispute`,
      {},
    );
    await disputeIs(world(), id, 'opened');
    await passToInstalment(world(), booking, { n: 2, byMs: 25 * HOUR_MS });
    await payoutsAre(booking.id, ['paid', 'waiting']);
    await world().bank.judge(id, 'win');
    await disputeIsOver(world(), id, 'won');
    await world().temporal.advance(payHostId({ bookingId: booking.id, n: 2, round: 1 }), 13 * HOUR_MS);
    await payoutsAre(booking.id, ['paid', 'paid']);
    const { data } = await host.must(200, host.get(`/payouts?bookingId=${booking.id}`));
    assert.equal(data.length, 2);
  });

  it('is asked for no longer once the guest has left, and the host keeps what was paid', async () => {
    const { booking, guest, host } = await world().booked(LONG_STAY);
    bookings.push(booking.id);
    await onboard(world(), host);
    await world().passTo(booking, booking.checkInAt, 10 * 24 * HOUR_MS);
    await world().sees(guest, booking.id, 'in_stay');
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-out`));
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'lapsed' });
    await world().passTo(booking, booking.checkOutAt);
    await until('it is over', async () => {
      return (await world().temporal.statusOf(bookStayId(booking.id))) === 'COMPLETED';
    });
    assert.equal((await world().bank.intentsOf(booking.id)).length, 1);
    await payoutsAre(booking.id, ['paid']);
  });

  it('is the same where the host was asked first', async () => {
    const { booking, guest, host } = await world().requested(LONG_STAY);
    bookings.push(booking.id);
    await host.must(200, host.post(`/bookings/${booking.id}/acceptance`));
    await passToInstalment(world(), booking, { n: 2 });
    await seesInstalment(guest, { bookingId: booking.id, n: 2, status: 'paid' });
  });

  it('reads the same in GraphQL, in the quote too', async () => {
    const { property } = await world().home();
    const guest = await world().person();
    const part = 'checkIn checkOut amount { amount currency }';
    const quoted = await ask(
      guest,
      `mutation ($id: ID!, $input: NewQuote!) { createQuote(propertyId: $id, input: $input) { id instalments { ${part} } } }`,
      { id: property.id, input: { ...LONG_STAY, guests: { adults: 2 } } },
    );
    const { id: quoteId, instalments } = quoted.data.createQuote;
    const request = { propertyId: property.id, ...LONG_STAY, guests: { adults: 2 }, quoteId };
    const booking = await guest.books({ ...request, paymentMethodId: 'pm_card_visa' });
    const parts = booking.instalments.map(({ checkIn, checkOut, amount }: Wire) => ({
      checkIn,
      checkOut,
      amount,
    }));
    assert.deepEqual(instalments, parts);
    const { data } = await ask(
      guest,
      `query ($id: ID!) { booking(id: $id) { instalments { n status dueAt ${part} } } }`,
      { id: booking.id },
    );
    assert.deepEqual(
      data.booking.instalments.map(({ n, status }: Wire) => [n, status]),
      [
        [1, 'paid'],
        [2, 'scheduled'],
      ],
    );
    const replaced = await ask(
      guest,
      'mutation ($id: ID!, $input: NewPaymentMethod!) { replacePaymentMethod(id: $id, input: $input) { status } }',
      { id: booking.id, input: { paymentMethodId: DECLINED_LATER } },
    );
    assert.equal(replaced.data.replacePaymentMethod.status, 'saved');
  });

  it('leaves nothing for the doctor to find', async () => {
    await using doctor = openDoctor(readConfig(world().stack.environment));
    const verdicts = await doctor.examine(10_000);
    const ids = new Set<string>(bookings);
    for (const table of ['payments', 'payouts', 'refunds'])
      for (const id of await world().db(table).whereIn('booking_id', bookings).pluck('id')) ids.add(id);
    const broken = verdicts.flatMap(({ invariant, findings }) =>
      findings.filter(({ id }) => ids.has(id)).map(({ id, detail }) => `${invariant}: ${id}: ${detail}`),
    );
    assert.deepEqual(broken, []);
  });
});
