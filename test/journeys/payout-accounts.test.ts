import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import {
  accountOf,
  completeOnboarding,
  onboard,
  passToPayout,
  seesPayout,
  setStanding,
} from '../support/payouts.ts';

describe('an account to be paid on', () => {
  const world = useWorld();
  const read = async (person: Traveller) => person.must(200, person.get('/users/me/payout-account'));
  const open = async (person: Traveller, input?: object) =>
    person.must(201, person.post('/users/me/payout-account', input));

  it('is opened by whoever wants to be paid, who tells the bank who they are', async () => {
    const host = await world().person();
    assert.deepEqual(await read(host), { status: 'none', missing: [] });
    const opened = await open(host);
    assert.equal(opened.status, 'incomplete');
    const { status, missing } = await read(host);
    assert.equal(status, 'incomplete');
    assert.ok(missing.includes('external_account'));
    await completeOnboarding(opened.onboardingUrl);
    assert.deepEqual(await read(host), { status: 'payable', missing: [] });
  });

  it('is one, however often and how many at once it is asked for', async () => {
    const host = await world().person();
    const opened = await Promise.all(Array.from({ length: 5 }, () => open(host)));
    assert.equal(new Set(opened.map(({ onboardingUrl }) => onboardingUrl)).size, 5);
    const { data } = await world().bank.control('GET', '/objects/accounts');
    const theirs = data.filter(({ metadata }: any) => metadata.userId === host.id);
    assert.equal(theirs.length, 1);
    assert.equal(theirs[0].id, await accountOf(world(), host));
  });

  it('leads back to where its holder comes from, and to the documentation unless told', async () => {
    const host = await world().person();
    const visit = async (input?: object) => {
      const { onboardingUrl } = await open(host, input);
      const body = new URLSearchParams({ outcome: 'later' });
      const answer = await fetch(onboardingUrl, { method: 'POST', body, redirect: 'manual' });
      return answer.headers.get('location');
    };
    assert.equal(await visit({ returnUrl: 'https://example.org/paid' }), 'https://example.org/paid');
    assert.equal(await visit(), `${world().api}/docs`);
    for (const returnUrl of ['javascript:alert(1)', 'nowhere', `https://example.org/${'x'.repeat(2_000)}`]) {
      const { status, body } = await host.post('/users/me/payout-account', { returnUrl });
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'invalid_input', 'returnUrl']);
    }
  });

  it('is said to be unavailable while the bank does not answer, and is there afterwards', async () => {
    const host = await world().person();
    await world().bank.misbehave({ kind: '500_before', match: { path: '/v1/accounts*' }, times: 4 });
    assert.deepEqual((await host.post('/users/me/payout-account')).status, 503);
    await world().bank.heal();
    await onboard(world(), host);
    await world().bank.misbehave({ kind: '500_before', match: { path: '/v1/accounts*' }, times: 4 });
    const { status, body } = await host.get('/users/me/payout-account');
    assert.deepEqual([status, body.code], [503, 'unavailable']);
  });

  it('is another once the bank does not know the first any more (M27)', async () => {
    const host = await world().person();
    const first = await onboard(world(), host);
    await setStanding(world(), first, 'disconnected');
    assert.deepEqual(await read(host), { status: 'none', missing: [] });
    const second = await onboard(world(), host);
    assert.notEqual(second, first);
    assert.equal((await read(host)).status, 'payable');
  });

  it('is nobody else’s business, nor are the payouts to it (S1)', async () => {
    const { booking, host, guest } = await world().booked();
    await onboard(world(), host);
    await passToPayout(world(), booking);
    const { id } = await seesPayout(host, booking.id, { status: 'paid' });
    const [anyone, other, operator] = [
      world().anyone(),
      (await world().booked()).host,
      await world().operator(),
    ];
    const statuses = async (path: string) => {
      const answers = [anyone, guest, other, host, operator].map(
        async (each) => (await each.get(path)).status,
      );
      return Promise.all(answers);
    };
    assert.deepEqual(await statuses(`/payouts/${id}`), [401, 404, 404, 200, 200]);
    assert.deepEqual(await statuses(`/payouts?hostId=${host.id}`), [401, 403, 403, 200, 200]);
    const [hidden, missing] = [
      await guest.get(`/payouts/${id}`),
      await guest.get('/payouts/pyo_00000000000000000000000000'),
    ];
    assert.deepEqual({ ...hidden.body, requestId: '' }, { ...missing.body, requestId: '' });
    const idsOf = async (person: Traveller, query = '') =>
      (await person.must(200, person.get(`/payouts${query}`))).data.map((payout: any) => payout.id);
    assert.deepEqual(await idsOf(guest), []);
    assert.deepEqual(await idsOf(other, `?bookingId=${booking.id}`), []);
    assert.deepEqual(await idsOf(operator), []);
    assert.deepEqual(await idsOf(operator, `?hostId=${host.id}`), [id]);
    assert.deepEqual(await idsOf(host, '?status=waiting'), []);
    assert.deepEqual(await idsOf(host, '?status=paid&limit=1'), [id]);
    for (const person of [guest, other]) assert.equal((await read(person)).status, 'none');
    assert.equal((await anyone.get('/users/me/payout-account')).status, 401);
    assert.equal((await anyone.post('/users/me/payout-account')).status, 401);
  });

  it('is asked for in GraphQL as in REST', async () => {
    const { booking, host, guest } = await world().booked();
    const ask = async (person: Traveller, query: string) =>
      await person.must(200, person.post('/graphql', { query }));
    const opened = await ask(host, 'mutation { openPayoutAccount { status onboardingUrl } }');
    assert.equal(opened.data.openPayoutAccount.status, 'incomplete');
    await completeOnboarding(opened.data.openPayoutAccount.onboardingUrl);
    const account = await ask(host, '{ payoutAccount { status missing disabledReason } }');
    assert.deepEqual(account.data.payoutAccount, { status: 'payable', missing: [], disabledReason: null });
    await passToPayout(world(), booking);
    const { id, amount } = await seesPayout(host, booking.id, { status: 'paid' });
    const query = `{ payout(id: "${id}") { amount } payouts(status: paid) { data { id waitingFor } } }`;
    assert.deepEqual((await ask(host, query)).data, {
      payout: { amount },
      payouts: { data: [{ id, waitingFor: null }] },
    });
    const hidden = await ask(guest, query);
    assert.deepEqual(hidden.data, { payout: null, payouts: { data: [] } });
    assert.equal(hidden.errors[0].extensions.code, 'not_found');
  });
});
