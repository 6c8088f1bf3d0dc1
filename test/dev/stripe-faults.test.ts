import assert from 'node:assert/strict';
import Stripe from 'stripe';
import type { Forecast } from '#dev/stripe/controls/faults.ts';
import type { TestBank } from './stripe-fixture.ts';
import { eventually, failure, openBank, openReceiver, PAYMENT, SECRET } from './stripe-fixture.ts';

const PAYMENTS = 20;
/** Enough to tell one weather from another. */
const FEW_PAYMENTS = 8;
const MOST_TRIES = 50;
/** Everything that may happen to a request, each now and then. */
const STORM = [
  { kind: 'latency', probability: 0.15, delayMs: 1 },
  { kind: '429', probability: 0.15 },
  { kind: '500_before', probability: 0.15 },
  { kind: '500_after', probability: 0.15 },
  { kind: 'answer_lost', probability: 0.15 },
  { kind: 'close', probability: 0.15 },
].map((rule) => ({ ...rule, match: { method: 'POST', path: '/v1/payment_intents' }, times: 'always' }));

describe('the simulated bank: faults', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const faults = async (method: 'DELETE' | 'GET' | 'POST', path = '', input?: object) =>
    (await bank.control(method, `/faults${path}`, input)) as Forecast;
  const patient = () =>
    new Stripe('sk_test_stayward', {
      host: '127.0.0.1',
      port: bank.port,
      protocol: 'http',
      maxNetworkRetries: 1,
      telemetry: false,
    });

  /** As a careful client does it: the same key while nothing is known, and a look before another one. */
  async function payOnce(bookingId: string): Promise<string[]> {
    const story: string[] = [];
    for (let attempt = 1; story.length < MOST_TRIES;) {
      const idempotencyKey = `${bookingId}:pay:${attempt}`;
      try {
        await stripe.paymentIntents.create({ ...PAYMENT, metadata: { bookingId } }, { idempotencyKey });
        return [...story, 'paid'];
      } catch (error) {
        assert.ok(error instanceof Stripe.errors.StripeError, String(error));
        story.push(error.type);
        if (error.statusCode !== 500) continue;
        const query = `metadata['bookingId']:'${bookingId}'`;
        if ((await stripe.paymentIntents.search({ query })).data.length > 0) return [...story, 'found'];
        attempt++;
      }
    }
    assert.fail(`${bookingId} was not paid in ${MOST_TRIES} tries`);
  }

  async function payments(count: number): Promise<string[][]> {
    const stories: string[][] = [];
    for (let n = 0; n < count; n++) stories.push(await payOnce(`bkg_${n}`));
    return stories;
  }

  async function weather(seed: number): Promise<{ stories: string[][]; struck: Forecast['struck'] }> {
    await bank.control('POST', '/reset', {});
    await faults('POST', '', { seed, rules: STORM });
    const stories = await payments(FEW_PAYMENTS);
    return { stories, struck: (await faults('GET')).struck };
  }

  it('of every kind at once leave each payment made once, to a client that takes care (M24, M25)', async () => {
    await faults('POST', '', { seed: 9, rules: STORM });
    await payments(PAYMENTS);
    const { struck } = await faults('GET');
    assert.deepEqual(Object.keys(struck).sort(), STORM.map(({ kind }) => kind).sort());
    const paid = await stripe.paymentIntents.list().autoPagingToArray({ limit: 1000 });
    assert.deepEqual(
      paid.map(({ metadata, status }) => [metadata.bookingId, status]).reverse(),
      Array.from({ length: PAYMENTS }, (_, n) => [`bkg_${n}`, 'succeeded']),
    );
  });

  it('are the same for the same seed, whatever happens to webhooks meanwhile, and others for another', async () => {
    const first = await weather(11);
    assert.deepEqual(await weather(11), first);
    assert.notDeepEqual((await weather(12)).stories, first.stories);
    await using receiver = await openReceiver();
    const quiet = bank;
    await using watched = await openBank({ webhook: { url: receiver.url, secrets: [SECRET] } });
    [bank, stripe] = [watched, watched.stripe];
    await faults('POST', '', {
      seed: 11,
      rules: [{ kind: 'duplicate', probability: 0.5, times: 'always' }, ...STORM],
    });
    const stories = await payments(FEW_PAYMENTS);
    const { duplicate = 0 } = (await faults('GET')).struck;
    [bank, stripe] = [quiet, quiet.stripe];
    assert.deepEqual(stories, first.stories);
    assert.ok(duplicate > 0 && duplicate < 3 * FEW_PAYMENTS);
  });

  it('stay away while they are off, and are counted while they are on', async () => {
    await faults('POST', '', { rules: [{ kind: '429', times: 'always' }] });
    assert.equal((await failure(stripe.balance.retrieve())).statusCode, 429);
    assert.equal((await faults('POST', '/off')).on, false);
    assert.equal((await stripe.balance.retrieve()).object, 'balance');
    await faults('POST', '/on');
    assert.equal((await failure(stripe.balance.retrieve())).statusCode, 429);
    const { rules, struck } = await faults('GET');
    assert.deepEqual([rules.length, struck], [1, { 429: 2 }]);
    assert.deepEqual((await faults('POST', '', { seed: 3, rules: [] })).struck, {});
    assert.deepEqual((await faults('DELETE')).rules, []);
  });

  it('say when to try again, which the client obeys', async () => {
    await faults('POST', '', { rules: [{ kind: '429', retryAfterSeconds: 1, shouldRetry: true }] });
    assert.equal((await patient().balance.retrieve()).object, 'balance');
    await faults('POST', '', { rules: [{ kind: '500_before', shouldRetry: false, times: 2 }] });
    const broken = await failure(patient().balance.retrieve());
    assert.equal(broken.headers?.['stripe-should-retry'], 'false');
    assert.equal((await faults('GET')).rules.length, 1);
  });

  it('without advice leave a 429 alone, as the client does', async () => {
    await faults('POST', '', { rules: [{ kind: '429' }] });
    const error = await failure(patient().balance.retrieve());
    assert.deepEqual([error.type, error.headers?.['retry-after']], ['StripeRateLimitError', undefined]);
  });

  it('of webhooks lose none of them for good (W1, W2)', async () => {
    await using receiver = await openReceiver();
    await using watched = await openBank({ webhook: { url: receiver.url, secrets: [SECRET] } });
    const rules = ['duplicate', 'delay', 'reorder', 'drop'].map((kind) => ({
      kind,
      probability: 0.3,
      times: 'always',
      delayMs: 20,
    }));
    await watched.control('POST', '/faults', { seed: 5, rules });
    for (let n = 0; n < 20; n++) await watched.stripe.paymentIntents.create(PAYMENT);
    await eventually(
      async () => (await watched.stripe.events.list({ delivery_success: false })).data.length === 0,
    );
    const { struck } = (await watched.control('GET', '/faults')) as Forecast;
    assert.deepEqual(Object.keys(struck).sort(), ['delay', 'drop', 'duplicate', 'reorder']);
    assert.equal(new Set(receiver.events.map(({ id }) => id)).size, 60);
    assert.equal(receiver.events.length, 60 + (struck.duplicate ?? 0));
  });
});
