import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { bulkCancellationId, bulkProgress } from '#workflows/bulk-cancellations.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Home, Traveller } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf, eventsOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const reason = 'A flood has closed the roads.';
const override = { disruptive: true };
/** More than one batch. */
const BOOKINGS = 24;
const PATIENCE_MS = 120_000;

describe('bookings that an operator cancels together (L12)', () => {
  const world = useWorld();

  /** A property of its own place on the map, and a guest who has booked so many of its nights. */
  async function flooded(
    nights: number,
    latitude: number,
  ): Promise<Home & { guest: Traveller; bookings: Wire[] }> {
    const home = await world().home({
      location: { latitude, longitude: 179.9 },
      cancellationPolicy: 'non_refundable',
      pricing: { nightly: 10_000 },
    });
    const guest = await world().person();
    const bookings: Wire[] = [];
    for (let night = 0; night < nights; night += 1) {
      const stay = { checkIn: inDays(40 + night), checkOut: inDays(41 + night) };
      const request = { propertyId: home.property.id, ...stay, guests: { adults: 1 } };
      bookings.push(await guest.books({ ...request, paymentMethodId: 'pm_card_visa' }));
    }
    return { ...home, guest, bookings };
  }

  /** All those nights, around that place, which lies on the date line. */
  const around = (latitude: number) => ({
    area: { west: 179.5, east: -179.5, south: latitude - 0.1, north: latitude + 0.1 },
    from: inDays(40),
    to: inDays(40 + BOOKINGS),
  });

  async function isOver(operator: Traveller, id: string): Promise<Wire> {
    let bulk: Wire;
    await until(
      () => `${id} is over: ${JSON.stringify(bulk)}`,
      async () => {
        bulk = await operator.must(200, operator.get(`/bulk-cancellations/${id}`));
        return bulk.status !== 'running';
      },
      PATIENCE_MS,
    );
    return bulk;
  }

  it('are all cancelled, batch by batch, each on its own terms and each refunded once', async function () {
    this.timeout(4 * PATIENCE_MS);
    const { guest, host, property, bookings } = await flooded(BOOKINGS, 71.1);
    const [first, second] = bookings;
    await guest.must(200, guest.post(`/bookings/${first.id}/cancellation`));
    const elsewhere = await flooded(1, 72.1);
    const operator = await world().operator();
    const begun = await operator.must(
      201,
      operator.post('/bulk-cancellations', { reason, override, stays: around(71.1) }),
    );
    assert.deepEqual([begun.total, begun.operatorId, begun.reason], [BOOKINGS - 1, operator.id, reason]);
    const over = await isOver(operator, begun.id);
    const all = { total: BOOKINGS - 1, waiting: 0, cancelled: BOOKINGS - 1, left: 0 };
    const { total, waiting, cancelled, left } = over;
    assert.deepEqual([over.status, { total, waiting, cancelled, left }], ['done', all]);
    assert.deepEqual(over.refunds, [{ amount: (BOOKINGS - 1) * 11_400, currency: 'GBP' }]);
    for (const { id } of bookings.slice(1)) {
      const { status, cancellation } = await guest.must(200, guest.get(`/bookings/${id}`));
      assert.deepEqual(
        [status, cancellation.by, cancellation.refund.amount, cancellation.reason],
        ['cancelled', 'operator', 11_400, reason],
      );
      await world().refunded(id, { amount: 11_400 });
      assert.deepEqual(await balancesOf(world().db, id), {});
    }
    await assertBooksBalance(world().db);
    assert.equal((await guest.get(`/bookings/${first.id}`)).body.cancellation.by, 'guest');
    assert.equal(
      (await elsewhere.guest.get(`/bookings/${elsewhere.bookings[0].id}`)).body.status,
      'confirmed',
    );
    const free = await world().availability(property.id, inDays(40), inDays(40 + BOOKINGS));
    assert.ok(free.every(Boolean));
    const told = (await eventsOf(world().db, second.id)).at(-1);
    assert.deepEqual([told?.actor_id, told?.data.owed], [operator.id, 0]);
    await world().mail(host, /is cancelled/);
    assert.deepEqual(
      (await eventsOf(world().db, begun.id)).map(({ kind }) => kind),
      ['bulk_cancellation.begun', 'bulk_cancellation.done'],
    );
    await isThrottled(begun.id, 2);
    const workflow = world().temporal.client.workflow.getHandle(bulkCancellationId(begun.id));
    assert.deepEqual(await workflow.query(bulkProgress), all);
    assert.match(await world().temporal.detailsOf(bulkCancellationId(begun.id)), /Over/);
  });

  /** Between two batches a timer has fired. */
  async function isThrottled(id: string, batches: number): Promise<void> {
    const handle = world().temporal.client.workflow.getHandle(bulkCancellationId(id as never));
    const { events = [] } = await handle.fetchHistory();
    const steps = (events ?? []).flatMap((event) => {
      const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (activity !== undefined && activity !== null) return [activity];
      return event.timerFiredEventAttributes ? ['timer'] : [];
    });
    const expected = Array.from({ length: batches }, () => 'cancelSome')
      .join(' timer ')
      .split(' ');
    assert.deepEqual(steps, [...expected, 'endBulk']);
  }

  it('may be named one by one; what has ended before its turn is left as it is', async () => {
    const { guest, bookings } = await flooded(2, 73.1);
    const [first, second] = bookings;
    await guest.must(200, guest.post(`/bookings/${first.id}/cancellation`));
    const operator = await world().operator();
    const body = { reason, bookingIds: [first.id, second.id, second.id] };
    const key = randomUUID();
    const begun = await operator.must(201, operator.post('/bulk-cancellations', body, key));
    const over = await isOver(operator, begun.id);
    // Without an override the policy decides, and it gives nothing.
    assert.deepEqual([over.total, over.cancelled, over.left, over.refunds], [2, 1, 1, []]);
    const again = await operator.post('/bulk-cancellations', body, key);
    assert.deepEqual([again.status, again.body], [201, over]);
    const { data } = await operator.must(200, operator.get('/bulk-cancellations?limit=100'));
    assert.deepEqual(
      data.find(({ id }: Wire) => id === begun.id),
      over,
    );
  });

  it('may be anywhere in their lives: held, with the host, or booked (L11)', async () => {
    const [held, requested, booked] = await Promise.all([
      world().held(),
      world().requested(),
      world().booked(),
    ]);
    const operator = await world().operator();
    const bookingIds = [held, requested, booked].map(({ booking }) => booking.id);
    const begun = await operator.must(
      201,
      operator.post('/bulk-cancellations', { reason, override, bookingIds }),
    );
    const over = await isOver(operator, begun.id);
    assert.deepEqual([over.cancelled, over.refunds], [3, [{ amount: 39_900, currency: 'GBP' }]]);
    for (const { booking, guest } of [held, requested, booked]) {
      assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'cancelled');
    }
  });

  it('are none of anyone’s but operators, and never an operator’s own', async () => {
    const { guest, host, bookings } = await flooded(1, 74.1);
    const body = { reason, bookingIds: [bookings[0].id] };
    for (const person of [guest, host]) {
      const { status, body: problem } = await person.post('/bulk-cancellations', body);
      assert.deepEqual([status, problem.code], [403, 'forbidden']);
      assert.equal((await person.get('/bulk-cancellations')).status, 403);
    }
    const operator = await world().operator();
    const begun = await operator.must(201, operator.post('/bulk-cancellations', body));
    assert.equal((await guest.get(`/bulk-cancellations/${begun.id}`)).status, 403);
    const unknown = 'bcn_00000000000000000000000000';
    assert.equal((await operator.get(`/bulk-cancellations/${unknown}`)).status, 404);
    const { property } = await world().home();
    const stay = {
      propertyId: property.id,
      checkIn: inDays(30),
      checkOut: inDays(31),
      guests: { adults: 1 },
    };
    const own = await operator.books({ ...stay, paymentMethodId: 'pm_card_visa' });
    const refused = await operator.post('/bulk-cancellations', { reason, bookingIds: [own.id] });
    assert.deepEqual([refused.status, refused.body.errors?.[0]?.path], [400, 'bookingIds.0']);
    await isOver(operator, begun.id);
  });

  it('have to be told clearly', async () => {
    const operator = await world().operator();
    const stays = around(75.1);
    const bookingIds = ['bkg_00000000000000000000000000'];
    const { area } = stays;
    const BAD: [object, string][] = [
      [{ stays }, 'reason'],
      [{ reason }, 'stays'],
      [{ reason, stays, bookingIds }, 'stays'],
      [{ reason, bookingIds }, 'bookingIds.0'],
      [{ reason, bookingIds: [] }, 'bookingIds'],
      [{ reason, bookingIds: Array.from({ length: 1_001 }, () => bookingIds[0]) }, 'bookingIds'],
      [{ reason, stays }, 'stays'],
      [{ reason, stays: { ...stays, to: stays.from } }, 'stays.to'],
      [{ reason, stays: { ...stays, area: { ...area, north: area.south - 1 } } }, 'stays.area.north'],
      [{ reason, stays, override: { refund: 500 } }, 'override.refund'],
      [{ reason, stays, override: {} }, 'override.refund'],
    ];
    for (const [body, path] of BAD) {
      const answer = await operator.post('/bulk-cancellations', body);
      assert.deepEqual([answer.status, answer.body.errors?.[0]?.path], [400, path], JSON.stringify(body));
    }
  });
});
