import assert from 'node:assert/strict';
import { addDays } from '#domain/nights.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { balancesOf, eventsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';
import { acceptWith, answer, assertSound, propose, seesAlteration } from '../support/alterations.ts';

/** Three nights of 100.00 from in 30 days, cleaning 50.00, and the platform's 14 %. */
const [CHECK_IN, CHECK_OUT] = [inDays(30), inDays(33)];
const TOTAL = 39_900;

describe('an alteration', () => {
  const world = useWorld();

  const seen = (person: Traveller, { id }: Wire) => person.must(200, person.get(`/bookings/${id}`));

  it('adds nights: proposed by the guest, accepted by the host, paid, and the booking goes by it', async () => {
    const { booking, guest, host, property } = await world().booked();
    const checkOut = addDays(CHECK_OUT, 2);
    const proposal = await guest.must(
      201,
      propose(guest, booking, { checkOut, paymentMethodId: 'pm_card_visa' }),
    );
    assert.deepEqual(
      [
        proposal.status,
        proposal.nights,
        proposal.charge.amount,
        proposal.refund.amount,
        proposal.total.amount,
      ],
      ['proposed', 5, 22_800, 0, TOTAL + 22_800],
    );
    assert.deepEqual(proposal.changes, [
      { kind: 'night', before: 30_000, after: 50_000 },
      { kind: 'cleaning', before: 5_000, after: 5_000 },
      { kind: 'service_fee', before: 4_900, after: 7_700 },
    ]);
    assert.equal((await seen(host, booking)).alteration.id, proposal.id);
    assert.equal((await seen(host, booking)).checkOut, CHECK_OUT);
    await world().mail(host, /would like to change/);

    const altered = await host.must(200, answer(host, proposal, 'acceptance'));
    assert.equal(altered.status, 'altered');
    const after = await seen(guest, booking);
    assert.deepEqual(
      [after.checkOut, after.nights, after.total.amount, after.alteration],
      [checkOut, 5, TOTAL + 22_800, undefined],
    );
    assert.ok(after.checkOutAt > booking.checkOutAt);
    assert.deepEqual(await world().availability(property.id, CHECK_IN, addDays(checkOut, 1)), [
      ...Array<boolean>(5).fill(false),
      true,
    ]);
    assert.deepEqual(await balancesOf(world().db, booking.id), {
      bank_clearing: 62_700,
      host_payable: -53_350,
      platform_revenue: -9_350,
    });
    await world().mail(guest, /has been changed/);
    const told = (await eventsOf(world().db, booking.id)).map(({ kind }) => kind);
    assert.ok(told.includes('booking.altered'));
    await assertSound(world(), booking);

    await world().passTo(booking, booking.checkOutAt);
    assert.equal((await world().sees(guest, booking.id, 'in_stay')).checkOutAt, after.checkOutAt);
    await world().passTo(booking, after.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
  });

  it('gives back what is left out, and nobody has to pay', async () => {
    const { booking, guest, host, property } = await world().booked();
    const proposal = await host.must(201, propose(host, booking, { checkOut: addDays(CHECK_OUT, -1) }));
    assert.deepEqual([proposal.charge.amount, proposal.refund.amount], [0, 11_400]);
    assert.equal((await guest.must(200, answer(guest, proposal, 'acceptance'))).status, 'altered');
    await world().refunded(booking.id, { reason: 'alteration', amount: 11_400 });
    assert.deepEqual(await world().availability(property.id, CHECK_IN, CHECK_OUT), [false, false, true]);
    assert.equal((await seen(guest, booking)).total.amount, TOTAL - 11_400);
    await assertSound(world(), booking);
  });

  it('may lie over its own booking, and leave some of it (A6)', async () => {
    const { booking, guest, host, property } = await world().booked();
    await host.must(
      200,
      host.put(`/properties/${property.id}/rules`, { preparationNightsBefore: 1, preparationNightsAfter: 1 }),
    );
    const dates = { checkIn: addDays(CHECK_IN, 1), checkOut: addDays(CHECK_OUT, 1) };
    const proposal = await guest.must(201, propose(guest, booking, dates));
    assert.deepEqual([proposal.charge.amount, proposal.refund.amount], [0, 0]);
    assert.equal((await host.must(200, answer(host, proposal, 'acceptance'))).status, 'altered');
    assert.deepEqual(await world().availability(property.id, CHECK_IN, addDays(CHECK_OUT, 3)), [
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    await assertSound(world(), booking);
    // Its own preparation makes way for it.
    const again = await guest.must(201, propose(guest, booking, { checkOut: addDays(CHECK_OUT, 2) }));
    const accepted = await host.must(200, answer(host, again, 'acceptance'));
    assert.equal(accepted.status, 'accepted');
    assert.deepEqual(await world().availability(property.id, CHECK_OUT, addDays(CHECK_OUT, 4)), [
      false,
      false,
      false,
      true,
    ]);
    await guest.must(200, answer(guest, again, 'withdrawal'));
    assert.deepEqual(await world().availability(property.id, CHECK_OUT, addDays(CHECK_OUT, 3)), [
      false,
      false,
      true,
    ]);
    await assertSound(world(), booking);
  });

  it('keeps no more nights empty beside an end that stays where it is than when it was booked (D3)', async () => {
    const { booking, guest, host, property } = await world().booked();
    const next = { propertyId: property.id, checkIn: CHECK_OUT, checkOut: addDays(CHECK_OUT, 1) };
    const neighbour = await world().person();
    await neighbour.books(stayRequest(next));
    await host.must(
      200,
      host.put(`/properties/${property.id}/rules`, { preparationNightsBefore: 1, preparationNightsAfter: 1 }),
    );
    const later = { checkIn: addDays(CHECK_IN, 1), guests: { adults: 1 } };
    const proposal = await host.must(201, propose(host, booking, later));
    assert.equal((await guest.must(200, answer(guest, proposal, 'acceptance'))).status, 'altered');
    // Nobody has the night that is given up, but it is the one kept empty before the new first one.
    assert.deepEqual(await world().availability(property.id, addDays(CHECK_IN, -1), addDays(CHECK_IN, 1)), [
      true,
      false,
    ]);
    await assertSound(world(), booking);
  });

  it('is refused where it would be longer than the property allows (A10)', async () => {
    const { booking, guest, host, property } = await world().booked();
    const proposal = await guest.must(201, propose(guest, booking, { checkOut: addDays(CHECK_OUT, 1) }));
    await host.must(200, host.put(`/properties/${property.id}/rules`, { maximumNights: 3 }));
    const { status, body } = await propose(guest, booking, { checkOut: addDays(CHECK_OUT, 1) });
    assert.deepEqual([status, body.code, body.rule, body.limit], [422, 'stay_refused', 'maximum_nights', 3]);
    const accepted = await answer(host, proposal, 'acceptance');
    assert.deepEqual([accepted.status, accepted.body.rule], [422, 'maximum_nights']);
    // Who comes is another matter.
    await guest.must(201, propose(guest, booking, { guests: { adults: 3 } }));
    const full = await propose(guest, booking, { guests: { adults: 5 } });
    assert.deepEqual([full.status, full.body.rule], [422, 'capacity']);
  });

  it('is refused for a stay that is, or would be, paid month by month', async () => {
    const { booking, guest } = await world().booked();
    const { status, body } = await propose(guest, booking, { checkOut: addDays(CHECK_IN, 28) });
    assert.deepEqual([status, body.code, body.rule, body.limit], [422, 'stay_refused', 'long_term', 27]);
    await guest.must(201, propose(guest, booking, { checkOut: addDays(CHECK_IN, 27) }));
  });

  it('is refused where the property has its prices in another currency by now (M22)', async () => {
    const { booking, guest, host, property } = await world().booked();
    await host.must(200, host.patch(`/properties/${property.id}`, { currency: 'JPY' }));
    const { status, body } = await propose(guest, booking, { checkOut: addDays(CHECK_OUT, 1) });
    assert.deepEqual([status, body.code, body.rule, body.limit], [422, 'stay_refused', 'currency', 'JPY']);
    await host.must(200, host.patch(`/properties/${property.id}`, { currency: 'GBP' }));
    await guest.must(201, propose(guest, booking, { checkOut: addDays(CHECK_OUT, 1) }));
  });

  it('takes its nights from nobody: whoever books them first has them (A5)', async () => {
    const { booking, guest, host, property } = await world().booked();
    const proposal = await guest.must(201, propose(guest, booking, { checkOut: addDays(CHECK_OUT, 2) }));
    const rival = await world().person();
    const wanted = { propertyId: property.id, guests: { adults: 1 }, paymentMethodId: 'pm_card_visa' };
    const [accepted, booked] = await Promise.all([
      answer(host, proposal, 'acceptance'),
      rival.post('/bookings', { ...wanted, checkIn: CHECK_OUT, checkOut: addDays(CHECK_OUT, 1) }),
    ]);
    const statuses = [accepted.status, booked.status];
    assert.ok(
      statuses.join() === '200,409' || statuses.join() === '409,201',
      `one has the night: ${statuses.join()}`,
    );
    assert.equal((accepted.status === 409 ? accepted : booked).body.code, 'dates_unavailable');
    await assertSound(world(), booking);
  });

  it('of two that would swap their dates neither is to be had, and neither waits for the other (A7)', async () => {
    const { booking, guest, property } = await world().booked();
    const other = await world().person();
    const swapped = { checkIn: CHECK_OUT, checkOut: addDays(CHECK_OUT, 3) };
    const theirs = await other.books({
      propertyId: property.id,
      guests: { adults: 1 },
      paymentMethodId: 'pm_card_visa',
      ...swapped,
    });
    const both = await Promise.all([
      propose(guest, booking, swapped),
      propose(other, theirs, { checkIn: CHECK_IN, checkOut: CHECK_OUT }),
    ]);
    for (const { status, body } of both) assert.deepEqual([status, body.code], [409, 'dates_unavailable']);
    await assertSound(world(), booking);
  });

  it('is one at a time: a second proposal takes the place of the first (L10)', async () => {
    const { booking, guest, host } = await world().booked();
    const first = await guest.must(201, propose(guest, booking, { checkOut: addDays(CHECK_OUT, 1) }));
    const second = await host.must(201, propose(host, booking, { checkOut: addDays(CHECK_OUT, -1) }));
    const { status, body } = await answer(host, first, 'acceptance');
    assert.deepEqual([status, body.code], [409, 'booking_state']);
    await seesAlteration(guest, booking, { id: first.id, status: 'replaced' });
    assert.equal((await guest.must(200, answer(guest, second, 'acceptance'))).status, 'altered');
    const third = await guest.must(201, propose(guest, booking, { checkOut: addDays(CHECK_OUT, 1) }));
    assert.equal((await host.must(200, answer(host, third, 'acceptance'))).status, 'accepted');
    const meanwhile = await propose(host, booking, { checkOut: addDays(CHECK_OUT, -1) });
    assert.deepEqual([meanwhile.status, meanwhile.body.code], [409, 'booking_state']);
    await assertSound(world(), booking);
  });

  it('is declined by the other side, withdrawn by its own, and nobody else’s business', async () => {
    const { booking, guest, host } = await world().booked();
    const proposal = await guest.must(201, propose(guest, booking, { guests: { adults: 3 } }));
    assert.equal((await answer(guest, proposal, 'acceptance')).status, 403);
    assert.equal((await answer(host, proposal, 'withdrawal')).status, 403);
    const stranger = await world().person();
    assert.equal((await answer(stranger, proposal, 'acceptance')).status, 404);
    assert.equal((await host.must(200, answer(host, proposal, 'refusal'))).status, 'declined');
    await world().mail(guest, /was declined/);
    assert.equal((await answer(guest, proposal, 'withdrawal')).status, 409);
    const again = await host.must(201, propose(host, booking, { guests: { adults: 1 } }));
    assert.equal((await host.must(200, answer(host, again, 'withdrawal'))).status, 'withdrawn');
    const unchanged = await propose(guest, booking, {});
    assert.deepEqual([unchanged.status, unchanged.body.code], [400, 'invalid_input']);
    assert.equal((await propose(host, booking, { paymentMethodId: 'pm_card_visa' })).status, 400);
  });

  it('lapses at check-out', async () => {
    const { booking, guest, host } = await world().booked();
    await guest.must(201, propose(guest, booking, { guests: { adults: 3 } }));
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await world().passTo(booking, booking.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
    await seesAlteration(host, booking, { status: 'lapsed' });
    assert.equal((await propose(guest, booking, { guests: { adults: 3 } })).status, 409);
  });

  it('once the stay has begun leaves the check-in where it is, and adds nights at its end', async () => {
    const { booking, guest, host } = await world().booked();
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    const begun = await propose(guest, booking, { checkIn: addDays(CHECK_IN, 1) });
    assert.deepEqual([begun.status, begun.body.rule], [422, 'begun']);
    const checkOut = addDays(CHECK_OUT, 1);
    const proposal = await host.must(201, propose(host, booking, { checkOut }));
    const paid = await guest.must(200, acceptWith(guest, proposal, 'pm_card_visa'));
    assert.equal(paid.status, 'altered');
    const after = await seen(guest, booking);
    await world().passTo(booking, booking.checkOutAt);
    assert.equal((await seen(guest, booking)).status, 'in_stay');
    await world().passTo(booking, after.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
    await until(
      'the window for reviews is open',
      async () => (await seen(guest, booking)).reviewBy !== undefined,
    );
    await assertSound(world(), booking);
  });

  it('is told over GraphQL too', async () => {
    const { booking, guest, host } = await world().booked();
    const ask = async (person: Traveller, query: string, variables: Record<string, unknown>) =>
      person.must(200, person.post('/graphql', { query, variables }));
    const proposed = await ask(
      guest,
      `mutation ($id: ID!, $key: String!, $input: NewAlteration!) {
         proposeAlteration(bookingId: $id, idempotencyKey: $key, input: $input) { id status refund { amount } }
       }`,
      { id: booking.id, key: booking.id, input: { checkOut: addDays(CHECK_OUT, -1) } },
    );
    const { id } = proposed.data.proposeAlteration;
    assert.equal(proposed.data.proposeAlteration.refund.amount, 11_400);
    const shown = await ask(
      host,
      'query ($id: ID!) { booking(id: $id) { alteration { id changes { kind after } } } }',
      { id: booking.id },
    );
    assert.equal(shown.data.booking.alteration.id, id);
    const accepted = await ask(
      host,
      `mutation ($id: ID!, $alteration: ID!, $key: String!) {
         acceptAlteration(bookingId: $id, alterationId: $alteration, idempotencyKey: $key) { status }
       }`,
      { id: booking.id, alteration: id, key: id },
    );
    assert.equal(accepted.data.acceptAlteration.status, 'altered');
  });
});
