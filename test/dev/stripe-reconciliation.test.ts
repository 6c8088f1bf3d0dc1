import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { failure, openBank, PAYMENT } from './stripe-fixture.ts';

const DAY_SECONDS = 86_400;

describe('the simulated bank: reconciliation', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const advance = (advanceSeconds: number, whose: object = {}) =>
    bank.control('POST', '/clock', { advanceSeconds, ...whose });
  const everything = (params: Stripe.BalanceTransactionListParams = {}) =>
    stripe.balanceTransactions.list({ limit: 3, ...params }).autoPagingToArray({ limit: 1000 });
  const pay = async (change: Partial<Stripe.PaymentIntentCreateParams> = {}) => {
    const intent = await stripe.paymentIntents.create({ ...PAYMENT, ...change });
    return intent.latest_charge as string;
  };
  /** One of everything that moves money. */
  async function trade(): Promise<void> {
    await pay({ currency: 'jpy', amount: 5000 });
    const given = await pay();
    await stripe.refunds.create({ charge: given, amount: 300 });
    const { id: returned } = await stripe.refunds.create({ charge: given, amount: 200 });
    await bank.control('POST', `/refunds/${returned}/settlement`, { outcome: 'fail' });
    for (const outcome of ['win', 'lose']) {
      const path = `/charges/${await pay()}/dispute`;
      const { id } = (await bank.control('POST', path, {})) as Stripe.Dispute;
      await bank.control('POST', `/disputes/${id}/verdict`, { outcome });
    }
  }

  it('explains the balance of each currency by its entries, each less its fee', async () => {
    await trade();
    const sums = async () => {
      const { available, pending } = await stripe.balance.retrieve();
      const all = [...available, ...pending];
      return ['gbp', 'jpy'].map((currency) =>
        all.filter((each) => each.currency === currency).reduce((sum, { amount }) => sum + amount, 0),
      );
    };
    const entries = await everything();
    const explained = ['gbp', 'jpy'].map((currency) =>
      entries.filter((each) => each.currency === currency).reduce((sum, { net }) => sum + net, 0),
    );
    assert.deepEqual(await sums(), explained);
    assert.deepEqual(explained, [3 * 11_913 - 300 - 12_300 - 1500, 5000 - 175]);
    for (const { amount, fee, net, fee_details: details } of entries) {
      assert.equal(net, amount - fee);
      assert.equal(
        details.reduce((sum, detail) => sum + detail.amount, 0),
        fee,
      );
    }
    assert.ok(entries.some(({ status }) => status === 'pending'));
    await advance(2 * DAY_SECONDS);
    const { available, pending } = await stripe.balance.retrieve();
    assert.deepEqual(
      pending.map(({ amount }) => amount),
      [0, 0],
    );
    assert.deepEqual(
      available.map(({ amount }) => amount).sort((one, other) => one - other),
      [...explained].sort((one, other) => one - other),
    );
    assert.ok((await everything()).every(({ status }) => status === 'available'));
  });

  it('names the source of each entry, which leads to the payment', async () => {
    await trade();
    const entries = await everything({ expand: ['data.source.payment_intent'] });
    const kinds = new Map<string, number>();
    for (const { source, type, currency } of entries) {
      assert.ok(typeof source === 'object' && source !== null);
      const kind = `${type} of ${source.object}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const { payment_intent: intent } = source as Stripe.Charge;
      assert.ok(typeof intent === 'object' && intent !== null);
      assert.deepEqual([intent.object, intent.currency], ['payment_intent', currency]);
    }
    assert.deepEqual(Object.fromEntries(kinds), {
      'adjustment of dispute': 3,
      'charge of charge': 4,
      'refund of refund': 2,
      'refund_failure of refund': 1,
    });
  });

  it('finds entries by type, currency, source and time, page by page', async () => {
    await trade();
    await advance(DAY_SECONDS);
    const late = await pay();
    const since = (await stripe.charges.retrieve(late)).created;
    assert.equal((await everything({ type: 'charge' })).length, 5);
    assert.equal((await everything({ type: 'charge', currency: 'jpy' })).length, 1);
    assert.deepEqual(
      (await everything({ created: { gte: since } })).map(({ source }) => source),
      [late],
    );
    assert.equal((await everything({ created: { lt: since } })).length, 10);
    assert.equal((await everything({ source: late })).length, 1);
    assert.deepEqual(await everything({ payout: 'po_of_nobody' }), []);
    const all = await everything();
    const middle = all[4]?.id ?? '';
    const before = await stripe.balanceTransactions.list({ ending_before: middle, limit: 100 });
    const after = await stripe.balanceTransactions.list({ starting_after: middle, limit: 100 });
    assert.deepEqual(
      [...before.data, ...after.data].map(({ id }) => id),
      all.map(({ id }) => id).filter((id) => id !== middle),
    );
    const lost = await failure(stripe.balanceTransactions.list({ starting_after: 'txn_of_nobody' }));
    assert.equal(lost.param, 'starting_after');
    const [entry] = all;
    assert.deepEqual(await stripe.balanceTransactions.retrieve(entry?.id ?? ''), entry);
  });

  it('finds what each list of the API is asked for by time', async () => {
    await trade();
    await stripe.customers.create();
    await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
    const { created } = await stripe.paymentIntents.retrieve(
      (await stripe.paymentIntents.list({ limit: 1 })).data[0]?.id ?? '',
    );
    const { paymentIntents, charges, refunds, disputes, events, customers, setupIntents } = stripe;
    for (const resource of [paymentIntents, charges, refunds, disputes, events, customers, setupIntents]) {
      assert.ok((await resource.list({ created: { lte: created + 60 } })).data.length > 0);
      assert.deepEqual((await resource.list({ created: { gt: created + 60 } })).data, []);
    }
    const grouped = await pay({ transfer_group: 'bkg_1' });
    const { data } = await stripe.charges.list({ transfer_group: 'bkg_1' });
    assert.deepEqual(
      data.map(({ id }) => id),
      [grouped],
    );
  });

  it('shows to a test the very same, all at once', async () => {
    await trade();
    const shown = (await bank.control('GET', '/objects/balance_transactions')) as {
      data: Stripe.BalanceTransaction[];
    };
    const listed = await everything();
    assert.deepEqual(
      shown.data.map(({ id, status }) => [id, status]).reverse(),
      listed.map(({ id, status }) => [id, status]),
    );
  });
});
