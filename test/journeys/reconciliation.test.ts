import assert from 'node:assert/strict';
import { checksOfSettlement } from '#db/doctor/settlement.ts';
import { disputeIs, disputeIsOver } from '../support/disputes.ts';
import { useWorld } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { onboard, passToPayout, seesPayout } from '../support/payouts.ts';
import type { Wire } from '../support/people.ts';
import { clearingOf, reconcile, settlementsOf } from '../support/reconciliation.ts';
import { until } from '../support/virtual-time.ts';

/** A card whose money the bank makes available at once. */
const AT_ONCE = { paymentMethodId: 'pm_card_bypassPending' };

describe('reconciliation', function () {
  this.timeout(120_000);
  const world = useWorld();

  describe('settles', () => {
    it('what has come to our balance, less what the bank keeps, once', async () => {
      const { booking } = await world().booked(AT_ONCE);
      const total = booking.total.amount;
      const charge = (await world().bank.intentOf(booking.id)).latest_charge;
      const { data } = await world().bank.control('GET', '/objects/balance_transactions');
      const { fee } = data.find(({ source }: Wire) => source === charge);
      assert.ok(fee > 0);
      const expected = [{ type: 'charge', bank_balance: total - fee, bank_clearing: -total, bank_fees: fee }];
      for (const run of [1, 2]) {
        await reconcile(world());
        assert.deepEqual(await settlementsOf(world(), booking.id), expected, `run ${run}`);
      }
      assert.equal(await clearingOf(world(), booking.id), 0);
      assert.deepEqual(
        (await movementsOf(world().db, booking.id)).map(({ step }) => step.split(':')[0]),
        ['post'],
        'what a booking’s money comes to is told by its own steps alone',
      );
    });

    it('nothing that the bank has not made available', async () => {
      const { booking } = await world().booked();
      await reconcile(world());
      assert.deepEqual(await settlementsOf(world(), booking.id), []);
      assert.equal(await clearingOf(world(), booking.id), booking.total.amount);
      const row = await world().db('bank_transactions').where({ booking_id: booking.id }).first();
      assert.deepEqual([row.step, row.settled_at], [`post:${booking.payment.id}`, null]);
    });

    it('a refund, also one that comes back', async () => {
      await world().bank.control('POST', '/settings', { refunds: 'pending' });
      const { booking, guest } = await world().booked(AT_ONCE);
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      const made = async () => (await world().bank.refundsOf(booking.id))[0];
      await until('the bank has taken the refund on', async () => (await made()) !== undefined);
      const settlement = `/refunds/${(await made())?.id}/settlement`;
      await world().bank.control('POST', settlement, { outcome: 'succeed' });
      await world().refunded(booking.id);
      await reconcile(world());
      assert.equal(await clearingOf(world(), booking.id), 0);
      await world().bank.control('POST', settlement, { outcome: 'fail' });
      await until('it is known that the refund has failed', async () => {
        const refund = await world().db('refunds').where({ booking_id: booking.id }).first('status');
        return refund.status === 'failed';
      });
      await reconcile(world());
      assert.equal(await clearingOf(world(), booking.id), 0);
      assert.deepEqual((await settlementsOf(world(), booking.id)).map(({ type }) => type).sort(), [
        'charge',
        'refund',
        'refund_failure',
      ]);
    });

    it('a dispute, won or lost, of which the fee is in the ledger by then', async () => {
      for (const [outcome, verdict] of [
        ['win', 'won'],
        ['lose', 'lost'],
      ] as const) {
        const { booking } = await world().booked(AT_ONCE);
        const id = await world().bank.dispute(booking.id);
        await disputeIs(world(), id, 'opened');
        await world().bank.judge(id, outcome);
        await disputeIsOver(world(), id, verdict);
        await reconcile(world());
        assert.equal(await clearingOf(world(), booking.id), 0);
        const settled = (await settlementsOf(world(), booking.id)).filter(
          ({ type }) => type === 'adjustment',
        );
        assert.equal(settled.length, outcome === 'win' ? 2 : 1);
        for (const { bank_fees: fee } of settled) assert.equal(fee, undefined);
      }
    });

    it('what a host was sent: it left the balance when it was', async () => {
      const { booking, host } = await world().booked(AT_ONCE);
      await onboard(world(), host);
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'paid' });
      await reconcile(world());
      const sent = await world()
        .db('bank_transactions')
        .where({ booking_id: booking.id, type: 'transfer' })
        .first();
      assert.match(sent.step, /^payout:/);
      assert.notEqual(sent.settled_at, null);
      assert.deepEqual(
        (await settlementsOf(world(), booking.id)).map(({ type }) => type),
        ['charge'],
      );
    });
  });

  describe('hears what was lost', () => {
    const silenced = () => world().bank.control('POST', '/webhooks/pause');

    it('of a payment (W10)', async () => {
      const { booking, guest } = await world().held();
      await silenced();
      assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
      await reconcile(world());
      await world().sees(guest, booking.id, 'confirmed');
      const intent = await world().bank.intentOf(booking.id);
      const [told] = await world().bank.eventsAbout(intent.id, 'payment_intent.succeeded');
      await world().bank.control('POST', '/webhooks/resume');
      await world().bankIsHeard();
      const kept = await world().db('bank_events').where({ id: told?.id });
      assert.equal(kept.length, 1, 'the webhook that comes after all is known');
      assert.equal((await movementsOf(world().db, booking.id)).length, 1);
    });

    it('of a refund, ours or one by hand (W10)', async () => {
      await world().bank.control('POST', '/settings', { refunds: 'pending' });
      const { booking, guest } = await world().booked();
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      await until('we know that the bank has taken the refund on', async () => {
        const refund = await world().db('refunds').where({ booking_id: booking.id }).first('bank_refund_id');
        return (refund?.bank_refund_id ?? null) !== null;
      });
      const { booking: given } = await world().booked();
      await silenced();
      const [made] = await world().bank.refundsOf(booking.id);
      await world().bank.control('POST', `/refunds/${made?.id}/settlement`, { outcome: 'succeed' });
      await world().bank.control('POST', '/settings', { refunds: 'settle' });
      await world().bank.refundByHand(given.id, 1_000);
      await reconcile(world());
      await world().refunded(booking.id);
      await world().refunded(given.id, { reason: 'dashboard', amount: 1_000 });
    });

    it('of a dispute (W10)', async () => {
      const { booking } = await world().booked();
      await silenced();
      const id = await world().bank.dispute(booking.id);
      await reconcile(world());
      await disputeIs(world(), id, 'opened');
    });

    it('of a payout that a host’s bank has sent back (W10)', async () => {
      const { booking, host } = await world().booked(AT_ONCE);
      const account = await onboard(world(), host);
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'paid' });
      const { data } = await world().bank.control('POST', `/accounts/${account}/payout`);
      await silenced();
      await world().bank.control('POST', `/payouts/${data[0].id}/settlement`, { outcome: 'fail' });
      await reconcile(world());
      await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'account' });
      await reconcile(world());
      const back = { booking_id: booking.id, type: 'transfer_refund' };
      const { step } = await world().db('bank_transactions').where(back).first('step');
      assert.match(step, /^payout-return:/);
    });

    it('of everything that an outage has left, once, while it comes by itself as well (W9)', async () => {
      const held = await Promise.all([1, 2, 3, 4].map(() => world().held()));
      await silenced();
      for (const { booking } of held) await world().bank.payInBrowser(booking.payment.clientSecret);
      await Promise.all([
        reconcile(world()),
        world().bank.control('POST', '/webhooks/resume'),
        reconcile(world()),
      ]);
      for (const { booking, guest } of held) {
        await world().sees(guest, booking.id, 'confirmed');
        assert.equal((await movementsOf(world().db, booking.id)).length, 1);
      }
    });
  });

  describe('is watched by the doctor, who finds', () => {
    const NOW = { settledWithinDays: 0, openAtMostHours: 0 };
    async function found(invariant: RegExp): Promise<string[]> {
      const check = checksOfSettlement(world().db, NOW).find((each) => invariant.test(each.invariant));
      assert.ok(check);
      return (await check.breaches()).map(({ id }) => id);
    }

    it('what stays in clearing', async () => {
      const { booking } = await world().booked(AT_ONCE);
      const step = `post:${booking.payment.id}`;
      assert.ok((await found(/in clearing for long/)).includes(step));
      await reconcile(world());
      assert.ok(!(await found(/in clearing for long/)).includes(step));
    });

    it('what is settled without the ledger', async () => {
      const { booking } = await world().booked();
      await reconcile(world());
      assert.deepEqual(await found(/leaves nothing in clearing/), []);
      const settle = (settledAt: string | null) =>
        world().db('bank_transactions').where({ booking_id: booking.id }).update({ settled_at: settledAt });
      await settle(new Date().toISOString());
      assert.deepEqual(await found(/leaves nothing in clearing/), ['GBP']);
      await settle(null);
    });
  });
});
