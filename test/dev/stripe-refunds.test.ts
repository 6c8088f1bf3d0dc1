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
