import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { PAGE_MS, useWitnessedPage } from '../support/witness.ts';
import type { Receiver, TestBank } from './stripe-fixture.ts';
import { eventually, openBank, openReceiver, PAYMENT, SECRET } from './stripe-fixture.ts';

const HOUR_SECONDS = 3600;

describe('the simulated bank: its pages', function () {
  this.timeout(2 * PAGE_MS);
  const { page, seen } = useWitnessedPage();
  let receiver: Receiver;
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    receiver = await openReceiver();
    bank = await openBank({ webhook: { url: receiver.url, secrets: [SECRET] } });
    stripe = bank.stripe;
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    // The browser notes in its console, too, that a control was refused.
    const isRefusal = (complaint: string) => complaint.includes('the server responded with a status of 400');
    const complaints = seen().complaints.filter((complaint) => !isRefusal(complaint));
    assert.deepEqual(complaints, []);
  });

  const open = () => page().goto(`${bank.url}/_sim`);
  const row = (id: string) => page().locator(`[id="${id}"]`);
  /** Presses a button, and waits for the page that it leads to: one on its way would be in the way of what comes next. */
  const press = async (id: string, name: string) => {
    const isThere = page().waitForEvent('load');
    await row(id).getByRole('button', { name, exact: true }).click();
    await isThere;
  };
  const says = async (id: string, ...facts: string[]) => {
    const text = await row(id).innerText();
    for (const fact of facts) assert.ok(text.includes(fact), `${text} does not say ${fact}`);
  };
  const pay = (change: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({ ...PAYMENT, metadata: { bookingId: 'bkg_1' }, ...change });

  it('shows what the bank has, whole in itself', async () => {
    const paid = await pay();
    const charge = paid.latest_charge as string;
    const refund = await stripe.refunds.create({ charge, amount: 300 });
    const setup = await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
    await eventually(async () => (await stripe.events.list({ delivery_success: false })).data.length === 0);
    await open();
    await says(paid.id, 'bkg_1', 'GBP 123.00', 'succeeded');
    await says(charge, paid.id, 'GBP 3.00');
    await says(refund.id, charge, 'GBP 3.00', 'succeeded');
    await says(setup.id, 'requires payment method');
    await says('balance', 'GBP -3.00', 'GBP 119.13');
    const [event] = (await stripe.events.list({ type: 'payment_intent.succeeded' })).data;
    await says(event?.id ?? '', 'payment_intent.succeeded', paid.id, 'delivered');
    assert.deepEqual(seen().origins(), [bank.url]);
  });

  it('shows what customers wrote as text', async () => {
    const { id } = await pay({ metadata: { bookingId: '<b onclick="x()">"&' } });
    await open();
    await says(id, '<b onclick="x()">"&');
  });

  it('moves the clock, of all the bank or of one booking', async () => {
    const { id } = await pay({ capture_method: 'manual' });
    await open();
    await press('clock', '1 hour');
    assert.match(await page().locator('header').innerText(), /, 1 hour ahead/);
    await page().getByLabel('Booking').fill('bkg_1');
    await press('clock', '1 week');
    await says('clock', 'bookingId=bkg_1', '7 days ahead');
    assert.equal((await stripe.paymentIntents.retrieve(id)).status, 'canceled');
    const { clockOffsetSeconds } = (await bank.control('GET', '')) as { clockOffsetSeconds: number };
    assert.equal(clockOffsetSeconds, HOUR_SECONDS);
  });

  it('passes a challenge for the payer', async () => {
    const { id } = await pay({ payment_method: 'pm_card_authenticationRequired' });
    await open();
    await press(id, 'Pass challenge');
    await says(id, 'succeeded');
    assert.equal(await row(id).getByRole('button').count(), 0);
  });

  it('asks a cardholder elsewhere whether a card may be kept, once', async () => {
    const { id, next_action: action } = await stripe.setupIntents.create({
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      allowed_payment_method_types: ['card'],
      confirm: true,
    });
    const address = action?.redirect_to_url?.url ?? '';
    const heading = () => page().getByRole('heading', { level: 1 }).innerText();
    await page().goto(address);
    assert.equal(await heading(), 'Is it you who saves this card?');
    const facts = await page().locator('dl').innerText();
    for (const fact of ['VISA ending in 3155', 'Charges while you are away'])
      assert.ok(facts.includes(fact), `${facts} does not say ${fact}`);
    await page().getByRole('button', { name: 'Save card' }).click();
    assert.equal(await heading(), 'Card saved');
    assert.equal((await stripe.setupIntents.retrieve(id)).status, 'succeeded');
    await page().goto(address);
    assert.match(await page().getByRole('status').innerText(), /has been answered/);
    assert.equal(await page().getByRole('button').count(), 0);
  });

  it('opens a dispute, and wins or loses it', async () => {
    const charges = [(await pay()).latest_charge as string, (await pay()).latest_charge as string];
    await open();
    for (const [index, verdict] of ['Win', 'Lose'].entries()) {
      const charge = charges[index] ?? '';
      await press(charge, 'Dispute');
      await says(charge, 'disputed');
      const [dispute] = (await stripe.disputes.list({ charge })).data;
      await press(dispute?.id ?? '', verdict);
      await says(dispute?.id ?? '', verdict === 'Win' ? 'won' : 'lost');
    }
  });

  it('leads an inquiry to a chargeback', async () => {
    const charge = (await pay()).latest_charge as string;
    await open();
    await press(charge, 'Inquire');
    const [dispute] = (await stripe.disputes.list({ charge })).data;
    await says(dispute?.id ?? '', 'warning needs response');
    await press(dispute?.id ?? '', 'Escalate');
    assert.equal((await stripe.disputes.retrieve(dispute?.id ?? '')).status, 'needs_response');
  });

  it('makes a refund as in the dashboard, and fails it', async () => {
    const charge = (await pay()).latest_charge as string;
    await open();
    await press(charge, 'Refund');
    const [refund] = (await stripe.refunds.list({ charge })).data;
    await press(refund?.id ?? '', 'Fail');
    await says(refund?.id ?? '', 'failed', 'expired or canceled card');
    assert.equal((await stripe.charges.retrieve(charge)).amount_refunded, 0);
  });

  it('says why it can not do what it is asked for', async () => {
    const charge = (await pay()).latest_charge as string;
    await open();
    await stripe.refunds.create({ charge });
    await press(charge, 'Dispute');
    assert.match(await page().getByRole('alert').innerText(), /fully refunded charge cannot be disputed/);
    await page().getByRole('link', { name: 'Back to the bank' }).click();
    await says(charge, 'GBP 123.00');
  });

  it('pauses webhooks, shows which wait, and sends them on', async () => {
    await open();
    await press('webhooks', 'Pause');
    await pay();
    await page().reload();
    await says('webhooks', 'Waiting to be delivered: 3, while they are paused');
    const [event] = (await stripe.events.list()).data;
    await says(event?.id ?? '', 'waiting');
    await press('webhooks', 'Resume');
    await eventually(() => receiver.events.length === 3);
  });

  it('adds faults, counts them, and turns them off', async () => {
    await open();
    await page().getByLabel('Kind of fault').selectOption('429');
    await press('faults', 'Add');
    await says('rule-1', '429', 'anything', '100 %');
    await press('faults', 'Turn off');
    assert.equal((await stripe.balance.retrieve()).object, 'balance');
    await press('faults', 'Turn on');
    await assert.rejects(stripe.balance.retrieve());
    await page().reload();
    await says('faults', 'On, seed 1', '429 1');
    assert.equal(await row('rule-1').count(), 0);
  });

  it('shows the newest, and says how many there are', async () => {
    for (let n = 0; n < 21; n++) await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
    await open();
    await says('setup_intents', 'newest 20 of 21');
    assert.equal(await page().locator('#setup_intents tbody tr').count(), 20);
  });

  it('is for people: a program at the same address reads JSON', async () => {
    const answer = await fetch(`${bank.url}/_sim`);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.ok('counts' in ((await answer.json()) as object));
    const asCurlDoes = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = JSON.stringify({ advanceSeconds: HOUR_SECONDS });
    const moved = await fetch(`${bank.url}/_sim/clock`, { method: 'POST', headers: asCurlDoes, body });
    assert.ok('now' in ((await moved.json()) as object));
  });
});
