import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { inDays, stayRequest } from '../support/people.ts';

const UNKNOWN_BOOKING = 'bkg_00000000000000000000000000';
const UNKNOWN_PAYMENT = 'pay_00000000000000000000000000';

type Role = 'anyone' | 'guest' | 'otherGuest' | 'host' | 'otherHost' | 'operator';
type Cast = Record<Role, Traveller>;

describe('who may do what', () => {
  const world = useWorld();

  /** Everybody who could be interested in one booking: two couples of guest and host, an operator, and the public. */
  async function cast(kind: 'held' | 'booked') {
    const mine = kind === 'held' ? await world().held() : await world().booked();
    const theirs = await world().booked();
    const people: Cast = {
      anyone: world().anyone(),
      guest: mine.guest,
      host: mine.host,
      otherGuest: theirs.guest,
      otherHost: theirs.host,
      operator: await world().operator(),
    };
    return { people, booking: mine.booking, property: mine.property, theirs: theirs.booking };
  }

  async function statuses(
    people: Cast,
    act: (person: Traveller) => Promise<{ status: number }>,
  ): Promise<Record<Role, number>> {
    const entries: [string, number][] = [];
    for (const [role, person] of Object.entries(people)) entries.push([role, (await act(person)).status]);
    return Object.fromEntries(entries) as Record<Role, number>;
  }

  const HIDDEN = { anyone: 401, otherGuest: 404, otherHost: 404 };

  it('a paid booking is read by its guest, its host and operators (S1)', async () => {
    const { people, booking } = await cast('booked');
    assert.deepEqual(await statuses(people, (person) => person.get(`/bookings/${booking.id}`)), {
      ...HIDDEN,
      guest: 200,
      host: 200,
      operator: 200,
    });
  });

  it('a held booking is read by its guest and operators (S1)', async () => {
    const { people, booking } = await cast('held');
    assert.deepEqual(await statuses(people, (person) => person.get(`/bookings/${booking.id}`)), {
      ...HIDDEN,
      guest: 200,
      host: 404,
      operator: 200,
    });
  });

  it('a booking is cancelled by its guest, its host, or an operator with a reason (S1)', async () => {
    const { people, booking } = await cast('booked');
    const cancel = (person: Traveller) => person.post(`/bookings/${booking.id}/cancellation`);
    const { guest, host, ...others } = people;
    assert.deepEqual(await statuses(others as Cast, cancel), { ...HIDDEN, operator: 400 });
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
    assert.equal((await cancel(host)).status, 200);
  });

  it('what cancelling would give back is told to guest, host and operators (S1)', async () => {
    const { people, booking } = await cast('booked');
    const quote = (person: Traveller) => person.post(`/bookings/${booking.id}/cancellation-quote`);
    assert.deepEqual(await statuses(people, quote), { ...HIDDEN, guest: 200, host: 200, operator: 200 });
  });

  it('a payment is read by its payer and operators (S1)', async () => {
    const { people, booking } = await cast('booked');
    assert.deepEqual(await statuses(people, (person) => person.get(`/payments/${booking.payment.id}`)), {
      ...HIDDEN,
      guest: 200,
      host: 404,
      operator: 200,
    });
  });

  it('a booking is paid by its guest alone (S1)', async () => {
    const { people, booking } = await cast('held');
    const pay = (person: Traveller) =>
      person.post('/payments', { bookingId: booking.id, paymentMethodId: 'pm_card_visa' });
    const { guest, ...others } = people;
    assert.deepEqual(await statuses(others as Cast, pay), { ...HIDDEN, host: 404, operator: 404 });
    assert.equal((await world().bank.intentOf(booking.id)).status, 'requires_payment_method');
    assert.equal((await pay(guest)).status, 201);
  });

  it('what is none of one’s business looks as if it were not there (S1)', async () => {
    const { people, booking } = await cast('booked');
    const { otherGuest } = people;
    const pairs = [
      [`/bookings/${booking.id}`, `/bookings/${UNKNOWN_BOOKING}`],
      [`/payments/${booking.payment.id}`, `/payments/${UNKNOWN_PAYMENT}`],
    ] as const;
    for (const [theirs, nobodys] of pairs) {
      const [hidden, missing] = [await otherGuest.get(theirs), await otherGuest.get(nobodys)];
      const { requestId: _, ...told } = hidden.body;
      const { requestId: __, ...expected } = missing.body;
      assert.deepEqual(told, expected);
    }
    for (const nonsense of ['/bookings/1', `/bookings/${booking.payment.id}`, "/payments/'--"])
      assert.equal((await otherGuest.get(nonsense)).status, 404, nonsense);
  });

  it('lists hold nobody else’s bookings and payments (S1)', async () => {
    const { people, booking, theirs } = await cast('booked');
    const idsOf = async (person: Traveller, path: string): Promise<string[]> =>
      (await person.must(200, person.get(path))).data.map(({ id }: { id: string }) => id);
    assert.deepEqual(await idsOf(people.guest, '/bookings'), [booking.id]);
    assert.deepEqual(await idsOf(people.guest, '/bookings?as=host'), []);
    assert.deepEqual(await idsOf(people.host, '/bookings?as=host'), [booking.id]);
    assert.deepEqual(await idsOf(people.host, '/bookings'), []);
    assert.deepEqual(await idsOf(people.otherGuest, '/bookings'), [theirs.id]);
    assert.deepEqual(await idsOf(people.operator, '/bookings'), []);
    assert.deepEqual(await idsOf(people.guest, '/payments'), [booking.payment.id]);
    assert.deepEqual(await idsOf(people.otherGuest, `/payments?bookingId=${booking.id}`), []);
    assert.deepEqual(await idsOf(people.host, '/payments'), []);
    for (const path of ['/bookings?guestId=me', '/bookings?hostId=me', '/payments?guestId=me'])
      assert.equal((await people.guest.get(path)).status, 400, path);
  });

  it('a session that has ended books nothing (S6)', async () => {
    const { property } = await world().home();
    const guest = await world().person();
    assert.equal((await guest.get('/bookings')).status, 200);
    await guest.must(204, guest.delete('/sessions/current'));
    const { status, body } = await guest.post('/bookings', stayRequest({ propertyId: property.id }));
    assert.deepEqual([status, body.code], [401, 'unauthenticated']);
    assert.deepEqual(await world().availability(property.id, inDays(30), inDays(33)), [true, true, true]);
  });

  it('no mail tells guest or host the other’s address (S2)', async () => {
    const { guest, host } = await world().booked();
    const [toGuest, toHost] = [
      await world().mail(guest, /is booked/),
      await world().mail(host, /A guest is coming/),
    ];
    assert.ok(!toGuest.text.includes(host.email));
    assert.ok(!toHost.text.includes(guest.email));
  });

  describe('the exact place of a property (S2)', () => {
    const EXACT = { latitude: 53.4808, longitude: -2.2426, address: '7 Lock Lane, Manchester' };

    async function place(person: Traveller, propertyId: string) {
      return (await person.must(200, person.get(`/properties/${propertyId}`))).location;
    }

    async function assertBlurred(person: Traveller, propertyId: string): Promise<void> {
      const { latitude, longitude, ...more } = await place(person, propertyId);
      assert.deepEqual(more, {});
      assert.notDeepEqual([latitude, longitude], [EXACT.latitude, EXACT.longitude]);
    }

    async function home() {
      const { host, property } = await world().home({ location: EXACT });
      const [guest, stranger] = [await world().person(), await world().person()];
      const book = (paymentMethodId?: string) =>
        guest.books(stayRequest({ propertyId: property.id, paymentMethodId }));
      return { host, propertyId: property.id as string, guest, stranger, book };
    }

    it('is told to the guest when the stay is confirmed, and not before', async () => {
      const { host, propertyId, guest, stranger, book } = await home();
      assert.deepEqual(await place(host, propertyId), EXACT);
      await assertBlurred(guest, propertyId);
      const booking = await book();
      assert.equal(booking.status, 'held');
      await assertBlurred(guest, propertyId);
      await guest.must(
        201,
        guest.post('/payments', { bookingId: booking.id, paymentMethodId: 'pm_card_visa' }),
      );
      assert.deepEqual(await place(guest, propertyId), EXACT);
      for (const person of [stranger, world().anyone(), await world().operator()])
        await assertBlurred(person, propertyId);
    });

    it('is told to the guest of a request when its host has accepted, and not before', async () => {
      for (const [answer, isTold] of [
        ['acceptance', true],
        ['refusal', false],
      ] as const) {
        const { guest, host, booking, property } = await world().requested({}, { location: EXACT });
        await assertBlurred(guest, property.id);
        await host.must(200, host.post(`/bookings/${booking.id}/${answer}`));
        if (isTold) assert.deepEqual(await place(guest, property.id), EXACT);
        else await assertBlurred(guest, property.id);
      }
    });

    it('is no longer told after the cancellation', async () => {
      const { propertyId, guest, book } = await home();
      const booking = await book('pm_card_visa');
      assert.deepEqual(await place(guest, propertyId), EXACT);
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      await assertBlurred(guest, propertyId);
    });

    it('is told during the stay, though the property has been closed, and not after it', async () => {
      const { host, propertyId, guest, stranger, book } = await home();
      const booking = await book('pm_card_visa');
      await host.must(200, host.delete(`/properties/${propertyId}/publication`));
      assert.deepEqual(await place(guest, propertyId), EXACT);
      assert.equal((await stranger.get(`/properties/${propertyId}`)).status, 404);
      const workflow = bookStayId(booking.id);
      await world().temporal.advanceTo(workflow, Date.parse(booking.checkInAt));
      await world().sees(guest, booking.id, 'in_stay');
      assert.deepEqual(await place(guest, propertyId), EXACT);
      await world().temporal.advanceTo(workflow, Date.parse(booking.checkOutAt));
      await world().sees(guest, booking.id, 'completed');
      assert.equal((await guest.get(`/properties/${propertyId}`)).status, 404);
    });

    it('is in no search, not even for the guest who knows it', async () => {
      const { propertyId, guest, book } = await home();
      await book('pm_card_visa');
      const near = `near=${EXACT.latitude},${EXACT.longitude}&radiusKm=1&limit=100`;
      const { data } = await guest.must(200, guest.get(`/properties?${near}`));
      const found = data.find(({ id }: { id: string }) => id === propertyId);
      assert.equal(found.location.address, undefined);
      assert.notEqual(found.location.latitude, EXACT.latitude);
    });
  });
});
