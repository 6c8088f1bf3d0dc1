import assert from 'node:assert/strict';
import { HOST_REMINDER_HOURS } from '#domain/bookings.ts';
import { deadlineBefore } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Person, Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;
const FREE = [true, true, true];
const TAKEN = [false, false, false];
const HOUR_MS = 3_600_000;
const ALMOST_MS = 20_000;

describe('a request to book', () => {
  const world = useWorld();

  const accept = (host: Person, id: string, key?: string) =>
    host.post(`/bookings/${id}/acceptance`, undefined, key);
  const refuse = (host: Person, id: string) => host.post(`/bookings/${id}/refusal`);
  const withdraw = (guest: Person, id: string) => guest.post(`/bookings/${id}/cancellation`);
  const statusAtBank = async (id: string) => (await world().bank.intentOf(id)).status;
  const nightsOf = (property: Wire) => world().availability(property.id, ...NIGHTS);

  async function isLetGo(booking: Wire): Promise<void> {
    await until('the bank has let go', async () => (await statusAtBank(booking.id)) === 'canceled');
    await until('the workflow is over', async () => {
      return (await world().temporal.statusOf(bookStayId(booking.id))) === 'COMPLETED';
    });
    assert.deepEqual(await movementsOf(world().db, booking.id), []);
  }

  it('reserves the price and waits a day for its host, who hears of it', async () => {
    const { booking, guest, host, property } = await world().requested();
    assert.deepEqual([booking.status, booking.payment.status], ['awaiting_host', 'reserved']);
    assert.equal(booking.holdExpiresAt, undefined);
    const [, , asked] = await eventsOf(world().db, booking.id);
    assert.equal(asked?.kind, 'booking.awaiting_host');
    assert.equal(Date.parse(booking.respondBy) - Date.parse(asked.occurred_at), 24 * HOUR_MS);
    const intent = await world().bank.intentOf(booking.id);
    assert.deepEqual([intent.status, intent.amount_capturable], ['requires_capture', booking.total.amount]);
    assert.deepEqual(await movementsOf(world().db, booking.id), []);
    assert.deepEqual(await nightsOf(property), TAKEN);
    assert.equal((await host.must(200, host.get(`/bookings/${booking.id}`))).status, 'awaiting_host');
    assert.equal((await host.get('/bookings?as=host')).body.data[0].id, booking.id);
    await world().mail(host, /A guest asks/);
    assert.match((await world().mail(guest, /is with the host/)).text, /charged only if/);
  });

  it('is confirmed and charged when the host accepts', async () => {
    const { booking, guest, host } = await world().requested();
    const confirmed = await host.must(200, accept(host, booking.id));
    assert.deepEqual([confirmed.status, confirmed.payment.status], ['confirmed', 'posted']);
    const intent = await world().bank.intentOf(booking.id);
    assert.deepEqual([intent.status, intent.amount_received], ['succeeded', booking.total.amount]);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
    const confirmation = (await eventsOf(world().db, booking.id)).find(
      ({ kind }) => kind === 'booking.confirmed',
    );
    assert.equal(confirmation?.actor_id, host.id);
    await world().mail(guest, /is booked/);
  });

  it('gives nights and money free at once when the host refuses', async () => {
    const { booking, guest, host, property } = await world().requested();
    const declined = await host.must(200, refuse(host, booking.id));
    assert.equal(declined.status, 'declined');
    assert.deepEqual(await nightsOf(property), FREE);
    await isLetGo(booking);
    assert.match((await world().mail(guest, /cannot take you/)).text, /Nothing has been charged/);
    const late = await accept(host, booking.id);
    assert.deepEqual([late.status, late.body.bookingStatus], [409, 'declined']);
  });

  it('ends by itself when the host stays silent for a day, and not before', async () => {
    const { booking, guest, host, property } = await world().requested();
    await world().passTo(booking, booking.respondBy, -ALMOST_MS);
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'awaiting_host');
    assert.deepEqual(await nightsOf(property), TAKEN);
    await world().passTo(booking, booking.respondBy);
    await world().sees(guest, booking.id, 'expired');
    assert.deepEqual(await nightsOf(property), FREE);
    await isLetGo(booking);
    await world().mail(guest, /was not answered/);
    await world().mail(host, /request .* has ended/);
  });

  it('never waits past check-in, and is refused when there is no time to ask', async () => {
    const facts = { timeZone: 'Etc/UTC', bookingMode: 'request' };
    const { property } = await world().home({ ...facts, checkInTime: '20:00' });
    const guest = await world().person();
    const tomorrow = { checkIn: inDays(1), checkOut: inDays(2), propertyId: property.id };
    const booking = await guest.books(stayRequest(tomorrow));
    const day = Date.parse(booking.createdAt) + 24 * HOUR_MS;
    assert.ok(Date.parse(booking.respondBy) <= Math.min(day + HOUR_MS, Date.parse(booking.checkInAt)));
    const { property: gone } = await world().home({ ...facts, checkInTime: '00:00' });
    const today = { checkIn: inDays(0), checkOut: inDays(2), propertyId: gone.id };
    const refused = await guest.post('/bookings', stayRequest(today));
    assert.deepEqual([refused.status, refused.body.rule], [422, 'host_answer']);
    const quote = { checkIn: today.checkIn, checkOut: today.checkOut, guests: { adults: 2 } };
    assert.equal((await guest.post(`/properties/${gone.id}/quotes`, quote)).body.rule, 'host_answer');
  });

  it('is what a stay becomes that is longer than is booked at once, where its host lets guests ask', async () => {
    const { host, property } = await world().home();
    await host.must(
      200,
      host.put(`/properties/${property.id}/rules`, { maximumNights: 3, longerByRequest: true }),
    );
    const guest = await world().person();
    const booking = await guest.books(stayRequest({ propertyId: property.id, checkOut: inDays(34) }));
    assert.deepEqual([booking.status, booking.payment.status], ['awaiting_host', 'reserved']);
    assert.equal((await host.must(200, accept(host, booking.id))).status, 'confirmed');
    const next = { checkIn: inDays(34), checkOut: inDays(37) };
    const asLong = await guest.books(stayRequest({ propertyId: property.id, ...next }));
    assert.equal(asLong.status, 'confirmed');
  });

  it('has its host reminded once, at half time', async () => {
    const { booking, host } = await world().requested();
    const half = Date.parse(booking.respondBy) - (24 - HOST_REMINDER_HOURS) * HOUR_MS;
    await world().temporal.advanceTo(bookStayId(booking.id), half - ALMOST_MS);
    await world().mail(host, /A guest asks/);
    assert.equal((await world().mailbox(host)).length, 1);
    await world().temporal.advanceTo(bookStayId(booking.id), half + 1_000);
    assert.match((await world().mail(host, /still waits/)).text, /accept or refuse until/);
    assert.equal((await host.must(200, accept(host, booking.id))).status, 'confirmed');
    const told = await eventsOf(world().db, booking.id);
    assert.equal(told.filter(({ kind }) => kind === 'booking.host_reminded').length, 1);
  });

  it('is accepted once, however often and whatever else the host says at the same moment (A2)', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { booking, host } = await world().requested();
      const acts = [accept, accept, refuse, accept];
      const answers = await Promise.all(acts.map((act) => act(host, booking.id)));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      for (const { status, body } of answers) if (status !== 200) assert.equal(body.code, 'booking_state');
      const { status } = await host.must(200, host.get(`/bookings/${booking.id}`));
      const captured = (await movementsOf(world().db, booking.id)).length;
      assert.equal(captured, status === 'confirmed' ? 1 : 0);
      if (status === 'declined') await isLetGo(booking);
    }
  });

  it('repeats the host’s answer to the same key', async () => {
    const { booking, host } = await world().requested();
    assert.equal((await accept(host, booking.id, 'yes')).body.status, 'confirmed');
    const again = await accept(host, booking.id, 'yes');
    assert.deepEqual([again.status, again.body.status], [200, 'confirmed']);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    for (const key of ['once more', 'once more']) {
      const more = await accept(host, booking.id, key);
      assert.deepEqual([more.status, more.body.bookingStatus], [409, 'confirmed']);
    }
  });

  it('comes to one end when the host accepts as the time runs out (L1)', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { booking, guest, host } = await world().requested();
      await world().passTo(booking, booking.respondBy, -1_000);
      const [answer] = await Promise.all([
        accept(host, booking.id),
        world().passTo(booking, booking.respondBy, 0),
      ]);
      if (answer.status === 200) {
        await world().sees(guest, booking.id, 'confirmed');
        assert.equal(await statusAtBank(booking.id), 'succeeded');
      } else {
        assert.deepEqual([answer.status, answer.body.code], [409, 'booking_state']);
        await world().sees(guest, booking.id, 'expired');
        await isLetGo(booking);
      }
    }
  });

  it('that its guest withdraws as the host accepts ends cancelled, and no money is left (L2)', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { booking, guest, host, property } = await world().requested();
      const [accepted, withdrawn] = await Promise.all([
        accept(host, booking.id),
        withdraw(guest, booking.id),
      ]);
      assert.equal(withdrawn.status, 200);
      await world().sees(guest, booking.id, 'cancelled');
      assert.deepEqual(await nightsOf(property), FREE);
      if (accepted.status === 200) await world().refunded(booking.id, { amount: booking.total.amount });
      else await isLetGo(booking);
    }
  });

  it('that its guest withdraws in time is refunded in full, however long the bank takes over the acceptance (L2)', async () => {
    const place = { timeZone: 'Etc/UTC', checkInTime: '00:00' };
    const { booking, guest, host } = await world().requested(
      { checkIn: inDays(2), checkOut: inDays(5) },
      place,
    );
    // The coming midnight, which no request made today outlives.
    const deadline = Date.parse(deadlineBefore({ date: booking.checkIn, time: '00:00', zone: 'Etc/UTC' }, 1));
    const workflow = bookStayId(booking.id);
    await world().temporal.advanceTo(workflow, deadline - 5_000);
    const capture = { method: 'POST', path: '/v1/payment_intents/*/capture' };
    await world().bank.misbehave({ kind: '429', match: capture, times: 1_000 });
    const accepted = accept(host, booking.id);
    await world().temporal.isTried(workflow, 'capturePayment', 1);
    const withdrawn = withdraw(guest, booking.id);
    await until('the deadline has passed', async () => {
      return (await world().temporal.virtualNow(workflow)) > deadline;
    });
    await world().bank.heal();
    await host.must(200, accepted);
    const { cancellation } = await guest.must(200, withdrawn);
    assert.ok(Date.parse(cancellation.at) <= deadline, cancellation.at);
    assert.equal(cancellation.refund.amount, booking.total.amount);
  });

  it('can be withdrawn while it waits: nothing is charged, and the host is told', async () => {
    const { booking, guest, host, property } = await world().requested();
    const cancelled = await guest.must(200, withdraw(guest, booking.id));
    assert.deepEqual([cancelled.status, cancelled.cancellation.refund.amount], ['cancelled', 0]);
    assert.deepEqual(await nightsOf(property), FREE);
    await isLetGo(booking);
    await world().mail(host, /is withdrawn/);
  });

  it('keeps its nights from its siblings, which can have them after a refusal', async () => {
    const { booking, host, property } = await world().requested();
    const other = await world().person();
    const overlapping = stayRequest({ propertyId: property.id, checkIn: inDays(32), checkOut: inDays(35) });
    const rival = await other.post('/bookings', overlapping);
    assert.deepEqual([rival.status, rival.body.code], [409, 'dates_unavailable']);
    await host.must(200, refuse(host, booking.id));
    assert.equal((await other.books(overlapping)).status, 'awaiting_host');
  });

  it('is not touched by a block that comes and goes beside it (A18)', async () => {
    const { booking, host, property } = await world().requested();
    const blocks = `/properties/${property.id}/blocks`;
    const over = await host.post(blocks, { from: NIGHTS[0], to: inDays(34) });
    assert.equal(over.status, 409);
    const beside = await host.must(201, host.post(blocks, { from: NIGHTS[1], to: inDays(34) }));
    await host.must(204, host.delete(`${blocks}/${beside.id}`));
    assert.deepEqual(await nightsOf(property), TAKEN);
    assert.equal((await host.must(200, accept(host, booking.id))).status, 'confirmed');
  });

  it('is one of five at most that a guest may have waiting (A17)', async () => {
    const guest = await world().person();
    for (let nth = 1; nth <= 6; nth += 1) {
      const { property } = await world().home({ bookingMode: 'request' });
      const { status, body } = await guest.post('/bookings', stayRequest({ propertyId: property.id }));
      if (nth <= 5) assert.deepEqual([status, body.status], [201, 'awaiting_host']);
      else assert.deepEqual([status, body.code, body.limit], [409, 'hold_limit', 5]);
    }
    const { property } = await world().home();
    const instant = await guest.books(stayRequest({ propertyId: property.id }));
    assert.equal(instant.status, 'confirmed');
  });

  it('counts against the five while it is held for its payer, too (A17)', async () => {
    const guest = await world().person();
    const request = async (facts: Record<string, unknown> = {}) => {
      const { property } = await world().home({ bookingMode: 'request' });
      return guest.post('/bookings', stayRequest({ propertyId: property.id, ...facts }));
    };
    for (let nth = 1; nth <= 4; nth += 1) await guest.must(201, request());
    const held = await guest.must(201, request({ paymentMethodId: undefined }));
    assert.equal(held.status, 'held');
    for (const facts of [{}, { paymentMethodId: undefined }])
      assert.equal((await request(facts)).body.code, 'hold_limit');
    const paid = { bookingId: held.id, paymentMethodId: 'pm_card_visa' };
    await guest.must(201, guest.post('/payments', paid));
    const { data } = await guest.must(200, guest.get('/bookings?status=awaiting_host'));
    assert.equal(data.length, 5);
  });

  it('outlives the closing of its property, as do bookings to come (A12)', async () => {
    const { booking, guest, host, property } = await world().requested();
    await host.must(200, host.delete(`/properties/${property.id}/publication`));
    assert.equal((await host.must(200, accept(host, booking.id))).status, 'confirmed');
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
  });

  it('is rejected when the bank had let go of the money before it could be taken (M16)', async () => {
    const { booking, guest, host, property } = await world().requested();
    const { id } = await world().bank.intentOf(booking.id);
    await world().bank.control('POST', '/webhooks/pause');
    await world().bank.control('POST', '/clock', { paymentIntent: id, advanceSeconds: 8 * 86_400 });
    const { status, body } = await accept(host, booking.id);
    assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'rejected']);
    const rejected = await world().sees(guest, booking.id, 'rejected');
    assert.deepEqual(rejected.rejection, { code: 'card_declined' });
    assert.deepEqual(await nightsOf(property), FREE);
    await isLetGo(booking);
    await world().mail(guest, /could not be booked/);
  });

  it('that was accepted while the bank was silent tells the same key what came of it (M16, M23)', async () => {
    const { booking, host } = await world().requested();
    const { id } = await world().bank.intentOf(booking.id);
    const capture = { method: 'POST', path: '/v1/payment_intents/*/capture' };
    await world().bank.misbehave({ kind: '429', match: capture, times: 1_000 });
    const working = await accept(host, booking.id, 'yes');
    assert.deepEqual([working.status, working.body.status], [202, 'awaiting_host']);
    assert.equal((await accept(host, booking.id, 'yes')).status, 202);
    await world().bank.control('POST', '/clock', { paymentIntent: id, advanceSeconds: 8 * 86_400 });
    await world().bank.heal();
    await world().sees(host, booking.id, 'rejected');
    const again = await accept(host, booking.id, 'yes');
    assert.deepEqual([again.status, again.body.bookingStatus], [409, 'rejected']);
  }).timeout(90_000);

  it('ends as soon as the bank tells that it has let go (M16, M26)', async () => {
    const { booking, guest, property } = await world().requested();
    const { id } = await world().bank.intentOf(booking.id);
    await world().bank.control('POST', '/clock', { paymentIntent: id, advanceSeconds: 8 * 86_400 });
    await world().sees(guest, booking.id, 'rejected');
    assert.deepEqual(await nightsOf(property), FREE);
  });

  it('is held, and none of the host’s business, until its payer has paid in the browser', async () => {
    const { booking, guest, host } = await world().requested({ paymentMethodId: undefined });
    assert.equal(booking.status, 'held');
    assert.equal((await host.get(`/bookings/${booking.id}`)).status, 404);
    assert.equal((await accept(host, booking.id)).status, 404);
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    const waiting = await world().sees(guest, booking.id, 'awaiting_host');
    assert.equal(waiting.payment.status, 'reserved');
    assert.equal((await host.must(200, accept(host, booking.id))).status, 'confirmed');
  });

  it('is declined with the card, before the host is asked', async () => {
    const { property, host } = await world().home({ bookingMode: 'request' });
    const guest = await world().person();
    const request = stayRequest({ propertyId: property.id, paymentMethodId: 'pm_card_chargeDeclined' });
    const { bookingId, code } = await guest.must(402, guest.post('/bookings', request));
    assert.equal(code, 'card_declined');
    assert.equal((await host.get(`/bookings/${bookingId}`)).status, 404);
    assert.deepEqual(await nightsOf(property), FREE);
  });

  it('of a stay that costs nothing waits for the host alone (M6)', async () => {
    const free = { pricing: { nightly: 0, cleaningFee: 0 } };
    const { booking, host } = await world().requested({}, free);
    assert.deepEqual([booking.status, booking.payment], ['awaiting_host', undefined]);
    assert.equal((await host.must(200, accept(host, booking.id))).status, 'confirmed');
    assert.deepEqual(await world().bank.intentsOf(booking.id), []);
  });

  it('of a stay that costs nothing can be refused too', async () => {
    const free = { pricing: { nightly: 0, cleaningFee: 0 } };
    const { booking, host, property } = await world().requested({}, free);
    assert.equal((await host.must(200, refuse(host, booking.id))).status, 'declined');
    assert.deepEqual(await nightsOf(property), FREE);
  });

  it('is answered by its host alone', async () => {
    const { booking, guest } = await world().requested();
    const { host: otherHost } = await world().home();
    const operator = await world().operator();
    for (const act of [accept, refuse]) {
      assert.deepEqual((await act(guest, booking.id)).body.code, 'forbidden');
      assert.deepEqual((await act(operator, booking.id)).body.code, 'forbidden');
      assert.deepEqual((await act(otherHost, booking.id)).status, 404);
      assert.deepEqual((await act(world().anyone(), booking.id)).status, 401);
    }
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'awaiting_host');
  });

  it('is charged once although the answer to the capture is lost (M24)', async () => {
    const { booking, host } = await world().requested();
    const capture = { method: 'POST', path: '/v1/payment_intents/*/capture' };
    await world().bank.misbehave({ kind: 'answer_lost', match: capture, times: 1 });
    assert.equal((await host.must(200, accept(host, booking.id))).status, 'confirmed');
    assert.equal((await world().bank.intentOf(booking.id)).amount_received, booking.total.amount);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });
});
