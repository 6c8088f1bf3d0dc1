import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { webhookEndpoints } from '#api/webhooks/routes.ts';
import { createStripeBank } from '#gateways/stripe.ts';
import { useLocalApi } from '../support/api.ts';
import { useWorld } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { stayRequest } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

describe('the bank’s webhooks', () => {
  const world = useWorld();

  /** A held booking, paid in the browser, of which the bank has told nobody yet; and what it has to tell. */
  async function paidInSilence() {
    const journey = await world().held();
    await world().bank.control('POST', '/webhooks/pause');
    assert.equal(await world().bank.payInBrowser(journey.booking.payment.clientSecret), 200);
    const intent = await world().bank.intentOf(journey.booking.id);
    const [succeeded] = await world().bank.eventsAbout(intent.id, 'payment_intent.succeeded');
    assert.ok(succeeded);
    return { ...journey, intent, succeeded };
  }

  const inInbox = (id: string) => world().db('bank_events').where({ id });

  it('are taken once, however often an event comes (W1)', async () => {
    const { booking, guest, succeeded } = await paidInSilence();
    for (const attempt of [1, 2, 3])
      assert.equal(await world().bank.deliver(succeeded), 200, `attempt ${attempt}`);
    await world().sees(guest, booking.id, 'confirmed');
    const together = Array.from({ length: 10 }, () => world().bank.deliver(succeeded));
    assert.deepEqual(new Set(await Promise.all(together)), new Set([200]));
    await world().bank.control('POST', '/webhooks/resume');
    await world().bankIsHeard();
    assert.equal((await inInbox(succeeded.id)).length, 1);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });

  it('may come in any order: what the bank says now is what counts (W2)', async () => {
    const { booking, guest } = await world().booked({ paymentMethodId: 'pm_card_authenticationRequired' });
    await world().bankIsHeard();
    await world().bank.control('POST', '/webhooks/pause');
    await world().bank.passChallenge(booking.payment.nextActionUrl, 'fail');
    assert.equal(await world().bank.payInBrowser(booking.payment.nextActionUrl.split('/').at(-1)), 200);
    const intent = await world().bank.intentOf(booking.id);
    const events = await world().bank.eventsAbout(intent.id);
    assert.deepEqual(
      events.map(({ type }) => type.split('.')[1]),
      ['created', 'requires_action', 'payment_failed', 'succeeded'],
    );
    for (const event of events.reverse()) assert.equal(await world().bank.deliver(event), 200);
    await world().sees(guest, booking.id, 'confirmed');
    await until('all of them are handed on', async () => {
      const left = await world().db('bank_events').whereNull('delivered_at').where({ object_id: intent.id });
      return left.length === 0;
    });
    const payment = await guest.must(200, guest.get(`/payments/${booking.payment.id}`));
    assert.deepEqual([payment.status, payment.failure], ['posted', undefined]);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });

  it('may be faster than our own commit (W2)', async () => {
    const { property } = await world().home();
    const guest = await world().person();
    const create = { method: 'POST', path: '/v1/payment_intents' };
    await world().bank.misbehave({ kind: 'answer_late', match: create, delayMs: 2_000 });
    const answer = guest.post('/bookings', stayRequest({ propertyId: property.id }));
    await world().recorded(guest.id);
    const { id } = (await guest.get('/bookings')).body.data[0];
    await until('the news is handed to the booking', async () => {
      const event = await world()
        .db('bank_events')
        .where({ kind: 'payment_intent.succeeded', delivered_to: `booking:${id}` })
        .first();
      return event !== undefined;
    });
    assert.equal((await guest.get(`/bookings/${id}`)).body.status, 'held');
    assert.equal((await guest.must(201, answer)).status, 'confirmed');
    assert.equal((await movementsOf(world().db, id)).length, 1);
  });

  it('may be three days late (W3)', async () => {
    const { booking, guest, succeeded } = await paidInSilence();
    const created = succeeded.created - 3 * 86_400;
    assert.equal(await world().bank.deliver({ ...succeeded, id: 'evt_late', created }), 200);
    await world().sees(guest, booking.id, 'confirmed');
  });

  it('about what is not ours are taken and change nothing (W4)', async () => {
    const { booking, guest, succeeded, intent } = await paidInSilence();
    const { metadata } = intent;
    const strangers = [
      {},
      { bookingId: 'bkg_00000000000000000000000000', paymentId: 'pay_00000000000000000000000000' },
      { bookingId: "'; drop table bookings; --", paymentId: '../../etc/passwd' },
      { bookingId: metadata.bookingId },
      { refundId: 'ref_00000000000000000000000000' },
    ];
    for (const [index, others] of strangers.entries()) {
      const object = { ...intent, id: `pi_stranger_${index}`, metadata: others };
      const event = { ...succeeded, id: `evt_stranger_${booking.id}_${index}`, data: { object } };
      assert.equal(await world().bank.deliver(event), 200);
      await until('it is put away', async () => {
        return (await inInbox(event.id))[0].delivered_to === 'nobody';
      });
    }
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'held');
  });

  it('of another mode than ours are taken and put away (M29)', async () => {
    const { booking, guest, succeeded } = await paidInSilence();
    const event = { ...succeeded, id: `evt_of_other_mode_${booking.id}`, livemode: true };
    assert.equal(await world().bank.deliver(event), 200);
    const [kept] = await inInbox(event.id);
    assert.equal(kept.delivered_to, 'another mode');
    // What comes after it is handed on, so it would have been.
    assert.equal(
      await world().bank.deliver({ ...succeeded, id: `evt_after_${booking.id}`, type: 'x.y' }),
      200,
    );
    await until('what comes after it is put away', async () => {
      return (await inInbox(`evt_after_${booking.id}`))[0].delivered_at !== null;
    });
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'held');
    assert.equal(await world().bank.deliver(succeeded), 200);
    await world().sees(guest, booking.id, 'confirmed');
  });

  it('of an unknown type are taken and put away (W5)', async () => {
    const { booking, guest, succeeded } = await paidInSilence();
    const event = { ...succeeded, id: `evt_unknown_${booking.id}`, type: 'payment_intent.teleported' };
    assert.equal(await world().bank.deliver(event), 200);
    await until('it is put away', async () => (await inInbox(event.id))[0].delivered_to === 'nobody');
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'held');
  });

  it('prove nothing by themselves: what is paid is read from the bank', async () => {
    const { booking, guest } = await world().held();
    const intent = await world().bank.intentOf(booking.id);
    const [created] = await world().bank.eventsAbout(intent.id);
    const object = { ...intent, status: 'succeeded', amount_received: intent.amount };
    const id = `evt_claim_${booking.id}`;
    const claim = { ...created, id, type: 'payment_intent.succeeded', data: { object } };
    assert.equal(await world().bank.deliver(claim), 200);
    await until('it is handed on', async () => (await inInbox(id))[0].delivered_at !== null);
    await guest.must(
      402,
      guest.post('/payments', { bookingId: booking.id, paymentMethodId: 'pm_card_chargeDeclined' }),
    );
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'held');
    assert.deepEqual(await movementsOf(world().db, booking.id), []);
  });

  it('that we took and did not live to answer are taken again (W7)', async () => {
    const { booking, guest, succeeded } = await paidInSilence();
    await deliverAndHangUp(succeeded);
    await world().sees(guest, booking.id, 'confirmed');
    assert.equal(await world().bank.deliver(succeeded), 200);
    assert.equal((await inInbox(succeeded.id)).length, 1);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });

  it('that are lost at first come again', async () => {
    await world().bank.misbehave({ kind: 'drop', match: { event: 'payment_intent.succeeded' } });
    const { booking, guest } = await world().held();
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    await world().sees(guest, booking.id, 'confirmed');
    assert.equal(await world().bank.faultsLeft(), 0);
  });

  /** The bytes arrive whole, and whoever sent them is gone before an answer comes. */
  async function deliverAndHangUp(event: { id: string }): Promise<void> {
    const body = JSON.stringify(event);
    const sending = httpRequest(`${world().api}/webhooks/stripe`, {
      method: 'POST',
      headers: {
        'content-length': Buffer.byteLength(body),
        'stripe-signature': world().bank.signatureOf(body),
      },
    });
    sending.on('error', () => undefined);
    sending.end(body);
    await until('the event is kept', async () => (await inInbox(event.id)).length === 1);
    sending.destroy();
  }

  describe('without the right signature (W6)', () => {
    const now = () => Math.floor(Date.now() / 1000);

    async function assertRefused(signature: string | undefined, body: string): Promise<void> {
      const id = (JSON.parse(body) as { id: string }).id;
      const response = await fetch(`${world().api}/webhooks/stripe`, {
        method: 'POST',
        headers: { ...(signature !== undefined && { 'stripe-signature': signature }) },
        body,
      });
      const problem = (await response.json()) as { code: string };
      assert.deepEqual([response.status, problem.code], [400, 'invalid_input']);
      assert.deepEqual(await inInbox(id), []);
    }

    it('are refused and not kept', async () => {
      const { booking, guest, succeeded } = await paidInSilence();
      const body = JSON.stringify(succeeded);
      const { bank } = world();
      const good = bank.signatureOf(body);
      const refused: (string | undefined)[] = [
        undefined,
        'nonsense',
        `t=${now()},v1=`,
        good.replace('v1=', 'v0='),
        good.replace(/t=\d+/, `t=${now() + 1}`),
        bank.signatureOf(body, { secrets: ['whsec_somebody_elses'] }),
        bank.signatureOf(`${body} `),
      ];
      for (const signature of refused) await assertRefused(signature, body);
      assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'held');
      assert.equal(await bank.deliver(body), 200);
      await world().sees(guest, booking.id, 'confirmed');
    });

    it('or with an old one, are refused; of five minutes ago is not too old', async () => {
      const { succeeded } = await paidInSilence();
      const body = JSON.stringify({ ...succeeded, id: `${succeeded.id}_old` });
      await assertRefused(world().bank.signatureOf(body, { at: now() - 3_600 }), body);
      assert.equal(await world().bank.deliver(body, { at: now() - 200 }), 200);
    });

    it('over other bytes than were sent are refused, over the very bytes taken, however they are spelt', async () => {
      const { booking, guest, succeeded } = await paidInSilence();
      const odd = JSON.stringify({ note: 'für später – 後で', ...succeeded }, null, 3).replace(
        'für',
        'f\\u00fcr',
      );
      await assertRefused(world().bank.signatureOf(JSON.stringify(JSON.parse(odd))), odd);
      assert.equal(await world().bank.deliver(odd), 200);
      await world().sees(guest, booking.id, 'confirmed');
    });
  });

  it('in the words of another version of the bank’s interface are taken for what they are about (W8)', async () => {
    const { booking, guest, succeeded, intent } = await paidInSilence();
    const { id, metadata, object } = intent;
    const oldWords = {
      id,
      metadata,
      object,
      status: 'paid_out',
      amount: '399.00',
      source: { brand: 'Visa' },
    };
    const event = { ...succeeded, id: `evt_old_${booking.id}`, api_version: '2011-01-01' };
    assert.equal(await world().bank.deliver({ ...event, data: { object: oldWords } }), 200);
    await world().sees(guest, booking.id, 'confirmed');
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });

  describe('of money that is not of our kind (M29)', () => {
    const secret = 'whsec_of_both';
    const live = createStripeBank({ secretKey: 'sk_live_x', webhookSecrets: [secret] });
    const test = createStripeBank({ secretKey: 'rk_test_x', webhookSecrets: [secret] });
    const apis = {
      live: useLocalApi(webhookEndpoints, { bank: live }),
      test: useLocalApi(webhookEndpoints, { bank: test }),
    };

    async function delivered(where: keyof typeof apis, livemode: boolean): Promise<unknown[]> {
      const id = `evt_${where}_${livemode}_${randomUUID()}`;
      const event = { id, object: 'event', type: 'payment_intent.succeeded', livemode, data: { object: {} } };
      const body = JSON.stringify(event);
      const headers = { 'stripe-signature': world().bank.signatureOf(body, { secrets: [secret] }) };
      const response = await fetch(`${apis[where]().url}/webhooks/stripe`, { method: 'POST', headers, body });
      await response.body?.cancel();
      const [kept] = await inInbox(id);
      return [response.status, kept.delivered_to === 'another mode'];
    }

    it('are kept as heard and handed to nobody, be they of play money in earnest or of real money in play', async () => {
      assert.deepEqual(await delivered('live', true), [200, false]);
      assert.deepEqual(await delivered('live', false), [200, true]);
      assert.deepEqual(await delivered('test', false), [200, false]);
      assert.deepEqual(await delivered('test', true), [200, true]);
    });
  });

  describe('while the secret is being rotated (W6)', () => {
    const bank = createStripeBank({ secretKey: 'sk_test_x', webhookSecrets: ['whsec_new', 'whsec_old'] });
    const api = useLocalApi(webhookEndpoints, { bank });

    async function delivered(secrets: string[]): Promise<number> {
      const event = { id: `evt_${secrets.join('_')}`, object: 'event', type: 'x.y', data: { object: {} } };
      const body = JSON.stringify(event);
      const headers = { 'stripe-signature': world().bank.signatureOf(body, { secrets }) };
      const response = await fetch(`${api().url}/webhooks/stripe`, { method: 'POST', headers, body });
      await response.body?.cancel();
      return response.status;
    }

    it('are taken under the old secret, the new one, or both', async () => {
      for (const secrets of [
        ['whsec_old'],
        ['whsec_new'],
        ['whsec_new', 'whsec_old'],
        ['whsec_next', 'whsec_new'],
      ])
        assert.equal(await delivered(secrets), 200, secrets.join());
      assert.equal(await delivered(['whsec_older']), 400);
      assert.equal(await delivered(['whsec_older', 'whsec_next']), 400);
    });

    it('signed twice by the bank are taken by one who knows one of the two', async () => {
      const { booking, guest, succeeded } = await paidInSilence();
      const secrets = ['whsec_not_ours_yet', world().bank.secret];
      assert.equal(await world().bank.deliver(succeeded, { secrets }), 200);
      await world().sees(guest, booking.id, 'confirmed');
    });
  });
});
