import assert from 'node:assert/strict';
import { openDoctor } from '#bin/examination.ts';
import { readConfig } from '#config';
import type { RefundId } from '#domain/ids.ts';
import { payHostId } from '#workflows/payouts.contract.ts';
import { refundPaymentId } from '#workflows/refunds.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { hostShareOf, onboard, passToPayout, seesPayout, transfersOf } from '../support/payouts.ts';
import { until } from '../support/virtual-time.ts';

/** Longer than the bank remembers the keys of what it was asked. */
const OUTAGE_SECONDS = 30 * 3_600;
const LONG_MS = 120_000;

describe('an outage of the bank, thirty hours long', function () {
  this.timeout(4 * LONG_MS);
  const world = useWorld('apart');

  /** A booking whose host can be paid. */
  async function payable() {
    const journey = await world().booked();
    await onboard(world(), journey.host);
    return journey;
  }

  const refundIdOf = async (bookingId: string): Promise<RefundId> => {
    let id: RefundId | undefined;
    await until('the refund is promised', async () => {
      ({ id } = (await world().db('refunds').where({ booking_id: bookingId }).first('id')) ?? {});
      return id !== undefined;
    });
    assert.ok(id);
    return id;
  };

  it('in the middle of refunds and transfers pays nothing twice, and ends all of them (M24)', async () => {
    const taken = await world().booked();
    const asked = await world().booked();
    const paid = await payable();
    const due = await payable();
    const posts = (path: string) => ({ method: 'POST', path });

    // Of each kind one was done, and its answer is lost; the package asks once more by itself. Then nothing answers.
    await world().bank.misbehave({ kind: 'answer_lost', match: posts('/v1/refunds'), times: 2 });
    await taken.guest.must(200, taken.guest.post(`/bookings/${taken.booking.id}/cancellation`));
    await until('the bank has given back', async () => (await world().bank.faultsLeft()) === 0);
    await world().bank.misbehave(
      { kind: 'answer_lost', match: posts('/v1/transfers'), times: 2 },
      { kind: 'close', match: { path: '/v1/refunds*' }, times: 'always' },
    );
    await passToPayout(world(), paid.booking);
    await until(
      'the bank has sent what the host is due',
      async () => (await transfersOf(world(), paid.booking.id)).length === 1,
    );
    await until('both answers are lost', async () => (await world().bank.faultsLeft()) === 1);
    await world().bank.misbehave({ kind: 'close', match: { path: '/v1/*' }, times: 'always' });
    await asked.guest.must(200, asked.guest.post(`/bookings/${asked.booking.id}/cancellation`));
    await passToPayout(world(), due.booking);

    const retried = async (id: string, activity: string) => world().temporal.isTried(id, activity, 2);
    await retried(refundPaymentId(await refundIdOf(asked.booking.id)), 'refundAtBank');
    const payHost = payHostId({ bookingId: due.booking.id, n: 1, round: 1 });
    await world().temporal.isStarted(payHost);
    await retried(payHost, 'preparePayout');

    // The bank has forgotten every key when it comes back.
    await world().bank.control('POST', '/clock', { advanceSeconds: OUTAGE_SECONDS });
    await world().bank.heal();

    for (const { booking } of [taken, asked]) {
      await until(
        `the refund of ${booking.id} is settled`,
        async () => {
          const refund = await world().db('refunds').where({ booking_id: booking.id }).first('status');
          return refund.status === 'settled';
        },
        LONG_MS,
      );
      assert.deepEqual(
        (await world().bank.refundsOf(booking.id)).map(({ amount }) => amount),
        [booking.total.amount],
      );
      const steps = (await movementsOf(world().db, booking.id)).map(({ step }) => step.split(':')[0]);
      assert.deepEqual(steps, ['post', 'refund']);
    }
    for (const { booking, host } of [paid, due]) {
      await seesPayout(host, booking.id, { status: 'paid' });
      const share = await hostShareOf(world(), booking.id);
      assert.deepEqual(
        (await transfersOf(world(), booking.id)).map(({ amount }) => amount),
        [share],
      );
      const steps = (await movementsOf(world().db, booking.id)).map(({ step }) => step.split(':')[0]);
      assert.deepEqual(steps, ['post', 'payout']);
    }
  });

  it('leaves every invariant whole, once it is over', async () => {
    await using doctor = openDoctor(readConfig(world().stack.environment));
    const verdicts = await doctor.examine();
    assert.deepEqual(
      verdicts.filter(({ findings }) => findings.length > 0),
      [],
    );
  });
});
