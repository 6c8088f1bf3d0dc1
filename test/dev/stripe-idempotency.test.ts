import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { failure, openBank, PAYMENT } from './stripe-fixture.ts';

const DAY_SECONDS = 86_400;

describe('the simulated bank: idempotency', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const idempotencyKey = 'bkg_1:pay:1';
  const pay = (change: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({ ...PAYMENT, ...change }, { idempotencyKey });
  const intents = async () => (await stripe.paymentIntents.list()).data.length;
  const fault = (kind: string, change: object = {}) =>
    bank.control('POST', '/faults', {
      rules: [{ kind, match: { method: 'POST', path: '/v1/*' }, ...change }],
    });

  it('answers a repeated request with its first answer, word for word', async () => {
    const first = await pay();
    await stripe.refunds.create({ payment_intent: first.id });
    const second = await pay();
    assert.deepEqual(second, first);
    assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
    assert.equal(second.lastResponse.headers['original-request'], first.lastResponse.requestId);
    assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined);
    assert.equal(await intents(), 1);
  });

  it('repeats a decline without a second attempt', async () => {
    const decline = () => failure(pay({ payment_method: 'pm_card_chargeDeclined' }));
    const [first, second] = [await decline(), await decline()];
    assert.equal(second.payment_intent?.id, first.payment_intent?.id);
    assert.equal((await stripe.charges.list()).data.length, 1);
  });

  it('refuses the same key with other parameters', async () => {
    await pay();
    const error = await failure(pay({ amount: 999 }));
    assert.deepEqual([error.type, error.statusCode], ['StripeIdempotencyError', 400]);
  });

  it('refuses the same key at another endpoint', async () => {
    const { id } = await pay();
    const error = await failure(stripe.paymentIntents.cancel(id, {}, { idempotencyKey }));
    assert.equal(error.type, 'StripeIdempotencyError');
  });

  it('lets two requests with one key run only one after the other', async () => {
    await fault('latency', { delayMs: 200, times: 2 });
    const outcomes = await Promise.allSettled([pay(), pay()]);
    const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    const [refused] = refusals as Stripe.errors.StripeError[];
    assert.equal(refusals.length, 1);
    assert.deepEqual([refused?.statusCode, refused?.code], [409, 'idempotency_key_in_use']);
    assert.equal(await intents(), 1);
  });

  it('forgets what failed validation', async () => {
    await failure(pay({ amount: 1 }));
    assert.equal((await pay()).status, 'succeeded');
  });

  it('remembers what met the wrong state', async () => {
    const intent = await stripe.paymentIntents.create({
      ...PAYMENT,
      confirm: false,
      capture_method: 'manual',
    });
    const capture = () => failure(stripe.paymentIntents.capture(intent.id, {}, { idempotencyKey }));
    await capture();
    await stripe.paymentIntents.confirm(intent.id);
    assert.equal((await capture()).code, 'payment_intent_unexpected_state');
    assert.equal((await stripe.paymentIntents.capture(intent.id)).status, 'succeeded');
  });

  it('remembers for a day by its own clock', async () => {
    const first = await pay();
    await bank.control('POST', '/clock', { advanceSeconds: DAY_SECONDS - 60 });
    assert.equal((await pay()).id, first.id);
    await bank.control('POST', '/clock', { advanceSeconds: 60 });
    assert.notEqual((await pay()).id, first.id);
  });

  it('refuses a key that is too long', async () => {
    const error = await failure(stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'k'.repeat(256) }));
    assert.equal(error.statusCode, 400);
  });

  describe('under a fault', () => {
    it('keeps a 500 that had no effect, so that only another key helps', async () => {
      await fault('500_before');
      assert.equal((await failure(pay())).statusCode, 500);
      const replayed = await failure(pay());
      assert.deepEqual([replayed.statusCode, replayed.headers?.['idempotent-replayed']], [500, 'true']);
      assert.equal(await intents(), 0);
    });

    it('keeps a 500 that had its effect, which only a search finds', async () => {
      await fault('500_after');
      const metadata = { bookingId: 'bkg_1' };
      assert.equal((await failure(pay({ metadata }))).statusCode, 500);
      assert.equal((await failure(pay({ metadata }))).statusCode, 500);
      const { data } = await stripe.paymentIntents.search({ query: "metadata['bookingId']:'bkg_1'" });
      assert.deepEqual(
        data.map(({ status }) => status),
        ['succeeded'],
      );
    });

    it('gives the lost answer to who asks again', async () => {
      await fault('answer_lost', { times: 2 });
      const error = await failure(pay());
      assert.equal(error.type, 'StripeConnectionError');
      assert.equal((await pay()).lastResponse.headers['idempotent-replayed'], 'true');
      assert.equal(await intents(), 1);
    });

    it('gives a late answer twice over, when the client would not wait', async () => {
      await fault('answer_late', { delayMs: 600 });
      const options = { idempotencyKey, timeout: 100 };
      assert.equal(
        (await failure(stripe.paymentIntents.create(PAYMENT, options))).type,
        'StripeConnectionError',
      );
      assert.equal(await intents(), 1);
      assert.equal((await pay()).lastResponse.headers['idempotent-replayed'], 'true');
    });

    it('knows nothing of what was cut off before, or of too many requests', async () => {
      await fault('close', { times: 2 });
      assert.equal((await failure(pay())).type, 'StripeConnectionError');
      await fault('429');
      assert.equal((await failure(pay())).type, 'StripeRateLimitError');
      assert.equal(await intents(), 0);
      assert.equal((await pay()).lastResponse.headers['idempotent-replayed'], undefined);
    });

    it('strikes only what its rule matches, as often as the rule says', async () => {
      const match = { path: '/v1/payment_intents/*/cancel', idempotencyKey: 'bkg_1:*' };
      await bank.control('POST', '/faults', { rules: [{ kind: '429', match }] });
      const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
      const cancel = (key: string) => stripe.paymentIntents.cancel(id, {}, { idempotencyKey: key });
      assert.equal((await failure(cancel('bkg_1:void:1'))).statusCode, 429);
      assert.equal((await cancel('bkg_1:void:1')).status, 'canceled');
    });

    it('strikes by the same chance for the same seed', async () => {
      const drawn = async () => {
        const rules = [{ kind: '429', times: 1000, probability: 0.5 }];
        await bank.control('POST', '/reset', { seed: 7 });
        await bank.control('POST', '/faults', { rules });
        const outcomes: boolean[] = [];
        for (let n = 0; n < 20; n++)
          outcomes.push(
            await stripe.balance.retrieve().then(
              () => true,
              () => false,
            ),
          );
        return outcomes;
      };
      const first = await drawn();
      assert.deepEqual(await drawn(), first);
      assert.ok(first.includes(true) && first.includes(false));
    });
  });
});
