import assert from 'node:assert/strict';
import { createBookings } from '#api/bookings/commands.ts';
import { ENDPOINTS, LIVE_ENDPOINTS } from '#api/endpoints.ts';
import { isDomainError } from '#domain/errors.ts';
import { latestSandboxInstant } from '#domain/sandbox.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { onboard, seesPayout } from '../support/payouts.ts';
import { inDays } from '../support/people.ts';
import type { Person, Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const DAY_MS = 24 * 3_600_000;
const later = (instant: string, byMs: number): string => new Date(Date.parse(instant) + byMs).toISOString();

describe('the time of a sandbox booking', () => {
  const world = useWorld();
  const sandboxed = (facts: Record<string, unknown> = {}) => world().booked({ sandbox: true, ...facts });
  const move = (person: Person, { id }: Wire, advanceTo: string) =>
    person.post(`/sandbox/bookings/${id}/clock`, { advanceTo });
  const moved = (person: Person, booking: Wire, advanceTo: string): Promise<Wire> =>
    person.must(200, move(person, booking, advanceTo));

  /** What no single charge bears is paid out of what is available at the bank, and other suites may have used that up. */
  async function fillBank(): Promise<void> {
    const stay = { sandbox: true, checkIn: inDays(330), checkOut: inDays(334) };
    const { guest, booking } = await world().booked(stay, { pricing: { nightly: 20_000_000 } });
    await moved(guest, booking, later(booking.checkInAt, -DAY_MS));
  }

  it('brings it from eleven months ahead to its reviews, over REST alone', async () => {
    const { guest, host, booking } = await sandboxed({ checkIn: inDays(330), checkOut: inDays(334) });
    const { id, checkInAt, checkOutAt } = booking;
    assert.equal(booking.sandbox, true);

    const before = await moved(guest, booking, later(checkInAt, -DAY_MS));
    assert.equal(before.booking.status, 'confirmed');
    assert.ok(Date.parse(before.now) >= Date.parse(checkInAt) - DAY_MS);
    assert.equal((await moved(guest, booking, checkInAt)).booking.status, 'in_stay');
    const arrived = await guest.must(200, guest.post(`/bookings/${id}/check-in`));
    assert.ok(arrived.checkedInAt >= checkInAt);

    const left = (await moved(host, booking, checkOutAt)).booking;
    assert.equal(left.status, 'completed');
    assert.equal(left.reviewBy, later(checkOutAt, 14 * DAY_MS));
    const review = await guest.must(
      201,
      guest.post('/reviews', { bookingId: id, rating: 5, comment: 'Light, and quiet.' }),
    );
    assert.equal(review.publishedAt, null);

    await moved(guest, booking, later(left.reviewBy, -DAY_MS));
    assert.deepEqual((await world().anyone().get(`/reviews?propertyId=${booking.propertyId}`)).body.data, []);
    const over = await moved(guest, booking, left.reviewBy);
    assert.ok(Date.parse(over.now) >= Date.parse(left.reviewBy));
    const { body } = await world().anyone().get(`/reviews?propertyId=${booking.propertyId}`);
    assert.deepEqual(
      body.data.map(({ id: reviewId }: Wire) => reviewId),
      [review.id],
    );
    assert.equal(await world().temporal.statusOf(bookStayId(id)), 'COMPLETED');
  });

  it('lives a year over REST alone: booked, altered, stayed, paid out, reviewed by both, closed', async () => {
    const { guest, host, booking } = await sandboxed({ checkIn: inDays(330), checkOut: inDays(334) });
    const { id } = booking;
    await fillBank();
    await onboard(world(), host);
    await moved(guest, booking, later(booking.checkInAt, -90 * DAY_MS));

    const longer = { checkOut: inDays(336), paymentMethodId: 'pm_card_visa' };
    const proposal = await guest.must(201, guest.post(`/bookings/${id}/alterations`, longer));
    assert.equal(proposal.charge.amount, 22_800);
    const accepted = `/bookings/${id}/alterations/${proposal.id}/acceptance`;
    assert.equal((await host.must(200, host.post(accepted))).status, 'altered');
    const altered = await guest.must(200, guest.get(`/bookings/${id}`));
    assert.deepEqual([altered.nights, altered.total.amount], [6, Number(booking.total.amount) + 22_800]);

    assert.equal((await moved(guest, altered, altered.checkInAt)).booking.status, 'in_stay');
    await guest.must(200, guest.post(`/bookings/${id}/check-in`));
    await moved(host, altered, later(altered.checkInAt, DAY_MS + 1_000));
    const payout = await seesPayout(host, id, { status: 'paid' });
    const { total, lines } = altered;
    const fee = lines.find(({ kind }: Wire) => kind === 'service_fee').amount;
    assert.equal(payout.amount, (total.amount - fee) * 0.97);

    const left = (await moved(host, altered, altered.checkOutAt)).booking;
    assert.deepEqual([left.status, left.reviewBy], ['completed', later(altered.checkOutAt, 14 * DAY_MS)]);
    for (const person of [guest, host])
      await person.must(
        201,
        person.post('/reviews', { bookingId: id, rating: 5, comment: 'As it should be.' }),
      );
    const { data } = (await world().anyone().get(`/reviews?propertyId=${booking.propertyId}`)).body;
    assert.equal(data.length, 1);
    await moved(guest, altered, left.reviewBy);
    assert.equal(await world().temporal.statusOf(bookStayId(id)), 'COMPLETED');

    const year = `from=${inDays(-1)}&to=${inDays(364)}`;
    const statement = await host.must(200, host.get(`/statements?${year}&currency=GBP`));
    assert.deepEqual(
      [statement.openingBalance, statement.movements.length, statement.closingBalance],
      [0, 3, 0],
    );
    const receipt = await guest.must(200, guest.get(`/bookings/${id}/receipt`));
    assert.deepEqual([receipt.payments.length, receipt.net], [2, total.amount]);
  });

  it('comes to its reviews at the scheduled check-out, however early the guest has left', async () => {
    const { guest, host, booking } = await sandboxed();
    const { id, checkInAt, checkOutAt } = booking;
    await moved(guest, booking, checkInAt);
    await guest.must(200, guest.post(`/bookings/${id}/check-out`));
    const { booking: left } = await moved(guest, booking, checkOutAt);
    assert.deepEqual([left.status, left.reviewBy], ['completed', later(checkOutAt, 14 * DAY_MS)]);
    for (const person of [guest, host])
      await person.must(201, person.post('/reviews', { bookingId: id, rating: 5, comment: 'Short.' }));
  });

  it('ends its hold, and leaves other bookings in the present', async () => {
    const { guest, booking, property } = await sandboxed({ paymentMethodId: undefined });
    const other = await world().held();
    const { booking: expired } = await moved(guest, booking, booking.holdExpiresAt);
    assert.equal(expired.status, 'expired');
    assert.deepEqual(
      await world().availability(property.id, booking.checkIn, booking.checkOut),
      Array.from({ length: booking.nights }, () => true),
    );
    assert.equal((await other.guest.get(`/bookings/${other.booking.id}`)).body.status, 'held');
  });

  it('lets the bank let go of what it has reserved when the booking’s time has come to that', async () => {
    const { property } = await world().home({ bookingMode: 'request' });
    const guest = await world().person();
    const request = { propertyId: property.id, checkIn: inDays(40), checkOut: inDays(42), sandbox: true };
    const booking = await guest.books({ ...request, guests: { adults: 1 }, paymentMethodId: 'pm_card_visa' });
    const { booking: lapsed } = await moved(guest, booking, booking.respondBy);
    assert.equal(lapsed.status, 'expired');
    await moved(guest, booking, later(booking.respondBy, 8 * DAY_MS));
    assert.equal((await world().bank.intentOf(booking.id)).status, 'canceled');
  });

  it('is moved by its guest, its host and operators, and by nobody else (S1)', async () => {
    const { guest, host, booking } = await sandboxed();
    const step = (n: number): string => later(new Date().toISOString(), n * 3_600_000);
    const [stranger, operator] = await Promise.all([world().person(), world().operator()]);
    for (const [n, person] of [guest, host, operator].entries()) await moved(person, booking, step(n + 1));
    const refused = await move(stranger, booking, step(9));
    assert.deepEqual([refused.status, refused.body.code], [404, 'not_found']);
    const anonymous = await move(world().anyone(), booking, step(9));
    assert.deepEqual([anonymous.status, anonymous.body.code], [401, 'unauthenticated']);
  });

  it('goes on only, and no further than sixty days past check-out', async () => {
    const { guest, booking } = await sandboxed();
    const last = latestSandboxInstant(booking);
    for (const advanceTo of [later(new Date().toISOString(), -1_000), later(last, 1), 'tomorrow']) {
      const { status, body } = await move(guest, booking, advanceTo);
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'invalid_input', 'advanceTo']);
    }
    assert.equal((await moved(guest, booking, last)).booking.status, 'completed');
  });

  it('is moved once for the same key', async () => {
    const { guest, booking } = await sandboxed();
    const to = later(booking.checkInAt, -DAY_MS);
    const key = crypto.randomUUID();
    const path = `/sandbox/bookings/${booking.id}/clock`;
    await guest.must(200, guest.post(path, { advanceTo: to }, key));
    const again = await guest.post(path, { advanceTo: to }, key);
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true']);
    assert.ok(Date.parse(again.body.now) < Date.parse(to) + DAY_MS);
  });

  it('is moved by one at a time', async () => {
    const { guest, host, booking } = await sandboxed();
    const answers = await Promise.all([
      move(guest, booking, booking.checkOutAt),
      move(host, booking, booking.checkOutAt),
    ]);
    for (const { status, body } of answers) {
      if (status !== 200) assert.deepEqual([status, body.code], [409, 'booking_state']);
    }
    await world().sees(guest, booking.id, 'completed');
    const now = await world().temporal.virtualNow(bookStayId(booking.id));
    assert.ok(now < Date.parse(booking.checkOutAt) + DAY_MS, 'it has not been moved twice as far');
  });

  it('is that of every other booking where it was not asked for', async () => {
    const { guest, booking } = await world().booked();
    assert.equal(booking.sandbox, undefined);
    const { status, body } = await move(guest, booking, booking.checkInAt);
    assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'confirmed']);
  });

  it('stands, and says so, while what is due cannot be done; and goes on from there', async function () {
    this.timeout(120_000); // It gives up after a while, and the bank is asked again in growing intervals.
    const { guest, booking } = await sandboxed({ paymentMethodId: undefined });
    const { id: intentId } = await world().bank.intentOf(booking.id);
    const match = { path: `/v1/payment_intents/${intentId}*` };
    await world().bank.misbehave({ kind: 'close', times: 1_000, match });
    const { status, body } = await move(guest, booking, booking.holdExpiresAt);
    assert.deepEqual([status, body.code], [503, 'unavailable']);
    await world().bank.heal();
    await until(
      'it goes on',
      async () => {
        const answer = await move(guest, booking, later(booking.holdExpiresAt, 60_000));
        return answer.status === 200 && answer.body.booking.status === 'expired';
      },
      60_000,
    );
  });

  it('cannot be moved where money is real: there is no such path, and no such booking', async () => {
    const gone = ENDPOINTS.filter((endpoint) => !LIVE_ENDPOINTS.includes(endpoint));
    assert.deepEqual(
      gone.map(({ path }) => path),
      ['/sandbox/bookings/{id}/clock'],
    );
    const { db } = world();
    const live = createBookings({ db, isLive: true, now: () => new Date() } as Parameters<
      typeof createBookings
    >[0]);
    const booking = { sandbox: true } as Parameters<typeof live.reserve>[0];
    await assert.rejects(live.reserve(booking, undefined as never), (error) =>
      isDomainError(error, 'invalid_input'),
    );
  });
});
