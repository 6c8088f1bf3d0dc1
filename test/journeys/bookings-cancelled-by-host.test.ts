import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { mayReview } from '../support/reviews.ts';

/** Less than thirty days ahead at any time of the day. */
const NIGHTS = [inDays(28), inDays(31)] as const;
const HOUR_MS = 3_600_000;
/** Three nights of 100.00 with cleaning of 50.00, and 49.00 for the platform. */
const TOTAL = 39_900;

describe('a paid stay that its host cancels', () => {
  const world = useWorld();
  const booked = (facts: Record<string, unknown> = {}, property: Record<string, unknown> = {}) =>
    world().booked({ checkIn: NIGHTS[0], checkOut: NIGHTS[1], ...facts }, property);

  const cancel = (person: Traveller, { id }: { id: string }, body: object = {}) =>
    person.post(`/bookings/${id}/cancellation`, body);

  /** So many hours before check-in, by the booking's own clock. */
  const comesTo = (booking: Wire, hours: number) =>
    world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.checkInAt) - hours * HOUR_MS);

  const listed = async (propertyId: string): Promise<Wire[]> => {
    const anyone = world().anyone();
    return (await anyone.must(200, anyone.get(`/reviews?propertyId=${propertyId}`))).data;
  };

  it('gives the guest everything back, fees too, whatever the policy', async () => {
    const { booking, guest, host } = await booked({}, { cancellationPolicy: 'non_refundable' });
    const cancelled = await host.must(200, cancel(host, booking, { reason: 'The roof has gone.' }));
    const { cancellation } = cancelled;
    assert.deepEqual(cancellation, {
      by: 'host',
      at: cancellation.at,
      refund: { amount: TOTAL, currency: 'GBP' },
      reason: 'The roof has gone.',
      fee: { amount: 8_750, currency: 'GBP' },
    });
    const { fee: _fee, ...forGuest } = cancellation;
    assert.deepEqual((await guest.get(`/bookings/${booking.id}`)).body.cancellation, forGuest);
    await world().refunded(booking.id, { reason: 'cancellation', amount: TOTAL });
    const toGuest = await world().mail(guest, /is cancelled/);
    assert.match(toGuest.text, /Your host has cancelled .*\n\nGBP 399\.00 goes back/);
    assert.doesNotMatch(toGuest.text, /87\.50/);
    assert.match((await world().mail(host, /is cancelled/)).text, /stay blocked[^]*you owe GBP 87\.50/);
  });

  const FEES = [
    { when: 'more than 30 days before', stay: [inDays(40), inDays(43)], hours: 31 * 24, fee: 4_000 },
    { when: 'within 30 days', stay: NIGHTS, hours: 49, fee: 8_750 },
    { when: 'within 48 hours', stay: NIGHTS, hours: 47, fee: 17_500 },
  ];
  for (const { when, stay, hours, fee } of FEES) {
    it(`costs the host ${fee} ${when}, once, as a debt in the books`, async () => {
      const [checkIn, checkOut] = stay;
      const { booking, host } = await booked({ checkIn, checkOut });
      await comesTo(booking, hours);
      const path = `/bookings/${booking.id}/cancellation`;
      const first = await host.must(200, host.post(path, {}, 'the same'));
      const again = await host.must(200, host.post(path, {}, 'the same'));
      assert.deepEqual([first.cancellation.fee.amount, again.cancellation], [fee, first.cancellation]);
      await world().refunded(booking.id);
      const movements = await movementsOf(world().db, booking.id);
      assert.deepEqual(
        movements.filter(({ step }) => step.startsWith('host-fee:')),
        [
          {
            step: `host-fee:${booking.id}`,
            bankId: null,
            entries: { host_debt: fee, platform_revenue: -fee },
          },
        ],
      );
      assert.deepEqual(await balancesOf(world().db, booking.id), { host_debt: fee, platform_revenue: -fee });
      await assertBooksBalance(world().db);
    });
  }

  it('costs nothing in a currency that has no fee set (M1)', async () => {
    const { booking, host } = await booked({}, { currency: 'KWD' });
    const { cancellation } = await host.must(200, cancel(host, booking));
    assert.equal(cancellation.fee.amount, 0);
    await world().refunded(booking.id, { amount: booking.total.amount });
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
  });

  it('leaves the nights blocked for the host, until an operator frees them', async () => {
    const { booking, host, property } = await booked();
    await host.must(200, cancel(host, booking));
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [false, false, false]);
    const { data } = await host.must(200, host.get(`/properties/${property.id}/blocks`));
    const [block] = data;
    assert.deepEqual(
      [data.length, block.from, block.to, block.cancelledBookingId],
      [1, ...NIGHTS, booking.id],
    );
    const path = `/properties/${property.id}/blocks/${block.id}`;
    const byHost = await host.delete(path);
    assert.deepEqual([byHost.status, byHost.body.code], [403, 'forbidden']);
    const stranger = await world().person();
    assert.equal((await stranger.delete(path)).status, 404);
    assert.equal((await stranger.get(`/properties/${property.id}/blocks`)).status, 404);
    const body = { propertyId: property.id, checkIn: NIGHTS[0], checkOut: NIGHTS[1], guests: { adults: 1 } };
    const refused = await stranger.post('/bookings', { ...body, paymentMethodId: 'pm_card_visa' });
    assert.deepEqual([refused.status, refused.body.code], [409, 'dates_unavailable']);

    const operator = await world().operator();
    const seen = await operator.must(200, operator.get(`/properties/${property.id}/blocks`));
    assert.deepEqual(seen.data, data);
    await operator.must(204, operator.delete(path));
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
    const events = await eventsOf(world().db, property.id);
    const told = events.filter(({ kind }) => kind.includes('nights_')).map((e) => [e.kind, e.actor_id]);
    assert.deepEqual(told, [
      ['property.nights_blocked', host.id],
      ['property.nights_unblocked', operator.id],
    ]);
  });

  it('has a note among the reviews of the property, which counts for nothing in its rating', async () => {
    const { booking, guest, host, property } = await booked();
    await comesTo(booking, 5 * 24);
    const { cancellation } = await host.must(200, cancel(host, booking));
    const [note, ...others] = await listed(property.id);
    assert.deepEqual(
      [note, others],
      [
        {
          id: note.id,
          bookingId: booking.id,
          propertyId: property.id,
          kind: 'automatic',
          subject: 'property',
          categories: {},
          comment: 'The host cancelled this booking 5 days before check-in. This is an automatic note.',
          publishedAt: cancellation.at,
        },
        [],
      ],
    );
    const anyone = world().anyone();
    assert.deepEqual((await anyone.get(`/reviews/${note.id}`)).body, note);
    assert.equal((await anyone.get(`/properties/${property.id}`)).body.rating.count, 0);
    // It is nobody's: neither side changes it or takes it away, an operator does.
    for (const person of [host, guest]) {
      assert.equal((await person.patch(`/reviews/${note.id}`, { rating: 1 })).status, 403);
      assert.equal((await person.delete(`/reviews/${note.id}`)).status, 403);
    }
    const operator = await world().operator();
    const removal = { method: 'DELETE', body: { reason: 'The house had burnt down.' } };
    await operator.must(204, operator.call(`/reviews/${note.id}`, removal));
    assert.deepEqual(await listed(property.id), []);
    assert.equal((await anyone.get(`/properties/${property.id}`)).body.rating.count, 0);
  });

  it('can be reviewed instead from the day of check-in on, and has no note then (R4)', async () => {
    const { booking, guest, host, property } = await booked();
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    const { cancellation } = await host.must(200, cancel(host, booking));
    assert.deepEqual([cancellation.refund.amount, cancellation.fee.amount], [TOTAL, 17_500]);
    assert.deepEqual(await listed(property.id), []);
    const { reviewBy } = await mayReview(world(), guest, booking.id);
    assert.ok(Date.parse(reviewBy) > Date.parse(cancellation.at));
  });

  it('stays over for good: the guest cannot cancel it again, nor the host twice', async () => {
    const { booking, guest, host } = await booked();
    await host.must(200, cancel(host, booking));
    for (const person of [guest, host]) {
      const { status, body } = await cancel(person, booking);
      assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'cancelled']);
    }
  });

  it('is no way out of a request, which the host refuses instead', async () => {
    const { booking, guest, host } = await world().requested();
    const { status, body } = await cancel(host, booking);
    assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'awaiting_host']);
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'awaiting_host');
    const held = await world().held();
    assert.equal((await cancel(held.host, held.booking)).status, 404);
  });

  it('is refused once the stay is over (L5)', async () => {
    const { booking, guest, host } = await booked();
    await world().passTo(booking, booking.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
    for (const person of [guest, host]) {
      const { status, body } = await cancel(person, booking);
      assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'completed']);
    }
  });

  it('is cancelled by whoever comes first, guest or host, and the other hears so (L3)', async () => {
    const { booking, guest, host, property } = await booked();
    const answers = await Promise.all([cancel(guest, booking), cancel(host, booking)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    assert.deepEqual([refused?.body.code, refused?.body.bookingStatus], ['booking_state', 'cancelled']);
    const by = answers[0].status === 200 ? 'guest' : 'host';
    const { cancellation } = await world().sees(host, booking.id, 'cancelled');
    assert.equal(cancellation.by, by);
    await world().refunded(booking.id, { amount: TOTAL });
    const isFree = by === 'guest';
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [isFree, isFree, isFree]);
    assert.equal((await listed(property.id)).length, isFree ? 0 : 1);
    const { host_debt: debt = 0 } = await balancesOf(world().db, booking.id);
    assert.equal(debt, isFree ? 0 : 8_750);
    const told = (await eventsOf(world().db, booking.id)).filter(({ kind }) => kind === 'booking.cancelled');
    assert.equal(told.length, 1);
  });
});
