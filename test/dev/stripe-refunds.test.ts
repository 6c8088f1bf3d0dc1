import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { failure, openBank, PAYMENT } from './stripe-fixture.ts';

describe('the simulated bank: refunds', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const pay = (method = 'pm_card_visa') =>
    stripe.paymentIntents.create({ ...PAYMENT, payment_method: method });
  const charge = async (intent: Stripe.PaymentIntent) =>
    stripe.charges.retrieve(intent.latest_charge as string);
  const netOf = async (source: string) => {
    const { data } = await stripe.balanceTransactions.list({ source });
    return data.reduce((sum, { net }) => sum + net, 0);
  };

  it('come in parts, never more than was paid', async () => {
    const intent = await pay();
    await stripe.refunds.create({ payment_intent: intent.id, amount: 300 });
    const over = await failure(stripe.refunds.create({ payment_intent: intent.id, amount: 12_001 }));
    assert.deepEqual([over.statusCode, over.param], [400, 'amount']);
    const rest = await stripe.refunds.create({
      charge: intent.latest_charge as string,
      metadata: { refundId: 'ref_1' },
      reason: 'requested_by_customer',
    });
    assert.deepEqual([rest.amount, rest.status, rest.metadata], [12_000, 'succeeded', { refundId: 'ref_1' }]);
    const again = await failure(stripe.refunds.create({ payment_intent: intent.id }));
    assert.equal(again.code, 'charge_already_refunded');
    const { amount_refunded: refunded, refunded: whole } = await charge(intent);
    assert.deepEqual([refunded, whole], [12_300, true]);
    const { data } = await stripe.refunds.list({ payment_intent: intent.id });
    assert.deepEqual(
      data.map(({ amount }) => amount),
      [12_000, 300],
    );
  });

  it('are taken out of the balance, and the fee is not given back', async () => {
    const intent = await pay('pm_card_bypassPending');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    assert.equal(await netOf(refund.id), -12_300);
    const balance = await stripe.balance.retrieve();
    assert.deepEqual(
      balance.available.map(({ amount }) => amount),
      [-387],
    );
  });

  it('may wait, and settle later', async () => {
    const intent = await pay('pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    assert.equal(refund.status, 'pending');
    await bank.control('POST', '/clock', { advanceSeconds: 60 });
    assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'succeeded');
  });

  it('may come back after they had succeeded, and can then be made again', async () => {
    const intent = await pay('pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    assert.equal(refund.status, 'succeeded');
    await bank.control('POST', '/clock', { advanceSeconds: 60 });
    const failed = await stripe.refunds.retrieve(refund.id, {
      expand: ['charge', 'failure_balance_transaction'],
    });
    assert.deepEqual([failed.status, failed.failure_reason], ['failed', 'expired_or_canceled_card']);
    const { amount_refunded: refunded, refunded: whole } = failed.charge as Stripe.Charge;
    assert.deepEqual([refunded, whole], [0, false]);
    assert.equal(await netOf(refund.id), 0);
    const { data } = await stripe.events.list({ type: 'refund.failed' });
    assert.equal(data.length, 1);
    assert.equal((await stripe.refunds.create({ payment_intent: intent.id })).amount, 12_300);
  });

  it('do what a test tells them', async () => {
    await bank.control('POST', '/settings', { refunds: 'pending', refundSeconds: 3600 });
    const intent = await pay();
    const settling = await stripe.refunds.create({ payment_intent: intent.id, amount: 100 });
    const failing = await stripe.refunds.create({ payment_intent: intent.id, amount: 200 });
    await bank.control('POST', `/refunds/${settling.id}/settlement`, { outcome: 'succeed' });
    await bank.control('POST', `/refunds/${failing.id}/settlement`, {
      outcome: 'fail',
      failureReason: 'declined',
    });
    assert.equal((await stripe.refunds.retrieve(settling.id)).status, 'succeeded');
    assert.equal((await stripe.refunds.retrieve(failing.id)).failure_reason, 'declined');
    assert.equal((await charge(intent)).amount_refunded, 100);
  });

  it('may be called back in the dashboard while they wait, and by no request', async () => {
    const intent = await pay('pm_card_pendingRefund');
    const { id } = await stripe.refunds.create({ payment_intent: intent.id });
    const barred = await failure(stripe.refunds.cancel(id));
    assert.equal(barred.statusCode, 400);
    await bank.control('POST', `/refunds/${id}/cancellation`);
    const { status, failure_reason: reason } = await stripe.refunds.retrieve(id);
    assert.deepEqual([status, reason], ['canceled', 'merchant_request']);
    assert.equal(await netOf(id), 0);
    assert.equal((await charge(intent)).amount_refunded, 0);
    await bank.control('POST', '/clock', { advanceSeconds: 60 });
    assert.equal((await stripe.refunds.retrieve(id)).status, 'canceled');
    const { data } = await stripe.events.list({ types: ['refund.updated', 'charge.refund.updated'] });
    assert.equal(data.length, 2);
  });

  it('may be made in the dashboard, which is told as any other (M26)', async () => {
    const intent = await pay();
    const made = (await bank.control('POST', `/charges/${intent.latest_charge as string}/refund`, {
      amount: 300,
      reason: 'duplicate',
    })) as Stripe.Refund;
    const found = await stripe.refunds.retrieve(made.id);
    assert.deepEqual([found.amount, found.reason, found.status], [300, 'duplicate', 'succeeded']);
    assert.equal((await charge(intent)).amount_refunded, 300);
    const { data } = await stripe.events.list({ types: ['refund.created', 'charge.refunded'] });
    assert.deepEqual(
      data.map(({ type, request }) => [type, request]),
      [
        ['charge.refunded', { id: null, idempotency_key: null }],
        ['refund.created', { id: null, idempotency_key: null }],
      ],
    );
  });

  it('wait for funds where no account stands behind the balance', async () => {
    await bank.control('POST', '/settings', { refundsBeyondBalance: 'wait' });
    const intent = await pay();
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 2000 });
    assert.deepEqual([refund.status, refund.pending_reason], ['pending', 'insufficient_funds']);
    assert.equal((await charge(intent)).amount_refunded, 2000);
    await bank.control('POST', '/clock', { advanceSeconds: 86_400 });
    assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'pending');
    await bank.control('POST', '/clock', { advanceSeconds: 86_400 });
    const settled = await stripe.refunds.retrieve(refund.id);
    assert.deepEqual([settled.status, settled.pending_reason], ['succeeded', undefined]);
    const covered = await stripe.refunds.create({ payment_intent: intent.id, amount: 9913 });
    assert.equal(covered.status, 'succeeded');
    const short = await stripe.refunds.create({ payment_intent: intent.id, amount: 1 });
    assert.equal(short.pending_reason, 'insufficient_funds');
  });

  it('are refused for what was never taken', async () => {
    const held = await stripe.paymentIntents.create({ ...PAYMENT, capture_method: 'manual' });
    const error = await failure(stripe.refunds.create({ payment_intent: held.id }));
    assert.equal(error.statusCode, 400);
    assert.equal(
      (await failure(stripe.refunds.create({ payment_intent: 'pi_nothing' }))).code,
      'resource_missing',
    );
  });
});
