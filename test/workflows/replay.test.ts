import assert from 'node:assert/strict';
import type { ReplayHistoriesIterable } from '@temporalio/worker';
import { workflowBundle } from '#bin/workflow-bundle.ts';
import type { BookingId } from '#domain/ids.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { bulkCancellationId } from '#workflows/bulk-cancellations.contract.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import { replay } from '../support/histories/replaying.ts';
import { useWorld } from '../support/journeys.ts';
import { stayRequest } from '../support/people.ts';
import { toReview, write } from '../support/reviews.ts';
import { until } from '../support/virtual-time.ts';

/** Of each type as many as tell something; a whole run of the suite leaves more. */
const HISTORIES_OF_A_TYPE = 150;

/**
 * The histories that the stack has by now (of the whole run, this file coming last, or of the paths below) are replayed
 * against the workflow code as it is: what is not deterministic shows itself here and not in the middle of a stay.
 * How histories of older code fare is told by histories.test.ts.
 */
describe('workflow code', () => {
  const world = useWorld();

  before('walk the paths', async function () {
    this.timeout(120_000);
    await Promise.all([confirmedAndCancelled(), declined(), lived(), expired(), paidLate(), withdrawn()]);
    await Promise.all([reviewedByBoth(), reviewedByOne(), cancelledByHost(), cancelledInBulk()]);
    await world().bankIsHeard();
  });

  it('replays every history that it has made', async function () {
    this.timeout(120_000);
    const replayed = new Map<string, number>();
    assert.deepEqual(await replay(await workflowBundle(), histories(replayed)), []);
    for (const type of ['bookStay', 'refundPayment', 'notify', 'collectReviews', 'cancelInBulk'])
      assert.ok((replayed.get(type) ?? 0) > 0, `no ${type}`);
    assert.ok((replayed.get('bookStay') ?? 0) >= 8);
    assert.ok((replayed.get('collectReviews') ?? 0) >= 2);
  });

  async function* histories(replayed: Map<string, number>): ReplayHistoriesIterable {
    const { workflow } = world().temporal.client;
    for await (const { workflowId, runId, type } of workflow.list()) {
      const before = replayed.get(type) ?? 0;
      // Runs of a schedule are one like the other.
      if (before >= (type === 'resumeRequested' ? 1 : HISTORIES_OF_A_TYPE)) continue;
      replayed.set(type, before + 1);
      yield { workflowId, history: await workflow.getHandle(workflowId, runId).fetchHistory() };
    }
  }

  const isOver = (bookingId: string) =>
    until(`${bookingId} is over`, async () => {
      return (await world().temporal.statusOf(bookStayId(bookingId as BookingId))) !== 'RUNNING';
    });

  async function confirmedAndCancelled() {
    const { booking, guest } = await world().booked();
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await world().refunded(booking.id);
    await isOver(booking.id);
  }

  async function cancelledByHost() {
    const { booking, host } = await world().booked();
    await host.must(200, host.post(`/bookings/${booking.id}/cancellation`));
    await isOver(booking.id);
  }

  async function cancelledInBulk() {
    const [{ booking }, operator] = await Promise.all([world().booked(), world().operator()]);
    const body = { reason: 'A flood', bookingIds: [booking.id] };
    const { id } = await operator.must(201, operator.post('/bulk-cancellations', body));
    await world().temporal.isStarted(bulkCancellationId(id));
    await isOver(booking.id);
    await until(`${id} is over`, async () => {
      return (await world().temporal.statusOf(bulkCancellationId(id))) !== 'RUNNING';
    });
  }

  async function declined() {
    const { property } = await world().home();
    const guest = await world().person();
    const request = stayRequest({ propertyId: property.id, paymentMethodId: 'pm_card_chargeDeclined' });
    await isOver((await guest.must(402, guest.post('/bookings', request))).bookingId);
  }

  async function lived() {
    const { booking } = await world().booked();
    await world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.checkOutAt));
    await isOver(booking.id);
  }

  async function expired() {
    const { booking } = await world().held();
    await world().temporal.advanceTo(bookStayId(booking.id), Date.parse(booking.holdExpiresAt));
    await isOver(booking.id);
  }

  async function paidLate() {
    const { booking, guest } = await world().held();
    const pay = { bookingId: booking.id, paymentMethodId: 'pm_card_chargeDeclined' };
    await guest.must(402, guest.post('/payments', pay));
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    await world().sees(guest, booking.id, 'confirmed');
  }

  async function withdrawn() {
    const { booking, guest } = await world().held();
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await isOver(booking.id);
  }

  async function reviewedByBoth() {
    const { booking, guest, host } = await toReview(world());
    const { id } = await guest.must(201, write(guest, booking.id));
    await guest.must(200, guest.patch(`/reviews/${id}`, { rating: 4 }));
    await host.must(201, write(host, booking.id));
    await isRevealed(booking.id);
  }

  /** Through both reminders to the end, with a second thought on the way. */
  async function reviewedByOne() {
    const { booking, guest } = await toReview(world());
    const { id } = await guest.must(201, write(guest, booking.id));
    await guest.must(204, guest.delete(`/reviews/${id}`));
    await guest.must(201, write(guest, booking.id));
    await world().temporal.advanceTo(collectReviewsId(booking.id), Date.parse(booking.reviewBy));
    await isRevealed(booking.id);
  }

  const isRevealed = (bookingId: BookingId) =>
    until(`the window of ${bookingId} is over`, async () => {
      return (await world().temporal.statusOf(collectReviewsId(bookingId))) !== 'RUNNING';
    });
});
