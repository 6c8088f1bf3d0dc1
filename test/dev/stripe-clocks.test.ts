import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { openBank, PAYMENT } from './stripe-fixture.ts';

const DAY_SECONDS = 86_400;

describe('the simulated bank: the clock of a booking', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const advance = async (bookingId: string, days: number, at = bank) =>
    (await at.control('POST', `/clocks/${bookingId}`, { advanceSeconds: days * DAY_SECONDS })) as {
      now: number;
    };
  const pay = (bookingId: string, change: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({ ...PAYMENT, metadata: { bookingId }, ...change });
  const hold = (bookingId: string) => pay(bookingId, { capture_method: 'manual' });
  const statusOf = async ({ id }: Stripe.PaymentIntent) => (await stripe.paymentIntents.retrieve(id)).status;
  /** Within what a test may take, in seconds: real time goes on. */
  const isAbout = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) <= 60);

  it('lets the holds of one booking lapse, and of no other', async () => {
    const [moved, still] = [await hold('bkg_1'), await hold('bkg_2')];
    await advance('bkg_1', 6.9);
    assert.equal(await statusOf(moved), 'requires_capture');
    await advance('bkg_1', 0.1);
    assert.deepEqual([await statusOf(moved), await statusOf(still)], ['canceled', 'requires_capture']);
  });

  it('is the clock of what comes later, to the last day of a hold', async () => {
    const { now } = await advance('bkg_1', 30);
    const intent = await hold('bkg_1');
    const { payment_method_details: details, created } = await stripe.charges.retrieve(
      intent.latest_charge as string,
    );
    isAbout(intent.created, now);
    isAbout(created, now);
    isAbout(details?.card?.capture_before ?? 0, now + 7 * DAY_SECONDS);
    const saving = { allowed_payment_method_types: ['card'] as ['card'], metadata: { bookingId: 'bkg_1' } };
    isAbout((await stripe.setupIntents.create(saving)).created, now);
    const { data } = await stripe.events.list({ types: ['payment_intent.created', 'setup_intent.created'] });
    for (const event of data) isAbout(event.created, now);
    assert.equal(data.length, 2);
  });

  it('is the clock of its refunds, its disputes and its money', async () => {
    await bank.control('POST', '/settings', { refunds: 'pending', refundSeconds: 3600 });
    const charge = async (bookingId: string) => (await pay(bookingId)).latest_charge as string;
    const [given, disputed, still] = [await charge('bkg_1'), await charge('bkg_1'), await charge('bkg_2')];
    const refunds = [
      await stripe.refunds.create({ charge: given, amount: 300 }),
      await stripe.refunds.create({ charge: still, amount: 300 }),
    ];
    const opened = (await bank.control('POST', `/charges/${disputed}/dispute`, {})) as Stripe.Dispute;
    await advance('bkg_1', 9);
    const settled = await Promise.all(refunds.map(({ id }) => stripe.refunds.retrieve(id)));
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['succeeded', 'pending'],
    );
    assert.equal((await stripe.disputes.retrieve(opened.id)).status, 'lost');
    const entries = await stripe.balanceTransactions.list({ type: 'charge' });
    assert.deepEqual(
      entries.data.map(({ source, status }) => [source, status]),
      [
        [still, 'pending'],
        [disputed, 'available'],
        [given, 'available'],
      ],
    );
    const late = await stripe.refunds.create({ charge: given, amount: 100, expand: ['balance_transaction'] });
    assert.equal((late.balance_transaction as Stripe.BalanceTransaction).status, 'available');
    isAbout(late.created - opened.created, 9 * DAY_SECONDS);
  });

  it('goes to an instant, never back, and with the clock of the bank', async () => {
    const { now } = (await bank.control('GET', '/clocks/bkg_1')) as { now: number };
    const day = (days: number) => new Date((now + days * DAY_SECONDS) * 1000).toISOString();
    const go = async (advanceTo: string) =>
      (await bank.control('POST', '/clocks/bkg_1', { advanceTo })) as { now: number };
    isAbout((await go(day(10))).now, now + 10 * DAY_SECONDS);
    isAbout((await go(day(3))).now, now + 10 * DAY_SECONDS);
    await bank.control('POST', '/clock', { advanceSeconds: DAY_SECONDS });
    isAbout(((await bank.control('GET', '/clocks/bkg_1')) as { now: number }).now, now + 11 * DAY_SECONDS);
    isAbout(((await bank.control('GET', '/clocks/bkg_2')) as { now: number }).now, now + DAY_SECONDS);
  });

  it('asks for one way to go', async () => {
    for (const input of [
      {},
      { advanceSeconds: 1, advanceTo: new Date().toISOString() },
      { advanceSeconds: -1 },
    ])
      await assert.rejects(bank.control('POST', '/clocks/bkg_1', input), assert.AssertionError);
  });

  it('outlives a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stayward-bank-'));
    const first = await openBank({ directory });
    const { now } = await advance('bkg_1', 5, first);
    await first[Symbol.asyncDispose]();
    {
      await using second = await openBank({ directory });
      isAbout(((await second.control('GET', '/clocks/bkg_1')) as { now: number }).now, now);
    }
    await rm(directory, { recursive: true, force: true });
  });
});
