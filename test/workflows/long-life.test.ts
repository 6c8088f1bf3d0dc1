import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { MAX_PAYMENT_TRIES } from '#domain/bookings.ts';
import type { BookingId } from '#domain/ids.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bankSpoke, bookStayId } from '#workflows/bookings.contract.ts';
import { MAX_EVENTS_TO_HEAR } from '#workflows/inbox.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

/** Where Temporal begins to ask for a new run. It ends a workflow at 51,200 events, 50 MB, or 2,000 updates. */
const LONGEST_LIFE = { events: 4_096, bytes: 4_194_304, updates: 200 };
const USUAL_LIFE = { events: 150, bytes: 50_000, updates: 10 };

const DECLINED = 'pm_card_chargeDeclined';
const AT_ONCE = 50;
const IN_VAIN = 20;

describe('a booking made most of a year ahead', function () {
  this.timeout(120_000);
  const world = useWorld();
  let workflows: Workflows;
  before('connect', () => {
    const address = world().stack.addresses.temporalAddress;
    workflows = connectWorkflows({ address, namespace: 'default' });
  });
  after('disconnect', () => workflows[Symbol.asyncDispose]());

  const stay = { checkIn: inDays(330), checkOut: inDays(358), paymentMethodId: undefined };

  const historyOf = async ({ id }: Wire) => {
    const handle = world().temporal.client.workflow.getHandle(bookStayId(id as BookingId));
    const { historySize = 0 } = await handle.describe();
    const events = (await handle.fetchHistory()).events ?? [];
    const updates = events.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    return { events, size: { events: events.length, bytes: historySize, updates: updates.length } };
  };

  const readsOf = async (booking: Wire): Promise<number> =>
    (await historyOf(booking)).events.filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'readPayment',
    ).length;

  /** How long its history is once all that was said to it has been dealt with. */
  async function restingLengthOf({ id }: Wire): Promise<number> {
    await world().bankIsHeard();
    await world().temporal.rests(bookStayId(id as BookingId));
    return workflows.lengthOf(bookStayId(id as BookingId));
  }

  /** What is asked here is refused, and leaves no trace in the history. */
  async function inVain(booking: Wire, person: Traveller, acts: string[]): Promise<void> {
    const length = await restingLengthOf(booking);
    for (const act of acts) {
      for (let times = 0; times < IN_VAIN; times += 1)
        assert.equal((await person.post(`/bookings/${booking.id}/${act}`)).status, 409);
    }
    assert.equal(await restingLengthOf(booking), length);
  }

  async function isSpokenTo(booking: Wire, times: number): Promise<void> {
    const tell = () => workflows.tell(bookStayId(booking.id as BookingId), bankSpoke);
    for (let told = 0; told < times; told += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, tell));
  }

  it('has a short history when nobody disturbs it (L19)', async () => {
    const { booking, guest, host } = await world().requested({ ...stay, paymentMethodId: 'pm_card_visa' });
    await host.must(200, host.post(`/bookings/${booking.id}/acceptance`));
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-in`));
    await world().passTo(booking, booking.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
    assertWithin((await historyOf(booking)).size, USUAL_LIFE);
  });

  it('is asked for no new run, whatever everybody sends meanwhile, and hears what counts (L19)', async () => {
    const { booking, guest, host } = await world().requested(stay);
    for (let tries = 0; tries < MAX_PAYMENT_TRIES; tries += 1) {
      const paymentMethodId = tries % 2 === 0 ? DECLINED : undefined;
      const { status } = await guest.post('/payments', { bookingId: booking.id, paymentMethodId });
      assert.equal(status, tries % 2 === 0 ? 402 : 201);
    }
    await inVain(booking, guest, ['check-in', 'check-out']);
    await isSpokenTo(booking, MAX_EVENTS_TO_HEAR);

    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    await world().sees(guest, booking.id, 'awaiting_host');
    await inVain(booking, host, ['no-show']);
    await host.must(200, host.post(`/bookings/${booking.id}/acceptance`));
    await inVain(booking, host, ['acceptance', 'refusal', 'no-show']);

    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-in`));
    await guest.must(200, guest.post(`/bookings/${booking.id}/check-in`));
    await inVain(booking, host, ['acceptance', 'no-show']);
    await world().passTo(booking, booking.checkOutAt);
    await world().sees(guest, booking.id, 'completed');

    const { events, size } = await historyOf(booking);
    assertWithin(size, LONGEST_LIFE);
    assert.ok(!events.some((event) => event.workflowTaskStartedEventAttributes?.suggestContinueAsNew));
  });

  it('takes so many tries of its payer and no more; money from elsewhere is still welcome (L19)', async () => {
    const { booking, guest } = await world().held(stay);
    const pay = () => guest.post('/payments', { bookingId: booking.id });
    for (let tries = 0; tries < MAX_PAYMENT_TRIES; tries += 1) assert.equal((await pay()).status, 201);
    const length = await restingLengthOf(booking);
    const { status, body } = await pay();
    assert.deepEqual([status, body.code, body.limit], [409, 'booking_state', String(MAX_PAYMENT_TRIES)]);
    assert.equal(await restingLengthOf(booking), length);
    assert.equal(await world().bank.payInBrowser(booking.payment.clientSecret), 200);
    await world().sees(guest, booking.id, 'confirmed');
  });

  it('asks the bank once for all that the bank says while something else is done (L19)', async () => {
    const { booking } = await world().held(stay);
    const before = await readsOf(booking);
    const lock = await world().db.transaction();
    await lock('bookings').where({ id: booking.id }).forUpdate().first('id');
    try {
      await isSpokenTo(booking, 1);
      await until(
        'what it has heard waits to be written down',
        async () => (await readsOf(booking)) > before,
      );
      await isSpokenTo(booking, 10 * AT_ONCE);
    } finally {
      await lock.rollback();
    }
    await world().temporal.rests(bookStayId(booking.id as BookingId));
    assert.ok((await readsOf(booking)) <= before + 3);
  });

  it('with a long history is told by the bank of money alone (L19)', async () => {
    const { booking, guest } = await world().held(stay);
    await isSpokenTo(booking, MAX_EVENTS_TO_HEAR);
    const length = await restingLengthOf(booking);
    assert.ok(length >= MAX_EVENTS_TO_HEAR);
    const { clientSecret, id: paymentId } = booking.payment;
    const { id: intentId } = await world().bank.intentOf(booking.id);
    assert.equal(await world().bank.payInBrowser(clientSecret, DECLINED), 402);
    await until('the bank has been heard', async () => {
      const kind = 'payment_intent.payment_failed';
      const event = await world().db('bank_events').where({ object_id: intentId, kind }).first();
      return event?.delivered_to === 'nobody any more';
    });
    assert.equal(await restingLengthOf(booking), length);
    assert.equal(await world().bank.payInBrowser(clientSecret), 200);
    await world().sees(guest, booking.id, 'confirmed');
    const payment = await guest.must(200, guest.get(`/payments/${paymentId}`));
    assert.equal(payment.status, 'posted');
  });
});

type Size = Readonly<Record<'events' | 'bytes' | 'updates', number>>;

function assertWithin(size: Size, bound: Size): void {
  const isWithin = (['events', 'bytes', 'updates'] as const).every((of) => size[of] <= bound[of]);
  assert.ok(isWithin, `${JSON.stringify(size)} is beyond ${JSON.stringify(bound)}`);
}
