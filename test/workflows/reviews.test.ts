import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { createReviewActivities } from '#activities/reviews.ts';
import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { findReviewWindow } from '#db/review-windows.ts';
import { findReviewsOf } from '#db/reviews.ts';
import type { BookingId, PropertyId, ReviewId, UserId } from '#domain/ids.ts';
import { addHours } from '#domain/nights.ts';
import { REVIEW_WINDOW_HOURS } from '#domain/reviews.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { SEARCH } from '#workflows/bookings.contract.ts';
import { collectReviewsId, submitReview } from '#workflows/reviews.contract.ts';
import { aDraft, aLivedStay, ratingOf } from '../db/reviews-fixture.ts';
import { useWorld } from '../support/journeys.ts';
import { eventsOf } from '../support/ledger.ts';
import { isPublic, mayReview, toReview, write } from '../support/reviews.ts';
import { until } from '../support/virtual-time.ts';

const PATIENCE = { acceptWithinMs: 40_000, answerWithinMs: 60_000 };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Twenty seconds: enough to be heard in, and not too long to wait for. */
const SOON_HOURS = 20 / 3_600;
const TIMES = 20;

describe('the workflow of a review window', () => {
  const world = useWorld();
  let workflows: Workflows;
  before('connect', () => {
    const address = world().stack.addresses.temporalAddress;
    workflows = connectWorkflows({ address, namespace: 'default' });
  });
  after('disconnect', () => workflows[Symbol.asyncDispose]());

  const open = ({ id }: { id: BookingId }) =>
    createReviewActivities({ db: world().db, workflows }).openReviews({ bookingId: id });
  const isOver = (id: string) =>
    until(`${id} is over`, async () => (await world().temporal.statusOf(id)) === 'COMPLETED');
  const statusOf = async (id: BookingId) => (await findReviewWindow(world().db, id))?.status;

  /** A stay that ended so long ago, with its window conducted from now on. */
  async function anOldStay(hoursAgo: number, of: { propertyId?: string; guestId?: string } = {}) {
    const checkOutAt = addHours(new Date().toISOString(), -hoursAgo);
    const booking = await aLivedStay(world().db, {
      checkOutAt,
      ...(of.propertyId !== undefined && { propertyId: of.propertyId as PropertyId }),
      ...(of.guestId !== undefined && { guestId: of.guestId as UserId }),
    });
    await open(booking);
    return booking;
  }

  const said = (booking: BookingRow, reviewId: ReviewId) =>
    workflows.ask(collectReviewsId(booking.id), submitReview, {
      ...PATIENCE,
      updateId: `submit:${reviewId}`,
      input: { reviewId },
    });

  it('takes what both sides say in the same moment, reveals it once, and counts it exactly: twenty times (R1)', async () => {
    const { host, property } = await world().home();
    const guest = await world().person();
    let [forProperty, forGuest] = [0, 0];
    for (let time = 1; time <= TIMES; time += 1) {
      const { id } = await anOldStay(1, { propertyId: property.id, guestId: guest.id });
      const stars = [1 + (time % 5), 1 + ((time * 3) % 5)] as const;
      forProperty += stars[0];
      forGuest += stars[1];
      const answers = await Promise.all([
        write(guest, id, { rating: stars[0] }),
        write(host, id, { rating: stars[1] }),
      ]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 201],
      );
      assert.equal(answers.filter(({ body }) => body.publishedAt !== null).length >= 1, true);
      const kinds = (await eventsOf(world().db, id)).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['reviews.opened', 'reviews.revealed']);
      assert.deepEqual(await ratingOf(world().db, property.id), [forProperty / time, time]);
      assert.deepEqual(await ratingOf(world().db, guest.id as UserId), [forGuest / time, time]);
      // The two answers are through, so nobody may be told of an older rating.
      const { rating } = (await guest.get(`/properties/${property.id}`)).body;
      assert.deepEqual(rating, { average: forProperty / time, count: time });
      await isOver(collectReviewsId(id));
    }
  }).timeout(120_000);

  describe('at its edges (R2)', () => {
    it('takes nothing before its own clock shows the scheduled check-out', async () => {
      const { booking, guest } = await world().booked();
      const { id, checkOutAt } = booking;
      await world().temporal.advanceTo(`booking:${id}`, Date.parse(checkOutAt));
      await mayReview(world(), guest, id);
      const workflow = collectReviewsId(id);
      await world().temporal.advanceTo(workflow, Date.parse(checkOutAt) - MINUTE_MS);
      const early = await write(guest, id);
      assert.deepEqual(
        [early.status, early.body.code, early.body.reason],
        [409, 'review_not_eligible', 'not_open'],
      );
      await world().temporal.advanceTo(workflow, Date.parse(checkOutAt));
      assert.equal((await write(guest, id)).status, 201);
    });

    it('takes a review, a change and a withdrawal in its last minute', async () => {
      const { booking, guest } = await toReview(world());
      await world().temporal.advanceTo(
        collectReviewsId(booking.id),
        Date.parse(booking.reviewBy) - MINUTE_MS,
      );
      const first = await guest.must(201, write(guest, booking.id));
      await guest.must(204, guest.delete(`/reviews/${first.id}`));
      const second = await guest.must(201, write(guest, booking.id));
      await guest.must(200, guest.patch(`/reviews/${second.id}`, { rating: 2 }));
      await world().temporal.advanceTo(collectReviewsId(booking.id), Date.parse(booking.reviewBy));
      assert.equal((await isPublic(guest, second.id)).rating, 2);
    });

    it('takes nothing at its end, and leaves no draft of it', async () => {
      const { booking, guest } = await toReview(world());
      await world().temporal.advanceTo(collectReviewsId(booking.id), Date.parse(booking.reviewBy));
      await isOver(collectReviewsId(booking.id));
      const late = await write(guest, booking.id);
      assert.deepEqual(
        [late.status, late.body.code, late.body.reason],
        [409, 'review_not_eligible', 'closed'],
      );
      assert.equal(await statusOf(booking.id), 'lapsed');
      assert.deepEqual(await world().db('review_drafts').where({ booking_id: booking.id }), []);
    });

    it('judges what came in time by when it came, though it is taken after the end', async () => {
      const booking = await anOldStay(REVIEW_WINDOW_HOURS - SOON_HOURS);
      const closesAt = Date.parse(booking.checkOutAt) + REVIEW_WINDOW_HOURS * HOUR_MS;
      const drafts = [
        await aDraft(world().db, booking, { side: 'guest' }),
        await aDraft(world().db, booking, { side: 'host' }),
      ];
      // Somebody keeps the booking from being touched until the window is over.
      const inTheWay = await world().db.transaction();
      await lockBooking(inTheWay, booking.id);
      const answers = drafts.map((reviewId) => said(booking, reviewId));
      await until('the window is over', async () => {
        await inTheWay.raw('select'); // A transaction that idles for long is ended.
        return Date.now() > closesAt;
      });
      await inTheWay.rollback();
      const taken = await Promise.all(answers);
      assert.deepEqual(
        taken.map((answer) => answer.is),
        ['answered', 'answered'],
      );
      for (const { submittedAt } of await findReviewsOf(world().db, booking.id))
        assert.ok(Date.parse(submittedAt) < closesAt);
      assert.equal(await statusOf(booking.id), 'revealed');
    }).timeout(90_000);
  });

  describe('opened late', () => {
    it('makes up for no reminder', async () => {
      const { host, property } = await world().home();
      const guest = await world().person();
      const booking = await anOldStay(REVIEW_WINDOW_HOURS - 12, {
        propertyId: property.id,
        guestId: guest.id,
      });
      const { id } = await guest.must(201, write(guest, booking.id));
      const { reviewBy } = await mayReview(world(), host, booking.id);
      await world().temporal.advanceTo(collectReviewsId(booking.id), Date.parse(reviewBy));
      await isPublic(guest, id);
      const kinds = (await eventsOf(world().db, booking.id)).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['reviews.opened', 'reviews.revealed']);
    });

    it('after its end is over at once', async () => {
      const booking = await anOldStay(REVIEW_WINDOW_HOURS + 1);
      await isOver(collectReviewsId(booking.id));
      assert.equal(await statusOf(booking.id), 'lapsed');
    });
  });

  it('opened again is the same one, and once it is over does not start again', async () => {
    const booking = await anOldStay(1);
    await Promise.all(Array.from({ length: 5 }, () => open(booking)));
    const handle = world().temporal.client.workflow.getHandle(collectReviewsId(booking.id));
    const { runId } = await handle.describe();
    await world().temporal.advance(collectReviewsId(booking.id), REVIEW_WINDOW_HOURS * HOUR_MS);
    await isOver(collectReviewsId(booking.id));
    await Promise.all(Array.from({ length: 5 }, () => open(booking)));
    assert.equal((await handle.describe()).runId, runId);
    const kinds = (await eventsOf(world().db, booking.id)).map(({ kind }) => kind);
    assert.deepEqual(kinds.filter((kind) => kind === 'reviews.opened').length, 1);
    assert.equal(kinds.at(-1), 'reviews.lapsed');
  });

  it('gives the same answer to the same ask, also after its end', async () => {
    const booking = await anOldStay(1);
    const reviewId = await aDraft(world().db, booking, { side: 'guest' });
    const first = await said(booking, reviewId);
    assert.deepEqual(first, { is: 'answered', result: { isPublic: false } });
    assert.deepEqual(await said(booking, reviewId), first);
    const other = await aDraft(world().db, booking, { side: 'host' });
    assert.deepEqual(await said(booking, other), { is: 'answered', result: { isPublic: true } });
    await isOver(collectReviewsId(booking.id));
    assert.deepEqual(await said(booking, reviewId), first);
    assert.equal((await findReviewsOf(world().db, booking.id)).length, 2);
  });

  it('is not ended by Temporal’s own cancel: what was said would stay hidden', async () => {
    const booking = await anOldStay(1);
    await world().temporal.client.workflow.getHandle(collectReviewsId(booking.id)).cancel();
    const sides = ['guest', 'host'] as const;
    for (const side of sides) await said(booking, await aDraft(world().db, booking, { side }));
    await isOver(collectReviewsId(booking.id));
    assert.equal(await statusOf(booking.id), 'revealed');
  });

  it('can be read in the Temporal UI: whose it is, what it waits for and until when', async () => {
    const booking = await anOldStay(1);
    const handle = world().temporal.client.workflow.getHandle(collectReviewsId(booking.id));
    const { staticSummary, typedSearchAttributes: found } = await handle.describe();
    assert.ok((await staticSummary())?.includes(`${booking.checkIn} to ${booking.checkOut}`));
    assert.equal(found.get(SEARCH.property), booking.propertyId);
    assert.equal(found.get(SEARCH.guest), booking.guestId);
    assert.equal(found.get(SEARCH.host), booking.hostId);
  });
});
