import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { serveWithGraphql } from '../api/graphql-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { follow, stepsOf } from '../support/event-stream.ts';
import type { EventStream } from '../support/event-stream.ts';
import { Traveller, useWorld } from '../support/journeys.ts';
import { signedIn } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const CHALLENGED = 'pm_card_authenticationRequired';

describe('following a booking', () => {
  const world = useWorld();
  const local = useLocalApi(ENDPOINTS);

  const following = (person: Person, id: string) => follow(world().api, person, id);

  function tells(stream: EventStream, steps: string[]): Promise<void> {
    return until(
      () => `these steps are told: ${steps.join(', ')} (told: ${stepsOf(stream).join(', ')})`,
      () => stepsOf(stream).length >= steps.length,
    ).then(() => assert.deepEqual(stepsOf(stream), steps));
  }

  const payIn = (guest: Traveller, bookingId: string) =>
    guest.must(201, guest.post('/payments', { bookingId, paymentMethodId: 'pm_card_visa' }));

  it('tells how it is held, paid and cancelled, each step however quickly the next follows, and ends', async () => {
    const { booking, guest } = await world().held();
    await using stream = await following(guest, booking.id);
    assert.deepEqual([stream.status, stream.contentType], [200, 'text/event-stream']);
    await tells(stream, ['held pending']);
    await payIn(guest, booking.id);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await stream.ended();
    assert.deepEqual(stepsOf(stream), ['held pending', 'confirmed posted', 'cancelled posted']);
    assert.ok(stream.isComplete);
    assert.deepEqual(
      stream.told.map(({ data }) => data.bookingProgress.cancellation),
      [null, null, { by: 'guest' }],
    );
  });

  it('tells what becomes of the payment while the booking stays held', async () => {
    const { booking, guest } = await world().held();
    await using stream = await following(guest, booking.id);
    await guest.must(201, guest.post('/payments', { bookingId: booking.id, paymentMethodId: CHALLENGED }));
    await tells(stream, ['held pending', 'held requires_action']);
    const { payment } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    await world().bank.passChallenge(payment.nextActionUrl);
    await tells(stream, ['held pending', 'held requires_action', 'confirmed posted']);
  });

  it('tells it at any API process, whichever of them had the step made', async () => {
    await using one = await serveWithGraphql(local().deps);
    await using other = await serveWithGraphql(local().deps);
    const { booking, guest } = await world().held();
    await using stream = await follow(one.url, guest, booking.id);
    await using twin = await follow(other.url, guest, booking.id);
    await payIn(guest, booking.id);
    for (const told of [stream, twin]) await tells(told, ['held pending', 'confirmed posted']);
  });

  it('tells that the hold has ended, and ends', async () => {
    const { booking, guest } = await world().held();
    await using stream = await following(guest, booking.id);
    await world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.holdExpiresAt));
    await stream.ended();
    // The nights are freed when the hold ends, whether or not the bank has closed the payment by then.
    assert.match(stepsOf(stream).join(', '), /^held pending, expired (?:voided|pending)$/);
    assert.ok(stream.isComplete);
  });

  it('tells a stay to its end', async () => {
    const { booking, guest } = await world().booked();
    await using stream = await following(guest, booking.id);
    await world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.checkInAt));
    await tells(stream, ['confirmed posted', 'in_stay posted']);
    await world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.checkOutAt));
    await stream.ended();
    assert.deepEqual(stepsOf(stream), ['confirmed posted', 'in_stay posted', 'completed posted']);
  });

  it('tells one that has ended once, and ends', async () => {
    const { booking, guest } = await world().booked();
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await using stream = await following(guest, booking.id);
    await stream.ended();
    assert.deepEqual([stepsOf(stream), stream.isComplete], [['cancelled posted'], true]);
  });

  it('is for the host once it is paid, and for operators', async () => {
    const { booking, guest, host } = await world().held();
    await using early = await following(host, booking.id);
    await early.ended();
    assert.deepEqual(stepsOf(early), ['refused: not_found']);
    await using operators = await following(await world().operator(), booking.id);
    await tells(operators, ['held pending']);
    await payIn(guest, booking.id);
    await using hosts = await following(host, booking.id);
    await tells(hosts, ['confirmed posted']);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await Promise.all([hosts.ended(), operators.ended()]);
    assert.deepEqual(stepsOf(hosts), ['confirmed posted', 'cancelled posted']);
    assert.deepEqual(stepsOf(operators), ['held pending', 'confirmed posted', 'cancelled posted']);
  });

  it('looks to everyone else as if it were not there (S1)', async () => {
    const { booking } = await world().booked();
    const { guest: other, host: otherHost } = await world().booked();
    const unknown = 'bkg_00000000000000000000000000';
    for (const person of [other, otherHost]) {
      const refusals = [];
      for (const id of [booking.id, unknown, 'what']) {
        await using stream = await following(person, id);
        await stream.ended();
        assert.equal(stream.told.length, 1);
        const [{ data, errors }] = stream.told;
        assert.equal(data?.bookingProgress ?? null, null);
        const [{ message, extensions }] = errors;
        refusals.push([message, extensions.code, Object.keys(extensions)]);
      }
      assert.deepEqual(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size, 1);
      assert.equal(refusals[0]?.[1], 'not_found');
    }
    await using stream = await following(world().anyone(), booking.id);
    await stream.ended();
    assert.deepEqual(stepsOf(stream), ['refused: unauthenticated']);
  });

  it('tells nothing more to a session that has ended (S6)', async () => {
    const { booking, guest } = await world().held();
    await using stream = await following(guest, booking.id);
    await tells(stream, ['held pending']);
    const nextSession = await signedIn<Traveller>(world().api, guest.email, Traveller);
    await guest.must(204, guest.delete('/sessions/current'));
    await payIn(nextSession, booking.id);
    await stream.ended();
    assert.deepEqual(stepsOf(stream), ['held pending', 'refused: unauthenticated']);
  });
});
