import assert from 'node:assert/strict';
import { NO_SHOW_AFTER_HOURS } from '#domain/bookings.ts';
import { addDays } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Person, Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const [FIRST, SECOND, LAST] = [inDays(30), inDays(31), inDays(33)] as const;
const HOUR_MS = 3_600_000;

describe('what the sides put on record of a stay', () => {
  const world = useWorld();

  const act = (person: Person, { id }: Wire, path: string) => person.post(`/bookings/${id}/${path}`);

  /** A stay of three nights whose check-in instant has come, so long ago. */
  async function begun(hoursAgo = 0, ofProperty: Record<string, unknown> = {}) {
    const journey = await world().booked({}, ofProperty);
    await world().passTo(journey.booking, journey.booking.checkInAt, hoursAgo * HOUR_MS + 1_000);
    await world().sees(journey.guest, journey.booking.id, 'in_stay');
    return journey;
  }

  it('is no arrival before the check-in instant, nor by anybody else (L7)', async () => {
    const { booking, guest, host } = await world().booked();
    for (const path of ['check-in', 'check-out']) {
      const early = await act(guest, booking, path);
      assert.deepEqual(
        [early.status, early.body.code, early.body.from],
        [409, 'booking_state', booking.checkInAt],
      );
    }
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    const { host: other } = await world().home();
    const operator = await world().operator();
    assert.equal((await act(other, booking, 'check-in')).status, 404);
    assert.equal((await act(operator, booking, 'check-in')).body.code, 'forbidden');
    assert.equal((await act(guest, booking, 'no-show')).body.code, 'forbidden');
    assert.ok((await host.must(200, act(host, booking, 'check-in'))).checkedInAt >= booking.checkInAt);
  });

  it('is the first arrival, however often and by whom it is told (L7)', async () => {
    const { booking, guest, host } = await begun();
    const first = await guest.must(200, act(guest, booking, 'check-in'));
    const second = await host.must(200, act(host, booking, 'check-in'));
    assert.equal(second.checkedInAt, first.checkedInAt);
    const told = (await eventsOf(world().db, booking.id)).filter(({ kind }) => kind === 'booking.checked_in');
    assert.deepEqual(
      told.map(({ actor_id: actor, data }) => [actor, data]),
      [[guest.id, { by: 'guest' }]],
    );
  });

  it('frees the nights that are left when the guest leaves early, and moves no money (L7)', async () => {
    const { booking, guest, property } = await begun(24);
    const left = await guest.must(200, act(guest, booking, 'check-out'));
    assert.equal(left.status, 'completed');
    assert.ok(left.checkedOutAt >= booking.checkInAt);
    assert.deepEqual(await world().availability(property.id, FIRST, LAST), [false, true, true]);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
    const other = await world().person();
    const rest = stayRequest({ propertyId: property.id, checkIn: SECOND, checkOut: LAST });
    await other.books(rest);
    for (const path of ['cancellation', 'check-in', 'check-out']) {
      const late = await act(guest, booking, path);
      assert.deepEqual([late.status, late.body.bookingStatus], [409, 'completed'], path);
    }
    const workflow = bookStayId(booking.id);
    assert.equal(await world().temporal.statusOf(workflow), 'RUNNING');
    await world().passTo(booking, booking.checkOutAt);
    await until('it is over', async () => (await world().temporal.statusOf(workflow)) === 'COMPLETED');
  });

  it('frees all nights when the guest leaves on the day of arrival', async () => {
    const { booking, host, property } = await begun(1);
    await host.must(200, act(host, booking, 'check-out'));
    assert.deepEqual(await world().availability(property.id, FIRST, LAST), [true, true, true]);
  });

  it('moves the nights to be kept empty along with the departure (D3)', async () => {
    const journey = await world().home();
    const { host, property } = journey;
    const path = `/properties/${property.id}/rules`;
    const rules = await host.must(200, host.get(path));
    await host.must(200, host.put(path, { ...rules, preparationNightsAfter: 1 }));
    const guest = await world().person();
    const booking = await guest.books(stayRequest({ propertyId: property.id }));
    await world().passTo(booking, booking.checkInAt, 24 * HOUR_MS);
    await world().sees(guest, booking.id, 'in_stay');
    const around = [FIRST, addDays(LAST, 1)] as const;
    assert.deepEqual(await world().availability(property.id, ...around), [false, false, false, false]);
    await guest.must(200, act(guest, booking, 'check-out'));
    assert.deepEqual(await world().availability(property.id, ...around), [false, false, true, true]);
  });

  it('is that nobody came, from twelve hours after check-in; it completes as such (L6)', async () => {
    const { booking, guest, host, property } = await begun();
    const early = await act(host, booking, 'no-show');
    const from = new Date(Date.parse(booking.checkInAt) + NO_SHOW_AFTER_HOURS * HOUR_MS).toISOString();
    assert.deepEqual([early.status, early.body.from], [409, from]);
    await world().passTo(booking, from, 0);
    assert.equal((await host.must(200, act(host, booking, 'no-show'))).noShow, true);
    assert.deepEqual(await world().availability(property.id, FIRST, LAST), [false, false, false]);
    await world().passTo(booking, booking.checkOutAt);
    const completed = await world().sees(guest, booking.id, 'completed');
    assert.deepEqual([completed.noShow, completed.checkedInAt], [true, undefined]);
    assert.equal((await movementsOf(world().db, booking.id)).length, 1);
  });

  it('is an arrival after all, which takes the no-show back; the other way round is refused (L6)', async () => {
    const { booking, guest, host } = await begun(NO_SHOW_AFTER_HOURS);
    await host.must(200, act(host, booking, 'no-show'));
    const come = await guest.must(200, act(guest, booking, 'check-in'));
    assert.equal(come.noShow, undefined);
    const denied = await act(host, booking, 'no-show');
    assert.deepEqual([denied.status, denied.body.code], [409, 'booking_state']);
  });

  it('is told in vain without a trace in the workflow, which takes only so many acts (L7)', async () => {
    const { booking, guest, host } = await world().booked();
    const refused = async (person: Person, path: string) => {
      const { status, body } = await act(person, booking, path);
      assert.deepEqual([status, body.code], [409, 'booking_state'], path);
    };
    for (let time = 0; time < 5; time += 1) {
      await refused(host, 'check-in');
      await refused(host, 'no-show');
      await refused(host, 'acceptance');
    }
    assert.equal(await actsTaken(booking), 1, 'the reservation');
    await world().passTo(booking, booking.checkInAt, NO_SHOW_AFTER_HOURS * HOUR_MS);
    await world().sees(guest, booking.id, 'in_stay');
    for (let time = 0; time < 5; time += 1) await host.must(200, act(host, booking, 'check-in'));
    for (let time = 0; time < 5; time += 1) await refused(host, 'no-show');
    assert.equal(await actsTaken(booking), 2, 'the arrival, once');
    await guest.must(200, act(guest, booking, 'cancellation'));
  });

  /** How many updates are in the history of a booking's workflow. */
  async function actsTaken({ id }: Wire): Promise<number> {
    const { events } = await world().temporal.client.workflow.getHandle(bookStayId(id)).fetchHistory();
    return (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
  }

  it('can still be cancelled after check-in, under the policy, but not after check-out (L5)', async () => {
    const { booking, guest, property } = await begun(24);
    const cancelled = await guest.must(200, act(guest, booking, 'cancellation'));
    assert.equal(cancelled.status, 'cancelled');
    // Flexible: two nights are spent and one more is the host's, so of three nights and the cleaning nothing goes back.
    assert.equal(cancelled.cancellation.refund.amount, 0);
    assert.deepEqual(await world().availability(property.id, FIRST, LAST), [true, true, true]);
    const { booking: over, guest: gone } = await begun();
    await world().passTo(over, over.checkOutAt);
    await world().sees(gone, over.id, 'completed');
    assert.equal((await act(gone, over, 'cancellation')).body.bookingStatus, 'completed');
  });

  it('is nothing to the next stay when a guest leaves late (L8)', async () => {
    const { booking, guest, property } = await begun();
    const next = await world().person();
    const after = stayRequest({ propertyId: property.id, checkIn: LAST, checkOut: addDays(LAST, 2) });
    const theirs = await next.books(after);
    await world().passTo(booking, booking.checkOutAt, 3 * HOUR_MS);
    await world().sees(guest, booking.id, 'completed');
    assert.equal((await act(guest, booking, 'check-out')).body.bookingStatus, 'completed');
    await world().passTo(theirs, theirs.checkInAt);
    await world().sees(next, theirs.id, 'in_stay');
  });

  describe('and what its guest tells the host', () => {
    it('can be changed until the stay is over, by the guest alone', async () => {
      const { booking, guest, host } = await world().booked();
      const change = { arrivalTime: '18:30', noteToHost: 'We come by train.', guestNames: ['Ada', 'Bob'] };
      const path = `/bookings/${booking.id}`;
      const changed = await guest.must(200, guest.patch(path, change));
      const { arrivalTime, noteToHost, guestNames } = changed;
      assert.deepEqual({ arrivalTime, noteToHost, guestNames }, change);
      assert.equal((await host.get(path)).body.arrivalTime, '18:30');
      const cleared = await guest.must(200, guest.patch(path, { arrivalTime: null, guestNames: [] }));
      assert.deepEqual([cleared.arrivalTime, cleared.guestNames], [undefined, undefined]);
      assert.equal(cleared.noteToHost, 'We come by train.');
      assert.equal((await host.patch(path, change)).body.code, 'forbidden');
      await guest.must(200, act(guest, booking, 'cancellation'));
      assert.equal((await guest.patch(path, change)).body.bookingStatus, 'cancelled');
    });

    it('is neither dates nor guests, which go by alteration; nor anything else (S4)', async () => {
      const { booking, guest } = await world().booked();
      const path = `/bookings/${booking.id}`;
      for (const change of [{ checkIn: SECOND }, { checkOut: inDays(40) }, { guests: { adults: 1 } }]) {
        const refused = await guest.patch(path, change);
        assert.deepEqual([refused.status, refused.body.code], [409, 'booking_state']);
        assert.match(refused.body.detail, /alteration/);
      }
      for (const field of ['status', 'hostId', 'total', 'noShow', 'checkedInAt']) {
        const refused = await guest.patch(path, { [field]: 'x' });
        assert.deepEqual([refused.status, refused.body.errors[0].path], [400, field]);
      }
      const tooMany = { guestNames: Array.from({ length: 51 }, () => 'Ada') };
      assert.equal((await guest.patch(path, tooMany)).body.errors[0].path, 'guestNames');
      assert.equal((await guest.patch(path, { arrivalTime: '25:00' })).body.errors[0].path, 'arrivalTime');
    });
  });
});
