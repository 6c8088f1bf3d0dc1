import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import type { Workflows } from '#gateways/workflows.ts';
import {
  bankSpoke,
  bookStayId,
  bookStayOrder,
  cancelBooking,
  reserveStay,
} from '#workflows/bookings.contract.ts';
import { refundOrder } from '#workflows/refunds.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { leaveRequest } from '../support/left-request.ts';
import { eventsOf, movementsOf } from '../support/ledger.ts';
import { tellingOf } from '../support/letters.ts';
import { until } from '../support/virtual-time.ts';

const PATIENCE = { acceptWithinMs: 5_000, answerWithinMs: 10_000 };

describe('the workflow of a booking', () => {
  const world = useWorld();
  let workflows: Workflows;
  before('connect', () => {
    const address = world().stack.addresses.temporalAddress;
    workflows = connectWorkflows({ address, namespace: 'default' });
  });
  after('disconnect', () => workflows[Symbol.asyncDispose]());

  async function rowOf(id: string): Promise<BookingRow> {
    const row = await findBooking(world().db, id as BookingId);
    assert.ok(row);
    return row;
  }

  const reserve = (row: BookingRow) =>
    workflows.startAndAsk(bookStayOrder(row), reserveStay, {
      ...PATIENCE,
      updateId: row.id,
      input: { bookingId: row.id },
    });

  const cancel = (row: BookingRow, updateId: string) =>
    workflows.ask(bookStayId(row.id), cancelBooking, {
      ...PATIENCE,
      updateId,
      input: { by: 'guest', actorId: row.guestId },
    });

  const isOver = (id: string) =>
    until(`${id} is over`, async () => (await world().temporal.statusOf(id)) !== 'RUNNING');

  it('started twice is one, and gives the same answer (L18)', async () => {
    const { booking } = await world().booked();
    const row = await rowOf(booking.id);
    assert.equal(await workflows.start(bookStayOrder(row)), false);
    assert.deepEqual(await reserve(row), { is: 'answered', result: { status: 'confirmed' } });
    const { client } = world().temporal;
    let runs = 0;
    for await (const _ of client.workflow.list({ query: `WorkflowId = '${bookStayId(row.id)}'` })) runs += 1;
    assert.ok(runs <= 1); // Its listing may lag; two it may never show.
    assert.equal((await world().bank.intentsOf(booking.id)).length, 1);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });

  it('started ten times at once for a request that was left is one (L18)', async () => {
    const { property } = await world().home();
    const guest = await world().person();
    const row = await leaveRequest(world().db, { propertyId: property.id, guestId: guest.id });
    const starts = await Promise.all(Array.from({ length: 10 }, () => workflows.start(bookStayOrder(row))));
    assert.equal(starts.filter((isFirst) => isFirst).length, 1);
    await world().sees(guest, row.id, 'confirmed');
    assert.equal((await world().bank.intentsOf(row.id)).length, 1);
    assert.equal((await movementsOf(world().db, row.id)).length, 1);
  });

  it('once over does not start again', async () => {
    const { booking } = await world().held();
    const row = await rowOf(booking.id);
    await cancel(row, 'first');
    await isOver(bookStayId(row.id));
    const starts = Array.from({ length: 10 }, () => workflows.start(bookStayOrder(row)));
    assert.deepEqual(new Set(await Promise.all(starts)), new Set([false]));
    assert.equal((await eventsOf(world().db, booking.id)).length, 3);
  });

  it('gives the answer to a cancellation again after its end, to the same ask alone', async () => {
    const { booking } = await world().booked();
    const row = await rowOf(booking.id);
    const first = await cancel(row, 'cancel:1');
    assert.deepEqual(first, { is: 'answered', result: { refundMinor: booking.total.amount } });
    await isOver(bookStayId(row.id));
    assert.deepEqual(await cancel(row, 'cancel:1'), first);
    assert.deepEqual(await cancel(row, 'cancel:2'), { is: 'gone' });
  });

  it('refuses a second cancellation that is asked while the first is carried out', async () => {
    const { booking } = await world().booked();
    const row = await rowOf(booking.id);
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((ask) => cancel(row, ask)));
    const answered = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value.is === 'answered',
    );
    assert.equal(answered.length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.ok(isDomainError(outcome.reason, 'booking_state'));
    }
    assert.equal((await world().db('refunds').where({ booking_id: row.id })).length, 1);
  });

  it('is not ended by Temporal’s own cancel: a booking is cancelled by its guest', async () => {
    const { booking, guest } = await world().booked();
    const row = await rowOf(booking.id);
    await world().temporal.client.workflow.getHandle(bookStayId(booking.id)).cancel();
    assert.deepEqual(await reserve(row), { is: 'answered', result: { status: 'confirmed' } });
    const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    assert.equal(cancelled.status, 'cancelled');
    await isOver(bookStayId(booking.id));
    assert.equal(await world().temporal.statusOf(bookStayId(booking.id)), 'COMPLETED');
  });

  it('hears the bank any number of times and does nothing more for it', async () => {
    const { booking, guest } = await world().booked();
    for (let times = 0; times < 20; times += 1) await workflows.tell(bookStayId(booking.id), bankSpoke);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    assert.equal((await movementsOf(world().db, booking.id))[0]?.step, `post:${booking.payment.id}`);
    assert.equal((await world().bank.intentsOf(booking.id)).length, 1);
  });

  it('tells nobody when there is nobody to tell', async () => {
    assert.equal(await workflows.tell('booking:bkg_00000000000000000000000000', bankSpoke), false);
  });

  it('is followed by one refund, however often that is started', async () => {
    const { booking, guest } = await world().booked();
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    const { id } = await world().refunded(booking.id);
    await isOver(`refund:${id}`);
    assert.equal(await workflows.start(refundOrder(id as never)), false);
    assert.equal((await world().bank.refundsOf(booking.id)).length, 1);
  });

  it('is followed by one mail for each event and person, however often that is started', async () => {
    const { booking, guest } = await world().booked();
    await world().mail(guest, /is booked/);
    const confirmed = (await eventsOf(world().db, booking.id)).find(
      ({ kind }) => kind === 'booking.confirmed',
    );
    assert.ok(confirmed);
    const { workflowId: id, input } = await tellingOf(world(), confirmed.id);
    const letters = input.letters.filter(({ eventId }) => eventId === confirmed.id);
    assert.deepEqual(letters.map(({ to }) => to).sort(), ['guest', 'host']);
    assert.equal(await workflows.start({ workflow: 'notify', id, queue: 'notifications', input }), false);
    assert.equal((await world().mailbox(guest)).length, 1);
  });
});
