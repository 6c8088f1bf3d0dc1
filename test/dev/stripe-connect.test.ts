import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { eventually, failure, openBank, openReceiver, PAYMENT, SECRET } from './stripe-fixture.ts';

const CONTROLLER = {
  fees: { payer: 'application' },
  losses: { payments: 'application' },
  requirement_collection: 'stripe',
  stripe_dashboard: { type: 'express' },
} satisfies Stripe.AccountCreateParams.Controller;

describe('the simulated bank: connected accounts', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const open = (metadata: Record<string, string> = {}) =>
    stripe.accounts.create({
      controller: CONTROLLER,
      capabilities: { transfers: { requested: true } },
      email: 'host@example.com',
      metadata,
    });
  const becomes = (account: { id: string }, standing: string) =>
    bank.control('POST', `/accounts/${account.id}/standing`, { standing });
  const payable = async () => {
    const account = await open();
    await becomes(account, 'complete');
    return account;
  };
  const charge = async (method = 'pm_card_visa') =>
    (await stripe.paymentIntents.create({ ...PAYMENT, payment_method: method })).latest_charge as string;
  const onBehalfOf = ({ id }: { id: string }) => ({ stripeAccount: id });
  const balanceOf = async (account: { id: string }) => {
    const { available, pending } = await stripe.balance.retrieve({}, onBehalfOf(account));
    return { available: available[0]?.amount ?? 0, pending: pending[0]?.amount ?? 0 };
  };
  const kinds = async (type: string, account?: Stripe.Account) =>
    (await stripe.events.list({ type, limit: 100 }, account && onBehalfOf(account))).data;

  describe('onboarding', () => {
    const link = (account: string) =>
      stripe.accountLinks.create({
        account,
        type: 'account_onboarding',
        return_url: 'https://stayward.test/back',
        refresh_url: 'https://stayward.test/again',
      });
    const visit = (url: string, outcome?: string) =>
      fetch(url, {
        redirect: 'manual',
        ...(outcome !== undefined && { method: 'POST', body: new URLSearchParams({ outcome }) }),
      });

    it('opens an account that can do nothing yet', async () => {
      const { id } = await open({ hostId: 'usr_1' });
      const account = await stripe.accounts.retrieve(id);
      assert.deepEqual(
        [account.details_submitted, account.charges_enabled, account.payouts_enabled, account.metadata],
        [false, false, false, { hostId: 'usr_1' }],
      );
      assert.ok((account.requirements?.currently_due ?? []).includes('external_account'));
      const { data } = await stripe.accounts.list();
      assert.deepEqual(
        data.map((each) => each.id),
        [id],
      );
    });

    it('is completed by a person on a page, which leads back', async () => {
      const { id } = await open();
      const { url } = await link(id);
      const page = await visit(url);
      assert.match(await page.text(), /Who is to be paid/);
      const done = await visit(url, 'complete');
      assert.deepEqual([done.status, done.headers.get('location')], [303, 'https://stayward.test/back']);
      const account = await stripe.accounts.retrieve(id);
      assert.deepEqual([account.details_submitted, account.payouts_enabled], [true, true]);
      assert.deepEqual(account.requirements?.currently_due, []);
      assert.equal((await visit(url)).status, 404);
    });

    it('may be put off, and taken up with a new link', async () => {
      const { id } = await open();
      await visit((await link(id)).url, 'later');
      assert.equal((await stripe.accounts.retrieve(id)).details_submitted, false);
      const old = await link(id);
      await bank.control('POST', '/clock', { advanceSeconds: 301 });
      const late = await visit(old.url);
      assert.deepEqual([late.status, late.headers.get('location')], [303, 'https://stayward.test/again']);
    });

    it('is told of, with the account that it happened to', async () => {
      await using receiver = await openReceiver();
      await using told = await openBank({ webhook: { url: receiver.url, secrets: [SECRET] } });
      const account = await told.stripe.accounts.create({ controller: CONTROLLER });
      await told.control('POST', `/accounts/${account.id}/standing`, { standing: 'complete' });
      await eventually(() => receiver.events.length === 2);
      for (const event of receiver.events)
        assert.deepEqual([event.type, event.account], ['account.updated', account.id]);
    });

    it('can be undone by the bank, and an account be taken away', async () => {
      const account = await payable();
      await becomes(account, 'disabled');
      const { payouts_enabled: payouts, requirements } = await stripe.accounts.retrieve(account.id);
      assert.deepEqual([payouts, requirements?.disabled_reason], [false, 'rejected.other']);
      await becomes(account, 'disconnected');
      const gone = await failure(stripe.accounts.retrieve(account.id));
      assert.deepEqual([gone.statusCode, gone.code], [403, 'account_invalid']);
      const { data } = (await bank.control('GET', '/objects/events')) as { data: Stripe.Event[] };
      assert.equal(data.filter(({ type }) => type === 'account.application.deauthorized').length, 1);
      const other = await open();
      await stripe.accounts.del(other.id);
      assert.equal((await failure(stripe.accounts.retrieve(other.id))).code, 'account_invalid');
    });
  });

  describe('transfers', () => {
    it('come out of a charge before its money is there, and arrive with it', async () => {
      const account = await payable();
      const source = await charge();
      const transfer = await stripe.transfers.create({
        amount: 10_000,
        currency: 'gbp',
        destination: account.id,
        source_transaction: source,
        transfer_group: 'bkg_1',
        metadata: { payoutId: 'pyo_1' },
      });
      assert.deepEqual(await balanceOf(account), { available: 0, pending: 10_000 });
      await bank.control('POST', '/clock', { advanceSeconds: 2 * 86_400 });
      assert.deepEqual(await balanceOf(account), { available: 10_000, pending: 0 });
      const { data } = await stripe.transfers.list({ transfer_group: 'bkg_1' });
      assert.deepEqual(
        data.map(({ id, metadata }) => [id, metadata]),
        [[transfer.id, { payoutId: 'pyo_1' }]],
      );
      assert.equal((await kinds('transfer.created')).length, 1);
    });

    it('are no more together than the charge that they come out of', async () => {
      const account = await payable();
      const source = await charge();
      const take = (amount: number) =>
        stripe.transfers.create({
          amount,
          currency: 'gbp',
          destination: account.id,
          source_transaction: source,
        });
      await take(12_000);
      const error = await failure(take(301));
      assert.deepEqual([error.statusCode, error.param], [400, 'amount']);
      assert.equal((await take(300)).amount, 300);
    });

    it('need a balance where they name no charge', async () => {
      const account = await payable();
      const send = () => stripe.transfers.create({ amount: 5_000, currency: 'gbp', destination: account.id });
      await charge();
      assert.equal((await failure(send())).code, 'balance_insufficient');
      await charge('pm_card_bypassPending');
      const transfer = await send();
      const { data } = await stripe.balanceTransactions.list({ source: transfer.id });
      assert.deepEqual(
        data.map(({ type, net }) => [type, net]),
        [['transfer', -5_000]],
      );
    });

    it('arrive in the currency of the account, and go back by the same rate (M22)', async () => {
      const account = await payable();
      const takes = (refuses: string[]) =>
        bank.control('POST', `/accounts/${account.id}/currency`, { currency: 'EUR', rate: 1.15, refuses });
      const send = async () =>
        stripe.transfers.create({
          amount: 10_000,
          currency: 'gbp',
          destination: account.id,
          source_transaction: await charge('pm_card_bypassPending'),
        });
      await takes(['gbp']);
      assert.equal((await failure(send())).param, 'currency');
      await takes([]);
      const transfer = await send();
      const { available } = await stripe.balance.retrieve({}, onBehalfOf(account));
      assert.deepEqual(available, [{ amount: 11_500, currency: 'eur' }]);
      const { data } = await stripe.balanceTransactions.list({ type: 'payment' }, onBehalfOf(account));
      assert.equal(data[0]?.exchange_rate, 1.15);
      await stripe.transfers.createReversal(transfer.id, { amount: 4_000 });
      const left = await stripe.balance.retrieve({}, onBehalfOf(account));
      assert.deepEqual(left.available, [{ amount: 6_900, currency: 'eur' }]);
    });

    it('go to nobody who may not have them', async () => {
      const account = await open();
      const source = await charge();
      const send = (destination: string) =>
        failure(
          stripe.transfers.create({ amount: 100, currency: 'gbp', destination, source_transaction: source }),
        );
      assert.equal((await send(account.id)).code, 'insufficient_capabilities_for_transfer');
      assert.equal((await send('acct_nobody')).code, 'resource_missing');
    });

    it('are taken back as far as the account still has them', async () => {
      const account = await payable();
      const transfer = await stripe.transfers.create({
        amount: 10_000,
        currency: 'gbp',
        destination: account.id,
        source_transaction: await charge('pm_card_bypassPending'),
      });
      const reversal = await stripe.transfers.createReversal(transfer.id, {
        amount: 4_000,
        metadata: { refundId: 'ref_1' },
      });
      const { data } = await stripe.transfers.listReversals(transfer.id);
      assert.deepEqual([data[0]?.id, data[0]?.metadata], [reversal.id, { refundId: 'ref_1' }]);
      await bank.control('POST', `/accounts/${account.id}/payout`);
      const empty = await failure(stripe.transfers.createReversal(transfer.id));
      assert.equal(empty.code, 'balance_insufficient');
      const { amount_reversed: reversed, reversed: whole } = await stripe.transfers.retrieve(transfer.id);
      assert.deepEqual([reversed, whole], [4_000, false]);
      assert.equal((await kinds('transfer.reversed')).length, 1);
    });
  });

  describe('payouts', () => {
    const funded = async () => {
      const account = await payable();
      const source = await charge('pm_card_bypassPending');
      const transfer = await stripe.transfers.create({
        amount: 10_000,
        currency: 'gbp',
        destination: account.id,
        source_transaction: source,
      });
      return { account, transfer };
    };

    it('take to the holder’s bank what is there, and tell what was in them', async () => {
      const { account, transfer } = await funded();
      await bank.control('POST', `/accounts/${account.id}/payout`);
      assert.deepEqual(await balanceOf(account), { available: 0, pending: 0 });
      const [payout] = (await stripe.payouts.list({}, onBehalfOf(account))).data;
      assert.deepEqual([payout?.amount, payout?.status, payout?.automatic], [10_000, 'paid', true]);
      const { data } = await stripe.balanceTransactions.list(
        { payout: payout?.id ?? '', type: 'payment' },
        onBehalfOf(account),
      );
      assert.deepEqual(
        data.map(({ source }) => source),
        [transfer.destination_payment],
      );
      const [event] = await kinds('payout.paid', account);
      assert.equal(event?.account, account.id);
      assert.deepEqual(await kinds('payout.paid'), [], 'the platform’s own list has nothing of accounts');
    });

    it('may come back after they had arrived, and leave the account without a bank account (M28)', async () => {
      const { account } = await funded();
      await bank.control('POST', `/accounts/${account.id}/payout`);
      const [paid] = (await stripe.payouts.list({}, onBehalfOf(account))).data;
      await bank.control('POST', `/payouts/${paid?.id}/settlement`, { outcome: 'fail' });
      const payout = await stripe.payouts.retrieve(paid?.id ?? '', {}, onBehalfOf(account));
      assert.deepEqual([payout.status, payout.failure_code], ['failed', 'account_closed']);
      assert.deepEqual(await balanceOf(account), { available: 10_000, pending: 0 });
      assert.equal((await stripe.accounts.retrieve(account.id)).payouts_enabled, false);
      assert.equal((await kinds('payout.failed', account)).length, 1);
    });

    it('can be asked for by hand, and arrive a day later', async () => {
      const { account } = await funded();
      const ask = (amount: number) => stripe.payouts.create({ amount, currency: 'gbp' }, onBehalfOf(account));
      const payout = await ask(6_000);
      assert.equal((await failure(ask(4_001))).code, 'balance_insufficient');
      assert.equal(payout.status, 'pending');
      await bank.control('POST', '/clock', { advanceSeconds: 86_400 });
      const arrived = await stripe.payouts.retrieve(payout.id, {}, onBehalfOf(account));
      assert.equal(arrived.status, 'paid');
    });

    it('are of connected accounts alone, and of those that are known', async () => {
      assert.equal((await failure(stripe.payouts.create({ amount: 1, currency: 'gbp' }))).statusCode, 400);
      const stranger = await failure(stripe.balance.retrieve({}, { stripeAccount: 'acct_nobody' }));
      assert.equal(stranger.code, 'account_invalid');
      const account = await payable();
      const elsewhere = stripe.customers.create({}, { stripeAccount: account.id });
      assert.equal((await failure(elsewhere)).statusCode, 400);
    });
  });
});
