import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { eventually, failure, openBank, PAYMENT, sdk } from './stripe-fixture.ts';

const DAY_SECONDS = 86_400;

describe('the simulated bank: payments', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const charge = async (intent: Stripe.PaymentIntent) =>
    stripe.charges.retrieve(intent.latest_charge as string);

  describe('an automatic capture', () => {
    it('succeeds in one call, with its charge, fee and balance', async () => {
      const intent = await stripe.paymentIntents.create({
        ...PAYMENT,
        expand: ['latest_charge.balance_transaction'],
      });
      const taken = intent.latest_charge as Stripe.Charge;
      const posted = taken.balance_transaction as Stripe.BalanceTransaction;
      assert.equal(intent.status, 'succeeded');
      assert.equal(intent.amount_received, 12_300);
      assert.equal(taken.payment_method_details?.card?.last4, '4242');
      assert.deepEqual([posted.amount, posted.fee, posted.net], [12_300, 387, 11_913]);
      assert.equal(posted.status, 'pending');
      const balance = await stripe.balance.retrieve();
      assert.deepEqual(
        balance.pending.map(({ amount }) => amount),
        [11_913],
      );
    });

    it('is booked into the balance a moment later when it is asynchronous', async () => {
      const { capture_method: _, ...payment } = PAYMENT;
      const intent = await stripe.paymentIntents.create(payment);
      assert.equal(intent.capture_method, 'automatic_async');
      assert.equal((await charge(intent)).balance_transaction, null);
      await bank.control('POST', '/clock', { advanceSeconds: 2 });
      assert.notEqual((await charge(intent)).balance_transaction, null);
    });

    it('waits for confirmation, then succeeds', async () => {
      const { confirm: _, payment_method: method, ...unconfirmed } = PAYMENT;
      const blank = await stripe.paymentIntents.create(unconfirmed);
      assert.equal(blank.status, 'requires_payment_method');
      const ready = await stripe.paymentIntents.update(blank.id, { payment_method: method });
      assert.equal(ready.status, 'requires_confirmation');
      assert.notEqual(ready.payment_method, method);
      const paid = await stripe.paymentIntents.confirm(blank.id);
      assert.equal(paid.status, 'succeeded');
    });

    it('is refused when confirmed twice, and still paid once', async () => {
      const intent = await stripe.paymentIntents.create(PAYMENT);
      const error = await failure(stripe.paymentIntents.confirm(intent.id));
      assert.equal(error.code, 'payment_intent_unexpected_state');
      assert.equal(error.payment_intent?.status, 'succeeded');
      const { data } = await stripe.charges.list({ payment_intent: intent.id });
      assert.equal(data.length, 1);
    });

    it('wants an address to return to unless only cards may pay', async () => {
      const { allowed_payment_method_types: _, ...anything } = PAYMENT;
      assert.equal((await failure(stripe.paymentIntents.create(anything))).param, 'return_url');
      const intent = await stripe.paymentIntents.create({
        ...anything,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      });
      assert.equal(intent.status, 'succeeded');
    });
  });

  describe('a decline', () => {
    for (const [method, code, declineCode] of [
      ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
      ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
      ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
      ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
      ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
      ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
      ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
      ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ] as const)
      it(`of ${method} says ${declineCode}, leaves the intent open and its charge failed`, async () => {
        const error = await failure(stripe.paymentIntents.create({ ...PAYMENT, payment_method: method }));
        assert.equal(error.type, 'StripeCardError');
        assert.deepEqual([error.statusCode, error.code, error.decline_code], [402, code, declineCode]);
        const intent = await stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '');
        assert.equal(intent.status, 'requires_payment_method');
        assert.equal(intent.payment_method, null);
        assert.equal(intent.last_payment_error?.decline_code, declineCode);
        assert.equal((await charge(intent)).status, 'failed');
      });

    it('is made good by another card', async () => {
      const { payment_intent: refused } = await failure(
        stripe.paymentIntents.create({ ...PAYMENT, payment_method: 'pm_card_chargeDeclined' }),
      );
      const paid = await stripe.paymentIntents.confirm(refused?.id ?? '', {
        payment_method: 'pm_card_mastercard',
      });
      assert.equal(paid.status, 'succeeded');
      assert.equal(paid.last_payment_error, null);
    });
  });

  describe('a challenge', () => {
    const challenged = () =>
      stripe.paymentIntents.create({
        ...PAYMENT,
        payment_method: 'pm_card_authenticationRequired',
        return_url: 'http://127.0.0.1:9/back?booking=1',
      });
    const answer = (intent: Stripe.PaymentIntent, outcome: string) =>
      fetch(intent.next_action?.redirect_to_url?.url ?? '', {
        method: 'POST',
        body: new URLSearchParams({ outcome }),
        redirect: 'manual',
      });

    it('passed on its page pays and leads back', async () => {
      const intent = await challenged();
      assert.equal(intent.status, 'requires_action');
      assert.equal(intent.latest_charge, null);
      const page = await fetch(intent.next_action?.redirect_to_url?.url ?? '');
      assert.match(await page.text(), /GBP 123\.00/);
      const back = await answer(intent, 'pass');
      assert.equal(back.status, 303);
      const address = new URL(back.headers.get('location') ?? '');
      assert.equal(address.searchParams.get('redirect_status'), 'succeeded');
      assert.equal(address.searchParams.get('booking'), '1');
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded');
    });

    it('failed leaves the intent open for another card', async () => {
      const intent = await challenged();
      await answer(intent, 'fail');
      const refused = await stripe.paymentIntents.retrieve(intent.id);
      assert.equal(refused.status, 'requires_payment_method');
      assert.equal(refused.last_payment_error?.code, 'payment_intent_authentication_failure');
      const paid = await stripe.paymentIntents.confirm(intent.id, {
        payment_method: 'pm_card_visa',
        off_session: true,
      });
      assert.equal(paid.status, 'succeeded');
    });

    it('can be answered by a control', async () => {
      const intent = await challenged();
      await bank.control('POST', `/payment_intents/${intent.id}/challenge`, { outcome: 'pass' });
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded');
    });

    it('can not be opened without its secret', async () => {
      const intent = await challenged();
      const url = `${bank.url}/_sim/challenges/${intent.id}_secret_guessed`;
      assert.equal((await fetch(url)).status, 404);
    });

    it('is a decline when nobody is there to answer it', async () => {
      const error = await failure(
        stripe.paymentIntents.create({
          ...PAYMENT,
          payment_method: 'pm_card_authenticationRequired',
          off_session: true,
        }),
      );
      assert.deepEqual([error.statusCode, error.code], [402, 'authentication_required']);
    });

    it('ends with the cancellation of its intent', async () => {
      const intent = await challenged();
      await stripe.paymentIntents.cancel(intent.id);
      await answer(intent, 'pass');
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'canceled');
    });
  });

  describe('a browser with the client secret', () => {
    it('pays, and sees no more than it may', async () => {
      const { confirm: _, payment_method: method, ...unconfirmed } = PAYMENT;
      const intent = await stripe.paymentIntents.create({ ...unconfirmed, metadata: { bookingId: 'bkg_1' } });
      const browser = sdk(bank.port, 'pk_test_stayward');
      const confirmation = { payment_method: method, client_secret: intent.client_secret };
      const paid = await browser.paymentIntents.confirm(intent.id, confirmation);
      assert.equal(paid.status, 'succeeded');
      assert.equal('metadata' in paid, false);
      const seen = await browser.paymentIntents.retrieve(intent.id, {
        client_secret: intent.client_secret ?? '',
      });
      assert.equal(seen.status, 'succeeded');
    });

    it('is turned away without the right secret, and from everything else', async () => {
      const intent = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
      const browser = sdk(bank.port, 'pk_test_stayward');
      const wrong = { client_secret: `${intent.id}_secret_wrong` };
      assert.equal((await failure(browser.paymentIntents.retrieve(intent.id))).param, 'client_secret');
      assert.equal((await failure(browser.paymentIntents.retrieve(intent.id, wrong))).param, 'client_secret');
      assert.equal((await failure(browser.refunds.create({ payment_intent: intent.id }))).statusCode, 403);
      assert.equal((await failure(sdk(bank.port, 'sk_live_x').balance.retrieve())).statusCode, 401);
    });
  });

  describe('a manual capture', () => {
    const held = (change: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
      stripe.paymentIntents.create({ ...PAYMENT, capture_method: 'manual', ...change });

    it('holds the amount for the days its network allows', async () => {
      for (const [change, days] of [
        [{}, 7],
        [{ off_session: true }, 4.75],
        [{ off_session: true, payment_method: 'pm_card_mastercard' }, 7],
      ] as const) {
        const intent = await held(change);
        assert.equal(intent.status, 'requires_capture');
        assert.equal(intent.amount_capturable, 12_300);
        const hold = await charge(intent);
        assert.equal(hold.captured, false);
        const before = hold.payment_method_details?.card?.capture_before ?? 0;
        assert.ok(Math.abs(before - hold.created - days * DAY_SECONDS) <= 1);
      }
    });

    it('takes part of it once, and releases the rest', async () => {
      const intent = await held();
      const taken = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 10_000 });
      assert.deepEqual(
        [taken.status, taken.amount_received, taken.amount_capturable],
        ['succeeded', 10_000, 0],
      );
      const { amount_captured: amountCaptured, amount_refunded: released } = await charge(intent);
      assert.deepEqual([amountCaptured, released], [10_000, 2300]);
      assert.equal(
        (await failure(stripe.paymentIntents.capture(intent.id))).code,
        'payment_intent_unexpected_state',
      );
      const over = await failure(stripe.refunds.create({ payment_intent: intent.id, amount: 10_001 }));
      assert.equal(over.param, 'amount');
    });

    it('takes no more than is held', async () => {
      const intent = await held();
      const error = await failure(stripe.paymentIntents.capture(intent.id, { amount_to_capture: 12_301 }));
      assert.equal(error.code, 'amount_too_large');
    });

    it('is released by a cancellation, which moves no money', async () => {
      const intent = await held();
      const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
      assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'abandoned']);
      assert.equal((await charge(intent)).refunded, true);
      const { data } = await stripe.balanceTransactions.list();
      assert.equal(data.length, 0);
    });

    it('lapses by itself when its time is over', async () => {
      const intent = await held();
      await bank.control('POST', '/clock', { advanceSeconds: 7 * DAY_SECONDS - 60 });
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'requires_capture');
      await bank.control('POST', '/clock', { advanceSeconds: 60 });
      const lapsed = await stripe.paymentIntents.retrieve(intent.id);
      assert.deepEqual([lapsed.status, lapsed.cancellation_reason], ['canceled', 'automatic']);
      const { data } = await stripe.events.list({ type: 'charge.expired' });
      assert.equal(data.length, 1);
    });

    it('lapses by the clock of its own booking, and of no other', async () => {
      const metadata = { bookingId: 'bkg_1' };
      const own = await held({ metadata });
      const other = await held({ metadata: { bookingId: 'bkg_2' } });
      await bank.control('POST', '/clock', { metadata, advanceSeconds: 8 * DAY_SECONDS });
      assert.equal((await stripe.paymentIntents.retrieve(own.id)).status, 'canceled');
      assert.equal((await stripe.paymentIntents.retrieve(other.id)).status, 'requires_capture');
      const later = await held({ metadata });
      assert.ok(later.created - other.created >= 8 * DAY_SECONDS);
      assert.equal(later.status, 'requires_capture');
    });
  });

  describe('a slow payment', () => {
    beforeEach(() =>
      bank.control('POST', '/settings', { authorization: 'processing', processingSeconds: 3600 }),
    );

    it('is processing, and can be neither cancelled nor confirmed again', async () => {
      const intent = await stripe.paymentIntents.create(PAYMENT);
      assert.equal(intent.status, 'processing');
      assert.equal((await charge(intent)).status, 'pending');
      for (const act of [stripe.paymentIntents.cancel(intent.id), stripe.paymentIntents.confirm(intent.id)])
        assert.equal((await failure(act)).code, 'payment_intent_unexpected_state');
    });

    it('succeeds in time', async () => {
      const intent = await stripe.paymentIntents.create(PAYMENT);
      await bank.control('POST', '/clock', { advanceSeconds: 3600 });
      const paid = await stripe.paymentIntents.retrieve(intent.id);
      assert.equal(paid.status, 'succeeded');
      assert.equal(paid.latest_charge, intent.latest_charge);
    });

    it('may fail after all', async () => {
      const intent = await stripe.paymentIntents.create(PAYMENT);
      await bank.control('POST', `/payment_intents/${intent.id}/settlement`, { outcome: 'fail' });
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'requires_payment_method');
    });
  });

  describe('amounts', () => {
    const create = (amount: number, currency: string) =>
      stripe.paymentIntents.create({ amount, currency, allowed_payment_method_types: ['card'] });

    it('have a minimum in each currency (M1)', async () => {
      for (const [minimum, currency] of [
        [50, 'usd'],
        [30, 'gbp'],
        [50, 'eur'],
        [50, 'jpy'],
        [17_500, 'huf'],
      ] as const) {
        assert.equal((await failure(create(minimum - 1, currency))).code, 'amount_too_small');
        assert.equal((await create(minimum, currency)).amount, minimum);
      }
    });

    it('end in a zero with three decimals, and in two where the bank invents decimals (M1, M2)', async () => {
      for (const [wrong, right, currency] of [
        [5124, 5120, 'kwd'],
        [550, 500, 'isk'],
        [5050, 5000, 'ugx'],
      ] as const) {
        assert.equal((await failure(create(wrong, currency))).param, 'amount');
        assert.equal((await create(right, currency)).amount, right);
      }
    });

    it('are whole, positive, and in a currency', async () => {
      for (const [amount, currency] of [
        [0, 'usd'],
        [-5, 'usd'],
        [10.5, 'usd'],
        [1000, 'xyz'],
        [100_000_000, 'usd'],
      ] as const)
        assert.equal((await failure(create(amount, currency))).statusCode, 400);
    });
  });

  describe('requests', () => {
    it('with an unknown parameter are refused by its name', async () => {
      const misspelt = { amount: 1000, currency: 'usd', ammount: 5 };
      const error = await failure(stripe.paymentIntents.create(misspelt));
      assert.deepEqual([error.code, error.param], ['parameter_unknown', 'ammount']);
    });

    it('for what is not there get 404 and the request id', async () => {
      const error = await failure(stripe.paymentIntents.retrieve('pi_nothing'));
      assert.deepEqual([error.statusCode, error.code, error.param], [404, 'resource_missing', 'id']);
      assert.match(error.requestId ?? '', /^req_/);
    });

    it('may not expand what is not a reference', async () => {
      await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
      const error = await failure(stripe.paymentIntents.list({ expand: ['data.amount'] }));
      assert.match(error.message, /cannot be expanded \(amount\)/);
    });

    it('carry metadata that is merged, and emptied key by key', async () => {
      const intent = await stripe.paymentIntents.create({
        amount: 1000,
        currency: 'usd',
        metadata: { a: '1', b: '2' },
      });
      const updated = await stripe.paymentIntents.update(intent.id, {
        metadata: { a: '', c: "it's & + = %" },
      });
      assert.deepEqual(updated.metadata, { b: '2', c: "it's & + = %" });
    });

    it('list newest first, page by page, forwards and back', async () => {
      const ids: string[] = [];
      for (let amount = 1000; amount < 1007; amount++)
        ids.unshift((await stripe.paymentIntents.create({ amount, currency: 'usd' })).id);
      const all = await stripe.paymentIntents.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
      assert.deepEqual(
        all.map(({ id }) => id),
        ids,
      );
      const back = await stripe.paymentIntents.list({ limit: 2, ending_before: ids[4] ?? '' });
      assert.deepEqual(
        back.data.map(({ id }) => id),
        ids.slice(2, 4),
      );
      assert.equal(back.has_more, true);
    });

    it('search by metadata and more, as soon as the index has caught up', async () => {
      const metadata = { bookingId: 'bkg_7' };
      const paid = await stripe.paymentIntents.create({ ...PAYMENT, metadata });
      const open = await stripe.paymentIntents.create({ amount: 999, currency: 'usd', metadata });
      const search = async (query: string) =>
        (await stripe.paymentIntents.search({ query })).data.map(({ id }) => id);
      assert.deepEqual(await search("metadata['bookingId']:'bkg_7'"), [open.id, paid.id]);
      assert.deepEqual(await search('metadata["bookingId"]:"bkg_7" AND status:"succeeded"'), [paid.id]);
      assert.deepEqual(await search("amount<1000 OR currency:'eur'"), [open.id]);
      assert.deepEqual(await search("-status:'succeeded'"), [open.id]);
      assert.equal((await failure(search('nonsense'))).statusCode, 400);
      await bank.control('POST', '/settings', { searchLagSeconds: 60 });
      assert.deepEqual(await search("metadata['bookingId']:'bkg_7'"), []);
      await bank.control('POST', '/clock', { advanceSeconds: 61 });
      await eventually(async () => (await search("metadata['bookingId']:'bkg_7'")).length === 2);
    });
  });

  describe('customers', () => {
    it('keep their payment methods, which pay for nobody else', async () => {
      const customer = await stripe.customers.create({
        email: 'ada@example.com',
        metadata: { userId: 'usr_1' },
      });
      const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
      const { data } = await stripe.customers.listPaymentMethods(customer.id);
      assert.deepEqual(
        data.map(({ id }) => id),
        [method.id],
      );
      const stranger = await failure(stripe.paymentIntents.create({ ...PAYMENT, payment_method: method.id }));
      assert.equal(stranger.param, 'payment_method');
      const paid = await stripe.paymentIntents.create({
        ...PAYMENT,
        payment_method: method.id,
        customer: customer.id,
      });
      assert.equal(paid.customer, customer.id);
      await stripe.customers.del(customer.id);
      assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
    });

    it('use test numbers only', async () => {
      const card = (number: string) =>
        stripe.paymentMethods.create({
          type: 'card',
          card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
        });
      assert.equal((await card('4242424242424242')).card?.brand, 'visa');
      assert.equal((await failure(card('4111111111111112'))).code, 'incorrect_number');
    });
  });
});
