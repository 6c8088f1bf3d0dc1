import assert from 'node:assert/strict';
import type { Collection } from '#domain/payments.ts';
import { BankUnavailable } from '#gateways/bank.ts';
import type { Bank } from '#gateways/bank.ts';
import { createStripeBank } from '#gateways/stripe.ts';
import { openBank } from '../dev/stripe-fixture.ts';
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

  it('still refuses a payment method that the bank does not know', async () => {
    const { id } = await opened();
    await assert.rejects(bank.confirm(id, 'pm_nobodys', 'one'), { code: 'invalid_input' });
  });
});
