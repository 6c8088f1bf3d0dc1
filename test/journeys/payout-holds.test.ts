import assert from 'node:assert/strict';
import { FIRST_PAYOUT_HOLD_MAX_DAYS } from '#domain/payouts.ts';
import { payHostId } from '#workflows/payouts.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { eventsOf } from '../support/ledger.ts';
import { onboard, passToPayout, seesPayout, transfersOf } from '../support/payouts.ts';
import { inDays } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const DAY_MS = 86_400_000;
const REASON = 'The address could not be confirmed.';

describe('the first payout of a new host', () => {
  const world = useWorld();

  /** A stay that begins tomorrow, of a host whom the bank can pay. */
  async function booked() {
    const stay = await world().booked({ checkIn: inDays(1), checkOut: inDays(4) });
    await onboard(world(), stay.host);
    return { ...stay, operator: await world().operator() };
  }

  const hold = (operator: Traveller, { id }: { id: string }, days: number) =>
    operator.put(`/users/${id}/payout-hold`, { days, reason: REASON });

  it('is held as long as an operator says: the host sees until when and why, and is paid then', async () => {
    const { booking, host, operator } = await booked();
    const set = await operator.must(200, hold(operator, host, 1));
    assert.deepEqual([set.hostId, set.days, set.reason, set.setBy], [host.id, 1, REASON, operator.id]);
    await passToPayout(world(), booking);
    const held = await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'hold' });
    assert.equal(Date.parse(held.heldUntil), Date.parse(held.dueAt) + DAY_MS);
    assert.equal(held.holdReason, REASON);
    assert.match((await world().mail(host, /waits/)).text, new RegExp(`until ${held.heldUntil}`));
    const payHost = payHostId({ bookingId: booking.id, n: 1, round: 1 });
    await until('its workflow says until when', async () =>
      (await world().temporal.detailsOf(payHost)).includes(`first payout until ${held.heldUntil}`),
    );
    assert.deepEqual(await transfersOf(world(), booking.id), []);
    await world().temporal.advanceTo(payHost, Date.parse(held.heldUntil) + 1_000);
    const paid = await seesPayout(host, booking.id, { status: 'paid' });
    assert.deepEqual([paid.heldUntil, paid.holdReason], [undefined, undefined]);
    assert.ok(Date.parse(paid.paidAt) >= Date.parse(held.heldUntil));
  });

  it('is let go by an operator, and paid at once', async () => {
    const { booking, host, operator } = await booked();
    await operator.must(200, hold(operator, host, FIRST_PAYOUT_HOLD_MAX_DAYS));
    await passToPayout(world(), booking);
    await seesPayout(host, booking.id, { status: 'waiting', waitingFor: 'hold' });
    await operator.must(200, hold(operator, host, 0));
    await seesPayout(host, booking.id, { status: 'paid' });
    const told = (await eventsOf(world().db, host.id)).filter(({ kind }) => kind === 'payout_hold.set');
    assert.deepEqual(
      told.map(({ actor_id: actor, data }) => [actor, data.before, data.after]),
      [
        [operator.id, null, FIRST_PAYOUT_HOLD_MAX_DAYS],
        [operator.id, FIRST_PAYOUT_HOLD_MAX_DAYS, 0],
      ],
    );
  });

  it('is not paid before a day has passed since the check-in, held or let go', async () => {
    const { booking, host, operator } = await booked();
    await operator.must(200, hold(operator, host, 7));
    await operator.must(200, hold(operator, host, 0));
    await passToPayout(world(), booking, -2_000);
    assert.deepEqual((await host.must(200, host.get('/payouts'))).data, []);
    await passToPayout(world(), booking);
    const { paidAt, dueAt } = await seesPayout(host, booking.id, { status: 'paid' });
    assert.ok(Date.parse(paidAt) >= Date.parse(dueAt));
  });

  it('is held for thirty days at the most, and with a reason', async () => {
    const [host, operator] = [await world().person('Hugh Host'), await world().operator()];
    for (const days of [0, FIRST_PAYOUT_HOLD_MAX_DAYS]) await operator.must(200, hold(operator, host, days));
    for (const days of [-1, FIRST_PAYOUT_HOLD_MAX_DAYS + 1, 1.5]) {
      const { status, body } = await hold(operator, host, days);
      assert.deepEqual([status, body.errors?.[0].path], [400, 'days']);
    }
    for (const reason of ['', ' ', 'x'.repeat(501)]) {
      const { status, body } = await operator.put(`/users/${host.id}/payout-hold`, { days: 1, reason });
      assert.deepEqual([status, body.errors?.[0].path], [400, 'reason']);
    }
    const { days } = await operator.must(200, operator.get(`/users/${host.id}/payout-hold`));
    assert.equal(days, FIRST_PAYOUT_HOLD_MAX_DAYS);
  });

  it('is held by operators alone (S1)', async () => {
    const [host, operator] = [await world().person('Hugh Host'), await world().operator()];
    for (const [person, status] of [
      [world().anyone(), 401],
      [host, 403],
    ] as const)
      for (const answer of [await hold(person, host, 0), await person.get(`/users/${host.id}/payout-hold`)])
        assert.equal(answer.status, status);
    assert.equal((await operator.get(`/users/${host.id}/payout-hold`)).status, 404);
    assert.equal((await hold(operator, { id: 'usr_00000000000000000000000000' }, 1)).status, 404);
  });
});
