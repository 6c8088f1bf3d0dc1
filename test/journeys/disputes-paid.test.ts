import assert from 'node:assert/strict';
import { payHostId } from '#workflows/payouts.contract.ts';
import { disputeIs, disputeIsOver, frozenPayout } from '../support/disputes.ts';
import { useWorld } from '../support/journeys.ts';
import type { Home } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import {
  hostShareOf,
  onboard,
  passToPayout,
  seesPayout,
  spend,
  spendAll,
  transfersOf,
} from '../support/payouts.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

/** What the bank takes for a dispute in pounds. */
const FEE = 1_500;

describe('a dispute of what the host has been paid', () => {
  const world = useWorld();
  const steps = async ({ id }: Wire) =>
    (await movementsOf(world().db, id)).map(({ step }) => step.split(':')[0]);
  const balances = ({ id }: Wire) => balancesOf(world().db, id);
  const reversedOf = async ({ id }: Wire) =>
    (await transfersOf(world(), id)).map(({ amount, amount_reversed: back }) => [amount, back]);

  /** A stay whose host has been paid, and has the money in their account unless it is spent at once. */
  async function paidOut(request: Record<string, unknown> = {}) {
    const stay = await world().booked({ paymentMethodId: 'pm_card_bypassPending', ...request });
    const { booking, host } = stay;
    const account = await onboard(world(), host);
    await passToPayout(world(), booking);
    const { amount: paidMinor } = await seesPayout(host, booking.id, { status: 'paid' });
    return { ...stay, account, paidMinor: paidMinor as number };
  }

  const frozen = (bankDisputeId: string, status: 'waiting' | 'paid') =>
    frozenPayout(world(), bankDisputeId, status);

  async function disputed(booking: Wire): Promise<string> {
    const id = await world().bank.dispute(booking.id);
    await frozen(id, 'waiting');
    return id;
  }

  /** Another guest stays at the same home, and its host is paid what they do not owe. */
  async function paidNext({ host, property }: Home, inDaysFrom: number): Promise<Wire> {
    const guest = await world().person();
    const dates = { checkIn: inDays(inDaysFrom), checkOut: inDays(inDaysFrom + 3) };
    const request = stayRequest({ propertyId: property.id, ...dates });
    const booking = await guest.books(request);
    await passToPayout(world(), booking);
    return seesPayout(host, booking.id, { status: 'paid' });
  }

  it('takes it back at once, and it waits for the verdict as a payout of its own (M14)', async () => {
    const { booking, host, paidMinor } = await paidOut();
    const id = await disputed(booking);
    assert.deepEqual(await steps(booking), ['post', 'payout', 'dispute', 'reversal']);
    const reversal = (await movementsOf(world().db, booking.id)).at(-1);
    assert.deepEqual(reversal?.entries, { host_payable: -paidMinor, bank_balance: paidMinor });
    assert.deepEqual(await reversedOf(booking), [[paidMinor, paidMinor]]);
    const { data } = await host.must(200, host.get(`/payouts?bookingId=${booking.id}`));
    assert.deepEqual(
      data.map(({ status, waitingFor, amount }: Wire) => [status, waitingFor, amount]),
      [
        ['waiting', 'dispute', paidMinor],
        ['paid', undefined, paidMinor],
      ],
    );
    assert.match((await world().mail(host, /is taken back/)).text, /GBP 339\.50 was taken back/);
    const told = (await eventsOf(world().db, data[0].id)).map(({ kind }) => kind);
    assert.deepEqual(told, ['payout.scheduled', 'payout.waiting']);
    const payHost = payHostId(rowOf(await frozen(id, 'waiting')));
    await until('its workflow says why', async () =>
      (await world().temporal.detailsOf(payHost)).includes('Waiting (dispute)'),
    );
    await assertBooksBalance(world().db);
  });

  const rowOf = ({ booking_id: bookingId, n, round, dispute_id: disputeId }: Wire) => ({
    bookingId,
    n,
    round,
    disputeId,
  });

  it('is won: the host is paid again at once, what was taken back and no more (M14)', async () => {
    const { booking, paidMinor } = await paidOut();
    const id = await disputed(booking);
    await world().bank.judge(id, 'win');
    const { amount_minor: amount, debt_netted_minor: netted } = await frozen(id, 'paid');
    assert.deepEqual([amount, netted], [paidMinor, 0]);
    assert.deepEqual(await reversedOf(booking), [
      [paidMinor, paidMinor],
      [paidMinor, 0],
    ]);
    const { bank_balance: balance, host_payable: payable, host_debt: debt } = await balances(booking);
    assert.deepEqual([balance, payable, debt], [-paidMinor, undefined, undefined]);
    assert.deepEqual(await steps(booking), [
      'post',
      'payout',
      'dispute',
      'reversal',
      'reinstatement',
      'payout',
    ]);
  });

  it('is lost: everyone bears their part, the host out of what was taken back, once (M14)', async () => {
    const { booking, paidMinor } = await paidOut();
    const id = await disputed(booking);
    await world().bank.judge(id, 'lose');
    await disputeIsOver(world(), id, 'lost');
    assert.equal((await frozen(id, 'paid')).amount_minor, 0);
    assert.deepEqual(await balances(booking), { bank_fees: FEE, bank_clearing: -FEE });
    assert.deepEqual(await reversedOf(booking), [[paidMinor, paidMinor]]);
    assert.deepEqual(await steps(booking), ['post', 'payout', 'dispute', 'reversal', 'loss']);
  });

  it('takes back what was lost before we heard of it (W3)', async () => {
    const { booking, paidMinor } = await paidOut();
    await world().bank.control('POST', '/webhooks/pause');
    const id = await world().bank.dispute(booking.id);
    await world().bank.judge(id, 'lose');
    await world().bank.control('POST', '/webhooks/resume');
    await disputeIsOver(world(), id, 'lost');
    assert.deepEqual(await reversedOf(booking), [[paidMinor, paidMinor]]);
    assert.deepEqual(await balances(booking), { bank_fees: FEE, bank_clearing: -FEE });
  });

  it('takes nothing back as long as it is an inquiry, and is over with that (M14)', async () => {
    const { booking, host } = await paidOut();
    const id = await world().bank.dispute(booking.id, { inquiry: true });
    await disputeIs(world(), id, 'inquiry');
    await world().bank.judge(id, 'win');
    await disputeIsOver(world(), id, 'inquiry_closed');
    assert.deepEqual(await steps(booking), ['post', 'payout']);
    await seesPayout(host, booking.id, { status: 'paid' });
  });

  it('takes it back when an inquiry becomes a chargeback (M14)', async () => {
    const { booking, paidMinor } = await paidOut();
    const id = await world().bank.dispute(booking.id, { inquiry: true });
    await disputeIs(world(), id, 'inquiry');
    await world().bank.judge(id, 'escalate');
    await frozen(id, 'waiting');
    assert.deepEqual(await reversedOf(booking), [[paidMinor, paidMinor]]);
    await world().bank.judge(id, 'win');
    assert.equal((await frozen(id, 'paid')).amount_minor, paidMinor);
  });

  it('takes back what was on its way when it began (M14)', async () => {
    const { booking, host } = await world().booked();
    await onboard(world(), host);
    const transfers = { method: 'POST', path: '/v1/transfers' };
    await world().bank.misbehave({ kind: 'answer_late', match: transfers, delayMs: 3_000 });
    const passing = passToPayout(world(), booking);
    await until('the bank has made the transfer', async () => {
      return (await transfersOf(world(), booking.id)).length === 1;
    });
    await disputed(booking);
    await passing;
    const share = await hostShareOf(world(), booking.id);
    assert.deepEqual(await reversedOf(booking), [[share, share]]);
    assert.deepEqual((await steps(booking)).sort(), ['dispute', 'payout', 'post', 'reversal']);
  });

  it('after a partial refund takes the rest of the host’s part, and each bears theirs (M14)', async () => {
    const { booking, host } = await world().booked({ paymentMethodId: 'pm_card_bypassPending' });
    await onboard(world(), host);
    await host.must(201, host.post(`/payments/${booking.payment.id}/refunds`, { amount: 9_950 }));
    await world().refunded(booking.id, { amount: 9_950 });
    await passToPayout(world(), booking);
    const { amount: paidMinor } = await seesPayout(host, booking.id, { status: 'paid' });
    assert.equal(paidMinor, (await hostShareOf(world(), booking.id)) - 9_950);
    const id = await disputed(booking);
    assert.deepEqual(await reversedOf(booking), [[paidMinor, paidMinor]]);
    await world().bank.judge(id, 'lose');
    await disputeIsOver(world(), id, 'lost');
    assert.deepEqual(await balances(booking), { bank_fees: FEE, bank_clearing: -FEE });
  });

  it('of a part takes back the host’s part of that, and leaves them the rest', async () => {
    const { booking, paidMinor } = await paidOut();
    const id = await world().bank.dispute(booking.id, { amount: 1_001 });
    await frozen(id, 'waiting');
    assert.deepEqual(await reversedOf(booking), [[paidMinor, 852]]);
    await world().bank.judge(id, 'lose');
    await disputeIsOver(world(), id, 'lost');
    const { host_payable: payable, bank_balance: balance, host_debt: debt } = await balances(booking);
    assert.deepEqual([payable, balance, debt], [undefined, 852 - paidMinor, undefined]);
  });

  describe('where their account has only a part of it', () => {
    const LEFT = 1_234;

    async function spent(leftMinor: number) {
      const stay = await paidOut();
      const { account, paidMinor, booking } = stay;
      if (leftMinor === 0) await spendAll(world(), account);
      else await spend(world(), account, paidMinor - leftMinor);
      return { ...stay, id: await disputed(booking), debtMinor: paidMinor - leftMinor };
    }

    it('has them owe the rest, and says so', async () => {
      const { booking, host, debtMinor } = await spent(LEFT);
      const { host_debt: debt } = await balances(booking);
      assert.equal(debt, debtMinor);
      assert.match(
        (await world().mail(host, /is taken back/)).text,
        /GBP 12\.34 was taken back[^]*GBP 327\.16 it did not have/,
      );
    });

    it('is won: the debt is netted to nothing, and what was taken back is paid again', async () => {
      const { booking, paidMinor, debtMinor, id } = await spent(LEFT);
      await world().bank.judge(id, 'win');
      const { amount_minor: amount, debt_netted_minor: netted } = await frozen(id, 'paid');
      assert.deepEqual([amount, netted], [LEFT, debtMinor]);
      const { host_debt: debt, host_payable: payable, bank_balance: balance } = await balances(booking);
      assert.deepEqual([debt, payable, balance], [undefined, undefined, -paidMinor]);
    });

    it('is won after the debt was netted from another payout: that is paid, too', async () => {
      await world().bank.topUp(50_000_000);
      const { booking, host, property, paidMinor, id } = await spent(0);
      const next = await paidNext({ host, property }, 60);
      assert.deepEqual([next.amount, next.debtNetted], [0, paidMinor]);
      await world().bank.judge(id, 'win');
      const { amount_minor: amount, debt_netted_minor: netted } = await frozen(id, 'paid');
      assert.deepEqual([amount, netted], [paidMinor, 0]);
      // The charge had paid the first one already: this one came out of the balance.
      assert.deepEqual(await reversedOf(booking), [
        [paidMinor, 0],
        [paidMinor, 0],
      ]);
      const { host_debt: debt, host_payable: payable } = await balances(booking);
      assert.deepEqual([debt, payable], [paidMinor, undefined]);
      assert.equal((await balancesOf(world().db, next.bookingId)).host_debt, -paidMinor);
    });

    it('is lost: the debt stays, and is netted once', async () => {
      const { booking, host, property, debtMinor, id } = await spent(LEFT);
      await world().bank.judge(id, 'lose');
      await disputeIsOver(world(), id, 'lost');
      const { host_debt: debt, platform_loss: loss, host_payable: payable } = await balances(booking);
      assert.deepEqual([debt, loss, payable], [debtMinor, undefined, undefined]);
      const next = await paidNext({ host, property }, 60);
      assert.equal(next.debtNetted, debtMinor);
      assert.equal((await balancesOf(world().db, next.bookingId)).host_debt, -debtMinor);
    });
  });
});
