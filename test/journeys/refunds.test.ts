import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf } from '../support/ledger.ts';
import type { Person, Wire } from '../support/people.ts';
import { isPublic, toReview, write } from '../support/reviews.ts';
import { until } from '../support/virtual-time.ts';

/** Three nights at 100.00, cleaning at 50.00, and the guest's fee of 14 %; less the host's fee of 3 %. */
const TOTAL = 39_900;
const OF_HOST = 33_950;

describe('money that is given back of free will', () => {
  const world = useWorld();
  const refundsOf = ({ payment }: Wire): string => `/payments/${payment.id}/refunds`;
  const give = (person: Person, booking: Wire, input: Record<string, unknown> = {}) =>
    person.post(refundsOf(booking), input);
  const listed = async (person: Person, booking: Wire): Promise<Wire[]> =>
    (await person.must(200, person.get(refundsOf(booking)))).data;
  const paymentOf = (guest: Traveller, { payment }: Wire): Promise<Wire> =>
    guest.must(200, guest.get(`/payments/${payment.id}`));

  async function settled(person: Person, booking: Wire, count: number): Promise<Wire[]> {
    let refunds: Wire[] = [];
    await until(
      () => `${count} refunds are settled: ${JSON.stringify(refunds)}`,
      async () => {
        refunds = await listed(person, booking);
        return refunds.length === count && refunds.every(({ status }) => status === 'settled');
      },
    );
    return refunds;
  }

  it('is the host’s to give, and reaches the guest, who is told why', async () => {
    const { booking, guest, host } = await world().booked();
    const reason = 'The heating was out for a night.';
    const given = await host.must(201, give(host, booking, { amount: 2_500, reason }));
    assert.deepEqual(given, {
      id: given.id,
      paymentId: booking.payment.id,
      amount: 2_500,
      currency: 'GBP',
      status: given.status,
      reason: 'goodwill',
      note: reason,
      createdAt: given.createdAt,
    });
    assert.deepEqual((await settled(guest, booking, 1))[0], { ...given, status: 'settled' });
    assert.equal((await paymentOf(guest, booking)).refunded, 2_500);
    const [atBank] = await world().bank.refundsOf(booking.id);
    assert.equal(atBank?.amount, 2_500);
    assert.match((await world().mail(guest, /25\.00 of your stay/)).text, /heating was out/);
    const { host_payable: hostPayable } = await balancesOf(world().db, booking.id);
    assert.equal(hostPayable, -(OF_HOST - 2_500));
    await assertBooksBalance(world().db);
  });

  it('is given in parts to exactly nothing, and not a unit more (M8)', async () => {
    const { booking, guest, host } = await world().booked();
    const operator = await world().operator();
    for (const amount of [10_000, 20_000, OF_HOST - 30_000])
      await host.must(201, give(host, booking, { amount }));
    const more = await give(host, booking, { amount: 1 });
    assert.deepEqual([more.status, more.body.code, more.body.refundable], [422, 'refund_exceeds_payment', 0]);
    const tooMuch = await give(operator, booking, { amount: TOTAL - OF_HOST + 1 });
    assert.deepEqual([tooMuch.status, tooMuch.body.refundable], [422, TOTAL - OF_HOST]);
    await operator.must(201, give(operator, booking));
    const refunds = await settled(guest, booking, 4);
    assert.equal(
      refunds.reduce((sum: number, refund) => sum + Number(refund.amount), 0),
      TOTAL,
    );
    const nothing = await give(operator, booking, { amount: 1 });
    assert.deepEqual([nothing.status, nothing.body.code], [422, 'refund_exceeds_payment']);
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
    await assertBooksBalance(world().db);
  });

  it('changes no review that is public (R5)', async () => {
    const { booking, guest, host } = await toReview(world());
    const { id } = await guest.must(201, write(guest, booking.id, { rating: 2 }));
    await host.must(201, write(host, booking.id));
    const before = await isPublic(guest, id);
    const property = `/properties/${booking.propertyId}`;
    const rated = (await guest.must(200, guest.get(property))).rating;
    await host.must(201, give(host, booking));
    await settled(guest, booking, 1);
    assert.deepEqual(await guest.must(200, guest.get(`/reviews/${id}`)), before);
    assert.deepEqual((await guest.must(200, guest.get(property))).rating, rated);
  });

  it('is never more than there is, however many give at once (M9)', async () => {
    const { booking, host, guest } = await world().booked();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => give(host, booking, { amount: 10_000 })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, 201, 201, 422, 422, 422, 422, 422]);
    await settled(guest, booking, 3);
    await assertBooksBalance(world().db);
  });

  it('is one refund for the same key, and refused for another sum under it (M23)', async () => {
    const { booking, host, guest } = await world().booked();
    const first = await host.must(201, host.post(refundsOf(booking), { amount: 700 }, 'sorry'));
    const again = await host.post(refundsOf(booking), { amount: 700 }, 'sorry');
    assert.deepEqual([again.status, again.body.id], [201, first.id]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const other = await host.post(refundsOf(booking), { amount: 701 }, 'sorry');
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);
    await settled(guest, booking, 1);
  });

  it('counts against what a cancellation gives back: together the price, and no more', async () => {
    const { booking, host, guest } = await world().booked();
    await host.must(201, give(host, booking, { amount: 5_000 }));
    const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    assert.equal(cancelled.cancellation.refund.amount, TOTAL - 5_000);
    await settled(guest, booking, 2);
    assert.equal((await paymentOf(guest, booking)).refunded, TOTAL);
    await assertBooksBalance(world().db);
  });

  it('cannot be given before the price is paid, nor while it is only reserved (M10)', async () => {
    const { booking, host } = await world().requested();
    const { status, body } = await give(host, booking, { amount: 1 });
    assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'awaiting_host']);
  });

  it('is neither the guest’s to give nor anybody else’s to know of (S1)', async () => {
    const { booking, guest } = await world().booked();
    const stranger = await world().person();
    const byGuest = await give(guest, booking, { amount: 1 });
    assert.deepEqual([byGuest.status, byGuest.body.code], [403, 'forbidden']);
    for (const answer of [
      await give(stranger, booking, { amount: 1 }),
      await stranger.get(refundsOf(booking)),
    ])
      assert.deepEqual([answer.status, answer.body.code], [404, 'not_found']);
    assert.deepEqual(await listed(guest, booking), []);
  });

  it('names what is wrong with the sum', async () => {
    const { booking, host } = await world().booked();
    for (const amount of [0, -1, 1.5, '10', Number.MAX_SAFE_INTEGER + 2]) {
      const { status, body } = await give(host, booking, { amount });
      assert.deepEqual(
        [status, body.code, body.errors[0].path],
        [400, 'invalid_input', 'amount'],
        String(amount),
      );
    }
  });

  it('is accepted while Temporal is away, and given when it is back', async () => {
    const { booking, host, guest } = await world().booked();
    const temporal = world().stack.part('temporal');
    await temporal.hold('SIGKILL');
    try {
      const given = await host.must(201, give(host, booking, { amount: 900 }));
      assert.equal(given.status, 'pending');
    } finally {
      await temporal.release();
    }
    await world().isWhole();
    await settled(guest, booking, 1);
  });

  describe('by hand, in the bank’s dashboard (M26)', () => {
    it('is taken into the books, a part and then the rest', async () => {
      const { booking, guest } = await world().booked();
      await world().bank.refundByHand(booking.id, 9_900);
      const [part] = await settled(guest, booking, 1);
      assert.deepEqual([part.amount, part.reason], [9_900, 'dashboard']);
      await world().bank.refundByHand(booking.id);
      await settled(guest, booking, 2);
      assert.equal((await paymentOf(guest, booking)).refunded, TOTAL);
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      await assertBooksBalance(world().db);
    });

    it('is taken in once, however often the bank tells of it (W1)', async () => {
      const { booking, guest } = await world().booked();
      await world().bank.refundByHand(booking.id, 1_000);
      await settled(guest, booking, 1);
      const [refund] = await world().bank.refundsOf(booking.id);
      for (const event of await world().bank.eventsAbout(refund?.id ?? ''))
        assert.equal(await world().bank.deliver({ ...event, id: `${event.id}_again` }), 200);
      await world().bankIsHeard();
      assert.equal((await listed(guest, booking)).length, 1);
      await assertBooksBalance(world().db);
    });

    async function refused(booking: Wire, guest: Traveller): Promise<Wire> {
      let refund: Wire;
      await until('the bank has refused our refund', async () => {
        [refund] = await listed(guest, booking);
        return refund?.status === 'failed';
      });
      return refund;
    }

    it('makes good what the bank has refused us', async () => {
      const { booking, host, guest } = await world().booked();
      await world().bank.control('POST', '/webhooks/pause');
      await world().bank.refundByHand(booking.id);
      const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      assert.equal(cancelled.cancellation.refund.amount, TOTAL);
      const promise = await refused(booking, guest);
      await world().bank.control('POST', '/webhooks/resume');
      const [made] = await settled(host, booking, 1);
      assert.deepEqual([made.id, made.reason, made.amount], [promise.id, 'cancellation', TOTAL]);
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
    });

    it('takes the place of a promise that it has left no room for', async () => {
      const { booking, host, guest } = await world().booked();
      await world().bank.control('POST', '/webhooks/pause');
      await world().bank.refundByHand(booking.id);
      await host.must(201, give(host, booking, { amount: 4_000 }));
      const promise = await refused(booking, guest);
      await world().bank.control('POST', '/webhooks/resume');
      await until('what was made by hand is in the books', async () => {
        const made = (await listed(guest, booking)).find(({ id }) => id !== promise.id);
        return made?.status === 'settled' && made.amount === TOTAL;
      });
      assert.equal((await paymentOf(guest, booking)).refunded, TOTAL);
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
    });

    it('leaves the guest what a cancellation withheld for a gift that never reached them', async () => {
      const { booking, host, guest } = await world().booked();
      await world().bank.control('POST', '/webhooks/pause');
      await world().bank.refundByHand(booking.id, 1_000);
      await world().bank.misbehave({ kind: '500_before', match: { path: '/v1/refunds' }, times: 'always' });
      const gift = await host.must(201, give(host, booking, { amount: 4_000 }));
      await world().bank.heal();
      await world().bank.control('POST', '/webhooks/pause');
      const ofGift = { path: '/v1/refunds', idempotencyKey: `*${gift.id}*` };
      await world().bank.misbehave({ kind: '500_before', match: ofGift, times: 'always' });
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      await until('the cancellation has given back what it owes beside the gift', async () => {
        const made = (await listed(guest, booking)).filter(({ status }) => status === 'settled');
        return made.length === 1 && made[0]?.amount === TOTAL - 4_000;
      });
      await world().bank.heal(); // The gift is refused now; then what was made by hand is heard of.
      let made: Wire[] = [];
      await until('all is given back', async () => {
        made = (await listed(guest, booking)).filter(({ id }) => id !== gift.id);
        return made.length === 3 && made.every(({ status }) => status === 'settled');
      });
      const expected = ['1000 dashboard', `${TOTAL - 4_000} cancellation`, '3000 cancellation'];
      assert.deepEqual(new Set(made.map(({ amount, reason }) => `${amount} ${reason}`)), new Set(expected));
      const { cancellation } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
      assert.equal(cancellation.refund.amount, TOTAL - 1_000);
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
    });

    it('makes good what the bank had given, and what has come back (M11)', async () => {
      const { booking, host, guest } = await world().booked();
      const shares = async () =>
        (await world().db('refunds').where({ booking_id: booking.id }).orderBy('id')).map(
          ({ shares: of }) => of,
        );
      const gift = await host.must(201, give(host, booking, { amount: 4_000 }));
      await settled(guest, booking, 1);
      const [atBank] = await world().bank.refundsOf(booking.id);
      await world().bank.control('POST', `/refunds/${atBank?.id}/settlement`, { outcome: 'fail' });
      await refused(booking, guest);
      await world().bank.refundByHand(booking.id, 4_000);
      let made: Wire;
      await until('what was made by hand is in the books', async () => {
        made = (await listed(guest, booking)).find(({ id }) => id !== gift.id);
        return made?.status === 'settled';
      });
      assert.deepEqual([made.amount, made.reason], [4_000, 'goodwill']);
      const [given, again] = await shares();
      assert.deepEqual(again, given);
      assert.equal((await paymentOf(guest, booking)).refunded, 4_000);
      const { host_payable: hostPayable } = await balancesOf(world().db, booking.id);
      assert.equal(hostPayable, -(OF_HOST - 4_000));
      await assertBooksBalance(world().db);
    });

    it('makes good a cancellation that has come back whole, and leaves nothing behind (M11)', async () => {
      const { booking, guest } = await world().booked();
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      const [promise] = await settled(guest, booking, 1);
      const [atBank] = await world().bank.refundsOf(booking.id);
      await world().bank.control('POST', `/refunds/${atBank?.id}/settlement`, { outcome: 'fail' });
      await refused(booking, guest);
      await world().bank.refundByHand(booking.id);
      await until('what was made by hand is in the books', async () => {
        const made = (await listed(guest, booking)).find(({ id }) => id !== promise.id);
        return made?.status === 'settled' && made.reason === 'cancellation' && made.amount === TOTAL;
      });
      assert.deepEqual(await balancesOf(world().db, booking.id), {});
      const { cancellation } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
      assert.equal(cancellation.refund.amount, TOTAL);
    });

    for (const [times, parts] of Object.entries({ once: [9_900], twice: [9_900, 5_000] })) {
      it(`${times} leaves the guest the rest of what they are owed`, async () => {
        const { booking, guest } = await world().booked();
        await world().bank.control('POST', '/webhooks/pause');
        for (const part of parts) await world().bank.refundByHand(booking.id, part);
        await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
        await refused(booking, guest);
        await world().bank.control('POST', '/webhooks/resume');
        const isMade = ({ status }: Wire) => status === 'settled';
        let made: Wire[] = [];
        await until('all is given back', async () => {
          made = (await listed(guest, booking)).filter(isMade);
          return made.length === parts.length + 1;
        });
        const rest = parts.reduce((left, part) => left - part, TOTAL);
        assert.deepEqual(
          new Set(made.map(({ amount, reason }) => `${amount} ${reason}`)),
          new Set([...parts.map((part) => `${part} dashboard`), `${rest} cancellation`]),
        );
        assert.deepEqual(await balancesOf(world().db, booking.id), {});
      });
    }
  });
});
