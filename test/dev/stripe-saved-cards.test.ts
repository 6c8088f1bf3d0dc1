import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { failure, openBank, PAYMENT, sdk } from './stripe-fixture.ts';

describe('the simulated bank: saved cards', () => {
  let bank: TestBank;
  let stripe: Stripe;
  let customer: string;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
    customer = (await stripe.customers.create({ email: 'ada@example.com' })).id;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const setUp = (method: string, change: Partial<Stripe.SetupIntentCreateParams> = {}) =>
    stripe.setupIntents.create({
      customer,
      payment_method: method,
      allowed_payment_method_types: ['card'],
      confirm: true,
      ...change,
    });
  const answer = (intent: Stripe.SetupIntent, outcome: 'fail' | 'pass') =>
    fetch(intent.next_action?.redirect_to_url?.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ outcome }),
      redirect: 'manual',
    });
  /** A charge by the merchant alone, as for an instalment. */
  const chargeLater = (method: string, change: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      ...PAYMENT,
      customer,
      payment_method: method,
      off_session: true,
      ...change,
    });
  const savedMethods = async () => (await stripe.customers.listPaymentMethods(customer)).data;
  const told = async (family: string) =>
    (await stripe.events.list({ type: family })).data.map(({ type }) => type).reverse();

  describe('a SetupIntent', () => {
    it('keeps a card for its customer, who can then be charged while away', async () => {
      const intent = await setUp('pm_card_visa', { metadata: { bookingId: 'bkg_1' } });
      assert.deepEqual([intent.status, intent.usage], ['succeeded', 'off_session']);
      const [method, ...more] = await savedMethods();
      assert.equal(method?.id, intent.payment_method);
      assert.equal(more.length, 0);
      const paid = await chargeLater(method.id);
      assert.deepEqual([paid.status, paid.customer], ['succeeded', customer]);
      assert.deepEqual(await told('setup_intent.*'), ['setup_intent.created', 'setup_intent.succeeded']);
      const { data } = await stripe.setupIntents.list({ customer, expand: ['data.payment_method'] });
      assert.deepEqual(
        data.map((each) => (each.payment_method as Stripe.PaymentMethod).card?.last4),
        ['4242'],
      );
    });

    it('goes its way in steps', async () => {
      const blank = await stripe.setupIntents.create({ customer, allowed_payment_method_types: ['card'] });
      assert.equal(blank.status, 'requires_payment_method');
      assert.equal(
        (await failure(stripe.setupIntents.confirm(blank.id))).code,
        'setup_intent_unexpected_state',
      );
      const ready = await stripe.setupIntents.update(blank.id, { payment_method: 'pm_card_mastercard' });
      assert.equal(ready.status, 'requires_confirmation');
      assert.deepEqual(await savedMethods(), []);
      assert.equal((await stripe.setupIntents.confirm(blank.id)).status, 'succeeded');
      const again = await failure(stripe.setupIntents.confirm(blank.id));
      assert.deepEqual([again.statusCode, again.code], [400, 'setup_intent_unexpected_state']);
      assert.equal((await failure(stripe.setupIntents.cancel(blank.id))).statusCode, 400);
    });

    it('declined says why, keeps nothing, and takes another card', async () => {
      const error = await failure(setUp('pm_card_chargeDeclined'));
      assert.equal(error.type, 'StripeCardError');
      assert.deepEqual([error.statusCode, error.code], [402, 'card_declined']);
      const intent = await stripe.setupIntents.retrieve(error.setup_intent?.id ?? '');
      assert.deepEqual([intent.status, intent.payment_method], ['requires_payment_method', null]);
      assert.equal(intent.last_setup_error?.decline_code, 'generic_decline');
      assert.deepEqual(await savedMethods(), []);
      assert.deepEqual(await told('setup_intent.*'), ['setup_intent.created', 'setup_intent.setup_failed']);
      const saved = await stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
      assert.deepEqual([saved.status, saved.last_setup_error], ['succeeded', null]);
    });

    it('is canceled with a reason, and its challenge with it', async () => {
      const intent = await setUp('pm_card_authenticationRequired');
      const canceled = await stripe.setupIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
      assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'abandoned']);
      await answer(intent, 'pass');
      assert.equal((await stripe.setupIntents.retrieve(intent.id)).status, 'canceled');
      assert.deepEqual(await savedMethods(), []);
      assert.ok((await told('setup_intent.*')).includes('setup_intent.canceled'));
    });

    it('wants an address to return to unless only cards may be saved', async () => {
      const error = await failure(
        stripe.setupIntents.create({ customer, payment_method: 'pm_card_visa', confirm: true }),
      );
      assert.equal(error.param, 'return_url');
    });

    it('is confirmed by a browser that knows its secret, and by no other', async () => {
      const intent = await stripe.setupIntents.create({
        customer,
        allowed_payment_method_types: ['card'],
        metadata: { bookingId: 'bkg_1' },
      });
      const browser = sdk(bank.port, 'pk_test_stayward');
      const confirmation = { payment_method: 'pm_card_visa' };
      const barred = await failure(browser.setupIntents.confirm(intent.id, confirmation));
      assert.equal(barred.param, 'client_secret');
      const known = { ...confirmation, client_secret: intent.client_secret };
      const saved = await browser.setupIntents.confirm(intent.id, known);
      assert.equal(saved.status, 'succeeded');
      assert.equal('metadata' in saved, false);
    });
  });

  describe('a challenge on saving', () => {
    it('passed on its page saves the card and leads back', async () => {
      const intent = await setUp('pm_card_authenticationRequiredOnSetup', {
        return_url: 'http://127.0.0.1:9/back?booking=1',
      });
      assert.equal(intent.status, 'requires_action');
      const page = await fetch(intent.next_action?.redirect_to_url?.url ?? '');
      assert.match(await page.text(), /VISA ending in 3155/);
      const back = new URL((await answer(intent, 'pass')).headers.get('location') ?? '');
      assert.deepEqual(
        [
          back.searchParams.get('booking'),
          back.searchParams.get('setup_intent'),
          back.searchParams.get('redirect_status'),
        ],
        ['1', intent.id, 'succeeded'],
      );
      assert.equal((await stripe.setupIntents.retrieve(intent.id)).status, 'succeeded');
      assert.equal((await savedMethods()).length, 1);
    });

    it('failed leaves the intent open for another card', async () => {
      const intent = await setUp('pm_card_authenticationRequired');
      const page = await answer(intent, 'fail');
      assert.match(await page.text(), /Card not saved/);
      const { status, last_setup_error: why } = await stripe.setupIntents.retrieve(intent.id);
      assert.deepEqual(
        [status, why?.code],
        ['requires_payment_method', 'setup_intent_authentication_failure'],
      );
      assert.deepEqual(await savedMethods(), []);
    });

    it('can be answered by a control', async () => {
      const intent = await setUp('pm_card_authenticationRequired');
      await bank.control('POST', `/setup_intents/${intent.id}/challenge`, { outcome: 'pass' });
      assert.equal((await stripe.setupIntents.retrieve(intent.id)).status, 'succeeded');
    });

    it('can not be opened without its secret', async () => {
      const intent = await setUp('pm_card_authenticationRequired');
      const url = `${bank.url}/_sim/challenges/${intent.id}_secret_guessed`;
      assert.equal((await fetch(url)).status, 404);
    });
  });

  describe('a charge without its holder (M20)', () => {
    it('of a card that was set up for it needs no challenge', async () => {
      const intent = await setUp('pm_card_authenticationRequiredOnSetup');
      await answer(intent, 'pass');
      assert.equal((await chargeLater(intent.payment_method as string)).status, 'succeeded');
    });

    it('of a card that was only attached is a decline, which its holder makes good', async () => {
      const { id } = await stripe.paymentMethods.attach('pm_card_authenticationRequiredOnSetup', {
        customer,
      });
      const error = await failure(chargeLater(id));
      assert.deepEqual(
        [error.statusCode, error.code, error.payment_method?.id],
        [402, 'authentication_required', id],
      );
      const open = await stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '');
      assert.equal(open.status, 'requires_payment_method');
      const asked = await stripe.paymentIntents.confirm(open.id, { payment_method: id });
      assert.equal(asked.status, 'requires_action');
      await bank.control('POST', `/payment_intents/${open.id}/challenge`, { outcome: 'pass' });
      assert.equal((await stripe.paymentIntents.retrieve(open.id)).status, 'succeeded');
    });

    it('is a decline for a card that always asks, however it was saved', async () => {
      const intent = await setUp('pm_card_authenticationRequired');
      await answer(intent, 'pass');
      const error = await failure(chargeLater(intent.payment_method as string));
      assert.equal(error.code, 'authentication_required');
    });

    it('of a card set up elsewhere needs no challenge; with its holder it does', async () => {
      const { id } = await stripe.paymentMethods.attach('pm_card_authenticationRequiredSetupForOffSession', {
        customer,
      });
      assert.equal((await chargeLater(id)).status, 'succeeded');
      assert.equal((await chargeLater(id, { off_session: false })).status, 'requires_action');
    });

    it('may be prepared by a payment with its holder', async () => {
      const first = await stripe.paymentIntents.create({
        ...PAYMENT,
        customer,
        payment_method: 'pm_card_authenticationRequiredOnSetup',
        setup_future_usage: 'off_session',
      });
      await bank.control('POST', `/payment_intents/${first.id}/challenge`, { outcome: 'pass' });
      assert.equal((await chargeLater(first.payment_method as string)).status, 'succeeded');
    });

    it('is declined for a card that could be saved and never pays', async () => {
      for (const method of [
        'pm_card_chargeCustomerFail',
        'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
      ]) {
        const { id } = await stripe.paymentMethods.attach(method, { customer });
        assert.equal((await failure(chargeLater(id))).statusCode, 402);
      }
    });

    it('is confirmed at once or not asked for', async () => {
      const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
      assert.equal((await failure(chargeLater(id, { confirm: false }))).param, 'off_session');
      assert.equal((await chargeLater(id, { off_session: 'recurring' })).status, 'succeeded');
    });
  });

  describe('a payment that is to keep its card', () => {
    it('is not charged without its holder, until it is to keep it no more', async () => {
      const saved = await setUp('pm_card_visa');
      const method = saved.payment_method as string;
      const { id } = await stripe.paymentIntents.create({
        ...PAYMENT,
        confirm: false,
        customer,
        setup_future_usage: 'off_session',
      });
      const alone = { payment_method: method, off_session: true };
      assert.equal((await failure(stripe.paymentIntents.confirm(id, alone))).param, 'off_session');
      const cleared = await stripe.paymentIntents.update(id, { setup_future_usage: '' });
      assert.equal(cleared.setup_future_usage, null);
      assert.equal((await stripe.paymentIntents.confirm(id, alone)).status, 'succeeded');
    });
  });

  describe('a payment method', () => {
    it('that is taken from its customer pays for nobody, and is not taken back (M21)', async () => {
      const intent = await setUp('pm_card_visa');
      const method = intent.payment_method as string;
      assert.equal((await stripe.paymentMethods.detach(method)).customer, null);
      assert.deepEqual(await savedMethods(), []);
      for (const use of [chargeLater(method), stripe.paymentMethods.attach(method, { customer })])
        assert.equal((await failure(use)).code, 'payment_method_unexpected_state');
      assert.equal((await stripe.paymentMethods.retrieve(method)).card?.last4, '4242');
    });

    it('that its issuer refuses is not attached', async () => {
      const error = await failure(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }));
      assert.deepEqual([error.type, error.code], ['StripeCardError', 'card_declined']);
      assert.deepEqual(await savedMethods(), []);
    });

    it('is the default of its own customer only', async () => {
      const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
      const choose = (whose: string) =>
        stripe.customers.update(whose, { invoice_settings: { default_payment_method: id } });
      const chosen = await choose(customer);
      assert.equal(chosen.invoice_settings.default_payment_method, id);
      const stranger = await stripe.customers.create();
      assert.equal((await failure(choose(stranger.id))).code, 'resource_missing');
      await stripe.paymentMethods.detach(id);
      const left = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
      assert.equal(left.invoice_settings.default_payment_method, null);
    });
  });
});
