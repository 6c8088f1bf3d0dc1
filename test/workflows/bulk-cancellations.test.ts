import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { findBooking } from '#db/bookings.ts';
import { findBulkCancellation, insertBulkCancellation, readBulkProgress } from '#db/bulk-cancellations.ts';
import type { NewBulkCancellation } from '#db/bulk-cancellations.ts';
import { newId } from '#db/ids.ts';
import { inTransaction } from '#db/transaction.ts';
import { BULK_PACE, MAX_BULK_BOOKINGS } from '#domain/bulk-cancellations.ts';
import type { BookingId, BulkCancellationId, UserId } from '#domain/ids.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bookStayId, cancelBooking } from '#workflows/bookings.contract.ts';
import { bulkCancellationId, bulkCancellationOrder } from '#workflows/bulk-cancellations.contract.ts';
import type { Pace } from '#workflows/bulk-cancellations.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { inDays } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const PATIENCE_MS = 60_000;

describe('the workflow of a bulk cancellation (L12)', () => {
  const world = useWorld();
  let workflows: Workflows;
  before('connect', () => {
    const address = world().stack.addresses.temporalAddress;
    workflows = connectWorkflows({ address, namespace: 'default' });
  });
  after('disconnect', () => workflows[Symbol.asyncDispose]());

  /** Bookings that cost nothing, of one guest at one property. */
  async function booked(count: number): Promise<BookingId[]> {
    const { property } = await world().home({ pricing: { nightly: 0 } });
    const guest = await world().person();
    const ids: BookingId[] = [];
    for (let night = 0; night < count; night += 1) {
      const stay = { checkIn: inDays(30 + night), checkOut: inDays(31 + night), guests: { adults: 1 } };
      ids.push((await guest.books({ propertyId: property.id, ...stay })).id);
    }
    return ids;
  }

  /** Written down as the API does, but for who starts it: that is done here, at a pace of its own. */
  async function begun(bookingIds: readonly BookingId[], pace: Pace): Promise<BulkCancellationId> {
    const bulk = await planned(bookingIds);
    await start(bulk, pace);
    return bulk.id;
  }

  async function planned(bookingIds: readonly BookingId[]) {
    const operatorId = (await world().operator()).id as UserId;
    return { id: newId('bulkCancellation'), operatorId, reason: 'A test', override: null, bookingIds };
  }

  /** Started before anybody hears of it: whoever else would start it then finds it started. */
  async function start(bulk: NewBulkCancellation, pace: Pace): Promise<void> {
    const order = bulkCancellationOrder(bulk.id);
    await workflows.start({ ...order, input: { ...order.input, pace } });
    await inTransaction(world().db, (trx) => insertBulkCancellation(trx, bulk));
  }

  const statusOf = async (id: BulkCancellationId) => (await findBulkCancellation(world().db, id))?.status;
  const progressOf = async (id: BulkCancellationId) => (await readBulkProgress(world().db, [id])).get(id);

  it('goes on in a new run after so many batches, so that ten thousand bookings are no more than ten', async () => {
    const pace = { batch: 2, everyMs: 100, batchesARun: 2 };
    const id = await begun(await booked(9), pace);
    await until('it is done', async () => (await statusOf(id)) === 'done', PATIENCE_MS);
    assert.deepEqual(await progressOf(id), { total: 9, waiting: 0, cancelled: 9, left: 0 });
    assert.deepEqual(await batchesOfRuns(bulkCancellationId(id)), [1, 2, 2]);
    // Each batch is a dozen events or so, and Temporal takes 51,200 of them.
    const { batch, batchesARun } = BULK_PACE;
    assert.ok(batchesARun * 12 < 51_200 / 10);
    assert.ok(MAX_BULK_BOOKINGS / (batch * batchesARun) < 10);
  });

  /** How many batches each run has made, the last run first. */
  async function batchesOfRuns(workflowId: string): Promise<number[]> {
    const { workflow } = world().temporal.client;
    const runs: number[] = [];
    let runId: string | undefined = (await workflow.getHandle(workflowId).describe()).runId;
    while (runId) {
      const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
      const activities = (events ?? []).map(
        (event) => event.activityTaskScheduledEventAttributes?.activityType,
      );
      runs.push(activities.filter((type) => type?.name === 'cancelSome').length);
      runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
    }
    return runs;
  }

  it('counts what was done before a crash kept it from being written down', async () => {
    const ids = await booked(2);
    const { id, operatorId: actorId, reason } = await planned(ids);
    // Nobody is told, so nobody starts it yet.
    await world().db('bulk_cancellations').insert({ id, operator_id: actorId, reason });
    const rows = ids.map((bookingId) => ({ bulk_id: id, booking_id: bookingId }));
    await world().db('bulk_cancellation_bookings').insert(rows);
    const [first] = ids;
    assert.ok(first);
    // As the activity asks, which then dies.
    await workflows.ask(bookStayId(first), cancelBooking, {
      updateId: `cancel:${id}`,
      input: { by: 'operator', actorId, reason },
      acceptWithinMs: 30_000,
      answerWithinMs: 30_000,
    });
    assert.equal((await findBooking(world().db, first))?.status, 'cancelled');
    await workflows.start(bulkCancellationOrder(id));
    await until('it is done', async () => (await statusOf(id)) === 'done', PATIENCE_MS);
    assert.deepEqual(await progressOf(id), { total: 2, waiting: 0, cancelled: 2, left: 0 });
  });

  it('is stopped by an operator in the Temporal UI: what waits stays as it is', async () => {
    const ids = await booked(4);
    const id = await begun(ids, { batch: 2, everyMs: 3_600_000, batchesARun: 100 });
    await until('the first batch is through', async () => (await progressOf(id))?.cancelled === 2);
    await world().temporal.client.workflow.getHandle(bulkCancellationId(id)).cancel();
    await until('it has stopped', async () => (await statusOf(id)) === 'stopped', PATIENCE_MS);
    assert.deepEqual(await progressOf(id), { total: 4, waiting: 2, cancelled: 2, left: 0 });
    const statuses = await world().db('bookings').whereIn('id', ids).orderBy('id').pluck('status');
    assert.deepEqual(statuses, ['cancelled', 'cancelled', 'confirmed', 'confirmed']);
  });
});
