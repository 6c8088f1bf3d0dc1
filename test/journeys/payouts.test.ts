import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { payHostId } from '#workflows/payouts.contract.ts';
import { disputeIs, disputeIsOver } from '../support/disputes.ts';
import { useWorld } from '../support/journeys.ts';
import { balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import {
  completeOnboarding,
  hostShareOf,
  onboard,
  passToPayout,
  seesPayout,
  setStanding,
  spend,
  spendAll,
  transfersOf,
} from '../support/payouts.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

describe('a host is paid', () => {
  const world = useWorld();

  /** A paid stay at the home of a host whom the bank can pay. */
  async function booked(facts: Record<string, unknown> = {}, ofProperty: Record<string, unknown> = {}) {
    const stay = await world().booked(facts, ofProperty);
    return { ...stay, account: await onboard(world(), stay.host) };
  }

  /** Given up an hour before the check-in, when the host keeps the first night. */
  async function cancelledLate() {
    const stay = await booked();
    const { booking, guest } = stay;
    await world().passTo(booking, booking.checkInAt, -3_600_000);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    const [refund]: Wire[] = await world().db('refunds').where({ booking_id: booking.id });
    const keptMinor = (await hostShareOf(world(), booking.id)) - refund.shares.hostMinor;
    assert.ok(keptMinor > 0 && refund.shares.hostMinor > 0);
    return { ...stay, keptMinor };
  }

  const isOver = (bookingId: string) =>
    until(`${bookingId} is over`, async () => {
      return (await world().temporal.statusOf(bookStayId(bookingId as never))) === 'COMPLETED';
    });
  const stepsOf = async (bookingId: string) =>
    (await movementsOf(world().db, bookingId)).map(({ step }) => step.split(':')[0]);
  const toldOf = async (payoutId: string) => (await eventsOf(world().db, payoutId)).map(({ kind }) => kind);

  it('their share, by one transfer, a day after the check-in and not before', async () => {
    const { booking, host, account } = await booked();
    await passToPayout(world(), booking, -2_000);
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
    await passToPayout(world(), booking);
    const payout = await seesPayout(host, booking.id, { status: 'paid' });
    const share = await hostShareOf(world(), booking.id);
    assert.deepEqual([payout.amount, payout.debtNetted, payout.currency], [share, 0, 'GBP']);
    assert.ok(Date.parse(payout.paidAt) >= Date.parse(booking.checkInAt) + 86_400_000);
    const [transfer, ...more] = await transfersOf(world(), booking.id);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [transfer?.amount, transfer?.destination, transfer?.metadata.payoutId],
      [share, account, payout.id],
    );
    const [, paid] = await movementsOf(world().db, booking.id);
    assert.deepEqual(paid?.entries, { host_payable: share, bank_balance: -share });
    assert.equal(paid.bankId, transfer?.id);
    assert.deepEqual(await toldOf(payout.id), ['payout.scheduled', 'payout.paid']);
    assert.match((await world().mail(host, /You are paid/)).text, /on its way to your account/);
    assert.equal((await balancesOf(world().db, booking.id)).host_payable, undefined);
  });

  it('after the check-out of a single night, for which the booking stays open', async () => {
    const { booking, guest, host } = await booked({ checkOut: inDays(31) });
    await world().passTo(booking, booking.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
    assert.equal(await world().temporal.statusOf(bookStayId(booking.id)), 'RUNNING');
    await until('it says until when', async () =>
      (await world().temporal.detailsOf(bookStayId(booking.id))).includes('the host is paid from'),
    );
    await passToPayout(world(), booking);
    await seesPayout(host, booking.id, { status: 'paid' });
    await isOver(booking.id);
  });

  it('when the guest leaves early, as it was scheduled', async () => {
    const { booking, guest, host } = await booked();
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-out`));
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
    await world().passTo(booking, booking.checkOutAt);
    await seesPayout(host, booking.id, { status: 'paid' });
    await isOver(booking.id);
  });

  it('at once where a day has passed since the check-in (D14)', async () => {
    const { booking, host } = await booked();
    await world().passTo(booking, booking.checkOutAt, 90 * 86_400_000); // As if everything had been away for months.
    await seesPayout(host, booking.id, { status: 'paid' });
    assert.equal((await transfersOf(world(), booking.id)).length, 1);
  });

  it('what they keep of a stay that was cancelled, when it would have been due', async () => {
    const { booking, host, keptMinor } = await cancelledLate();
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
    await passToPayout(world(), booking, -2_000);
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
    await passToPayout(world(), booking);
    const { amount } = await seesPayout(host, booking.id, { status: 'paid' });
    assert.equal(amount, keptMinor);
    await isOver(booking.id);
  });

  it('nothing of a stay that went back whole, and nobody waits for it', async () => {
    const { booking, guest, host } = await booked();
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await isOver(booking.id);
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
  });

  it('nothing of a stay that was free', async () => {
    const { booking, host } = await booked({ paymentMethodId: undefined }, { pricing: { nightly: 0 } });
    await world().passTo(booking, booking.checkOutAt);
    await isOver(booking.id);
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
  });

  it('less what goes back to the guest, be the refund under way (M10)', async () => {
    await world().bank.control('POST', '/settings', { refunds: 'pending' });
    const { booking, host, keptMinor } = await cancelledLate();
    await passToPayout(world(), booking);
    const { amount } = await seesPayout(host, booking.id, { status: 'paid' });
    assert.equal(amount, keptMinor);
    assert.deepEqual(await stepsOf(booking.id), ['post', 'payout']);
  });

  describe('when nothing is in the way', () => {
    it('any more: once they have told the bank who they are', async () => {
      const { booking, host } = await world().booked();
      await passToPayout(world(), booking);
      const { amount } = await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'onboarding' });
      assert.equal(amount, await hostShareOf(world(), booking.id));
      await world().mail(host, /Your payout .* waits/);
      const { onboardingUrl, status } = await host.must(201, host.post('/users/me/payout-account'));
      assert.equal(status, 'incomplete');
      await world().bankIsHeard();
      const waiting = await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'onboarding' });
      await completeOnboarding(onboardingUrl);
      await seesPayout(host, booking.id, { status: 'paid' });
      assert.deepEqual(await toldOf(waiting.id), ['payout.scheduled', 'payout.waiting', 'payout.paid']);
      const waits = (await world().mailbox(host)).filter(({ subject }) => /waits/.test(subject));
      assert.equal(waits.length, 1);
    });

    it('any more: once the bank pays their account again (M27)', async () => {
      const { booking, host, account } = await booked();
      await setStanding(world(), account, 'disabled');
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'account' });
      const state = await host.must(200, host.get('/users/me/payout-account'));
      assert.deepEqual(state, { status: 'restricted', missing: [], disabledReason: 'rejected.other' });
      assert.deepEqual(await transfersOf(world(), booking.id), []);
      await setStanding(world(), account, 'complete');
      await seesPayout(host, booking.id, { status: 'paid' });
    });

    it('any more: once they have an account in the place of one that is gone (M27)', async () => {
      const { booking, host, account } = await booked();
      await setStanding(world(), account, 'disconnected');
      await passToPayout(world(), booking);
      const { id } = await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'onboarding' });
      const payHost = payHostId({ bookingId: booking.id, n: 1, round: 1 });
      await world().temporal.advance(payHost, 2 * 86_400_000);
      assert.equal(await world().temporal.statusOf(payHost), 'RUNNING');
      assert.deepEqual(await toldOf(id), ['payout.scheduled', 'payout.waiting']);
      assert.deepEqual(await stepsOf(booking.id), ['post']);
      const another = await onboard(world(), host);
      assert.notEqual(another, account);
      await seesPayout(host, booking.id, { status: 'paid' });
      assert.equal((await transfersOf(world(), booking.id))[0]?.destination, another);
    });

    it('any more: by the clock, where the bank’s word was lost (W10)', async () => {
      const { booking, host, account } = await booked();
      await setStanding(world(), account, 'restricted');
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'account' });
      await world().bank.control('POST', '/webhooks/pause');
      await setStanding(world(), account, 'complete');
      const payHost = payHostId({ bookingId: booking.id, n: 1, round: 1 });
      await world().temporal.advance(payHost, 12 * 3_600_000 + 1_000);
      await seesPayout(host, booking.id, { status: 'paid' });
    });

    it('any more: as soon as a dispute is over (M15)', async () => {
      const { booking, host } = await booked();
      const dispute = await world().bank.dispute(booking.id);
      await disputeIs(world(), dispute, 'opened');
      await passToPayout(world(), booking);
      const { amount } = await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'dispute' });
      await world().bank.judge(dispute, 'win');
      assert.equal((await seesPayout(host, booking.id, { status: 'paid' })).amount, amount);
      assert.deepEqual(await stepsOf(booking.id), ['post', 'dispute', 'reinstatement', 'payout']);
    });

    it('any more, and comes to nothing, as soon as a dispute is lost (M14)', async () => {
      const { booking, host } = await booked();
      const dispute = await world().bank.dispute(booking.id);
      await disputeIs(world(), dispute, 'opened');
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'dispute' });
      await world().bank.judge(dispute, 'lose');
      assert.equal((await seesPayout(host, booking.id, { status: 'paid' })).amount, 0);
      assert.deepEqual(await transfersOf(world(), booking.id), []);
      assert.deepEqual(await stepsOf(booking.id), ['post', 'dispute', 'loss']);
    });
  });

  describe('whose account is in another currency than the charge (M22)', () => {
    const RATE = 1.15;
    const inEuros = (account: string, refuses: string[] = []) =>
      world().bank.control('POST', `/accounts/${account}/currency`, { currency: 'eur', rate: RATE, refuses });

    it('in that of the charge: the bank exchanges it, and nothing of that is in our books', async () => {
      const { booking, host, account } = await booked();
      await inEuros(account);
      await passToPayout(world(), booking);
      const share = await hostShareOf(world(), booking.id);
      const payout = await seesPayout(host, booking.id, { status: 'paid' });
      assert.deepEqual([payout.amount, payout.currency], [share, 'GBP']);
      const [transfer] = await transfersOf(world(), booking.id);
      assert.deepEqual([transfer?.amount, transfer?.currency], [share, 'gbp']);
      const { data } = await world().bank.control('GET', '/objects/account_balance_transactions');
      const [arrived] = data.filter(({ source }: Wire) => source === transfer?.destination_payment);
      assert.deepEqual(
        [arrived.amount, arrived.currency, arrived.exchange_rate],
        [Math.round(share * RATE), 'eur', RATE],
      );
      const [, paid] = await movementsOf(world().db, booking.id);
      assert.deepEqual(paid?.entries, { host_payable: share, bank_balance: -share });
    });

    it('and what is disputed comes back by the same exchange', async () => {
      const { booking, host, account } = await booked();
      await inEuros(account);
      await passToPayout(world(), booking);
      const { amount } = await seesPayout(host, booking.id, { status: 'paid' });
      const dispute = await world().bank.dispute(booking.id);
      await until('it has come back', async () => {
        const [transfer] = await transfersOf(world(), booking.id);
        return transfer?.amount_reversed === amount;
      });
      await world().bank.judge(dispute, 'lose');
      await disputeIsOver(world(), dispute, 'lost');
      const { host_debt: debt, exchange, bank_balance: balance } = await balancesOf(world().db, booking.id);
      assert.deepEqual([debt, exchange, balance], [undefined, undefined, undefined]);
    });

    it('as soon as their account takes it, where it did not, of which they are told', async () => {
      const { booking, host, account } = await booked();
      await inEuros(account, ['gbp']);
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'currency' });
      assert.match((await world().mail(host, /waits/)).text, /does not take the currency/);
      assert.deepEqual(await transfersOf(world(), booking.id), []);
      assert.deepEqual(await stepsOf(booking.id), ['post']);
      await inEuros(account);
      await seesPayout(host, booking.id, { status: 'paid' });
    });
  });

  describe('once', () => {
    it('though the answer of the bank is lost (M24)', async () => {
      const { booking, host } = await booked();
      await world().bank.misbehave({ kind: 'answer_lost', match: { path: '/v1/transfers' }, times: 2 });
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'paid' });
      assert.equal(await world().bank.faultsLeft(), 0);
      assert.equal((await transfersOf(world(), booking.id)).length, 1);
      assert.deepEqual(await stepsOf(booking.id), ['post', 'payout']);
    });

    it('though the bank repeats a 500 that had its effect (M25)', async () => {
      const { booking, host } = await booked();
      await world().bank.misbehave({ kind: '500_after', match: { path: '/v1/transfers' }, times: 1 });
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'paid' });
      assert.equal((await transfersOf(world(), booking.id)).length, 1);
    });

    it('though the bank was away when it was due', async () => {
      const { booking, host } = await booked();
      await world().bank.misbehave({ kind: '500_before', match: { path: '/v1/transfers' }, times: 3 });
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'paid' });
      assert.equal((await transfersOf(world(), booking.id)).length, 1);
    });
  });

  describe('and a part of it goes back to the guest (M13)', () => {
    /** A week, given up when the host has been paid for all of it; what is owed back of the host's share. */
    async function givenUpAfterPayout(
      paymentMethodId: string,
      spend?: (account: string, paidMinor: number) => Promise<unknown>,
    ) {
      const stay = await booked({ checkOut: inDays(37), paymentMethodId });
      const { booking, guest, host, account } = stay;
      await passToPayout(world(), booking);
      const { amount: paidMinor } = await seesPayout(host, booking.id, { status: 'paid' });
      await spend?.(account, paidMinor);
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      const { shares } = await world().refunded(booking.id);
      assert.ok(shares.hostMinor > 0);
      return { ...stay, paidMinor, backMinor: shares.hostMinor as number };
    }

    it('of their account, as long as that has it', async () => {
      const { booking, paidMinor, backMinor } = await givenUpAfterPayout('pm_card_visa');
      const [transfer] = await transfersOf(world(), booking.id);
      assert.equal(transfer?.amount_reversed, backMinor);
      assert.deepEqual(await stepsOf(booking.id), ['post', 'payout', 'reversal', 'refund']);
      const {
        host_payable: payable,
        host_debt: debt,
        bank_balance: balance,
      } = await balancesOf(world().db, booking.id);
      assert.deepEqual([payable, debt, balance], [undefined, undefined, backMinor - paidMinor]);
    });

    it('of their next payouts, where their account has nothing any more (M7)', async () => {
      const { booking, host, property, backMinor } = await givenUpAfterPayout(
        'pm_card_bypassPending',
        (account) => spendAll(world(), account),
      );
      assert.equal((await balancesOf(world().db, booking.id)).host_debt, backMinor);
      let owedMinor = backMinor;
      let stays = 0;
      for (; owedMinor > 0; stays += 1) {
        assert.ok(stays < 10, 'the debt is never paid');
        const guest = await world().person();
        const from = 60 + stays * 5;
        const request = { propertyId: property.id, checkIn: inDays(from), checkOut: inDays(from + 3) };
        const next = await guest.books(stayRequest(request));
        await passToPayout(world(), next);
        const { amount, debtNetted } = await seesPayout(host, next.id, { status: 'paid' });
        const share = await hostShareOf(world(), next.id);
        const expected = Math.min(owedMinor, share);
        assert.deepEqual([amount, debtNetted], [share - expected, expected]);
        assert.equal((await transfersOf(world(), next.id)).length, amount === 0 ? 0 : 1);
        owedMinor -= expected;
      }
      await until('each payout has told what became of it', async () => {
        const mails = await world().mailbox(host);
        return mails.filter(({ text }) => /has paid what you owed/.test(text)).length === stays;
      });
    });

    it('of both, where their account has a part of it', async () => {
      const { booking, backMinor } = await givenUpAfterPayout('pm_card_bypassPending', (id, paid) =>
        spend(world(), id, paid - 1_234),
      );
      const { host_debt: debt } = await balancesOf(world().db, booking.id);
      assert.equal(debt, backMinor - 1_234);
    });
  });

  describe('and their bank sends it back (M28)', () => {
    it('again, once it has an account to go to', async () => {
      const { booking, host, account } = await booked({ paymentMethodId: 'pm_card_bypassPending' });
      await passToPayout(world(), booking);
      const { id, amount } = await seesPayout(host, booking.id, { status: 'paid' });
      const { data } = await world().bank.control('POST', `/accounts/${account}/payout`);
      await world().bank.control('POST', `/payouts/${data[0].id}/settlement`, { outcome: 'fail' });
      await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'account' });
      await world().mail(host, /Your payout .* came back/);
      const owed = await balancesOf(world().db, booking.id);
      assert.deepEqual([owed.host_payable, owed.bank_balance], [-amount, undefined]);
      await setStanding(world(), account, 'complete');
      await seesPayout(host, booking.id, { status: 'paid' });
      const transfers = await transfersOf(world(), booking.id);
      assert.deepEqual(
        transfers.map(({ reversed, amount: sent }) => [reversed, sent]),
        [
          [true, amount],
          [false, amount],
        ],
      );
      assert.deepEqual(await stepsOf(booking.id), ['post', 'payout', 'payout-return', 'payout']);
      assert.deepEqual(await toldOf(id), [
        'payout.scheduled',
        'payout.paid',
        'payout.returned',
        'payout.waiting',
        'payout.paid',
      ]);
      assert.ok(!(await world().mailbox(host)).some(({ subject }) => /waits/.test(subject)));
    });

    it('but not where the account has nothing any more: the bank has paid it by then', async () => {
      const { booking, host, account } = await booked({ paymentMethodId: 'pm_card_bypassPending' });
      await passToPayout(world(), booking);
      await seesPayout(host, booking.id, { status: 'paid' });
      const { data } = await world().bank.control('POST', `/accounts/${account}/payout`);
      await world().bank.control('POST', '/webhooks/pause');
      await world().bank.control('POST', `/payouts/${data[0].id}/settlement`, { outcome: 'fail' });
      await world().bank.control('POST', `/accounts/${account}/payout`);
      await world().bank.control('POST', '/webhooks/resume');
      await world().bankIsHeard();
      const recovering = `returned-payout:${data[0].id}`;
      await world().temporal.isStarted(recovering);
      await until('the return has been looked at', async () => {
        return (await world().temporal.statusOf(recovering)) === 'COMPLETED';
      });
      assert.deepEqual(await stepsOf(booking.id), ['post', 'payout']);
      await seesPayout(host, booking.id, { status: 'paid' });
    });
  });
});
