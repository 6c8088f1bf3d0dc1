import assert from 'node:assert/strict';
import { formatMoney } from '#domain/money.ts';
import { useWorld } from '../support/journeys.ts';
import type { Wire } from '../support/people.ts';
import { PAGE_MS, useWitnessedPage } from '../support/witness.ts';

describe('the challenge page of the bank', function () {
  this.timeout(2 * PAGE_MS);
  const world = useWorld();
  const { page, seen } = useWitnessedPage();

  /** A guest holds a stay, pays with a card that asks, and opens the page it names. */
  async function challenged(): Promise<Wire> {
    const { booking, guest } = await world().held();
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_authenticationRequired' };
    await guest.must(201, guest.post('/payments', pay));
    const { payment } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    assert.equal(payment.status, 'requires_action');
    await page().goto(payment.nextActionUrl);
    return booking;
  }

  const heading = () => page().getByRole('heading', { level: 1 }).innerText();
  const press = (name: string) => page().getByRole('button', { name }).click();

  it('says what is paid, to whom, for what and by which card', async () => {
    const booking = await challenged();
    assert.equal(await heading(), 'Is it you who pays?');
    const facts = await page().locator('dl').innerText();
    for (const fact of [formatMoney(booking.total), 'Stayward', booking.id, 'VISA ending in 3184'])
      assert.ok(facts.includes(fact), `${facts} does not say ${fact}`);
    assert.ok((await page().locator('footer').innerText()).includes('no money moves'));
    assert.deepEqual(seen().origins(), [world().stack.addresses.stripeApiBase]);
    assert.deepEqual(seen().complaints, []);
  });

  it('pays when it is approved', async () => {
    const booking = await challenged();
    await press('Approve payment');
    assert.equal(await heading(), 'Payment approved');
    const intent = await world().bank.intentOf(booking.id);
    assert.deepEqual([intent.status, intent.amount_received], ['succeeded', booking.total.amount]);
    assert.deepEqual(seen().complaints, []);
  });

  it('leaves the payment to be tried again when it is declined', async () => {
    const booking = await challenged();
    await press('Decline');
    assert.equal(await heading(), 'Payment declined');
    const intent = await world().bank.intentOf(booking.id);
    assert.deepEqual([intent.status, intent.amount_received], ['requires_payment_method', 0]);
    assert.equal(intent.last_payment_error?.code, 'payment_intent_authentication_failure');
    assert.deepEqual(seen().complaints, []);
  });

  it('asks once, and from then on tells how it ended', async () => {
    await challenged();
    const address = page().url();
    await press('Approve payment');
    await page().goto(address);
    assert.equal(await heading(), 'Payment approved');
    assert.match(await page().getByRole('status').innerText(), /has been answered/);
    assert.equal(await page().getByRole('button').count(), 0);
  });
});
