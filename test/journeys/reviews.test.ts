import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { isPublic, mayReview, toReview, write } from '../support/reviews.ts';
import { until } from '../support/virtual-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('the reviews of a stay', () => {
  const world = useWorld();

  const read = async (person: Traveller, path: string): Promise<Wire> => person.must(200, person.get(path));
  const ratingOf = async (path: string): Promise<Wire> => (await read(world().anyone(), path)).rating;
  const listed = async (query: string): Promise<Wire[]> =>
    (await read(world().anyone(), `/reviews?${query}`)).data;

  /**
   * Who asks the API that made a review public finds the property rated so at once,
   * who asks another one within two seconds. Where there are two, they answer in turn.
   */
  const isRated = (propertyId: string, rating: { average: number | null; count: number }) => {
    const isSo = async () => isDeepStrictEqual(await ratingOf(`/properties/${propertyId}`), rating);
    return until(`the property is rated ${rating.average}`, async () => (await isSo()) && (await isSo()));
  };

  it('are written by both sides, public together, responded to, and taken away by an operator', async () => {
    const { booking, property, guest, host } = await toReview(world());
    assert.equal(Date.parse(booking.reviewBy), Date.parse(booking.checkOutAt) + 14 * DAY_MS);
    const byGuest = await guest.must(
      201,
      write(guest, booking.id, {
        rating: 4,
        categories: { cleanliness: 5, checkIn: 3 },
        comment: 'Quiet, bright,\nand just as shown.',
        privateNote: 'The tap in the kitchen drips.',
      }),
    );
    assert.deepEqual(byGuest, {
      id: byGuest.id,
      bookingId: booking.id,
      propertyId: property.id,
      authorId: guest.id,
      kind: 'written',
      subject: 'property',
      rating: 4,
      categories: { cleanliness: 5, checkIn: 3 },
      comment: 'Quiet, bright,\nand just as shown.',
      privateNote: 'The tap in the kitchen drips.',
      publishedAt: null,
    });
    assert.equal((await host.get(`/reviews/${byGuest.id}`)).status, 404);
    assert.deepEqual(await ratingOf(`/properties/${property.id}`), { average: null, count: 0 });

    const said = { rating: 5, categories: { houseRules: 5 }, comment: 'Welcome back.' };
    const byHost = await host.must(201, write(host, booking.id, said)); // This makes both public.
    await isRated(property.id, { average: 4, count: 1 });
    assert.deepEqual(await ratingOf(`/users/${guest.id}`), { average: 5, count: 1 });
    assert.deepEqual(await ratingOf(`/users/${host.id}`), { average: null, count: 0 });
    assert.equal(byHost.subject, 'guest');
    const { privateNote: _, ...seenByAll } = { ...byGuest, publishedAt: byHost.publishedAt };
    assert.deepEqual(await listed(`propertyId=${property.id}`), [seenByAll]);
    assert.deepEqual(await listed(`userId=${guest.id}`), [byHost]);
    assert.deepEqual(await read(world().anyone(), `/reviews/${byGuest.id}`), seenByAll);
    for (const person of [guest, host])
      assert.equal((await read(person, `/reviews/${byGuest.id}`)).privateNote, byGuest.privateNote);
    assert.equal((await read(guest, `/bookings/${booking.id}`)).reviewBy, undefined);

    const response = { comment: 'Thank you. The tap is mended.' };
    const answered = await host.must(201, host.post(`/reviews/${byGuest.id}/response`, response));
    assert.equal(answered.response.comment, response.comment);
    assert.deepEqual((await listed(`propertyId=${property.id}`))[0].response, answered.response);
    const again = await host.post(`/reviews/${byGuest.id}/response`, response);
    assert.deepEqual([again.status, again.body.reason], [409, 'responded']);

    const operator = await world().operator();
    const remove = (body?: unknown) => operator.call(`/reviews/${byGuest.id}`, { method: 'DELETE', body });
    const without = await remove();
    assert.deepEqual([without.status, without.body.errors[0].path], [400, 'reason']);
    assert.equal((await remove({ reason: 'Names a child.' })).status, 204);
    await isRated(property.id, { average: null, count: 0 });
    assert.deepEqual(await ratingOf(`/users/${guest.id}`), { average: 5, count: 1 });
    assert.deepEqual(await listed(`propertyId=${property.id}`), []);
    for (const person of [guest, host, operator, world().anyone()])
      assert.equal((await person.get(`/reviews/${byGuest.id}`)).status, 404);
  });

  it('are public at the end of the window when one side alone has written', async () => {
    const { booking, property, guest, host } = await toReview(world());
    const { id } = await guest.must(201, write(guest, booking.id, { rating: 3 }));
    const workflow = collectReviewsId(booking.id);
    await world().temporal.advanceTo(workflow, Date.parse(booking.reviewBy) - HOUR_MS);
    assert.deepEqual(await ratingOf(`/properties/${property.id}`), { average: null, count: 0 });
    await world().temporal.advanceTo(workflow, Date.parse(booking.reviewBy));
    const review = await isPublic(guest, id);
    assert.ok(review.publishedAt >= booking.reviewBy);
    // Nobody asked for this, so nobody's answer could wait for the copies: the relay drops them.
    await until(
      'everyone is told so',
      async () => (await ratingOf(`/properties/${property.id}`)).count === 1,
    );
    const late = await write(host, booking.id);
    assert.deepEqual([late.status, late.body.code, late.body.reason], [409, 'review_not_eligible', 'closed']);
  });

  it('can be changed and taken back until the other side has written (R3)', async () => {
    const { booking, property, guest, host } = await toReview(world());
    const first = await guest.must(201, write(guest, booking.id, { rating: 1, privateNote: 'Sorry.' }));
    await guest.must(204, guest.delete(`/reviews/${first.id}`));
    assert.equal((await guest.get(`/reviews/${first.id}`)).status, 404);
    const second = await guest.must(201, write(guest, booking.id, { rating: 2, privateNote: 'Sorry.' }));
    const changes = { rating: 3, privateNote: null };
    const changed = await guest.must(200, guest.patch(`/reviews/${second.id}`, changes));
    assert.deepEqual([changed.rating, changed.comment, changed.privateNote], [3, 'As shown.', undefined]);
    assert.deepEqual(await guest.must(200, guest.patch(`/reviews/${second.id}`, {})), changed);
    await host.must(201, write(host, booking.id));

    for (const late of [
      await guest.patch(`/reviews/${second.id}`, { rating: 5 }),
      await guest.delete(`/reviews/${second.id}`),
    ])
      assert.deepEqual(
        [late.status, late.body.code, late.body.reason],
        [409, 'review_not_eligible', 'published'],
      );
    assert.equal((await read(guest, `/reviews/${second.id}`)).rating, 3);
    assert.deepEqual(await ratingOf(`/properties/${property.id}`), { average: 3, count: 1 });
  });

  it('are one of each side, and the same call is the same review', async () => {
    const { booking, guest } = await toReview(world());
    const said = { bookingId: booking.id, rating: 4, comment: 'As shown.' };
    const first = await guest.post('/reviews', said, 'my key');
    const again = await guest.post('/reviews', said, 'my key');
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const other = await guest.post('/reviews', { ...said, rating: 1 }, 'my key');
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);
    const second = await write(guest, booking.id);
    assert.deepEqual(
      [second.status, second.body.code, second.body.reason],
      [409, 'review_not_eligible', 'written'],
    );
    assert.equal((await world().db('review_drafts').where({ booking_id: booking.id })).length, 0);
  });

  it('are told of by mail: the window, what is left of it, and what was said', async () => {
    const { booking, guest, host } = await toReview(world());
    for (const person of [guest, host]) await world().mail(person, /How was the stay/);
    await guest.must(201, write(guest, booking.id, { comment: 'Damp and loud.', privateNote: 'Sorry.' }));
    const workflow = collectReviewsId(booking.id);
    const subjectsOf = async (person: Traveller) =>
      (await world().mailbox(person)).map(({ subject }) => subject as string).reverse();
    const reminded = (subjects: string[]) =>
      subjects.filter((subject) => subject.includes('still time')).length;
    for (const [times, ms] of [
      [1, Date.parse(booking.checkOutAt) + 3 * DAY_MS],
      [2, Date.parse(booking.reviewBy) - DAY_MS],
    ] as const) {
      await world().temporal.advanceTo(workflow, ms);
      await until(
        `the host is reminded ${times} times`,
        async () => reminded(await subjectsOf(host)) === times,
      );
    }
    await world().temporal.advanceTo(workflow, Date.parse(booking.reviewBy));
    for (const person of [guest, host]) await world().mail(person, /are public/);
    // By now a mail of the reminders to whoever had written would be there as well.
    assert.equal(reminded(await subjectsOf(guest)), 0);
    for (const person of [guest, host])
      for (const { text } of await world().mailbox(person)) assert.doesNotMatch(text, /Damp|Sorry/);
  });

  describe('of a stay that was called off (R4)', () => {
    /** Cancels when the wall of the property shows 23:30 on the eve of check-in, or 00:30 on the day. */
    async function cancelledAt(timeZone: string, offsetHours: number, minutesAfterMidnight: number) {
      const { property, host } = await world().home({ timeZone });
      const guest = await world().person();
      const booking = await guest.books(stayRequest({ propertyId: property.id }));
      const midnight = Date.parse(`${booking.checkIn}T00:00:00.000Z`) - offsetHours * HOUR_MS;
      const workflow = bookStayId(booking.id);
      await world().temporal.advanceTo(workflow, midnight + minutesAfterMidnight * 60_000);
      const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      await until('its workflow has only the payout of the first night left to do', async () =>
        (await world().temporal.detailsOf(workflow)).includes('the host is paid what they keep'),
      );
      return { guest, host, booking: cancelled };
    }

    for (const [timeZone, offsetHours] of [
      ['Pacific/Kiritimati', 14],
      ['Pacific/Pago_Pago', -11],
    ] as const) {
      it(`on the day of check-in in ${timeZone} can be written from then on`, async () => {
        const { guest, host, booking } = await cancelledAt(timeZone, offsetHours, 30);
        const { reviewBy } = await mayReview(world(), guest, booking.id);
        assert.equal(Date.parse(reviewBy), Date.parse(booking.cancellation.at) + 14 * DAY_MS);
        const { at } = booking.cancellation;
        await world().temporal.advanceTo(collectReviewsId(booking.id), Date.parse(at));
        await guest.must(201, write(guest, booking.id));
        assert.notEqual((await host.must(201, write(host, booking.id))).publishedAt, null);
      });

      it(`on the eve of check-in in ${timeZone} cannot`, async () => {
        const { guest, host, booking } = await cancelledAt(timeZone, offsetHours, -30);
        assert.equal((await read(guest, `/bookings/${booking.id}`)).reviewBy, undefined);
        for (const person of [guest, host]) {
          const { status, body } = await write(person, booking.id);
          assert.deepEqual([status, body.code, body.reason], [409, 'review_not_eligible', 'not_open']);
        }
      });
    }
  });

  it('cannot be written before check-out, nor after a booking that came to nothing', async () => {
    const [booked, held] = [await world().booked(), await world().held()];
    await held.guest.must(200, held.guest.post(`/bookings/${held.booking.id}/cancellation`));
    for (const { guest, booking } of [booked, held]) {
      const { status, body } = await write(guest, booking.id);
      assert.deepEqual([status, body.code, body.reason], [409, 'review_not_eligible', 'not_open']);
    }
  });

  it('never come of booking one’s own home (R8)', async () => {
    const { host, property } = await world().home();
    const { status, body } = await host.post('/bookings', stayRequest({ propertyId: property.id }));
    assert.deepEqual([status, body.code, body.rule], [422, 'stay_refused', 'own_property']);
    assert.deepEqual((await read(host, '/bookings')).data, []);
    assert.deepEqual((await read(host, '/bookings?as=host')).data, []);
    const rows = await world().db('bookings').where({ property_id: property.id });
    assert.deepEqual(rows, []);
    assert.equal((await write(host, body.bookingId ?? `bkg_${'0'.repeat(26)}`)).status, 404);
    assert.deepEqual(await ratingOf(`/properties/${property.id}`), { average: null, count: 0 });
  });
});
