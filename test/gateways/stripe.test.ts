import assert from 'node:assert/strict';
import type { Collection } from '#domain/payments.ts';
import { BankUnavailable } from '#gateways/bank.ts';
import type { Bank } from '#gateways/bank.ts';
import { createStripeBank } from '#gateways/stripe.ts';
import { eventually, openBank } from '../dev/stripe-fixture.ts';
import type { TestBank } from '../dev/stripe-fixture.ts';

describe('the bank’s adapter', () => {
  let simulated: TestBank;
  let bank: Bank;
  beforeEach('open the bank', async () => {
    simulated = await openBank();
    bank = createStripeBank({ secretKey: 'sk_test_x', webhookSecrets: [], apiBase: simulated.url });
  });
  afterEach('close the bank', () => simulated[Symbol.asyncDispose]());

  const COLLECTION: Collection = {
    bookingId: 'bkg_1',
    paymentId: 'pay_1',
    amountMinor: 12_300,
    currency: 'GBP',
    since: new Date().toISOString(),
  };
  const opened = () => bank.collect(COLLECTION, { capture: 'at_once', again: false });

  it('asks again for what the bank does not know, and never takes it for a refusal', async () => {
    const asks = [
      () => bank.read(COLLECTION, 'pi_nobodys'),
      () => bank.capture('pi_nobodys'),
      () => bank.close('pi_nobodys'),
    ];
    for (const ask of asks) await assert.rejects(ask, BankUnavailable);
  });

  it('finds paid what was paid in another tab meanwhile (M19)', async () => {
    const { id } = await opened();
    assert.equal((await bank.confirm(id, 'pm_card_visa', 'one')).status, 'posted');
    assert.equal((await bank.confirm(id, 'pm_card_visa', 'another')).status, 'posted');
  });

  it('charges once although two ask at a time, and the bank errs with and without effect (M25)', async () => {
    const create = { method: 'POST', path: '/v1/payment_intents' };
    const list = { method: 'GET', path: '/v1/payment_intents' };
    const misbehave = (...rules: object[]) => simulated.control('POST', '/faults', { rules });
    const left = async () =>
      ((await simulated.control('GET', '/faults')) as { rules: object[] }).rules.length;
    const pay = (again: boolean) =>
      bank.collect(COLLECTION, { capture: 'at_once', again, paymentMethodId: 'pm_card_visa' });
    await misbehave(
      { kind: '500_before', match: { ...create, idempotencyKey: '*:1' } },
      { kind: '500_after', match: { ...create, idempotencyKey: '*:2' }, delayMs: 1_000 },
    );
    const slow = pay(false);
    await eventually(async () => (await left()) === 0);
    // Whoever asks beside the slow one looks just before its effect, and hears of the look just after.
    await misbehave({ kind: 'latency', match: list }, { kind: 'answer_late', match: list, delayMs: 2_000 });
    const [one, other] = await Promise.all([slow, pay(true)]);
    assert.equal(other.id, one.id);
    const { data } = (await simulated.control('GET', '/objects/payment_intents')) as { data: object[] };
    assert.equal(data.length, 1);
  });

  it('still refuses a payment method that the bank does not know', async () => {
    const { id } = await opened();
    await assert.rejects(bank.confirm(id, 'pm_nobodys', 'one'), { code: 'invalid_input' });
  });
});
